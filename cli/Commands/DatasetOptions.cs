using System.CommandLine;
using Maskwright.Dataset.V1;

namespace Maskwright.Cli;

/// <summary>Options that describe a dataset to prepare.</summary>
internal sealed class DatasetOptions
{
    private readonly Option<string?> _coco;
    private readonly Option<int?> _scenes = CommonOptions.Number<int>("--scenes", "N", "Draw N scenes instead of reading images; the service's default is 600.", aboveZero: true);
    private readonly Option<ulong?> _seed = CommonOptions.Number<ulong>("--seed", "N", "Seed of everything that is drawn by lot. Equal seeds give equal results.");
    private readonly Option<int?> _maxImages = CommonOptions.Number<int>("--max-images", "N", "Take at most N images, chosen by the seed.", aboveZero: true);
    private readonly Option<string[]> _classes;

    /// <param name="command">Gets the options.</param>
    /// <param name="folder">Name of the option for the COCO folder.</param>
    public DatasetOptions(Command command, string folder)
    {
        _coco = CommonOptions.Of<string?>(folder, "PLACE", "Read COCO: a folder, a zip, an http(s) URL of a zip or s3://BUCKET/PREFIX with an instances_*.json, at its root or in annotations/, and the images it names.");
        _coco.Aliases.Add(folder == "--data" ? "--coco" : "--data");
        _scenes.Aliases.Add("--images");
        _classes = new Option<string[]>("--classes")
        {
            Description = "Classes in the order of their indices from 1: names or ids of categories, or NAME=CATEGORY,CATEGORY for a class of several. Default for COCO and scenes: person bicycle car motorcycle airplane.",
            HelpName = "CLASS",
            AllowMultipleArgumentsPerToken = true,
        };
        command.Add(_coco);
        command.Add(_scenes);
        command.Add(_seed);
        command.Add(_maxImages);
        command.Add(_classes);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_coco) is not null && result.GetResult(_scenes) is not null)
                result.AddError($"Give either {folder} or --scenes, not both.");
        });
    }

    /// <summary>Whether images are read, not drawn.</summary>
    public bool ReadsImages(ParseResult options) => options.GetValue(_coco) is not null;

    /// <summary>The seed, or 0.</summary>
    public ulong Seed(ParseResult options) => options.GetValue(_seed) ?? 0;

    /// <summary>The dataset as typed; scenes when no folder was given.</summary>
    public Dataset.V1.Dataset Read(CommandCall call)
    {
        var dataset = new Dataset.V1.Dataset
        {
            Options = new PreparationOptions { Seed = Seed(call.Options), MaxImages = call.Options.GetValue(_maxImages) ?? 0 },
        };
        foreach (var asked in call.Options.GetValue(_classes) ?? [])
            AddClass(dataset.Options, asked);
        if (call.Options.GetValue(_coco) is { } place)
        {
            if (SourcePlace.IsFolder(place))
                dataset.CocoFolder = new CocoFolder { Path = call.Terminal.AbsolutePath(place) };
            else
                dataset.CocoFiles = new CocoFiles { Images = { SourcePlace.Parse(call, place) } };
        }
        else
            dataset.GeneratedScenes = new GeneratedScenes { Count = call.Options.GetValue(_scenes) ?? 0, Seed = Seed(call.Options) };
        return dataset;
    }

    private static void AddClass(PreparationOptions options, string asked)
    {
        var parts = asked.Split('=', 2);
        options.Classes.Add(parts[0]);
        if (parts.Length == 1)
            return;
        if (parts[0].Length == 0 || !options.Categories.TryAdd(parts[0], new Categories { Names = { parts[1].Split(',', StringSplitOptions.TrimEntries) } }))
            throw new UsageException($"--classes '{asked}': expected is NAME=CATEGORY,CATEGORY with another name than the classes before it.");
    }
}
