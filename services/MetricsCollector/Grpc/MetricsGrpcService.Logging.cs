using Grpc.Core;
using Maskwright.Metrics.V1;

namespace Maskwright.MetricsCollector;

/// <content>What runs log.</content>
public sealed partial class MetricsGrpcService
{
    // Batches of one stream that may wait to be written while the next are read.
    private const int BatchesAhead = 16;

    /// <inheritdoc/>
    public override Task<LogMetricsResponse> LogMetrics(
        IAsyncStreamReader<LogMetricsRequest> requestStream, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var response = new LogMetricsResponse();
            var waiting = new Queue<(Task<bool> Kept, int Points)>();
            Task<bool>? last = null;
            try
            {
                await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
                {
                    var batch = RequestCheck.Batch(request, time);
                    last = await store.EnqueueAsync(batch, last, context.CancellationToken);
                    waiting.Enqueue((last, batch.Points.Count));
                    if (waiting.Count > BatchesAhead)
                        await SettleAsync(waiting.Dequeue());
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // A batch that failed before this one is the first error of the stream.
                await SettleAllAsync();
                throw;
            }

            await SettleAllAsync();
            return response;

            async Task SettleAsync((Task<bool> Kept, int Points) batch)
            {
                if (await batch.Kept)
                    response.PointsAccepted += batch.Points;
                else
                    response.BatchesSkipped++;
            }

            async Task SettleAllAsync()
            {
                while (waiting.TryDequeue(out var batch))
                    await SettleAsync(batch);
            }
        });

    /// <inheritdoc/>
    public override Task<LogImagesResponse> LogImages(LogImagesRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var (id, sender, images) = RequestCheck.Images(request);
            return new LogImagesResponse { Skipped = !await store.AddImagesAsync(id, sender, images, context.CancellationToken) };
        });

    /// <inheritdoc/>
    public override Task<LogEventsResponse> LogEvents(LogEventsRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            var (id, sender, events) = RequestCheck.Events(request, time);
            return new LogEventsResponse { Skipped = !await store.AddEventsAsync(id, sender, events, context.CancellationToken) };
        });
}
