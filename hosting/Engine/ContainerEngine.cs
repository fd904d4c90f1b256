using System.ComponentModel;
using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>
/// Runs containers through the command line of Docker or Podman. A container runs in the foreground of its own client process,
/// so that its output, its exit code and SIGTERM pass through, and it is removed by name when that process is killed.
/// </summary>
internal sealed class ContainerEngine(string? chosen)
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Task<(string? Path, string? Problem)>? _engine;

    /// <summary>Asks which engine answers, once; a failure is asked again.</summary>
    /// <returns>Path of its client, or why there is none.</returns>
    public Task<(string? Path, string? Problem)> FindAsync()
    {
        lock (_lock)
        {
            if (_engine is null or { IsCompletedSuccessfully: true, Result.Path: null })
                _engine = AskAsync();
            return _engine;
        }
    }

    /// <summary>The command that runs a container in the foreground.</summary>
    /// <param name="client">Path of the engine's client.</param>
    /// <param name="container">The container.</param>
    /// <param name="arguments">Arguments of the program in it.</param>
    /// <param name="environment">Its variables.</param>
    /// <exception cref="DistributedApplicationException">An endpoint does not say which port the container listens on.</exception>
    public static ChildCommand Command(
        string client, ContainerResource container, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var name = $"maskwright-{container.Name.ToLowerInvariant()}-{Guid.NewGuid():N}"[..^20];
        List<string> line = ["run", "--rm", "--name", name];
        if (!IsPodman(client))
            line.AddRange(["--add-host", "host.docker.internal:host-gateway"]);
        foreach (var endpoint in container.Annotations.OfType<EndpointAnnotation>())
        {
            var target = endpoint.TargetPort ?? endpoint.Port ?? throw new DistributedApplicationException(
                $"Endpoint '{endpoint.Name}' of container '{container.Name}' does not say which port the container listens on. Give it a targetPort.");
            line.AddRange(["--publish", $"{EndpointReference.LoopbackHost}:{endpoint.AllocatedPort}:{target}"]);
        }

        foreach (var volume in container.Annotations.OfType<VolumeAnnotation>())
            line.AddRange(["--volume", $"{volume.Name}:{volume.Target}{(volume.IsReadOnly ? ":ro" : "")}"]);
        // The value is taken from the client's own environment, so that no secret stands on a command line.
        foreach (var variable in environment.Keys)
            line.AddRange(["--env", variable]);
        if (container.Entrypoint is { } entrypoint)
            line.AddRange(["--entrypoint", entrypoint]);
        var image = container.Annotations.OfType<ContainerImageAnnotation>().Last();
        return new ChildCommand(client, [.. line, image.ToString(), .. arguments], Path.GetTempPath(), environment)
        {
            Removal = [client, "rm", "--force", name],
        };
    }

    /// <summary>Name of this machine inside of a container.</summary>
    public static string HostName(string client) => IsPodman(client) ? "host.containers.internal" : "host.docker.internal";

    private static bool IsPodman(string client) => Path.GetFileNameWithoutExtension(client) == "podman";

    private async Task<(string? Path, string? Problem)> AskAsync()
    {
        List<string> problems = [];
        foreach (var name in chosen is { Length: > 0 } ? [chosen] : new[] { "docker", "podman" })
        {
            if (Programs.Find(name) is not { } path)
                problems.Add($"there is no '{name}' in PATH");
            else if (await ProblemAsync(path) is { } problem)
                problems.Add($"'{name}' does not answer ({problem})");
            else
                return (path, null);
        }

        return (null, $"no container engine answers: {string.Join(", ", problems)}. Install Docker or Podman and start it, or run without containers.");
    }

    private static async Task<string?> ProblemAsync(string client)
    {
        // Listing containers needs the engine behind the client, and means the same to both.
        var start = new ProcessStartInfo(client, ["ps", "--quiet"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        try
        {
            using var process = Process.Start(start)!;
            using var patience = new CancellationTokenSource(AnswerTime);
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(patience.Token);
                var error = await process.StandardError.ReadToEndAsync(patience.Token);
                await output;
                await process.WaitForExitAsync(patience.Token);
                return process.ExitCode == 0 ? null : error.Trim().Split('\n')[^1];
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return $"no answer within {AnswerTime.TotalSeconds:0} s";
            }
        }
        catch (Win32Exception failure)
        {
            return failure.Message;
        }
    }
}
