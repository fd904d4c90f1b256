using Maskwright.Dataset.V1;
using Microsoft.Extensions.Caching.Memory;

namespace Maskwright.MetricsCollector.Pages.Media;

/// <summary>
/// Samples of datasets with their presigned addresses, which the collector follows so that browsers need not. Those of a
/// listed page are remembered for as long as they can be read.
/// </summary>
internal sealed class SampleLinks(DatasetService.DatasetServiceClient datasets, IHttpClientFactory http) : IDisposable
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan Readable = TimeSpan.FromMinutes(50);

    private readonly MemoryCache _samples = new(new MemoryCacheOptions { SizeLimit = MaxRemembered });

    /// <summary>Lists samples.</summary>
    /// <exception cref="Grpc.Core.RpcException">The dataset service refuses or cannot be reached.</exception>
    public async Task<ListSamplesResponse> ListAsync(ListSamplesRequest request, CancellationToken cancellationToken)
    {
        var page = await datasets.ListSamplesAsync(request, cancellationToken: cancellationToken);
        foreach (var sample in page.Samples)
            Remember(sample);
        return page;
    }

    /// <summary>Fetches an image or a mask.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is no such sample, or the dataset service cannot be reached.</exception>
    /// <exception cref="HttpRequestException">Storage does not give it, or it is larger than <paramref name="maxBytes"/>.</exception>
    public async Task<byte[]> FetchAsync(string dataset, string key, bool mask, int maxBytes, CancellationToken cancellationToken)
    {
        var name = $"datasets/{dataset}/samples/{key}";
        if (!_samples.TryGetValue(name, out Sample? sample))
            Remember(sample = await datasets.GetSampleAsync(new GetSampleRequest { Name = name }, cancellationToken: cancellationToken));
        using var client = http.CreateClient(nameof(SampleLinks));
        client.MaxResponseContentBufferSize = maxBytes;
        return await client.GetByteArrayAsync(new Uri(mask ? sample!.MaskUrl : sample!.ImageUrl), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _samples.Dispose();

    private void Remember(Sample sample) =>
        _samples.Set(sample.Name, sample, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Readable });
}
