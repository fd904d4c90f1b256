using Google.Protobuf;
using Grpc.Core;
using Maskwright.Work.V1;

namespace Maskwright.Cli;

/// <summary>Follows work to its end, over broken connections.</summary>
internal static class WorkWatch
{
    /// <summary>Attempts in a row without an event after which a broken stream is given up.</summary>
    private const int MaxAttempts = 6;

    /// <summary>Whether work in this state will not move any more.</summary>
    public static bool HasEnded(State state) => state is State.Succeeded or State.Failed or State.Cancelled;

    /// <summary>Watches <paramref name="name"/> until it has ended, and returns it as it then is.</summary>
    /// <param name="client">Reaches the service.</param>
    /// <param name="name">Full name of the resource.</param>
    /// <param name="seen">Gets every event with the resource right after it.</param>
    /// <param name="services">Gives the options of calls.</param>
    /// <param name="time">Waits between attempts.</param>
    /// <param name="cancellationToken">Stops watching; the work goes on.</param>
    public static async Task<T> ToEndAsync<T>(
        WorkClient<T> client,
        string name,
        Action<Event, T> seen,
        ServiceConnections services,
        TimeProvider time,
        CancellationToken cancellationToken)
        where T : class, IWorkResource, IMessage
    {
        var sequence = 0L;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await foreach (var (happened, resource) in client.Watch(name, sequence, cancellationToken))
                {
                    attempt = 0;
                    sequence = Math.Max(sequence, happened.Sequence);
                    seen(happened, resource);
                }

                // The stream is over: the work has ended, or the service is going down. Get has the fresh URLs, too.
                var latest = await client.Get(name, services.Once(cancellationToken));
                if (HasEnded(latest.State))
                    return latest;
                if (attempt >= MaxAttempts)
                    throw new ServiceUnreachableException($"The service ends the stream of '{name}' again and again, though it is {latest.State}.");
            }
            catch (RpcException error) when (IsBroken(error) && attempt < MaxAttempts && !cancellationToken.IsCancellationRequested)
            {
                // Tried again below, from the last event that arrived.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250 * (1 << Math.Min(attempt, 4))), time, cancellationToken);
        }
    }

    private static bool IsBroken(RpcException error) => error.StatusCode
        is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown or StatusCode.Aborted or StatusCode.Cancelled;
}
