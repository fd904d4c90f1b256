using Google.Rpc;
using Maskwright.Artifacts;
using Maskwright.Dataset.V1;
using Maskwright.Datasets;
using Maskwright.ServiceDefaults;
using Maskwright.Work.V1;
using DatasetResource = Maskwright.Dataset.V1.Dataset;

namespace Maskwright.DatasetPrep;

/// <summary>What there is to see of finished datasets, by presigned URLs.</summary>
internal sealed class DatasetViews(SampleViewer viewer, ObjectStorage storage)
{
    private const int DefaultPageSize = 50;
    private const int MaxPageSize = 200;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public async Task<DatasetReport> ReportAsync(DatasetResource dataset, CancellationToken cancellationToken)
    {
        var reader = await DatasetReader.OpenAsync(storage, IdOf(dataset), cancellationToken);
        return new DatasetReport
        {
            StatisticsUrl = Link(reader.Manifest.Statistics.Key),
            Pictures = { reader.Manifest.Pictures.Select(picture => new Picture { FileName = picture.Key.Split('/')[^1], Url = Link(picture.Key) }) },
        };
    }

    public async Task<ListSamplesResponse> ListAsync(DatasetResource dataset, ListSamplesRequest request, CancellationToken cancellationToken)
    {
        var id = IdOf(dataset);
        if (request.PageSize < 0)
            throw RpcErrors.InvalidArgument("page_size", $"{request.PageSize} is below 0.");
        var classes = dataset.Statistics.Splits[0].Classes.Count;
        if (request.ClassIndices.FirstOrDefault(index => index < 0 || index >= classes, -1) is var unknown and not -1)
            throw RpcErrors.InvalidArgument("class_indices", $"{unknown} is not one of the dataset's class indices, 0 to {classes - 1}.");
        try
        {
            var (samples, next) = await viewer.ListAsync(
                id,
                request.Split.Length > 0 ? request.Split : null,
                request.ClassIndices,
                Math.Min(request.PageSize == 0 ? DefaultPageSize : request.PageSize, MaxPageSize),
                request.PageToken,
                cancellationToken);
            return new ListSamplesResponse { Samples = { samples.Select(sample => ToWire(dataset.Name, sample)) }, NextPageToken = next };
        }
        catch (DatasetException exception) when (exception.Kind == DatasetFailure.InvalidOptions)
        {
            throw RpcErrors.InvalidArgument("page_token", exception.Message);
        }
        catch (DatasetException exception)
        {
            throw NotFound(exception);
        }
    }

    public async Task<Sample> GetAsync(DatasetResource dataset, string key, CancellationToken cancellationToken)
    {
        try
        {
            return ToWire(dataset.Name, await viewer.GetAsync(IdOf(dataset), key, cancellationToken));
        }
        catch (DatasetException exception)
        {
            throw NotFound(exception);
        }
    }

    private static string IdOf(DatasetResource dataset) => dataset.State == State.Succeeded
        ? dataset.Name[(dataset.Name.IndexOf('/', StringComparison.Ordinal) + 1)..]
        : throw RpcErrors.FailedPrecondition("NOT_FINISHED", $"'{dataset.Name}' has nothing to show: it is {RpcErrors.UpperSnake(dataset.State.ToString())}, not SUCCEEDED.");

    private static Grpc.Core.RpcException NotFound(DatasetException exception) =>
        RpcErrors.Failed(Code.NotFound, RpcErrors.UpperSnake(exception.Kind.ToString()), exception.Message);

    private Sample ToWire(string dataset, ViewedSample sample) => new()
    {
        Name = $"{dataset}/samples/{sample.Key}",
        Split = sample.Split,
        Width = sample.Info.Width,
        Height = sample.Info.Height,
        ClassIndices = { sample.Classes },
        ImageUrl = Link(sample.ImageKey),
        MaskUrl = Link(sample.MaskKey),
        OverlayUrl = Link(sample.OverlayKey),
    };

    private string Link(string key) => storage.PresignGet(key, Lifetime).OriginalString;
}
