using Aspire.Hosting;

namespace Maskwright.HostedSample;

/// <summary>An AppHost with two programs, each a shell that runs the script.</summary>
internal static class SampleHost
{
    public static async Task RunAsync(string script)
    {
        var builder = DistributedApplication.CreateBuilder([]);
        var first = builder.AddExecutable("first", "sh", "/", "-c", script);
        builder.AddExecutable("second", "sh", "/", "-c", script).WaitFor(first);
        await builder.Build().RunAsync();
    }
}
