namespace Maskwright.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The work failed, or a service refused the call.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A service cannot be found or reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Ended by Ctrl-C, or the work was cancelled.</summary>
    public const int Cancelled = 130;
}
