using System.Reflection;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Maskwright.Hosting;

/// <summary>What the build of the AppHost project wrote into its assembly.</summary>
internal sealed class AppHostAssembly
{
    private const string OutputPrefix = "ProjectOutput:";

    private readonly Dictionary<string, string> _outputs;

    internal AppHostAssembly(string name, string directory, IReadOnlyDictionary<string, string> outputs, string? secretsFile)
    {
        Name = name;
        Directory = directory;
        SecretsFile = secretsFile;
        _outputs = new(outputs, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Name of the assembly.</summary>
    public string Name { get; }

    /// <summary>Version of the assembly, for example <c>0.1.0</c>.</summary>
    public string Version { get; init; } = "0.0.0";

    /// <summary>Folder of the AppHost project; the working directory when the assembly does not say.</summary>
    public string Directory { get; }

    /// <summary>File of the AppHost's user secrets, or null when it has none.</summary>
    public string? SecretsFile { get; }

    public static AppHostAssembly Of(Assembly? assembly)
    {
        Dictionary<string, string> outputs = [];
        var directory = Environment.CurrentDirectory;
        foreach (var metadata in assembly?.GetCustomAttributes<AssemblyMetadataAttribute>() ?? [])
        {
            if (metadata.Key == "AppHostProjectPath" && metadata.Value is { Length: > 0 } path)
                directory = Path.GetFullPath(path);
            else if (metadata.Key.StartsWith(OutputPrefix, StringComparison.Ordinal) && metadata.Value is not null)
                outputs[Path.GetFullPath(metadata.Key[OutputPrefix.Length..])] = metadata.Value;
        }

        var id = assembly?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId;
        return new AppHostAssembly(assembly?.GetName().Name ?? "AppHost", directory, outputs, id is null ? null : PathHelper.GetSecretsPathFromSecretsId(id))
        {
            Version = assembly?.GetName().Version?.ToString(3) ?? "0.0.0",
        };
    }

    /// <summary>The built program of a project.</summary>
    /// <exception cref="DistributedApplicationException">The AppHost does not build the project, or its output is gone.</exception>
    public string OutputOf(string resource, string projectPath)
    {
        if (!File.Exists(projectPath))
            throw new DistributedApplicationException($"Resource '{resource}': there is no project {projectPath}. Correct the path given to AddProject; it starts at {Directory}.");
        if (!_outputs.TryGetValue(projectPath, out var output))
            throw new DistributedApplicationException($"Resource '{resource}': the AppHost does not build {projectPath}. Add it to the AppHost project as a ProjectReference.");
        if (!File.Exists(output))
            throw new DistributedApplicationException($"Resource '{resource}': {output} is not there. Build the AppHost, which builds every project it starts.");
        if (!File.Exists(Path.ChangeExtension(output, ".runtimeconfig.json")))
            throw new DistributedApplicationException($"Resource '{resource}': {projectPath} is a library. Only a program can be started: set its OutputType to Exe.");
        return output;
    }
}
