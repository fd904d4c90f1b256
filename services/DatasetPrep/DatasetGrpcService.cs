using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Maskwright.Dataset.V1;
using Maskwright.ServiceDefaults;
using DatasetResource = Maskwright.Dataset.V1.Dataset;

namespace Maskwright.DatasetPrep;

/// <summary>The gRPC face of dataset preparation.</summary>
internal sealed class DatasetGrpcService(WorkQueue<DatasetResource> queue) : DatasetService.DatasetServiceBase
{
    public override Task<DatasetResource> CreateDataset(CreateDatasetRequest request, ServerCallContext context)
    {
        var dataset = DatasetRequests.Validate(request.Dataset);
        return queue.CreateAsync(dataset, request.DatasetId, request.RequestId, context.CancellationToken);
    }

    public override Task<DatasetResource> GetDataset(GetDatasetRequest request, ServerCallContext context) =>
        Task.FromResult(queue.Get(request.Name));

    public override Task<ListDatasetsResponse> ListDatasets(ListDatasetsRequest request, ServerCallContext context)
    {
        var (page, next) = queue.List(request.PageSize, request.PageToken);
        return Task.FromResult(new ListDatasetsResponse { Datasets = { page }, NextPageToken = next });
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

    public override Task<ListSamplesResponse> ListSamples(ListSamplesRequest request, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(ListSamples), "The shards and their indices in object storage hold every sample.");

    public override Task<Sample> GetSample(GetSampleRequest request, ServerCallContext context) =>
        throw RpcErrors.Unimplemented(nameof(GetSample), "The shards and their indices in object storage hold every sample.");
}
