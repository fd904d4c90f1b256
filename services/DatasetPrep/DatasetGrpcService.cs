using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Maskwright.Dataset.V1;
using Maskwright.ServiceDefaults;
using DatasetResource = Maskwright.Dataset.V1.Dataset;

namespace Maskwright.DatasetPrep;

/// <summary>The gRPC face of dataset preparation.</summary>
internal sealed class DatasetGrpcService(WorkQueue<DatasetResource> queue, DatasetViews views) : DatasetService.DatasetServiceBase
{
    public override Task<DatasetResource> CreateDataset(CreateDatasetRequest request, ServerCallContext context)
    {
        var dataset = DatasetRequests.Validate(request.Dataset);
        // Who names an id wants a dataset of his own.
        Func<DatasetResource, bool>? isSame = request.DatasetId.Length == 0 ? other => IdenticalRequest.IsAnsweredBy(dataset, other) : null;
        return queue.CreateAsync(dataset, request.DatasetId, request.RequestId, context.CancellationToken, isSame);
    }

    public override Task<DatasetResource> GetDataset(GetDatasetRequest request, ServerCallContext context) =>
        Task.FromResult(queue.Get(request.Name));

    public override Task<ListDatasetsResponse> ListDatasets(ListDatasetsRequest request, ServerCallContext context)
    {
        var (page, next) = queue.List(request.PageSize, request.PageToken);
        return Task.FromResult(new ListDatasetsResponse { Datasets = { page.Select(StatisticsMapping.Shortened) }, NextPageToken = next });
    }

    public override async Task WatchDataset(
        WatchDatasetRequest request, IServerStreamWriter<WatchDatasetResponse> responseStream, ServerCallContext context)
    {
        await foreach (var (happened, dataset) in queue.WatchAsync(request.Name, request.AfterSequence, context.CancellationToken))
            await responseStream.WriteAsync(new WatchDatasetResponse { Event = happened, Dataset = dataset }, context.CancellationToken);
    }

    public override Task<DatasetResource> CancelDataset(CancelDatasetRequest request, ServerCallContext context) =>
        queue.CancelAsync(request.Name, context.CancellationToken);

    public override async Task<Empty> DeleteDataset(DeleteDatasetRequest request, ServerCallContext context)
    {
        await queue.DeleteAsync(request.Name, context.CancellationToken);
        return new Empty();
    }

    public override Task<DatasetReport> GetDatasetReport(GetDatasetReportRequest request, ServerCallContext context) =>
        views.ReportAsync(queue.Get(request.Name), context.CancellationToken);

    public override Task<ListSamplesResponse> ListSamples(ListSamplesRequest request, ServerCallContext context) =>
        views.ListAsync(queue.Get(request.Parent, "parent"), request, context.CancellationToken);

    public override Task<Sample> GetSample(GetSampleRequest request, ServerCallContext context)
    {
        const string between = "/samples/";
        var at = request.Name.IndexOf(between, StringComparison.Ordinal);
        return at > 0
            ? views.GetAsync(queue.Get(request.Name[..at]), request.Name[(at + between.Length)..], context.CancellationToken)
            : throw RpcErrors.InvalidArgument("name", $"'{request.Name}' is not a name of the form 'datasets/{{id}}/samples/{{key}}'.");
    }
}
