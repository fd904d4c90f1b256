using System.ComponentModel;
using System.Diagnostics;

namespace Maskwright.Benchmarks.Storage;

/// <summary>A gigabyte on the disk that a store's folder is on, and what plain file tools do with it there.</summary>
internal sealed class LargeObject : IDisposable
{
    /// <summary>Its size in bytes (1 GiB).</summary>
    public const long Bytes = 1L << 30;

    private readonly StoreFolder _folder = new();

    /// <summary>The file.</summary>
    public string Path => System.IO.Path.Combine(_folder.Path, "source.bin");

    public static async Task<LargeObject> CreateAsync(CancellationToken cancellationToken)
    {
        var source = new LargeObject();
        // What no disk or network compresses.
        var block = new byte[1 << 20];
        var state = 0x9E3779B97F4A7C15UL;
        await using var file = File.Create(source.Path);
        for (long written = 0; written < Bytes; written += block.Length)
        {
            for (var i = 0; i < block.Length; i += 8)
            {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                BitConverter.TryWriteBytes(block.AsSpan(i), state);
            }

            await file.WriteAsync(block, cancellationToken);
        }

        return source;
    }

    /// <summary>MB/s of <c>dd</c> copying the file within the disk, fsync included.</summary>
    public async Task<double> CopyAsync(CancellationToken cancellationToken)
    {
        var copy = Path + ".copy";
        var rate = await RateAsync([$"if={Path}", $"of={copy}", "bs=1M", "conv=fsync"], cancellationToken);
        File.Delete(copy);
        await SettleAsync(cancellationToken);
        return rate;
    }

    /// <summary>Waits until the disk has nothing left to do, so that one measurement does not pay for what was before it.</summary>
    public Task SettleAsync(CancellationToken cancellationToken) => RunAsync("sync", ["-f", _folder.Path], cancellationToken);

    /// <summary>MB/s of <c>dd</c> reading the file.</summary>
    /// <param name="cold">Whether it comes from the disk, not out of memory.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<double> ReadAsync(bool cold, CancellationToken cancellationToken)
    {
        if (cold)
            await EvictAsync(_folder.Path, cancellationToken);
        return await RateAsync([$"if={Path}", "of=/dev/null", "bs=1M"], cancellationToken);
    }

    /// <summary>Makes the system forget what it holds in memory of the files of a folder.</summary>
    public static async Task EvictAsync(string folder, CancellationToken cancellationToken)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0))
        {
            // dd's own way of saying POSIX_FADV_DONTNEED. What was not written back yet would stay.
            await RunAsync("dd", [$"of={file}", "oflag=nocache", "conv=notrunc,fdatasync", "count=0"], cancellationToken);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<double> RateAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await RunAsync("dd", arguments, cancellationToken);
        return Bytes / 1e6 / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task RunAsync(string tool, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(tool, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            var said = await process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{tool} {string.Join(' ', arguments)}: {said}");
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"This measurement needs the program {tool}.", error);
        }
    }
}
