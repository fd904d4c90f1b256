using System.Diagnostics;
using System.Globalization;
using Amazon.S3.Transfer;
using Maskwright.Artifacts;
using Minio.DataModel.Args;

namespace Maskwright.Benchmarks.Storage;

/// <summary>
/// A client of storage as a process of its own, so that its memory is nothing but a client's. Started as
/// <c>storage-client put|get|put-minio|put-aws KEY FILE</c> with the connection string in the environment, it answers with seconds and peak bytes.
/// </summary>
internal static class StorageClient
{
    /// <summary>The word that makes this program a client.</summary>
    public const string Verb = "storage-client";

    private const string Connection = "STORAGE_CLIENT_CONNECTION";

    /// <summary>Puts or gets once in a process of its own.</summary>
    public static async Task<(double Seconds, long PeakBytes)> StartAsync(StorageOptions options, string operation, string key, string file, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Verb, operation, key, file]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment[Connection] = $"Endpoint={options.Endpoint};AccessKey={options.AccessKey};SecretKey={options.SecretKey};Bucket={options.Bucket}";
        using var client = Process.Start(start)!;
        var said = await client.StandardOutput.ReadToEndAsync(cancellationToken);
        await client.WaitForExitAsync(cancellationToken);
        if (client.ExitCode != 0 || said.Split(' ') is not [var seconds, var bytes])
            throw new InvalidOperationException($"The client ended with {client.ExitCode}: {said}");
        return (double.Parse(seconds, CultureInfo.InvariantCulture), long.Parse(bytes, CultureInfo.InvariantCulture));
    }

    /// <summary>What the process of its own does.</summary>
    public static async Task<int> RunAsync(string operation, string key, string file)
    {
        var options = StorageOptions.Parse(Environment.GetEnvironmentVariable(Connection)!);
        using var storage = new ObjectStorage(options);
        await storage.EnsureBucketAsync();
        // Connections and compiled code, as a service has them: the third time counts.
        for (var warmUp = 0; warmUp < 2; warmUp++)
            await RunAsync(storage, options, operation, key, file);
        if (operation.StartsWith("put", StringComparison.Ordinal))
            await storage.DeleteAsync(key);
        var began = Stopwatch.GetTimestamp();
        await RunAsync(storage, options, operation, key, file);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        Console.Write(string.Create(CultureInfo.InvariantCulture, $"{seconds} {long.Parse(peak, CultureInfo.InvariantCulture) * 1024}"));
        return 0;
    }

    private static async Task RunAsync(ObjectStorage storage, StorageOptions options, string operation, string key, string file)
    {
        switch (operation)
        {
            case "put":
                await storage.PutFileAsync(key, file, "application/octet-stream");
                break;
            case "put-minio":
                using (var client = SdkClients.Minio(options))
                    await client.PutObjectAsync(new PutObjectArgs().WithBucket(options.Bucket).WithObject(key).WithFileName(file));
                break;
            case "put-aws":
                using (var client = SdkClients.Aws(options))
                using (var transfer = new TransferUtility(client))
                    await transfer.UploadAsync(file, options.Bucket, key);
                break;
            default:
                await using (var content = await storage.OpenReadAsync(key))
                {
                    var buffer = new byte[256 * 1024];
                    while (await content.ReadAsync(buffer) > 0)
                    {
                    }
                }

                break;
        }
    }
}
