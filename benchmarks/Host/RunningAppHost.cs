using System.Diagnostics;
using System.Globalization;

namespace Maskwright.Benchmarks.Host;

/// <summary>The AppHost as a user starts it, <c>dotnet run --no-build --project AppHost</c>, on an empty data folder.</summary>
internal sealed class RunningAppHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly string _folder;

    private RunningAppHost(Process process, string folder, TimeSpan startup)
    {
        _process = process;
        _folder = folder;
        Startup = startup;
    }

    /// <summary>Time from the command until every resource was healthy.</summary>
    public TimeSpan Startup { get; }

    /// <exception cref="InvalidOperationException">It is not built, or did not come up.</exception>
    public static async Task<RunningAppHost> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("maskwright-bench-").FullName;
        var start = new ProcessStartInfo("dotnet", ["run", "--no-build", "--project", Path.Combine(SourceTree(), "AppHost"), "--", "--data-dir", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var begun = Stopwatch.GetTimestamp();
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet could not be started.");
        var output = new List<string>();
        process.ErrorDataReceived += (_, line) => output.Add(line.Data ?? "");
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken) is { } line)
        {
            output.Add(line);
            if (line.Contains(" resources are up after ", StringComparison.Ordinal))
            {
                if (!line.StartsWith("All ", StringComparison.Ordinal))
                    break;
                var running = new RunningAppHost(process, folder, Stopwatch.GetElapsedTime(begun));
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return running;
            }
        }

        process.Kill(entireProcessTree: true);
        throw new InvalidOperationException($"The AppHost did not come up. Build it first: dotnet build AppHost. Its output:\n{string.Join('\n', output)}");
    }

    /// <summary>Resident memory of the AppHost's own process in MB: the engine and the dashboard, without the services.</summary>
    public double ResidentMegabytes()
    {
        var line = File.ReadLines($"/proc/{AppHostId()}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
    }

    /// <summary>Processor time that the AppHost's own process has used so far.</summary>
    public TimeSpan ProcessorTime()
    {
        using var process = Process.GetProcessById(AppHostId());
        return process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", AppHostId().ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary><c>dotnet run</c> starts the AppHost as its child.</summary>
    private int AppHostId()
    {
        foreach (var child in Children())
        {
            if (File.ReadAllText($"/proc/{child}/cmdline").Contains("Maskwright.AppHost", StringComparison.Ordinal))
                return int.Parse(child, CultureInfo.InvariantCulture);
        }

        throw new InvalidOperationException("The AppHost has ended.");
    }

    private IEnumerable<string> Children() => Directory.EnumerateDirectories($"/proc/{_process.Id}/task")
        .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string SourceTree()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Aspire.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The benchmark runs from within the source tree, whose AppHost it starts.");
    }
}
