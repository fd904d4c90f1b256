using System.Diagnostics;

namespace Maskwright.Artifacts;

/// <summary>The spans of this library: one client span for each storage operation.</summary>
public static class StorageTracing
{
    /// <summary>The name of the activity source, for the telemetry set-up to listen to.</summary>
    public const string SourceName = "Maskwright.Artifacts";

    private static readonly ActivitySource Source = new(SourceName);

    internal static Activity? Start(string operation, StorageOptions options, string key)
    {
        var span = Source.StartActivity($"storage {operation}", ActivityKind.Client);
        span?.SetTag("server.address", options.Endpoint.Authority);
        span?.SetTag("aws.s3.bucket", options.Bucket);
        span?.SetTag("aws.s3.key", key);
        return span;
    }

    internal static void SetBytes(this Activity? span, long bytes) => span?.SetTag("storage.bytes", bytes);

    internal static void Fail(this Activity? span, Exception error)
    {
        span?.SetStatus(ActivityStatusCode.Error, error.Message);
        span?.SetTag("error.type", error is StorageException storage ? storage.Kind.ToString() : error.GetType().Name);
    }
}
