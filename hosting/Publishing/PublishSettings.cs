using System.Globalization;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace Maskwright.Hosting;

/// <summary>What is to be published instead of running the application.</summary>
internal sealed record PublishSettings
{
    /// <summary>What is written (<c>Embedded:Publish:Target</c>): <c>compose</c> or <c>kubernetes</c>.</summary>
    public required string Target { get; init; }

    /// <summary>Absolute path of the folder written to (<c>Embedded:Publish:Output</c>).</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>Folder of the running application whose files are kept on volumes when published (<c>Embedded:Publish:DataDirectory</c>), or null.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>What the names of the images begin with (<c>Embedded:Publish:ImagePrefix</c>), for example a registry.</summary>
    public string ImagePrefix { get; init; } = "maskwright";

    /// <summary>GPUs by resource (<c>Embedded:Publish:Gpus:{resource}</c>).</summary>
    public IReadOnlyDictionary<string, int> Gpus { get; init; } = new Dictionary<string, int>();

    /// <summary>Properties that an image is built with by resource (<c>Embedded:Publish:Properties:{resource}</c>), for example <c>TorchBackend=cuda</c>.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <returns>Null when the application is to run.</returns>
    /// <exception cref="DistributedApplicationException">A setting is not what it should be.</exception>
    public static PublishSettings? From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Embedded:Publish");
        if (section["Target"] is not { Length: > 0 } target)
            return null;
        if (target is not ("compose" or "kubernetes"))
            throw new DistributedApplicationException($"'{target}' cannot be published: say compose or kubernetes.");
        return new PublishSettings
        {
            Target = target,
            OutputDirectory = Path.GetFullPath(section["Output"] ?? throw new DistributedApplicationException("Embedded:Publish:Output does not say where to write to.")),
            DataDirectory = section["DataDirectory"] is { Length: > 0 } data ? Path.GetFullPath(data) : null,
            ImagePrefix = section["ImagePrefix"] is { Length: > 0 } prefix ? prefix.TrimEnd('/') : "maskwright",
            Gpus = section.GetSection("Gpus").GetChildren().ToDictionary(
                child => child.Key, child => Count(child), StringComparer.OrdinalIgnoreCase),
            Properties = section.GetSection("Properties").GetChildren().ToDictionary(child => child.Key, child => child.Value ?? "", StringComparer.OrdinalIgnoreCase),
        };
    }

    private static int Count(IConfigurationSection section) => int.TryParse(section.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        ? count
        : throw new DistributedApplicationException($"The setting {section.Path} is '{section.Value}', which is not a whole number.");
}
