using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Maskwright.HostedSample;

/// <summary>
/// Answers every request on the address in <c>ASPNETCORE_URLS</c> with 200, after 503 for the first
/// <c>UNHEALTHY_ANSWERS</c>. Ends on SIGTERM, saying so.
/// </summary>
internal static class SampleService
{
    public static async Task RunAsync()
    {
        var unhealthy = int.Parse(Environment.GetEnvironmentVariable("UNHEALTHY_ANSWERS") ?? "0", CultureInfo.InvariantCulture);
        var address = new Uri(Environment.GetEnvironmentVariable("ASPNETCORE_URLS")!);
        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        using var listener = new TcpListener(IPAddress.Parse(address.Host), address.Port);
        listener.Start();
        Console.WriteLine("serves");
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                var status = unhealthy-- > 0 ? 503 : 200;
                await AnswerAsync(client.GetStream(), status, stop.Token);
                Console.WriteLine($"answered {status}");
            }
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("was asked to end");
        }
    }

    private static async Task AnswerAsync(NetworkStream stream, int status, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 })
        {
            // The request's headers say nothing of interest.
        }

        await using var writer = new StreamWriter(stream, leaveOpen: true);
        await writer.WriteAsync($"HTTP/1.1 {status} Sample\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
}
