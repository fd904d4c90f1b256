namespace Maskwright.Datasets.Tests;

/// <summary>Progress that calls back on the reporting thread, so that a test knows when.</summary>
internal sealed class Immediately<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
