using System.Diagnostics;
using System.Globalization;
using Maskwright.Segmentation;

namespace Maskwright.Benchmarks.Trainer;

/// <summary>What steps and forward passes are measured with, here and at the peer.</summary>
internal static class ComputeSetting
{
    public const int Batch = 4;
    public const int ImageSize = 256;
    public const int Classes = 6;

    /// <summary>Compute threads, of both sides.</summary>
    public static int Threads => Environment.ProcessorCount;

    /// <summary>
    /// Runs a measurement in a process with a worker's environment: this program again, whose last line of output holds the
    /// figures. The peer keeps the environment it is used with.
    /// </summary>
    public static async Task<IReadOnlyList<double>> InWorkerAsync(string name, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal))
            start.ArgumentList.Add(typeof(ComputeSetting).Assembly.Location);
        ComputeProcess.Prepare(start.Environment);
        return await MeasuringProcess.RunAsync(start, name, folder: null, cancellationToken);
    }

    /// <summary>The peer beside which it is measured.</summary>
    public static Task<PeerResult> PeerAsync(string script, int steps, CancellationToken cancellationToken) => PeerResult.OfPythonAsync(
        "PyTorch, channels-last",
        script,
        new[] { Batch, ImageSize, Threads, Classes, steps }.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        cancellationToken);
}
