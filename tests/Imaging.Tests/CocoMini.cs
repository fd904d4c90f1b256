namespace Maskwright.Imaging.Tests;

/// <summary>The folder of real COCO pictures, where a machine has it.</summary>
internal static class CocoMini
{
    public static string FolderOrSkip()
    {
        var folder = Environment.GetEnvironmentVariable("MASKWRIGHT_COCO_MINI");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); folder is null && at is not null; at = at.Parent)
        {
            var candidate = Path.Combine(at.FullName, "shared", "data", "coco-mini");
            folder = Directory.Exists(candidate) ? candidate : null;
        }

        Assert.SkipUnless(
            Directory.Exists(folder), "No shared/data/coco-mini beside the repository, and MASKWRIGHT_COCO_MINI names no folder.");
        return folder!;
    }

    public static async Task<CocoInstances> ReadOrSkipAsync(CancellationToken cancellationToken)
    {
        const string name = "instances_coco_mini.json";
        await using var json = File.OpenRead(Path.Combine(FolderOrSkip(), name));
        return await CocoInstances.ReadAsync(json, name, cancellationToken);
    }
}
