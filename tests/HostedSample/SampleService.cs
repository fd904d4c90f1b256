using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace Maskwright.HostedSample;

/// <summary>
/// Answers 200 on the address in <c>ASPNETCORE_URLS</c>, after 503 for the first <c>UNHEALTHY_ANSWERS</c> requests. Ends on
/// SIGTERM, saying so.
/// </summary>
internal static class SampleService
{
    public static async Task RunAsync()
    {
        var unhealthy = int.Parse(Environment.GetEnvironmentVariable("UNHEALTHY_ANSWERS") ?? "0", CultureInfo.InvariantCulture);
        using var listener = new HttpListener();
        listener.Prefixes.Add(Environment.GetEnvironmentVariable("ASPNETCORE_URLS") + "/");
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            Console.WriteLine("was asked to end");
            listener.Stop();
        });
        listener.Start();
        Console.WriteLine("serves");
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                context.Response.StatusCode = unhealthy-- > 0 ? 503 : 200;
                Console.WriteLine($"answered {context.Response.StatusCode}");
                context.Response.Close();
            }
            catch (Exception stopped) when (!listener.IsListening && stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
