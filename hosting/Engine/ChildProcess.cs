using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Maskwright.Hosting;

/// <summary>
/// A started process together with everything it starts itself.
/// <para>
/// On Linux it leads a session and process group of its own (<c>setsid</c>), and a small watching shell in that group holds
/// the reading end of a pipe whose writing end only the engine has. When the engine is gone, however it went (SIGKILL
/// included), the pipe closes and the watcher ends the whole group: SIGTERM, then SIGKILL after 5 s at the most; in between it
/// runs the command that removes a container. The pipe
/// is used and not <c>PR_SET_PDEATHSIG</c>, because that signal comes when the *thread* ends that forked, and it
/// reaches only the child itself. When the process ends by itself, what is left of its group is killed too.
/// </para>
/// <para>
/// On other systems a stop reaches the process and its descendants too, but nothing watches over an engine that is killed
/// outright.
/// </para>
/// </summary>
internal sealed partial class ChildProcess : IDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    /// <summary><c>$$</c> is the process id that the program keeps after exec, and so the id of its group.</summary>
    private const string WatchScript = """
        exec 3<&0 </dev/null
        (
          trap '' TERM INT HUP
          exec >/dev/null 2>&1
          while read -r _ <&3; do :; done
          kill -TERM -$$
          i=0
          while [ $i -lt 50 ] && kill -0 $$; do sleep 0.1; i=$((i+1)); done
          eval "$MASKWRIGHT_REMOVAL"
          kill -KILL -$$
        ) &
        exec 3<&-
        unset MASKWRIGHT_REMOVAL
        exec "$@"
        """;

    /// <summary>Pipes of a process that has ended are read to their end, but not for longer than this.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly IReadOnlyList<string>? _removal;
    private readonly TimeProvider _time;
    private bool _killed;

    private ChildProcess(Process process, IReadOnlyList<string>? removal, Action<string, bool> onLine, TimeProvider time)
    {
        _process = process;
        _removal = removal;
        _time = time;
        StartedAt = time.GetUtcNow();
        var output = Task.WhenAll(
            LineReader.ReadAsync(process.StandardOutput.BaseStream, line => onLine(line, false)),
            LineReader.ReadAsync(process.StandardError.BaseStream, line => onLine(line, true)));
        Exit = WaitAsync(output);
    }

    /// <summary>Id of the process, and on Linux of its group.</summary>
    public int Id => _process.Id;

    /// <summary>When it was started.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Ends with the exit code (128 + signal for a process ended by a signal) once the process, its group and its output have ended.</summary>
    public Task<int> Exit { get; }

    /// <summary>Starts a process; each line it writes is handed on, with whether it came from standard error.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static ChildProcess Start(ChildCommand command, Action<string, bool> onLine, TimeProvider time)
    {
        var start = new ProcessStartInfo
        {
            WorkingDirectory = command.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        string[] line = [.. OperatingSystem.IsLinux() ? Wrapper(command) : [], command.FileName, .. command.Arguments];
        start.FileName = line[0];
        foreach (var argument in line.AsSpan(1))
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        if (OperatingSystem.IsLinux())
            start.Environment["MASKWRIGHT_REMOVAL"] = command.Removal is null ? ":" : string.Join(' ', command.Removal.Select(Quoted));

        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
            return new ChildProcess(process, command.Removal, onLine, time);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Asks the process to end, and kills it and all it started when it has not ended in time.</summary>
    /// <param name="grace">Time it is given.</param>
    /// <param name="hurry">Cuts the time short.</param>
    /// <returns>Whether it ended by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan grace, CancellationToken hurry)
    {
        if (Exit.IsCompleted)
            return true;
        if (OperatingSystem.IsWindows())
            Kill();
        else
            Signal(_process.Id, SigTerm);
        try
        {
            await Exit.WaitAsync(grace, _time, hurry);
            return true;
        }
        catch (Exception ended) when (ended is TimeoutException or OperationCanceledException)
        {
            Kill();
            await Exit;
            return false;
        }
    }

    public void Dispose() => _process.Dispose();

    /// <summary>
    /// The watching shell and, behind it, the variables that a shell may drop because it could not name them itself (dash does,
    /// for <c>services__my-store__http__0</c>): <c>env</c> sets these again. They stand on its command line for the moment until
    /// it has become the program.
    /// </summary>
    private static string[] Wrapper(ChildCommand command)
    {
        string[] dropped = [.. command.Environment.Where(variable => !IsShellName(variable.Key)).Select(variable => $"{variable.Key}={variable.Value}")];
        string[] watch = ["setsid", "/bin/sh", "-c", WatchScript, "watch"];
        return dropped.Length == 0 ? watch : [.. watch, "env", .. dropped];
    }

    private static bool IsShellName(string name) => !char.IsAsciiDigit(name[0]) && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');

    private async Task<int> WaitAsync(Task output)
    {
        await _process.WaitForExitAsync();
        // The watcher keeps the group, and so its number, in existence: no stranger can have it.
        if (OperatingSystem.IsLinux())
            Signal(-_process.Id, SigKill);
        if (_killed && _removal is not null)
        {
            using var removal = Process.Start(new ProcessStartInfo(_removal[0], _removal.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false });
            await (removal?.WaitForExitAsync() ?? Task.CompletedTask);
        }

        await Task.WhenAny(output, Task.Delay(DrainTime, _time));
        return _process.ExitCode;
    }

    private static string Quoted(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private void Kill()
    {
        _killed = true;
        if (OperatingSystem.IsLinux())
            Signal(-_process.Id, SigKill);
        else
            _process.Kill(entireProcessTree: true);
    }

    /// <summary>A process that has just ended cannot be signalled any more, which is what was wanted: the result says nothing new.</summary>
    private static void Signal(int id, int signal) => _ = SendSignal(id, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int pid, int signal);
}
