using System.Globalization;
using System.Runtime.InteropServices;

namespace Maskwright.Segmentation;

/// <summary>
/// The part of the environment that native code reads by <c>getenv</c>. .NET keeps a copy of its own, so
/// <see cref="Environment.SetEnvironmentVariable(string, string?)"/> never reaches libgomp.
/// </summary>
internal static partial class NativeEnvironment
{
    /// <summary>
    /// How often an idle OpenMP thread looks for work before it sleeps. libgomp's own 300,000 starves a process that shares
    /// its cores: eight training steps on two crowded cores took 56 s with it, 22 s with 10,000, and 5.4 s with 1,000,
    /// which is as quick as 0 there and spares a wake-up between small operators when alone.
    /// </summary>
    public const int SpinCount = 1_000;

    /// <summary>Names the number of compute threads of this process; the machine's cores when it is not set.</summary>
    public const string ThreadsVariable = "MASKWRIGHT_THREADS";

    /// <summary>Sets what OpenMP reads when it is loaded; what the user has set stays. Does nothing outside Linux.</summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        if (IsUnset("GOMP_SPINCOUNT") && IsUnset("OMP_WAIT_POLICY"))
        {
            Set("GOMP_SPINCOUNT", SpinCount.ToString(CultureInfo.InvariantCulture));
        }

        if (IsUnset("OMP_NUM_THREADS") && TryReadThreads(out var threads))
        {
            Set("OMP_NUM_THREADS", threads.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Reads the wanted number of threads; false when the variable holds no number from 1 to 1024.</summary>
    public static bool TryReadThreads(out int threads)
    {
        var text = Environment.GetEnvironmentVariable(ThreadsVariable);
        threads = Environment.ProcessorCount;
        return string.IsNullOrWhiteSpace(text)
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out threads) && threads is >= 1 and <= 1024);
    }

    private static bool IsUnset(string name) => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));

    private static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (SetNative(name, value, overwrite: 1) != 0)
        {
            throw new InvalidOperationException($"setenv({name}) failed with errno {Marshal.GetLastPInvokeError()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNative(string name, string value, int overwrite);
}
