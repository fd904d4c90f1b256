using Google.Rpc;
using Maskwright.Artifacts;
using Maskwright.Datasets;
using Maskwright.ServiceDefaults;
using Maskwright.Work.V1;
using Microsoft.Extensions.Options;
using DatasetResource = Maskwright.Dataset.V1.Dataset;

namespace Maskwright.DatasetPrep;

/// <summary>Prepares one dataset: draws its scenes where that is its source, then prepares it.</summary>
internal sealed partial class DatasetWork(
    DatasetPreparation preparation, ObjectStorage storage, IOptions<DatasetPrepOptions> settings, ILogger<DatasetWork> logger)
{
    public async Task PrepareAsync(WorkContext<DatasetResource> work, CancellationToken cancellationToken)
    {
        try
        {
            // A service that died between commit and record finds its manifest.
            if (await storage.StatAsync(DatasetKeys.Manifest(work.Id), cancellationToken) is null)
                await PrepareSourceAsync(work, cancellationToken);
            var reader = await DatasetReader.OpenAsync(storage, work.Id, cancellationToken);
            var statistics = await reader.ReadStatisticsAsync(cancellationToken);
            await work.UpdateAsync(
                EventKind.Message,
                $"{reader.Manifest.Splits.Sum(split => split.Value.Samples)} images in {reader.Manifest.Splits.Count} splits",
                dataset =>
                {
                    dataset.Digest = reader.Manifest.Digest;
                    dataset.ManifestKey = DatasetKeys.Manifest(work.Id);
                    dataset.Statistics = StatisticsMapping.ToWire(statistics);
                },
                cancellationToken);
        }
        catch (DatasetException exception)
        {
            throw RpcErrors.Failed(Code.FailedPrecondition, RpcErrors.UpperSnake(exception.Kind.ToString()), exception.Message);
        }
    }

    private async Task PrepareSourceAsync(WorkContext<DatasetResource> work, CancellationToken cancellationToken)
    {
        var dataset = work.Resource;
        if (SourceMapping.ToLibrary(dataset) is { } source)
        {
            await PrepareAsync(work, source, cancellationToken);
            return;
        }

        // By its id: a service that died left some there, and takes the same dataset up again.
        var folder = Path.Combine(settings.Value.DownloadDirectory, "scenes", work.Id);
        DeleteFolder(folder);
        try
        {
            Directory.CreateDirectory(folder);
            var options = new SceneOptions { Count = dataset.GeneratedScenes.Count, Seed = dataset.GeneratedScenes.Seed };
            work.EnterStage("draw");
            var progress = new Reporter<SceneProgress>(drawn => work.Report("draw", drawn.Done, drawn.Total, "scenes"));
            await ScenesGenerator.GenerateAsync(folder, options, progress, cancellationToken);
            await PrepareAsync(work, DatasetSource.CocoFolder(folder), cancellationToken);
        }
        finally
        {
            DeleteFolder(folder);
        }
    }

    private async Task PrepareAsync(WorkContext<DatasetResource> work, DatasetSource source, CancellationToken cancellationToken)
    {
        var progress = new Reporter<PreparationProgress>(now =>
        {
            work.EnterStage(StageName(now.Stage));
            work.Report(StageName(now.Stage), now.Done, now.Total, now.Unit);
        });
        await preparation.PrepareAsync(source, work.Id, DatasetRequests.OptionsOf(work.Resource), storage, progress, cancellationToken);
    }

    private void DeleteFolder(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // There is none.
        }
        catch (IOException exception)
        {
            LogLeftBehind(exception, folder);
        }
    }

    private static string StageName(PreparationStage stage) => RpcErrors.UpperSnake(stage.ToString()).ToLowerInvariant().Replace('_', ' ');

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Folder} could not be removed")]
    private partial void LogLeftBehind(Exception exception, string folder);

    // Progress<T> would post to the thread pool and arrive out of order.
    private sealed class Reporter<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
