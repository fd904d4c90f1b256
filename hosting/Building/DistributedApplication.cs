using System.Reflection;
using Maskwright.Hosting;

namespace Aspire.Hosting;

/// <summary>An application of several processes that are started, watched and stopped together.</summary>
public sealed class DistributedApplication
{
    internal DistributedApplication(Engine engine) => Engine = engine;

    internal Engine Engine { get; }

    /// <summary>Begins the description of an application.</summary>
    /// <param name="args">Command-line settings, <c>--Section:Key=value</c>.</param>
    /// <returns>An empty application.</returns>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return new DistributedApplicationBuilder(args, AppHostAssembly.Of(Assembly.GetEntryAssembly()), EngineOptions.Default);
    }

    /// <summary>Runs the application until it is stopped, blocking the caller.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>
    /// Starts everything in order and runs until Ctrl-C, SIGTERM or <paramref name="cancellationToken"/>, or until nothing is
    /// left running; then stops every process that it started. Failures of resources are reported on the console and set
    /// <see cref="Environment.ExitCode"/>; they are not thrown.
    /// </summary>
    /// <param name="cancellationToken">Stops the application.</param>
    /// <returns>A task that ends when every process has ended.</returns>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        var exitCode = await Engine.RunAsync(cancellationToken);
        if (exitCode != 0)
            Environment.ExitCode = exitCode;
    }
}
