using Grpc.Core;
using Maskwright.Metrics.V1;

namespace Maskwright.Trainer;

/// <summary>Carries a run's segments to the collector, in order; what is acknowledged is deleted.</summary>
internal sealed partial class SpoolDelivery(MetricsSpool spool, MetricsService.MetricsServiceClient collector, ILogger<SpoolDelivery> logger)
{
    /// <summary>Delivers what there is, up to the first segment that is still being written to.</summary>
    /// <param name="run">Id of the run, which the collector knows.</param>
    /// <param name="options">Makes the options of a call.</param>
    /// <exception cref="RpcException">The collector cannot be reached or fails; nothing is lost.</exception>
    public async Task DeliverAsync(string run, Func<CallOptions> options)
    {
        foreach (string path in spool.Segments(run))
        {
            // What is empty has just been made and is about to be locked, or its process ended before it wrote.
            if (new FileInfo(path).Length == 0)
                continue;
            if (SpoolSegment.TryRead(path) is not { } segment)
                return;
            if (segment.Torn > 0)
                LogTorn(segment.Torn, path);
            try
            {
                await SendAsync("runs/" + run, segment, options);
            }
            catch (RpcException exception) when (exception.StatusCode is StatusCode.InvalidArgument)
            {
                // Another try would end the same, and must not keep what comes behind it.
                LogRefused(path, exception.Status.Detail);
            }

            File.Delete(path);
        }
    }

    /// <summary>Deletes what there is, up to the first segment that is still being written to.</summary>
    /// <param name="run">Id of a run that the collector refuses.</param>
    public void Discard(string run)
    {
        foreach (string path in spool.Segments(run).TakeWhile(path => SpoolSegment.TryRead(path) is not null))
            File.Delete(path);
    }

    private async Task SendAsync(string run, SpoolSegment segment, Func<CallOptions> options)
    {
        if (segment.Points.Count > 0)
        {
            using var call = collector.LogMetrics(options());
            await call.RequestStream.WriteAsync(new LogMetricsRequest { Run = run, ClientId = segment.Client, Sequence = segment.Number, Points = { segment.Points } });
            await call.RequestStream.CompleteAsync();
            await call.ResponseAsync;
        }

        if (segment.Images.Count > 0)
            await collector.LogImagesAsync(new LogImagesRequest { Run = run, ClientId = segment.Client, Sequence = segment.Number, Images = { segment.Images } }, options());
        if (segment.Lines.Count > 0)
            await collector.LogEventsAsync(new LogEventsRequest { Run = run, ClientId = segment.Client, Sequence = segment.Number, Events = { segment.Lines } }, options());
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Bytes} bytes at the end of {Path} are no whole record: its process was ended while it wrote them")]
    private partial void LogTorn(long bytes, string path);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "The collector refuses what is in {Path}: {Reason}")]
    private partial void LogRefused(string path, string reason);
}
