using Google.Protobuf;
using Maskwright.Artifacts;
using Maskwright.Work.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Maskwright.ServiceDefaults;

/// <summary>Registration of <see cref="WorkQueue{T}"/>.</summary>
public static class WorkQueueExtensions
{
    /// <summary>Adds the queue of one kind of resource, whose work <typeparamref name="TWork"/> does.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Where it lives.</param>
    /// <param name="handler">Picks the method that does the work.</param>
    public static IServiceCollection AddWorkQueue<T, TWork>(
        this IServiceCollection services, WorkQueueOptions options, Func<TWork, WorkHandler<T>> handler)
        where T : class, IWorkResource, IMessage<T>, IDeepCloneable<T>, new()
        where TWork : class
    {
        services.AddSingleton<TWork>();
        services.AddSingleton(provider => new WorkQueue<T>(
            options,
            provider.GetRequiredService<ObjectStorage>(),
            handler(provider.GetRequiredService<TWork>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WorkQueue<T>>>(),
            provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));
        services.AddHostedService(provider => provider.GetRequiredService<WorkQueue<T>>());
        return services;
    }
}
