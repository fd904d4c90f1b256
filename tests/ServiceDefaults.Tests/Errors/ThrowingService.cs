using Grpc.Core;
using Maskwright.Artifacts;
using Maskwright.Dataset.V1;

namespace Maskwright.ServiceDefaults.Tests;

/// <summary>Throws what the name of the dataset asks for.</summary>
internal sealed class ThrowingService : DatasetService.DatasetServiceBase
{
    public const string Secret = "password=swordfish";

    public override Task<DatasetResource> GetDataset(GetDatasetRequest request, ServerCallContext context) =>
        throw Exception(request.Name);

    public override async Task WatchDataset(
        WatchDatasetRequest request, IServerStreamWriter<WatchDatasetResponse> responseStream, ServerCallContext context)
    {
        await responseStream.WriteAsync(new WatchDatasetResponse(), context.CancellationToken);
        throw Exception(request.Name);
    }

    private static Exception Exception(string name) => name switch
    {
        "datasets/absent" => RpcErrors.NotFound(name),
        "datasets/bad" => RpcErrors.InvalidArgument("dataset.options.classes", "'cat' is not in the file."),
        "datasets/full" => new StorageException(StorageFailure.Full, "bucket/key at http://store: no room."),
        _ => new InvalidOperationException(Secret),
    };
}
