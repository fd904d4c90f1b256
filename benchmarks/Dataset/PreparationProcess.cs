using System.Diagnostics;

namespace Maskwright.Benchmarks.Dataset;

/// <summary>A process that the runtime sets up as it does the service's: compiler and collector are part of what is measured.</summary>
internal static class PreparationProcess
{
    private const string Settings = "Maskwright.DatasetPrep.runtimeconfig.json";

    /// <summary>Measures in it.</summary>
    /// <param name="name">What to measure.</param>
    /// <param name="folder">The folder that it reads.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Task<IReadOnlyList<double>> MeasureAsync(string name, string folder, CancellationToken cancellationToken) => MeasuringProcess.RunAsync(
        new ProcessStartInfo("dotnet", ["exec", "--runtimeconfig", Path.Combine(AppContext.BaseDirectory, Settings), typeof(PreparationProcess).Assembly.Location]),
        name,
        folder,
        cancellationToken);
}
