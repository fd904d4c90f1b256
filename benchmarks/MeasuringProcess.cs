using System.Diagnostics;
using System.Globalization;
using Maskwright.Benchmarks.Dataset;
using Maskwright.Benchmarks.Trainer;

namespace Maskwright.Benchmarks;

/// <summary>A process of its own for a measurement that depends on how a process is set up: this program again, figures on its standard output.</summary>
internal static class MeasuringProcess
{
    /// <summary>The hidden command that makes this program measure one of them.</summary>
    public const string Command = "measure";

    /// <summary>Runs it.</summary>
    /// <param name="start">This program, its arguments beginning with those that it is to be set up by.</param>
    /// <param name="name">What to measure.</param>
    /// <param name="folder">The folder that it reads, if any.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The figures, in the order of whoever measures them.</returns>
    public static async Task<IReadOnlyList<double>> RunAsync(ProcessStartInfo start, string name, string? folder, CancellationToken cancellationToken)
    {
        foreach (var argument in (string[])[Command, name, .. folder is null ? [] : (string[])[folder]])
            start.ArgumentList.Add(argument);
        (start.RedirectStandardOutput, start.UseShellExecute) = (true, false);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The measuring process did not start.");
        await using var kill = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? [.. output.TrimEnd().Split('\n')[^1].Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"The measuring process of {name} ended with {process.ExitCode}.");
    }

    /// <summary>The other side: measures and prints.</summary>
    /// <param name="name">What to measure.</param>
    /// <param name="folder">The folder that it reads, if any.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task MeasureAsync(string name, string? folder, CancellationToken cancellationToken)
    {
        var figures = name switch
        {
            PrepareBenchmark.Name => await PrepareBenchmark.MeasureAsync(folder!, cancellationToken),
            ScaleBenchmark.Name => await ScaleBenchmark.MeasureAsync(folder!, cancellationToken),
            StepBenchmark.Name => await StepBenchmark.MeasureAsync(),
            EvalBenchmark.Name => await EvalBenchmark.MeasureAsync(),
            MemoryBenchmark.Name => await MemoryBenchmark.MeasureAsync(),
            CheckpointBenchmark.Name => await CheckpointBenchmark.MeasureAsync(),
            _ => throw new ArgumentException($"'{name}' is not measured in a process of its own.", nameof(name)),
        };
        Console.WriteLine(string.Join(' ', figures.Select(figure => figure.ToString(CultureInfo.InvariantCulture))));
    }
}
