using System.Runtime.InteropServices;
using Maskwright.Metrics.V1;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.Trainer;

/// <summary>A training run in the collector's terms.</summary>
internal static class RunMetrics
{
    // Numbers make a repeated delivery harmless: an epoch's is its own, that of an end its time.
    private const string ClientId = "trainer";

    // Characters that the collector takes in an entry.
    private const int MaxEntry = 1_000;

    /// <summary>The name under which the collector keeps a run: <c>runs/{id}</c> with the id of the training run.</summary>
    public static string NameOf(TrainingRun run) => string.Concat("runs", run.Name.AsSpan(run.Name.IndexOf('/', StringComparison.Ordinal)));

    /// <summary>The registration of a run: its options, where it comes from, and on what it is trained (<c>environment.…</c>).</summary>
    public static CreateRunRequest Describe(TrainingRun run)
    {
        string id = NameOf(run)["runs/".Length..];
        var request = new CreateRunRequest
        {
            RunId = id,
            Run = new Run
            {
                DisplayName = id,
                Lineage =
                {
                    ["dataset"] = run.Dataset,
                    ["training_run"] = run.Name,
                    ["program_version"] = run.ProgramVersion,
                    ["environment.machine"] = Environment.MachineName,
                    ["environment.os"] = RuntimeInformation.OSDescription,
                    ["environment.processors"] = $"{Environment.ProcessorCount} x {RuntimeInformation.ProcessArchitecture}",
                    ["environment.runtime"] = RuntimeInformation.FrameworkDescription,
                },
            },
        };
        // By their indices, so that masks can be read; what the collector would not take is left out.
        if (string.Join(", ", run.Classes) is { Length: > 0 and <= MaxEntry } classes)
            request.Run.Lineage["classes"] = classes;
        foreach (var field in TrainingOptions.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.Accessor.GetValue(run.Options) is { } value && (!field.HasPresence || field.Accessor.HasValue(run.Options)))
                request.Run.Options[field.Name] = value.ToString() ?? string.Empty;
        }

        return request;
    }

    /// <summary>All points of one epoch, as one batch whose sequence is the epoch's number.</summary>
    public static LogMetricsRequest Batch(TrainingRun run, Epoch epoch)
    {
        var batch = new LogMetricsRequest { Run = NameOf(run), ClientId = ClientId, Sequence = epoch.Number };
        var time = epoch.EndTime;
        void Add(string metric, double value) =>
            batch.Points.Add(new Point { Metric = metric, Step = epoch.Number, Epoch = epoch.Number, Time = time, Value = value });

        Add("train/loss", epoch.TrainLoss);
        Add("val/loss", epoch.ValLoss);
        Add("learning_rate", epoch.LearningRate);
        Add("gradient_norm", epoch.GradientNorm);
        Add("data_wait", epoch.DataWait);
        Add("images_per_second", epoch.ImagesPerSecond);
        Add("seconds/train", epoch.TrainSeconds);
        Add("seconds/val", epoch.ValSeconds);
        Add("memory/peak_bytes", epoch.PeakMemoryBytes);
        var names = MetricNames.OfClasses(run.Classes);
        AddScores("train", epoch.Train, names, Add);
        AddScores("val", epoch.Val, names, Add);
        return batch;
    }

    /// <summary>The last line of a run that has ended.</summary>
    public static LogEventsRequest EndOf(TrainingRun run)
    {
        var line = new TextEvent
        {
            Time = run.EndTime,
            Level = run.State == State.Failed ? "error" : "info",
            Text = run.State switch
            {
                State.Succeeded => $"finished: best {run.Options.Criterion} at epoch {run.BestEpoch}",
                State.Failed => $"failed: {run.Error?.Message}",
                _ => "cancelled",
            },
        };
        return new LogEventsRequest { Run = NameOf(run), ClientId = ClientId, Sequence = run.EndTime.ToDateTimeOffset().ToUnixTimeMilliseconds(), Events = { line } };
    }

    /// <summary>The collector's word for a state.</summary>
    public static RunState StateOf(State state) => state switch
    {
        State.Succeeded => RunState.Succeeded,
        State.Failed => RunState.Failed,
        State.Cancelled => RunState.Cancelled,
        _ => RunState.Running,
    };

    private static void AddScores(string prefix, Scores scores, IReadOnlyList<string> names, Action<string, double> add)
    {
        add(prefix + "/miou", scores.MeanIou);
        add(prefix + "/dice", scores.MeanDice);
        add(prefix + "/pixel_accuracy", scores.PixelAccuracy);
        add(prefix + "/mean_accuracy", scores.MeanAccuracy);
        foreach (var scored in scores.Classes)
        {
            string name = names[scored.Index];
            if (scored.HasIou)
                add($"{prefix}/iou/{name}", scored.Iou);
            if (scored.HasDice)
                add($"{prefix}/dice/{name}", scored.Dice);
            if (scored.HasAccuracy)
                add($"{prefix}/accuracy/{name}", scored.Accuracy);
        }
    }
}
