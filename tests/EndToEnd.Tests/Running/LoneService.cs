using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Grpc.Core;

namespace Maskwright.EndToEnd.Tests;

/// <summary>Single programs, started as an operator starts them without the AppHost.</summary>
internal static class LoneService
{
    public const string AccessKey = "maskwright";
    public const string SecretKey = "a-secret-of-the-tests";

    private const int FirstPort = 20_000;
    private const int LastPort = 32_000;

    /// <summary>A service with its two endpoints on those ports, where its storage is, a folder for what it keeps itself, and what else a test sets.</summary>
    public static ProgramProcess Start(string program, string folder, int grpcPort, int httpPort, int storagePort, string secretKey = SecretKey, int metricsPort = 1, params (string Name, string? Value)[] settings) =>
        ProgramProcess.Start(program, [], new Dictionary<string, string?>(settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal))
        {
            ["Kestrel__Endpoints__grpc__Url"] = $"http://127.0.0.1:{grpcPort}",
            ["Kestrel__Endpoints__http__Url"] = $"http://127.0.0.1:{httpPort}",
            ["ConnectionStrings__artifacts"] = $"Endpoint=http://127.0.0.1:{storagePort};AccessKey={AccessKey};SecretKey={secretKey};Bucket=maskwright",
            ["services__metrics__grpc__0"] = $"http://127.0.0.1:{metricsPort}",
            ["Trainer__SpoolDirectory"] = Path.Combine(folder, "spool"),
            ["Metrics__Database"] = Path.Combine(folder, "metrics.db"),
        });

    /// <summary>The store, once it listens.</summary>
    public static async Task<ProgramProcess> StartStoreAsync(int port, string folder, CancellationToken cancellationToken)
    {
        var store = ProgramProcess.Start("ObjectStore", [], new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
            ["ObjectStore__DataDirectory"] = folder,
            ["ObjectStore__AccessKey"] = AccessKey,
            ["ObjectStore__SecretKey"] = SecretKey,
        });
        await store.LineAsync(line => line.Contains("S3 on ", StringComparison.Ordinal), cancellationToken);
        return store;
    }

    /// <summary>Calls a service that may still be starting: one that has not read its records yet is asked again.</summary>
    public static async Task<T> OnceReadyAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await call(new CallOptions(cancellationToken: cancellationToken).WithWaitForReady());
            }
            catch (RpcException failure) when (failure.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
        }
    }

    /// <summary>A port that nobody listens on, below the range that outgoing connections take theirs from.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(FirstPort, LastPort);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: another is drawn.
                continue;
            }
        }
    }
}
