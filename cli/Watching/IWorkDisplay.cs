using Google.Protobuf;
using Maskwright.Work.V1;

namespace Maskwright.Cli;

/// <summary>Shows running work to a person.</summary>
internal interface IWorkDisplay
{
    /// <summary>Shows work while <paramref name="work"/> follows it and hands its events on.</summary>
    Task<T> ShowAsync<T>(Func<Action<Event, T>, Task<T>> work)
        where T : class, IWorkResource, IMessage;
}
