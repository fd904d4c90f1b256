using System.Globalization;

namespace Maskwright.AppHost;

/// <summary>The command line of the AppHost.</summary>
internal sealed record AppHostArguments
{
    private const string Usage = """
        Starts the Maskwright services and stops all of them on Ctrl-C.

        Usage: dotnet run --project AppHost -- [options]
               dotnet run --project AppHost -- publish compose|kubernetes --output DIR [options]

          --quickstart          run the whole pipeline once everything is healthy: dataset, training, evaluation
            --data DIR          on this COCO folder instead of generated scenes
            --max-images N      take at most N images of that folder
            --scenes N          number of generated scenes
            --preset NAME       training recipe: quickstart for scenes, report for --data
            --epochs N          epochs to train
            --size N            side of the training images in pixels
            --batch N           images in a training step
            --learning-rate X   step size
            --schedule NAME     how it changes over the run: constant or poly
            --device NAME       auto, cpu or cuda:N
            --seed N            seed of everything that is drawn by lot
            --figure FILE       save the figure of input, ground truth and prediction as this PNG file
            --exit              end with the pipeline, with its exit code
          --no-dashboard        start no dashboard
          publish TARGET        write the application as a Docker Compose file or as Kubernetes manifests, and run nothing
            --output DIR        into this folder
            --image-prefix P    names of the images, for example registry.example.com/team (default: maskwright)
            --gpus N            GPUs of the trainer (default: 1 on Kubernetes, none with Compose; 0 for none)
          --data-dir DIR        folder of objects and metrics (or MASKWRIGHT_DATA; default: maskwright in the user's local data)
          --storage KIND        embedded (the default), container (MinIO, or the image of Storage:Image), or external
                                (the server of ConnectionStrings:artifacts)
          --dashboard-otlp URL  send telemetry to this OTLP/gRPC endpoint (or DOTNET_DASHBOARD_OTLP_ENDPOINT_URL)
          --Section:Key=VALUE   a setting, for example --Parameters:storage-secret-key=VALUE
          --help                this text
        """;

    private static readonly string[] Numbers = ["--max-images", "--scenes", "--epochs", "--size", "--batch"];

    /// <summary>Whether the pipeline runs.</summary>
    public bool Quickstart { get; private init; }

    /// <summary>What the pipeline is called with.</summary>
    public string[] PipelineArguments { get; private init; } = [];

    /// <summary>Absolute path of the folder that everything is kept in.</summary>
    public string DataDirectory { get; private init; } = "";

    /// <summary>Where the artifacts are kept.</summary>
    public StorageKind Storage { get; private init; }

    /// <summary>Settings for the builder; those of the embedded engine mean nothing to Aspire, which ignores them.</summary>
    public string[] Settings { get; private init; } = [];

    /// <summary>Text to print instead of starting anything, or null.</summary>
    public string? Answer { get; private init; }

    /// <summary>Exit code that goes with <see cref="Answer"/>: 0 for the usage, 2 for a command line that is wrong.</summary>
    public int ExitCode { get; private init; }

    /// <summary>Reads the command line. Relative paths start at the working directory.</summary>
    public static AppHostArguments Parse(string[] args)
    {
        var quickstart = false;
        var exit = false;
        string? data = null;
        string? dataDirectory = null;
        var storage = StorageKind.Embedded;
        List<string> pipeline = ["pipeline"];
        List<string> settings = [];
        List<string> onlyQuickstart = [];
        Dictionary<string, string> publish = [];

        var first = 0;
        if (args is ["publish", ..])
        {
            if (args is not [_, "compose" or "kubernetes", ..])
                return Wrong("publish needs a target: compose or kubernetes.");
            publish["Target"] = args[1];
            first = 2;
        }

        for (var i = first; i < args.Length; i++)
        {
            var (name, value) = Split(args[i]);
            switch (name)
            {
                case "--help" or "-h" or "-?":
                    return new AppHostArguments { Answer = Usage };
                case "--no-dashboard" when value is null:
                    settings.Add("Embedded:Dashboard=false");
                    continue;
                case "--quickstart" when value is null:
                    quickstart = true;
                    continue;
                case "--exit" when value is null:
                    exit = true;
                    onlyQuickstart.Add(name);
                    continue;
                case "--data" or "--data-dir" or "--storage" or "--dashboard-otlp" or "--max-images" or "--scenes" or "--preset" or "--epochs" or "--size"
                    or "--output" or "--image-prefix" or "--gpus" or "--batch" or "--learning-rate" or "--schedule" or "--device" or "--seed" or "--figure":
                    break;
                case not null when name.StartsWith("--", StringComparison.Ordinal) && name.Contains(':', StringComparison.Ordinal) && value is not null:
                    settings.Add(args[i]);
                    continue;
                default:
                    return Wrong($"Unknown argument '{args[i]}'.");
            }

            if (value is null)
            {
                if (++i == args.Length || args[i].StartsWith("--", StringComparison.Ordinal))
                    return Wrong($"{name} needs a value.");
                value = args[i];
            }

            if (value.Length == 0)
                return Wrong($"{name} needs a value.");
            switch (name)
            {
                case "--data":
                    data = Path.GetFullPath(value);
                    if (!Directory.Exists(data))
                        return Wrong($"--data: there is no folder {data}. Give a COCO folder: images and an instances_*.json.");
                    onlyQuickstart.Add(name);
                    pipeline.AddRange([name, data]);
                    break;
                case "--output":
                    publish["Output"] = Path.GetFullPath(value);
                    break;
                case "--image-prefix":
                    publish["ImagePrefix"] = value;
                    break;
                case "--gpus":
                    if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                        return Wrong($"{name}: '{value}' is not a whole number.");
                    publish["Gpus:trainer"] = value;
                    break;
                case "--figure":
                    onlyQuickstart.Add(name);
                    pipeline.AddRange([name, Path.GetFullPath(value)]);
                    break;
                case "--data-dir":
                    dataDirectory = value;
                    break;
                case "--storage":
                    if (!Array.Exists(Enum.GetNames<StorageKind>(), kind => string.Equals(kind, value, StringComparison.OrdinalIgnoreCase)))
                        return Wrong($"--storage: '{value}' is none of embedded, container and external.");
                    storage = Enum.Parse<StorageKind>(value, ignoreCase: true);
                    break;
                case "--dashboard-otlp":
                    if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
                        return Wrong($"--dashboard-otlp: '{value}' is not a URL such as http://127.0.0.1:4317.");
                    settings.Add($"DOTNET_DASHBOARD_OTLP_ENDPOINT_URL={value}");
                    break;
                default:
                    if (Numbers.Contains(name) && !(int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
                        return Wrong($"{name}: '{value}' is not a whole number of at least 1.");
                    onlyQuickstart.Add(name);
                    pipeline.AddRange([name, value]);
                    break;
            }
        }

        if (Problem(publish, quickstart) is { } problem)
            return Wrong(problem);
        if (!quickstart && onlyQuickstart.Count > 0)
            return Wrong($"{onlyQuickstart[0]} goes with --quickstart only.");
        if ((dataDirectory ?? DefaultDataDirectory()) is not { } directory)
            return Wrong("There is no home folder to keep data in. Give one with --data-dir DIR or MASKWRIGHT_DATA.");

        directory = Path.GetFullPath(directory);
        settings.Add($"Embedded:EndpointsFile={Path.Combine(directory, "endpoints.json")}");
        if (publish.Count > 0)
        {
            publish["DataDirectory"] = directory;
            publish.TryAdd("Gpus:trainer", publish["Target"] == "kubernetes" ? "1" : "0");
            if (publish["Gpus:trainer"] != "0")
                publish["Properties:trainer"] = "TorchBackend=cuda";
            settings.AddRange(publish.Select(setting => $"Embedded:Publish:{setting.Key}={setting.Value}"));
        }

        if (exit)
            settings.Add("Embedded:ExitWith=pipeline");
        return new AppHostArguments
        {
            Quickstart = quickstart,
            PipelineArguments = [.. pipeline],
            DataDirectory = directory,
            Storage = storage,
            Settings = [.. settings],
        };
    }

    private static string? Problem(Dictionary<string, string> publish, bool quickstart)
    {
        if (publish.Count > 0 && !publish.ContainsKey("Target"))
            return "--output, --image-prefix and --gpus go with publish only.";
        if (publish.ContainsKey("Target") && !publish.ContainsKey("Output"))
            return "publish needs --output DIR.";
        return publish.Count > 0 && quickstart ? "--quickstart runs the pipeline and does not go with publish." : null;
    }

    private static AppHostArguments Wrong(string message) => new() { Answer = $"{message}\n\n{Usage}", ExitCode = 2 };

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static string? DefaultDataDirectory()
    {
        if (Environment.GetEnvironmentVariable("MASKWRIGHT_DATA") is { Length: > 0 } chosen)
            return chosen;
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return local.Length == 0 ? null : Path.Combine(local, "maskwright");
    }
}
