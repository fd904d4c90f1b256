using System.Runtime.InteropServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>Works out the command line and environment of a resource.</summary>
internal sealed class ResourceCommand(AppHostAssembly appHost, EngineSettings settings, ConsoleOutput console)
{
    /// <summary>Puts the command together; every endpoint must have its port.</summary>
    /// <exception cref="DistributedApplicationException">The program is not there, or a value cannot be resolved.</exception>
    public async Task<ChildCommand> BuildAsync(IResource resource, CancellationToken cancellationToken)
    {
        string[] arguments = [.. resource.Annotations.OfType<CommandLineArgsAnnotation>().SelectMany(annotation => annotation.Args)];
        var environment = await EnvironmentAsync(resource, cancellationToken);
        switch (resource)
        {
            case ProjectResource:
                var project = resource.Annotations.OfType<ProjectMetadataAnnotation>().Last().ProjectPath;
                var output = appHost.OutputOf(resource.Name, project);
                return new ChildCommand(DotnetHost(), ["exec", output, .. arguments], Path.GetDirectoryName(project)!, environment);
            case ExecutableResource executable:
                if (!Directory.Exists(executable.WorkingDirectory))
                    throw new DistributedApplicationException($"Resource '{resource.Name}': there is no folder {executable.WorkingDirectory} to start it in.");
                return new ChildCommand(Find(executable), arguments, executable.WorkingDirectory, environment);
            default:
                throw new DistributedApplicationException($"Resource '{resource.Name}' is a {resource.GetType().Name}, which the embedded engine cannot start.");
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(IResource resource, CancellationToken cancellationToken)
    {
        Dictionary<string, object> variables = [];
        if (console.Colour)
            variables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "1";
        if (resource is ProjectResource)
        {
            variables["ASPNETCORE_ENVIRONMENT"] = settings.EnvironmentName;
            variables["DOTNET_ENVIRONMENT"] = settings.EnvironmentName;
            Telemetry(resource, variables);
        }

        var context = new EnvironmentCallbackContext(resource, variables, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
            annotation.Callback(context);

        Dictionary<string, string> resolved = [];
        foreach (var (name, value) in variables)
        {
            if (await ResolveAsync(value, cancellationToken) is { } text)
                resolved[name] = text;
        }

        return resolved;
    }

    private void Telemetry(IResource resource, Dictionary<string, object> variables)
    {
        variables["OTEL_SERVICE_NAME"] = resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={Guid.NewGuid():N}";
        if (string.IsNullOrEmpty(settings.OtlpEndpoint))
            return;
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = settings.OtlpEndpoint;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        if (settings.EnvironmentName != "Development")
            return;
        variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
    }

    private static async ValueTask<string?> ResolveAsync(object value, CancellationToken cancellationToken) => value switch
    {
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(cancellationToken),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>The <c>dotnet</c> that runs this very process: three folders above the runtime's own.</summary>
    private static string DotnetHost()
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var host = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(host) ? host : "dotnet";
    }

    private static string Find(ExecutableResource executable)
    {
        var command = executable.Command;
        if (command.Contains('/', StringComparison.Ordinal) || Path.IsPathRooted(command))
        {
            var path = Path.GetFullPath(command, executable.WorkingDirectory);
            return File.Exists(path) ? path : throw new DistributedApplicationException($"Resource '{executable.Name}': there is no program {path}.");
        }

        string[] names = OperatingSystem.IsWindows() ? [command, command + ".exe"] : [command];
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var name in names)
            {
                if (File.Exists(Path.Combine(folder, name)))
                    return Path.Combine(folder, name);
            }
        }

        throw new DistributedApplicationException($"Resource '{executable.Name}': there is no program '{command}' in PATH. Install it, or give AddExecutable its path.");
    }
}
