using System.Diagnostics;
using System.Globalization;
using Maskwright.Artifacts;

namespace Maskwright.Testing;

/// <summary>The object store as a process of its own, on a free loopback port.</summary>
public sealed class StoreProcess : IAsyncDisposable
{
    private const string AccessKey = "test-access";
    private const string SecretKey = "test-secret-key";
    private const string Program = "Maskwright.ObjectStore.dll";
    private readonly Process _process;
    private readonly Task<string> _errors;

    private StoreProcess(Process process, Task<string> errors, Uri endpoint, TimeSpan startTime)
    {
        _process = process;
        _errors = errors;
        Options = new StorageOptions { Endpoint = endpoint, AccessKey = AccessKey, SecretKey = SecretKey, Bucket = "test-bucket" };
        StartTime = startTime;
    }

    /// <summary>Where it is and how to sign in.</summary>
    public StorageOptions Options { get; }

    /// <summary>How long it took until it listened, the runtime's own start included.</summary>
    public TimeSpan StartTime { get; }

    /// <summary>The time that processors have worked for it.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>What it wrote to its error stream, once it has ended.</summary>
    public Task<string> Errors => _errors;

    /// <summary>Starts it over a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <param name="settings">More settings, as command-line arguments.</param>
    /// <exception cref="InvalidOperationException">It ended instead; the message has its last words.</exception>
    public static async Task<StoreProcess> StartAsync(string folder, CancellationToken cancellationToken, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "exec", Path.Combine(AppContext.BaseDirectory, Program), "--urls", "http://127.0.0.1:0",
            "--ObjectStore:DataDirectory", folder, "--ObjectStore:AccessKey", AccessKey, "--ObjectStore:SecretKey", SecretKey,
            .. settings,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var began = Stopwatch.GetTimestamp();
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            const string Before = "S3 on ";
            var at = line.IndexOf(Before, StringComparison.Ordinal);
            if (at < 0)
                continue;
            var took = Stopwatch.GetElapsedTime(began);
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return new StoreProcess(process, errors, new Uri(line[(at + Before.Length)..].Split(' ')[0]), took);
        }

        var said = await errors;
        process.Dispose();
        throw new InvalidOperationException($"The store did not start: {said.Trim()}");
    }

    /// <summary>Ends it as a power cut would end it, without a chance to finish anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>A figure of its memory in bytes.</summary>
    /// <param name="name">As in <c>/proc/PID/status</c>: <c>VmRSS</c> for what is resident now, <c>VmHWM</c> for the most there was.</param>
    public long Memory(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
