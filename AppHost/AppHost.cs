using Maskwright.AppHost;

var options = AppHostArguments.Parse(args);
if (options.Answer is { } answer)
{
    await (options.ExitCode == 0 ? Console.Out : Console.Error).WriteLineAsync(answer);
    return options.ExitCode;
}

var builder = DistributedApplication.CreateBuilder(options.Settings);

var storage = ArtifactStorage.Add(builder, options);

// The gRPC services declare their endpoints, grpc (cleartext HTTP/2) and http (HTTP/1.1), in their own appsettings.json.
var metrics = builder.AddProject("metrics", "../services/MetricsCollector/MetricsCollector.csproj")
    .WithReference(storage.ConnectionString).WaitFor(storage.Server)
    .WithEnvironment("Metrics__Database", Path.Combine(options.DataDirectory, "metrics.db"))
    .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("Runs and datasets", "/runs"))
    .WithHttpHealthCheck("/health", endpointName: "http");

var datasets = builder.AddProject("datasets", "../services/DatasetPrep/DatasetPrep.csproj")
    .WithReference(storage.ConnectionString).WaitFor(storage.Server)
    .WithEnvironment("Datasets__DownloadDirectory", Path.Combine(options.DataDirectory, "downloads"))
    .WithHttpHealthCheck("/health", endpointName: "http");

var trainer = builder.AddProject("trainer", "../services/Trainer/Trainer.csproj")
    .WithReference(storage.ConnectionString).WaitFor(storage.Server)
    .WithReference(metrics)
    .WithEnvironment("Trainer__SpoolDirectory", Path.Combine(options.DataDirectory, "spool"))
    .WithHttpHealthCheck("/health", endpointName: "http");

var evaluator = builder.AddProject("evaluator", "../services/Evaluator/Evaluator.csproj")
    .WithReference(storage.ConnectionString).WaitFor(storage.Server)
    .WithReference(metrics)
    .WithHttpHealthCheck("/health", endpointName: "http");

// The collector's pages start runs and show datasets and evaluations; they say so where one of these is not there.
metrics.WithReference(datasets).WithReference(trainer).WithReference(evaluator);

if (options.Quickstart)
{
    builder.AddProject("pipeline", "../cli/Cli.csproj")
        .WithArgs(options.PipelineArguments)
        .WithReference(datasets).WaitFor(datasets)
        .WithReference(trainer).WaitFor(trainer)
        .WithReference(evaluator).WaitFor(evaluator)
        .WithReference(metrics).WaitFor(metrics);
}

await builder.Build().RunAsync();
return Environment.ExitCode;
