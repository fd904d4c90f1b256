using Maskwright.Artifacts;
using Maskwright.Datasets;
using Maskwright.ServiceDefaults;
using Maskwright.Training.V1;

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
        string datasetId = ResourceId.FromName("datasets", asked.Dataset, "training_run.dataset");
        var dataset = await OpenAsync(datasetId, cancellationToken);
        int images = dataset.Manifest.Splits["train"].Samples;
        if (images < options.BatchSize)
        {
            throw RpcErrors.InvalidArgument(
                "training_run.options.batch_size",
                $"{options.BatchSize} is more than the {images} images of the train split of '{asked.Dataset}'.");
        }

        var run = new TrainingRun
        {
            Dataset = asked.Dataset,
            Options = Recipes.ToWire(asked.Options?.Preset is { Length: > 0 } preset ? preset : "report", options),
            Classes = { dataset.Manifest.Classes },
        };
        return run;
    }

    private async Task<DatasetReader> OpenAsync(string datasetId, CancellationToken cancellationToken)
    {
        try
        {
            return await DatasetReader.OpenAsync(storage, datasetId, cancellationToken);
        }
        catch (DatasetException exception)
        {
            throw RpcErrors.FailedPrecondition("DATASET_NOT_READY", exception.Message);
        }
    }
}
