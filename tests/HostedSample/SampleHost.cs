using Aspire.Hosting;

namespace Maskwright.HostedSample;

/// <summary>An AppHost with two programs, each a shell that runs the script.</summary>
internal static class SampleHost
{
    public static async Task RunAsync(string script)
    {
        var builder = DistributedApplication.CreateBuilder(["Embedded:Dashboard=false"]);
        var first = builder.AddExecutable("first", "sh", "/", "-c", script);
        builder.AddExecutable("second", "sh", "/", "-c", script).WaitFor(first);
        await builder.Build().RunAsync();
    }

    /// <summary>An AppHost with a container that says it is ready and will not end by itself.</summary>
    public static async Task RunContainerAsync(string name, string image, string engine)
    {
        var builder = DistributedApplication.CreateBuilder(["Embedded:Dashboard=false", $"Embedded:ContainerEngine={engine}"]);
        var parts = image.Split(':');
        builder.AddContainer(name, parts[0], parts[1]).WithArgs("/bin/sh", "-c", "echo ready; while :; do sleep 1; done");
        await builder.Build().RunAsync();
    }
}
