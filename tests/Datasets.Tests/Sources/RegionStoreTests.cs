using System.Diagnostics;

namespace Maskwright.Datasets.Tests;

public sealed class RegionStoreTests
{
    [Fact]
    public void Regions_of_any_length_come_back_and_the_file_has_no_name_that_a_killed_process_could_leave_behind()
    {
        using var folder = new TemporaryFolder();
        using var store = new RegionStore(folder.Path);
        byte[][] regions = [.. ((int[])[3, 0, 200_000, 100_000, 300_000, 1]).Select((length, i) => Enumerable.Repeat((byte)(i + 1), length).ToArray())];
        long[] offsets = [.. regions.Select(region => store.Append(region))];
        store.Flush();

        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
        foreach (var (region, offset) in regions.Zip(offsets))
        {
            var read = new byte[region.Length];
            store.Read(offset, read);
            read.ShouldBe(region);
        }
    }

    [Fact]
    public void A_full_disk_is_named_with_the_folder_and_the_cure()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "Mounting a small file system needs root on Linux.");
        using var folder = new TemporaryFolder();
        Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.Path);
        try
        {
            using var store = new RegionStore(folder.Path);
            store.Append(new byte[900_000]);
            var error = Should.Throw<DatasetException>(() => store.Append(new byte[900_000]));
            error.Kind.ShouldBe(DatasetFailure.NoRoom);
            error.Message.ShouldContain(folder.Path);
            error.Message.ShouldContain("set TMPDIR");
        }
        finally
        {
            Run("umount", folder.Path);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }
}
