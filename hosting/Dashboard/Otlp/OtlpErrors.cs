using Google.Protobuf;

namespace Maskwright.Dashboard.Otlp;

/// <summary>What senders are told, whichever way they send.</summary>
internal static class OtlpErrors
{
    /// <summary>The header that carries the key.</summary>
    public const string ApiKeyHeader = "x-otlp-api-key";

    public const string WrongKey = $"The header {ApiKeyHeader} is missing or does not carry this dashboard's key. Programs that the AppHost starts find it in OTEL_EXPORTER_OTLP_HEADERS.";

    public static string Malformed(string message, InvalidProtocolBufferException failure) => $"The body is not a valid {message}: {failure.Message}";

    public static string TooLarge(int limit) => $"The message is larger than {limit} bytes. Send smaller batches, or raise Dashboard:TelemetryLimits:MaxMessageBytes.";
}
