using System.Globalization;

namespace Maskwright.Benchmarks.Trainer;

/// <summary>What steps and forward passes are measured with, here and at the peer.</summary>
internal static class ComputeSetting
{
    public const int Batch = 4;
    public const int ImageSize = 256;
    public const int Classes = 6;

    /// <summary>Compute threads, of both sides.</summary>
    public static int Threads => TorchSharp.torch.get_num_threads();

    /// <summary>The peer beside which it is measured.</summary>
    public static Task<PeerResult> PeerAsync(string script, int steps, CancellationToken cancellationToken) => PeerResult.OfPythonAsync(
        "PyTorch, channels-last",
        script,
        new[] { Batch, ImageSize, Threads, Classes, steps }.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        cancellationToken);
}
