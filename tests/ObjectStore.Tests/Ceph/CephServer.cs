using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Maskwright.Artifacts;

namespace Maskwright.Testing;

/// <summary>
/// Ceph's S3 gateway of the distribution on free loopback ports: a server nobody here wrote. It ends with the
/// process that started it.
/// </summary>
public sealed class CephServer : IAsyncDisposable
{
    private const string AccessKey = "test-access";
    private const string SecretKey = "test-secret-key";
    private static readonly string[] Programs = ["ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "monmaptool", "bash"];
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly int _port;

    private CephServer(Process process, DirectoryInfo folder, int port)
    {
        _process = process;
        _folder = folder;
        _port = port;
    }

    /// <summary>What the distribution would have to install, or null when all of it is there.</summary>
    public static string? Missing
    {
        get
        {
            var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
            var missing = Programs.Where(p => !folders.Any(f => File.Exists(Path.Combine(f, p)))).ToList();
            return missing.Count == 0 ? null : $"Ceph is not installed: {string.Join(", ", missing)} not found (Debian: ceph-mon, ceph-osd, radosgw, ceph-common).";
        }
    }

    /// <summary>Where it is and how to sign in.</summary>
    public StorageOptions Options => new() { Endpoint = new Uri($"http://127.0.0.1:{_port}"), AccessKey = AccessKey, SecretKey = SecretKey, Bucket = "test-bucket" };

    /// <summary>Starts it over memory, in about three seconds.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message says which part.</exception>
    public static Task<CephServer> StartAsync(CancellationToken cancellationToken) => StartAsync(onDisk: false, cancellationToken);

    /// <summary>Starts it, over memory or over a file on the disk, where what it answers is on the disk (ten seconds).</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message says which part.</exception>
    public static async Task<CephServer> StartAsync(bool onDisk, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("maskwright-ceph-");
        var (gateway, monitor) = FreePorts();
        var start = new ProcessStartInfo("bash") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "Ceph", "rgw.sh"), folder.FullName, Text(gateway), Text(monitor), AccessKey, SecretKey, onDisk ? "bluestore" : "memstore" })
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var server = new CephServer(process, folder, gateway);
        try
        {
            var said = process.StandardError.ReadToEndAsync(CancellationToken.None);
            if (await process.StandardOutput.ReadLineAsync(cancellationToken) is not "ready")
                throw new InvalidOperationException($"Ceph did not start: {(await said).Trim()}");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static (int First, int Second) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    private static string Text(int port) => port.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
