namespace Maskwright.Trainer;

/// <summary>A worker process ended without having said that it is done, or why not.</summary>
/// <param name="exitCode">Its exit code; 128 and the signal's number when it was killed.</param>
/// <param name="lastLines">The last lines of its log.</param>
internal sealed class WorkerDiedException(int exitCode, IReadOnlyList<string> lastLines)
    : Exception($"The worker process ended with exit code {exitCode} before it was done: {CauseOf(exitCode)}")
{
    private const int SignalBase = 128;

    /// <summary>Its exit code.</summary>
    public int ExitCode => exitCode;

    /// <summary>The last lines of its log.</summary>
    public IReadOnlyList<string> LastLines => lastLines;

    /// <summary>Why a process ended so, as far as its exit code tells.</summary>
    private static string CauseOf(int exitCode) => (exitCode - SignalBase) switch
    {
        4 => "an instruction that this processor does not have (SIGILL).",
        6 => "it gave up by itself (SIGABRT); the last lines of its log say why.",
        7 or 11 => "it touched memory that is not there (SIGBUS or SIGSEGV), which is a defect.",
        9 => "it was killed (SIGKILL), most likely for want of memory: take a smaller batch or image size.",
        15 => "it was asked to end (SIGTERM).",
        > 0 and var signal => $"it was ended by signal {signal}.",
        _ => "the last lines of its log say why.",
    };
}
