using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Maskwright.EndToEnd.Tests;

/// <summary>One of the product's programs as a process of its own, its output kept line by line.</summary>
public sealed partial class ProgramProcess : IAsyncDisposable
{
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigStop = 19;

    private const int LinesShown = 40;
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<string> _errors = [];
    private readonly List<string> _output = [];
    private readonly Task _read;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProgramProcess(Process process)
    {
        _process = process;
        _read = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, _errors));
    }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    public bool IsRunning => !_process.HasExited;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    public string LastLines
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _lines.TakeLast(LinesShown));
        }
    }

    /// <param name="program">Name of its project, for instance <c>Trainer</c>.</param>
    /// <param name="arguments">What it is called with.</param>
    /// <param name="environment">Variables on top of this process's own; null takes one away.</param>
    public static ProgramProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var path = PathOf(program);
        var start = new ProcessStartInfo(DotnetHost())
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(path)!,
        };
        foreach (var argument in (IEnumerable<string>)["exec", path, .. arguments])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ProgramProcess(Process.Start(start) ?? throw new InvalidOperationException($"{path} could not be started."));
    }

    /// <summary>Waits for a line of its output.</summary>
    /// <exception cref="InvalidOperationException">It ended before it wrote one.</exception>
    public async Task<string> LineAsync(Func<string, bool> wanted, CancellationToken cancellationToken)
    {
        for (var seen = 0; ;)
        {
            Task more;
            lock (_lock)
            {
                for (; seen < _lines.Count; seen++)
                {
                    if (wanted(_lines[seen]))
                        return _lines[seen];
                }

                more = _more.Task;
            }

            if (_read.IsCompleted && !more.IsCompleted)
                throw new InvalidOperationException($"The process ended before it said what was waited for. Its last lines:\n{LastLines}");
            await Task.WhenAny(more, _read).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until it has ended and all of its output is read.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _read.WaitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public void Signal(int signal) => _ = SendSignal(_process.Id, signal);

    /// <summary>Signals a process of a process, for instance a service's worker.</summary>
    public static void Signal(int processId, int signal) => _ = SendSignal(processId, signal);

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            Signal(SigTerm);
            try
            {
                await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(StopTime);
            }
            catch (Exception late) when (late is TimeoutException or OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
    }

    /// <summary>Where a program lies.</summary>
    public static string PathOf(string program)
    {
        var key = $"Program:{program}";
        return typeof(ProgramProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == key).Value!;
    }

    /// <summary>The <c>dotnet</c> that runs this very process: three folders above the runtime's own.</summary>
    public static string DotnetHost() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private async Task ReadAsync(StreamReader reader, List<string> stream)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _lines.Add(line);
                stream.Add(line);
                _more.SetResult();
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private string Text(List<string> lines)
    {
        lock (_lock)
            return string.Join('\n', lines);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int pid, int signal);
}
