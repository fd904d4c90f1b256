using Maskwright.Artifacts;
using Maskwright.Datasets;
using Maskwright.Evaluation.V1;
using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;
using FigureChoice = Maskwright.Evaluation.V1.FigureChoice;
using EvaluationResource = Maskwright.Evaluation.V1.Evaluation;

namespace Maskwright.Evaluator;

/// <summary>What callers ask for, checked as far as it can be known before the work begins.</summary>
internal sealed class EvaluationRequests(ModelStore models, ObjectStorage storage)
{
    private const int DefaultFigureRows = 6;
    private const int MaxFigureRows = 64;
    private const int DefaultBatchSize = 4;
    private const int MaxBatchSize = 256;
    private static readonly string[] Splits = ["train", "val", "test"];

    /// <summary>The evaluation with only what a caller may set, defaults filled in.</summary>
    /// <exception cref="Grpc.Core.RpcException">A field is not what it must be, or the model or the dataset is not finished, or the model cannot be measured on it.</exception>
    public async Task<EvaluationResource> ValidateAsync(EvaluationResource? asked, CancellationToken cancellationToken)
    {
        if (asked is null)
            throw RpcErrors.InvalidArgument("evaluation", "it is missing.");
        var manifest = await models.ManifestAsync(asked.Model, "evaluation.model", cancellationToken);
        string dataset = asked.Dataset.Length > 0 ? asked.Dataset : "datasets/" + manifest.Dataset;
        string datasetId = ResourceId.FromName("datasets", dataset, "evaluation.dataset");
        string split = asked.Split.Length > 0 ? asked.Split : "test";
        if (!Splits.Contains(split))
            throw RpcErrors.InvalidArgument("evaluation.split", $"'{split}' is not one of {string.Join(", ", Splits)}.");

        var options = asked.Options?.Clone() ?? new EvaluationOptions();
        options.FigureRows = Within(options.FigureRows, DefaultFigureRows, MaxFigureRows, "evaluation.options.figure_rows");
        options.BatchSize = Within(options.BatchSize, DefaultBatchSize, MaxBatchSize, "evaluation.options.batch_size");
        RefuseUnknown(options.Size, "evaluation.options.size");
        RefuseUnknown(options.FigureChoice, "evaluation.options.figure_choice");
        if (ToSettings(options).Inference.Validate() is [var error, ..])
            throw RpcErrors.InvalidArgument(error.Field == nameof(InferenceOptions.Scales) ? "evaluation.options.scales" : "evaluation.options.sliding_window", error.Message);
        RequireMeasurable(manifest, (await OpenAsync(datasetId, cancellationToken)).Manifest, split);
        return new EvaluationResource { Model = asked.Model, Dataset = dataset, Split = split, Options = options };
    }

    /// <summary>Refuses what has nothing to be measured on. Asked again when the work begins: the dataset may be another by then.</summary>
    /// <exception cref="Grpc.Core.RpcException">The dataset has other classes than the model, or the split no image.</exception>
    public static void RequireMeasurable(RunManifest model, DatasetManifest dataset, string split)
    {
        if (!model.Classes.SequenceEqual(dataset.Classes, StringComparer.Ordinal))
        {
            throw RpcErrors.FailedPrecondition(
                "CLASSES_DIFFER",
                "evaluation.dataset",
                $"The model of run '{model.Id}' knows the classes {string.Join(", ", model.Classes)}; the dataset '{dataset.Id}' has {string.Join(", ", dataset.Classes)}. Evaluate on a dataset with the same classes in the same order.");
        }

        if (dataset.Splits[split].Samples == 0)
        {
            throw RpcErrors.FailedPrecondition(
                "SPLIT_EMPTY",
                "evaluation.split",
                $"The {split} split of the dataset '{dataset.Id}' has no image. Evaluate on a split with images: {string.Join(", ", dataset.Splits.Where(other => other.Value.Samples > 0).Select(other => other.Key))}.");
        }
    }

    /// <summary>The options in the library's terms.</summary>
    public static EvaluationSettings ToSettings(EvaluationOptions options) => new()
    {
        BatchSize = options.BatchSize,
        OriginalSize = options.Size == MeasuredSize.Original,
        Inference = new InferenceOptions
        {
            Flip = options.Flip,
            Scales = options.Scales.Count > 0 ? [.. options.Scales] : InferenceOptions.Plain.Scales,
            SlidingWindow = options.SlidingWindow,
        },
    };

    /// <summary>The choice of images in the library's terms.</summary>
    public static Segmentation.FigureChoice ToChoice(FigureChoice choice) => choice switch
    {
        FigureChoice.Worst => Segmentation.FigureChoice.Worst,
        FigureChoice.Best => Segmentation.FigureChoice.Best,
        FigureChoice.PerClass => Segmentation.FigureChoice.PerClass,
        _ => Segmentation.FigureChoice.Seeded,
    };

    private async Task<DatasetReader> OpenAsync(string datasetId, CancellationToken cancellationToken)
    {
        try
        {
            return await DatasetReader.OpenAsync(storage, datasetId, cancellationToken);
        }
        catch (DatasetException exception)
        {
            throw RpcErrors.FailedPrecondition("DATASET_NOT_READY", "evaluation.dataset", exception.Message);
        }
    }

    private static void RefuseUnknown<T>(T value, string field)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw RpcErrors.InvalidArgument(field, $"{value} is not one of {string.Join(", ", Enum.GetNames<T>())}.");
    }

    private static int Within(int asked, int otherwise, int most, string field)
    {
        if (asked < 0 || asked > most)
            throw RpcErrors.InvalidArgument(field, $"{asked} is not from 1 to {most}; 0 means {otherwise}.");
        return asked == 0 ? otherwise : asked;
    }
}
