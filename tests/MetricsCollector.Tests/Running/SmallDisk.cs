using System.Diagnostics;

namespace Maskwright.MetricsCollector.Tests;

/// <summary>A real file system that is soon full.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Mounts one, or skips the test where that cannot be done.</summary>
    /// <param name="size">Its size, such as <c>7m</c>.</param>
    public static async Task<SmallDisk> MountAsync(string size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can mount a small file system to fill.");
        var path = Directory.CreateTempSubdirectory("maskwright-full-").FullName;
        Assert.SkipUnless(await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", path) == 0, "A small file system cannot be mounted here.");
        return new SmallDisk(path);
    }

    public async ValueTask DisposeAsync()
    {
        (await RunAsync("umount", "--lazy", Path)).ShouldBe(0);
        Directory.Delete(Path);
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }
}
