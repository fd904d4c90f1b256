using Google.Protobuf.WellKnownTypes;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;

namespace Maskwright.MetricsCollector;

/// <content>What runs log.</content>
internal static partial class RequestCheck
{
    private const int MaxClientId = 64;
    private const int MaxBatchPoints = 10_000;
    private const int MaxLogged = 1_000;
    private const int MaxEventText = 16_384;
    private const int MaxSampleKey = 200;
    private const int MaxObjectKey = 1_000;

    public static PointBatch Batch(LogMetricsRequest request, TimeProvider time)
    {
        var id = RunId(request.Run, "run");
        var sender = Sender(request.ClientId, request.Sequence);
        if (request.Points.Count > MaxBatchPoints)
        {
            throw RpcErrors.InvalidArgument(
                "points", $"There are {request.Points.Count} of them; a batch holds at most {MaxBatchPoints}. Send several batches.");
        }

        var now = time.GetUtcNow();
        var points = new StoredPoint[request.Points.Count];
        for (var i = 0; i < points.Length; i++)
            points[i] = ToPoint(request.Points[i], i, now);
        return new PointBatch(id, sender.ClientId, sender.Sequence, points);
    }

    public static (string Id, Sender Sender, IReadOnlyList<StoredImage> Images) Images(LogImagesRequest request)
    {
        var id = RunId(request.Run, "run");
        var sender = Sender(request.ClientId, request.Sequence);
        Range(request.Images.Count, 0, MaxLogged, "images");
        return (id, sender, [.. request.Images.Select((image, i) => ToImage(image, $"images[{i}]"))]);
    }

    public static (string Id, Sender Sender, IReadOnlyList<StoredEvent> Events) Events(LogEventsRequest request, TimeProvider time)
    {
        var id = RunId(request.Run, "run");
        var sender = Sender(request.ClientId, request.Sequence);
        Range(request.Events.Count, 0, MaxLogged, "events");
        var now = time.GetUtcNow();
        return (id, sender, [.. request.Events.Select((line, i) => ToEvent(line, $"events[{i}]", now))]);
    }

    public static StoredImage ToImage(ImageReference image, string field)
    {
        if (image.Step < 0)
            throw RpcErrors.InvalidArgument($"{field}.step", $"It is {image.Step}; steps are counted from 0.");
        if (image.SampleKey.Length == 0)
            throw RpcErrors.InvalidArgument($"{field}.sample_key", "The sample's key is missing.");
        if (image.ImageKey.Length == 0)
            throw RpcErrors.InvalidArgument($"{field}.image_key", "The image's object key is missing.");
        Text(image.SampleKey, MaxSampleKey, $"{field}.sample_key");
        Text(image.ImageKey, MaxObjectKey, $"{field}.image_key");
        Text(image.TruthKey, MaxObjectKey, $"{field}.truth_key");
        Text(image.PredictionKey, MaxObjectKey, $"{field}.prediction_key");
        return new StoredImage
        {
            Step = image.Step,
            SampleKey = image.SampleKey,
            ImageKey = image.ImageKey,
            TruthKey = image.TruthKey,
            PredictionKey = image.PredictionKey,
        };
    }

    public static StoredEvent ToEvent(TextEvent line, string field, DateTimeOffset now)
    {
        Text(line.Text, MaxEventText, $"{field}.text");
        var level = line.Level.Length == 0 ? "info" : line.Level;
        if (level is not ("info" or "warning" or "error"))
            throw RpcErrors.InvalidArgument($"{field}.level", $"'{Shown(level)}' is no level; info, warning and error are.");
        return new StoredEvent(0, Time(line.Time, now, $"{field}.time"), level, line.Text);
    }

    private static Sender Sender(string clientId, long sequence)
    {
        if (clientId.Length == 0)
            throw RpcErrors.InvalidArgument("client_id", "The client id is missing; it makes a repeated batch harmless.");
        Text(clientId, MaxClientId, "client_id");
        return sequence >= 1
            ? new Sender(clientId, sequence)
            : throw RpcErrors.InvalidArgument("sequence", $"It is {sequence}; batches are counted from 1.");
    }

    private static StoredPoint ToPoint(Point point, int index, DateTimeOffset now)
    {
        if (!MetricNames.IsMetric(point.Metric))
            Metric(point.Metric, $"points[{index}].metric");
        if (point.Step < 0)
            throw RpcErrors.InvalidArgument($"points[{index}].step", $"It is {point.Step}; steps are counted from 0.");
        if (point.Epoch < 0)
            throw RpcErrors.InvalidArgument($"points[{index}].epoch", $"It is {point.Epoch}; epochs are counted from 1, 0 means none.");
        var time = point.Time is null ? now : Time(point.Time, now, $"points[{index}].time");
        return new StoredPoint(point.Metric, point.Step, point.Epoch, time, point.Value);
    }

    private static DateTimeOffset Time(Timestamp? time, DateTimeOffset now, string field)
    {
        if (time is null)
            return now;
        try
        {
            return time.ToDateTimeOffset();
        }
        catch (InvalidOperationException)
        {
            throw RpcErrors.InvalidArgument(field, "It is no time between the years 1 and 9999.");
        }
    }
}
