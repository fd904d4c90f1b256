using Maskwright.Benchmarks.Dataset;
using Maskwright.Benchmarks.Evaluator;
using Maskwright.Benchmarks.Host;
using Maskwright.Benchmarks.Metrics;
using Maskwright.Benchmarks.Storage;
using Maskwright.Benchmarks.Trainer;

namespace Maskwright.Benchmarks;

/// <summary>Every benchmark there is.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        PrepareBenchmark.Benchmark,
        JsonBenchmark.Benchmark,
        MasksBenchmark.Benchmark,
        JpegBenchmark.Benchmark,
        ScaleBenchmark.Benchmark,
        OtlpBenchmark.Benchmark,
        PagesBenchmark.Benchmark,
        PutSmallBenchmark.Relaxed,
        PutSmallBenchmark.Durable,
        GetSmallBenchmark.Benchmark,
        LargeBenchmark.Put,
        LargeBenchmark.Get,
        ListBenchmark.Benchmark,
        DeleteBenchmark.Relaxed,
        DeleteBenchmark.Durable,
        StepBenchmark.Benchmark,
        EvalBenchmark.Benchmark,
        LoaderBenchmark.FirstEpoch,
        LoaderBenchmark.LaterEpochs,
        DataWaitBenchmark.Benchmark,
        NeighbourBenchmark.Benchmark,
        Trainer.MemoryBenchmark.Benchmark,
        CheckpointBenchmark.Benchmark,
        IngestBenchmark.Benchmark,
        QueryBenchmark.Benchmark,
        RunsBenchmark.Benchmark,
        CollectorMemoryBenchmark.Benchmark,
        PageBenchmark.Benchmark,
        RunsPageBenchmark.Benchmark,
        StartupBenchmark.Benchmark,
        IdleBenchmark.Benchmark,
        SplitBenchmark.Benchmark,
        MetricsCostBenchmark.Benchmark,
        PredictBenchmark.Benchmark,
        Evaluator.MemoryBenchmark.Benchmark,
        OnnxBenchmark.Benchmark,
    ];
}
