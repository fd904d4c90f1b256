using System.Diagnostics;
using System.Runtime.InteropServices;
using Grpc.Net.Client;
using Maskwright.Metrics.V1;

namespace Maskwright.MetricsCollector.Tests;

/// <summary>The collector as a process of its own, on ports of the system's choice.</summary>
internal sealed class CollectorProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;
    private readonly GrpcChannel _channel;

    private CollectorProcess(Process process, string address, string pages)
    {
        _process = process;
        Pages = new Uri(pages);
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
            MaxReceiveMessageSize = null,
            DisposeHttpClient = true,
        });
        Client = new MetricsService.MetricsServiceClient(_channel);
    }

    public MetricsService.MetricsServiceClient Client { get; }

    /// <summary>Address of its pages.</summary>
    public Uri Pages { get; }

    /// <summary>Memory of the process that is in the machine's memory now, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static async Task<CollectorProcess> StartAsync(string database)
    {
        var start = new ProcessStartInfo(DotnetHost(), ["exec", Path.Combine(AppContext.BaseDirectory, "Maskwright.MetricsCollector.dll")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(database)!,
        };
        start.Environment["Metrics__Database"] = database;
        start.Environment["Kestrel__Endpoints__grpc__Url"] = "http://127.0.0.1:0";
        start.Environment["Kestrel__Endpoints__grpc__Protocols"] = "Http2";
        start.Environment["Kestrel__Endpoints__http__Url"] = "http://127.0.0.1:0";
        start.Environment["Kestrel__Endpoints__http__Protocols"] = "Http1";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        start.Environment["Logging__LogLevel__Maskwright"] = "Warning";
        var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        List<string> addresses = [];
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is var at && at < 0)
                continue;
            addresses.Add(line[(at + Listening.Length)..].Trim());
            if (addresses is not [var grpc, var http])
                continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return new CollectorProcess(process, grpc, http);
        }

        throw new InvalidOperationException($"The collector did not start: {await errors}");
    }

    /// <summary>Ends it as a crash does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    /// <summary>The <c>dotnet</c> that runs this very process: three folders above the runtime's own.</summary>
    private static string DotnetHost() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
