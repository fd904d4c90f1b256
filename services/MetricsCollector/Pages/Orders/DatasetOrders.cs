using Grpc.Core;
using Maskwright.Dataset.V1;

namespace Maskwright.MetricsCollector.Pages.Orders;

/// <summary>What pages ask of the dataset service. Each call ends by itself where the service does not answer.</summary>
internal sealed class DatasetOrders(DatasetService.DatasetServiceClient datasets, TimeProvider time)
{
    private const int PageSize = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>All datasets, newest first.</summary>
    /// <exception cref="RpcException">The service cannot be reached.</exception>
    public async Task<IReadOnlyList<Dataset.V1.Dataset>> AllAsync(CancellationToken cancellationToken)
    {
        var all = new List<Dataset.V1.Dataset>();
        var request = new ListDatasetsRequest { PageSize = PageSize };
        do
        {
            var page = await datasets.ListDatasetsAsync(request, Options(cancellationToken));
            all.AddRange(page.Datasets);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return all;
    }

    /// <exception cref="RpcException">There is none of that id, or the service cannot be reached.</exception>
    public async Task<Dataset.V1.Dataset> GetAsync(string id, CancellationToken cancellationToken) =>
        await datasets.GetDatasetAsync(new GetDatasetRequest { Name = $"datasets/{id}" }, Options(cancellationToken));

    /// <exception cref="RpcException">The service refuses, or cannot be reached.</exception>
    public async Task CancelAsync(string id, CancellationToken cancellationToken) =>
        await datasets.CancelDatasetAsync(new CancelDatasetRequest { Name = $"datasets/{id}" }, Options(cancellationToken));

    private CallOptions Options(CancellationToken cancellationToken) =>
        new(deadline: time.GetUtcNow().UtcDateTime + Patience, cancellationToken: cancellationToken);
}
