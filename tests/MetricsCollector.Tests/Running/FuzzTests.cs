using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;

namespace Maskwright.MetricsCollector.Tests;

/// <summary>Messages that nobody would send on purpose.</summary>
public sealed class FuzzTests(CollectorHost host) : IClassFixture<CollectorHost>
{
    private const int Messages = 10_000;

    private static readonly string[] Texts =
    [
        "", "runs/a", "runs/b", "runs/fuzz", "a", "fuzz", "m", "val/miou", "zip", "state = running", "options.a > 1 AND NOT (max(m) < 2)", "max(m) desc", "id",
        "runs/" + new string('x', 70), "../../etc/passwd", "<script>alert(1)</script>", "'; DROP TABLE runs; --", "\0", "\u202e\ud83d\ude00", "((((((((", "\"", "99999999999999999999",
        new string('y', 100_000), "state : x", "create_time > 1", "NaN", "info", "keep", "eyJOdW1iZXIiOjF9",
    ];

    // Without these hardly a message would get past its first field.
    private static readonly Dictionary<string, string> Sensible = new(StringComparer.Ordinal)
    {
        ["run"] = "runs/fuzz", ["name"] = "runs/fuzz", ["names"] = "runs/fuzz", ["client_id"] = "c", ["metric"] = "m", ["metrics"] = "m",
        ["page_token"] = "", ["filter"] = "state = running", ["order_by"] = "id", ["level"] = "", ["sample_key"] = "s", ["image_key"] = "i",
    };

    private static readonly long[] Integers = [0, 1, 2, 100, 1_000, -1, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];
    private static readonly double[] Reals = [0, -0.0, 1.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon];

    [Fact]
    public async Task Ten_thousand_fuzzed_messages_meet_named_errors_only()
    {
        var random = new PlainRandom(10_000);
        var methods = MetricsService.Descriptor.Methods.ToList();
        var invoker = host.Channel.CreateCallInvoker();
        await host.Client.CreateRunAsync(
            new CreateRunRequest { RunId = "fuzz", Run = new Run() }, cancellationToken: TestContext.Current.CancellationToken);
        var answered = 0;
        for (var i = 0; i < Messages; i++)
        {
            var method = methods[random.Next(methods.Count)];
            var message = Draw(method.InputType, random, depth: 0).ToByteArray();
            if (random.Next(5) == 0)
                message = Damage(message, random);
            try
            {
                await SendAsync(invoker, method, message);
                answered++;
            }
            catch (RpcException error)
            {
                IsNamed(error).ShouldBeTrue($"message {i} to {method.Name} ({Convert.ToHexString(message)}): {error.Status}");
            }
        }

        answered.ShouldBeGreaterThan(Messages / 100);
        answered.ShouldBeLessThan(Messages / 2);
        (await host.Http.GetStringAsync("/health", TestContext.Current.CancellationToken)).ShouldBe("Healthy");
    }

    /// <summary>The error says what is wrong in a form that programs can read, and is no defect of the service.</summary>
    private static bool IsNamed(RpcException error) =>
        error.StatusCode is not (StatusCode.Internal or StatusCode.Unknown)
        && error.GetRpcStatus()?.GetDetail<ErrorInfo>() is { Domain: RpcErrors.Domain, Reason.Length: > 0 };

    private static async Task SendAsync(CallInvoker invoker, MethodDescriptor method, byte[] message)
    {
        var bytes = Marshallers.Create<byte[]>(value => value, value => value);
        var type = (method.IsClientStreaming, method.IsServerStreaming) switch
        {
            (true, _) => MethodType.ClientStreaming,
            (_, true) => MethodType.ServerStreaming,
            _ => MethodType.Unary,
        };
        var called = new Method<byte[], byte[]>(type, method.Service.FullName, method.Name, bytes, bytes);
        var options = new CallOptions(cancellationToken: TestContext.Current.CancellationToken);
        switch (type)
        {
            case MethodType.ClientStreaming:
                using (var call = invoker.AsyncClientStreamingCall(called, null, options))
                {
                    await call.RequestStream.WriteAsync(message, TestContext.Current.CancellationToken);
                    await call.RequestStream.CompleteAsync();
                    await call;
                }

                break;
            case MethodType.ServerStreaming:
                // The first answer is enough: a run that goes on is watched for ever.
                using (var call = invoker.AsyncServerStreamingCall(called, null, options, message))
                    await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
                break;
            default:
                await invoker.AsyncUnaryCall(called, null, options, message);
                break;
        }
    }

    private static IMessage Draw(MessageDescriptor type, PlainRandom random, int depth)
    {
        var message = (IMessage)Activator.CreateInstance(type.ClrType)!;
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            if (random.Next(4) == 0 || depth > 3)
                continue;
            if (field.IsMap)
            {
                var map = (System.Collections.IDictionary)field.Accessor.GetValue(message);
                for (var i = random.Next(4); i > 0; i--)
                    map[Texts[random.Next(Texts.Length)]] = Texts[random.Next(Texts.Length)];
            }
            else if (field.IsRepeated)
            {
                var list = (System.Collections.IList)field.Accessor.GetValue(message);
                for (var i = random.Next(4); i > 0; i--)
                    list.Add(DrawValue(field, random, depth));
            }
            else
            {
                field.Accessor.SetValue(message, DrawValue(field, random, depth));
            }
        }

        return message;
    }

    private static object DrawValue(FieldDescriptor field, PlainRandom random, int depth) => field.FieldType switch
    {
        FieldType.String when random.Next(4) > 0 && Sensible.TryGetValue(field.Name, out var text) => text,
        FieldType.String => Texts[random.Next(Texts.Length)],
        FieldType.Int64 => Integers[random.Next(Integers.Length)],
        FieldType.Int32 => (int)Integers[random.Next(Integers.Length)],
        FieldType.Double => Reals[random.Next(Reals.Length)],
        FieldType.Bool => random.Next(2) == 0,
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, random.Next(9) - 2),
        FieldType.Message => Draw(field.MessageType, random, depth + 1),
        _ => throw new NotSupportedException($"{field.FullName} is of a type that is not drawn yet."),
    };

    /// <summary>Bytes changed, cut off or added.</summary>
    private static byte[] Damage(byte[] message, PlainRandom random)
    {
        var damaged = message[..random.Next(message.Length + 1)].ToList();
        for (var i = random.Next(8); i > 0 && damaged.Count > 0; i--)
            damaged[random.Next(damaged.Count)] = (byte)random.Next(256);
        for (var i = random.Next(4); i > 0; i--)
            damaged.Add((byte)random.Next(256));
        return [.. damaged];
    }
}
