using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;
using Maskwright.Training.V1;

namespace Maskwright.Trainer;

/// <summary>Registration of training.</summary>
internal static class TrainingExtensions
{
    /// <exception cref="InvalidOperationException">A setting is not what it must be.</exception>
    public static void AddTraining(this WebApplicationBuilder builder)
    {
        int concurrency = builder.Configuration.GetValue("Trainer:Concurrency", 1);
        if (concurrency is < 1 or > 64)
            throw new InvalidOperationException($"Trainer:Concurrency is {concurrency}; expected 1 to 64 runs at once.");

        // The name is resolved by service discovery: services__metrics__grpc__0 in the environment.
        var collector = builder.Services.AddGrpcClient<MetricsService.MetricsServiceClient>(client => client.Address = new Uri("http://_grpc.metrics"));
        if (builder.Configuration["Metrics:Token"] is { Length: > 0 } token)
        {
            collector
                .ConfigureChannel(channel => channel.UnsafeUseInsecureChannelCallCredentials = true)
                .AddCallCredentials((_, headers) =>
                {
                    headers.Add("Authorization", $"Bearer {token}");
                    return Task.CompletedTask;
                });
        }

        builder.Services.AddSingleton<TrainingRequests>();
        builder.Services.AddSingleton<WorkerProcess>();
        builder.Services.AddSingleton<DeviceSlots>();
        builder.Services.AddSingleton(new MetricsSpool(SpoolDirectory(builder.Configuration)));
        builder.Services.AddSingleton<SpoolDelivery>();
        builder.Services.AddHostedService<MetricsRelay>();
        builder.Services.AddWorkQueue<TrainingRun, TrainingWork>(
            new WorkQueueOptions { Collection = "trainingRuns", Prefix = "runs", IdPrefix = "run", Manifest = "manifest.json", Concurrency = concurrency },
            work => work.TrainAsync);
    }

    private static string SpoolDirectory(ConfigurationManager configuration) => configuration["Trainer:SpoolDirectory"] is { Length: > 0 } named
        ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "maskwright", "spool");
}
