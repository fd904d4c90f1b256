using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Maskwright.Dashboard.Otlp;
using Maskwright.Dashboard.Otlp.Wire;
using Maskwright.Dashboard.Telemetry;
using WireSpan = Maskwright.Dashboard.Otlp.Wire.Span;

namespace Maskwright.Dashboard.Tests.Otlp;

/// <summary>What should not be sent is refused with a status that says why, and leaves nothing behind.</summary>
public sealed class BadMessageTests
{
    private static readonly Marshaller<byte[]> Raw = new(bytes => bytes, bytes => bytes);

    /// <summary>Field 1, length-delimited, that claims to be longer than the message.</summary>
    private static readonly byte[] Malformed = [0x0A, 0x7F, 0x01];

    public static TheoryData<string> Paths => ["/v1/traces", "/v1/logs", "/v1/metrics"];

    public static TheoryData<string> Services => [OtlpMethods.Trace.ServiceName, OtlpMethods.Logs.ServiceName, OtlpMethods.Metrics.ServiceName];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_malformed_message_over_grpc_is_an_invalid_argument(string service)
    {
        await using var running = await RunningReceiver.StartAsync();
        var failure = await Should.ThrowAsync<RpcException>(() => CallAsync(running, service, Malformed, RunningReceiver.Key));
        failure.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        failure.Status.Detail.ShouldStartWith("The body is not a valid Export");
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Without_the_key_grpc_answers_unauthenticated(string service)
    {
        await using var running = await RunningReceiver.StartAsync();
        foreach (var key in (string?[])[null, "", "wrong", RunningReceiver.Key + "x"])
        {
            var failure = await Should.ThrowAsync<RpcException>(() => CallAsync(running, service, [], key));
            failure.StatusCode.ShouldBe(StatusCode.Unauthenticated);
            failure.Status.Detail.ShouldContain("x-otlp-api-key");
        }

        await CallAsync(running, service, [], RunningReceiver.Key);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_by_grpc()
    {
        await using var running = await RunningReceiver.StartAsync(new TelemetryLimits { MaxMessageBytes = 1000 });
        var failure = await Should.ThrowAsync<RpcException>(() => CallAsync(running, OtlpMethods.Logs.ServiceName, new byte[1001], RunningReceiver.Key));
        failure.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_malformed_message_over_http_is_a_bad_request(string path)
    {
        await using var running = await RunningReceiver.StartAsync();
        var (status, error) = await PostAsync(running, path, Malformed);
        status.ShouldBe(HttpStatusCode.BadRequest);
        error.Code.ShouldBe((int)StatusCode.InvalidArgument);
        error.Message.ShouldStartWith("The body is not a valid Export");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Without_the_key_http_answers_401(string path)
    {
        await using var running = await RunningReceiver.StartAsync();
        var (status, error) = await PostAsync(running, path, [], key: "wrong");
        status.ShouldBe(HttpStatusCode.Unauthorized);
        error.Code.ShouldBe((int)StatusCode.Unauthenticated);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_by_http_also_when_it_is_only_large_unpacked()
    {
        await using var running = await RunningReceiver.StartAsync(new TelemetryLimits { MaxMessageBytes = 100_000 });
        var packed = Gzip(new byte[50_000_000]);
        packed.Length.ShouldBeLessThan(100_000);
        var (status, error) = await PostAsync(running, "/v1/logs", packed, encoding: "gzip");
        status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        error.Code.ShouldBe((int)StatusCode.ResourceExhausted);
        (await PostAsync(running, "/v1/logs", new byte[100_001])).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Other_types_and_encodings_are_refused_and_gzip_is_taken()
    {
        await using var running = await RunningReceiver.StartAsync();
        (await PostAsync(running, "/v1/logs", "{}"u8.ToArray(), type: "application/json")).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await PostAsync(running, "/v1/logs", [], encoding: "br")).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await PostAsync(running, "/v1/logs", [1, 2, 3], encoding: "gzip")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync(running, "/v1/logs", Gzip(OneLog("packed").ToByteArray()), encoding: "gzip")).Status.ShouldBe(HttpStatusCode.OK);
        running.Store.Logs.Snapshot().ShouldHaveSingleItem().Message.ShouldBe("packed");
    }

    [Fact]
    public async Task A_message_of_10_MB_is_cut_and_says_so()
    {
        await using var running = await RunningReceiver.StartAsync();
        await CallAsync(running, OtlpMethods.Logs.ServiceName, OneLog(new string('x', 10_000_000)).ToByteArray(), RunningReceiver.Key);
        var message = running.Store.Logs.Snapshot().ShouldHaveSingleItem().Message;
        message.Length.ShouldBeLessThan(17_000);
        message.ShouldEndWith($" … ({10_000_000 - (16 * 1024)} more characters)");
    }

    [Fact]
    public async Task Invalid_utf8_is_replaced_or_refused_and_never_breaks_the_receiver()
    {
        await using var running = await RunningReceiver.StartAsync();
        var bytes = OneLog("@@@@").ToByteArray();
        var at = bytes.AsSpan().IndexOf("@@@@"u8);
        bytes[at] = 0xFF;
        bytes[at + 1] = 0xC3;
        var (status, _) = await PostAsync(running, "/v1/logs", bytes);
        if (status == HttpStatusCode.OK)
            running.Store.Logs.Snapshot().ShouldHaveSingleItem().Message.ShouldContain('\uFFFD');
        else
            status.ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync(running, "/v1/logs", OneLog("still here").ToByteArray())).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Spans_without_ids_are_refused_and_counted_and_the_others_taken()
    {
        await using var running = await RunningReceiver.StartAsync();
        var good = new WireSpan { TraceId = ByteString.CopyFrom(new byte[15].Append((byte)1).ToArray()), SpanId = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8), Name = "good" };
        var request = new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { good, new WireSpan { Name = "no ids" }, new WireSpan(good) { SpanId = ByteString.CopyFrom(new byte[8]) } } } } } } };
        var answer = ExportTraceServiceResponse.Parser.ParseFrom(
            await CallAsync(running, OtlpMethods.Trace.ServiceName, request.ToByteArray(), RunningReceiver.Key));
        answer.PartialSuccess.RejectedSpans.ShouldBe(2);
        answer.PartialSuccess.ErrorMessage.ShouldContain("trace_id");
        running.Store.Traces.Counts.ShouldBe(new SignalCounts(1, 1, 0, 2));
    }

    private static ExportLogsServiceRequest OneLog(string message) => new()
    {
        ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { new LogRecord { Body = new AnyValue { StringValue = message } } } } } } },
    };

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static GrpcChannel Channel(RunningReceiver running) => GrpcChannel.ForAddress(running.Receiver.GrpcUrl, new GrpcChannelOptions { MaxSendMessageSize = null });

    private static async Task<byte[]> CallAsync(RunningReceiver running, string service, byte[] message, string? key)
    {
        using var channel = Channel(running);
        var headers = key is null ? [] : new Metadata { { "x-otlp-api-key", key } };
        var method = new Method<byte[], byte[]>(MethodType.Unary, service, "Export", Raw, Raw);
        return await channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(headers, cancellationToken: Cancellation), message);
    }

    private static async Task<(HttpStatusCode Status, Google.Rpc.Status Error)> PostAsync(
        RunningReceiver running, string path, byte[] message, string key = RunningReceiver.Key, string type = "application/x-protobuf", string? encoding = null)
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(message);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(running.Receiver.HttpUrl, path)) { Content = content };
        request.Headers.Add("x-otlp-api-key", key);
        using var response = await client.SendAsync(request, Cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(Cancellation);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-protobuf", Encoding.UTF8.GetString(body));
        return (response.StatusCode, response.IsSuccessStatusCode ? new Google.Rpc.Status() : Google.Rpc.Status.Parser.ParseFrom(body));
    }
}
