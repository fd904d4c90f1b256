using System.Globalization;
using System.Runtime.InteropServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>Works out the command line and environment that a replica is started with.</summary>
internal sealed class Launch(AppHostAssembly appHost, EngineSettings settings, ConsoleOutput console, ContainerEngine containers)
{
    /// <summary>Where telemetry goes; null for nowhere.</summary>
    public TelemetryTarget? Telemetry { get; set; }

    /// <summary>Puts the command together; every endpoint must have its port.</summary>
    /// <exception cref="DistributedApplicationException">The program is not there, or a value cannot be resolved.</exception>
    public async Task<(ChildCommand Command, IReadOnlyList<EnvironmentVariable> Environment)> BuildAsync(
        IResource resource, int replica, string replicaName, CancellationToken cancellationToken)
    {
        string[] arguments = [.. resource.Annotations.OfType<CommandLineArgsAnnotation>().SelectMany(annotation => annotation.Args)];
        var variables = await EnvironmentAsync(resource, replica, replicaName, cancellationToken);
        var environment = variables.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);
        return (await CommandAsync(resource, arguments, environment), variables);
    }

    private async Task<ChildCommand> CommandAsync(IResource resource, string[] arguments, Dictionary<string, string> environment)
    {
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
            case ContainerResource container:
                var (client, problem) = await containers.FindAsync();
                return ContainerEngine.Command(client ?? throw new DistributedApplicationException(problem!), container, arguments, environment);
            default:
                throw new DistributedApplicationException($"Resource '{resource.Name}' is a {resource.GetType().Name}, which the embedded engine cannot start.");
        }
    }

    private async Task<IReadOnlyList<EnvironmentVariable>> EnvironmentAsync(IResource resource, int replica, string replicaName, CancellationToken cancellationToken)
    {
        Dictionary<string, object> variables = [];
        // Colours are shown by the dashboard also when the terminal has none.
        variables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "1";
        if (resource is ProjectResource)
        {
            variables["ASPNETCORE_ENVIRONMENT"] = settings.EnvironmentName;
            variables["DOTNET_ENVIRONMENT"] = settings.EnvironmentName;
        }

        if (resource is ProjectResource || resource.Annotations.OfType<OtlpExporterAnnotation>().Any())
            AddTelemetry(resource, replicaName, variables);

        var context = new EnvironmentCallbackContext(resource, replica, variables, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
            annotation.Callback(context);

        var host = resource is ContainerResource && (await containers.FindAsync()).Path is { } client ? ContainerEngine.HostName(client) : EndpointReference.LoopbackHost;
        List<EnvironmentVariable> resolved = [];
        foreach (var (name, value) in variables.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (await ResolveAsync(value, cancellationToken) is { } text)
                resolved.Add(new EnvironmentVariable(name, ForHost(host, value, text), SecretValues.IsSecret(value) || console.HoldsSecret(text)));
        }

        return resolved;
    }

    /// <summary>This machine has another name inside of a container.</summary>
    private static string ForHost(string host, object value, string text) => value is string ? text : text.Replace(EndpointReference.LoopbackHost, host, StringComparison.Ordinal);

    private void AddTelemetry(IResource resource, string replicaName, Dictionary<string, object> variables)
    {
        variables["OTEL_SERVICE_NAME"] = resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={replicaName}";
        if (Telemetry is null)
            return;
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = Telemetry.Endpoint;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        if (Telemetry.Headers is not null)
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = Telemetry.Headers;
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
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
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
        var isPath = command.Contains('/', StringComparison.Ordinal) || Path.IsPathRooted(command);
        if (isPath)
            command = Path.GetFullPath(command, executable.WorkingDirectory);
        return Programs.Find(command) ?? throw new DistributedApplicationException(isPath
            ? $"Resource '{executable.Name}': there is no program {command}."
            : $"Resource '{executable.Name}': there is no program '{command}' in PATH. Install it, or give AddExecutable its path.");
    }
}

/// <summary>Where resources send their telemetry.</summary>
/// <param name="Endpoint">OTLP over gRPC.</param>
/// <param name="Headers">What is sent along, in the form of <c>OTEL_EXPORTER_OTLP_HEADERS</c>, or null.</param>
internal sealed record TelemetryTarget(string Endpoint, string? Headers);
