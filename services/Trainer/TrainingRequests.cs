using Maskwright.Artifacts;
using Maskwright.Datasets;
using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;
using Maskwright.Training.V1;
using TrainingOptions = Maskwright.Segmentation.TrainingOptions;

namespace Maskwright.Trainer;

/// <summary>What callers ask for, checked as far as it can be known before the work begins.</summary>
internal sealed class TrainingRequests(ObjectStorage storage)
{
    /// <summary>The run with only what a caller may set, its recipe whole.</summary>
    /// <exception cref="Grpc.Core.RpcException">A field is not what it must be, or the dataset is not finished.</exception>
    public async Task<TrainingRun> ValidateAsync(TrainingRun? asked, CancellationToken cancellationToken)
    {
        if (asked is null)
            throw RpcErrors.InvalidArgument("training_run", "it is missing.");
        var options = Recipes.Resolve(asked.Options);
        if (TorchRuntime.DeviceProblem(options.Device) is { } problem)
            throw RpcErrors.InvalidArgument("training_run.options.device", problem);
        string datasetId = ResourceId.FromName("datasets", asked.Dataset, "training_run.dataset");
        var dataset = await OpenAsync(datasetId, cancellationToken);
        var classes = dataset.Manifest.Classes;
        if (options.ClassWeights.Count > 0 && options.ClassWeights.Count != classes.Count)
        {
            throw RpcErrors.InvalidArgument(
                "training_run.options.class_weights",
                $"there are {options.ClassWeights.Count} weights for the {classes.Count} classes of '{asked.Dataset}'; give one for each, the background first.");
        }

        if (dataset.Manifest.Splits["val"].Samples == 0)
            throw RpcErrors.InvalidArgument("training_run.dataset", $"the validation split of '{asked.Dataset}' is empty; prepare it with a larger val_ratio.");
        int images = dataset.Manifest.Splits["train"].Samples;
        if (images < options.BatchSize)
        {
            throw RpcErrors.InvalidArgument(
                "training_run.options.batch_size",
                $"{options.BatchSize} is more than the {images} images of the train split of '{asked.Dataset}'.");
        }

        await CheckInitialWeightsAsync(options, classes, cancellationToken);
        var run = new TrainingRun
        {
            Dataset = asked.Dataset,
            Options = Recipes.ToWire(asked.Options?.Preset is { Length: > 0 } preset ? preset : TrainingPresets.Default, options),
            Classes = { classes },
        };
        return run;
    }

    // A URL is not asked before its turn comes: the answer of this call must not hang on another's server.
    private async Task CheckInitialWeightsAsync(TrainingOptions options, IReadOnlyList<string> classes, CancellationToken cancellationToken)
    {
        if (options.InitialWeights is not { } initial || initial.Url is { Length: > 0 })
            return;
        try
        {
            await using var file = await new InitialWeightsFile(storage).OpenAsync(initial, cancellationToken);
            if (await SafeTensorsFile.ReadMetadataAsync(file, initial.Source(), cancellationToken) is { } metadata)
            {
                ModelDescription.RequireClasses(metadata, classes, initial.Source());
                ModelDescription.RequireBackbone(metadata, options.Network, initial.Source());
            }
        }
        catch (Exception exception) when (exception is WeightsFormatException or IOException or UnauthorizedAccessException
            or StorageException { Kind: StorageFailure.NotFound })
        {
            throw RpcErrors.InvalidArgument("training_run.options.initial_weights", exception.Message);
        }
    }

    private async Task<DatasetReader> OpenAsync(string datasetId, CancellationToken cancellationToken)
    {
        try
        {
            return await DatasetReader.OpenAsync(storage, datasetId, cancellationToken);
        }
        catch (DatasetException exception)
        {
            throw RpcErrors.FailedPrecondition("DATASET_NOT_READY", "training_run.dataset", exception.Message);
        }
    }
}
