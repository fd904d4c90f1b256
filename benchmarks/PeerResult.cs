using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Maskwright.Benchmarks;

/// <summary>A peer's figure.</summary>
/// <param name="Name">The peer, or the peer and what of it is missing.</param>
/// <param name="Value">Its median; null where it could not be measured.</param>
public sealed record PeerResult(string Name, double? Value)
{
    // The distribution's interpreter: only that one sees the distribution's torch, Pillow and boto3.
    private const string DistributionPython = "/usr/bin/python3";

    /// <summary>Runs a script of <c>benchmarks/peers</c>, whose last line of output is its median.</summary>
    /// <param name="name">The peer's name, e.g. <c>PyTorch 1.13.1</c>.</param>
    /// <param name="script">File name of the script.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellationToken">Ends the script.</param>
    public static async Task<PeerResult> OfPythonAsync(string name, string script, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(File.Exists(DistributionPython) ? DistributionPython : "python3")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "peers", script));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start) ?? throw new InvalidOperationException("The peer's process did not start.");
            await using var kill = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            var lastLine = (await output).TrimEnd().Split('\n')[^1];
            return process.ExitCode == 0 && double.TryParse(lastLine, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? new PeerResult(name, value)
                : new PeerResult($"{name} (missing: {(await error).TrimEnd().Split('\n')[^1]})", null);
        }
        catch (Win32Exception exception)
        {
            return new PeerResult($"{name} (missing: {exception.Message})", null);
        }
    }
}
