using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>Reads what is to be published from the application's resources. Services reach each other by name, and listen on any address.</summary>
internal sealed class ModelReader(IReadOnlyList<IResource> resources, AppHostAssembly appHost, EngineSettings engine, PublishSettings settings)
{
    /// <summary>Where a volume with the files of the data folder is mounted.</summary>
    private const string DataTarget = "/data";

    private const int FirstPort = 8080;

    /// <exception cref="DistributedApplicationException">A resource cannot be published.</exception>
    public PublishedModel Read()
    {
        AssignPorts();
        PublishedService[] services = [.. resources.Where(ResourceInstance.HasProcess).Select(Read)];
        var parameters = services.SelectMany(service => service.Environment).SelectMany(variable => variable.Value.Parameters).Distinct().ToArray();
        return new PublishedModel(services, parameters);
    }

    /// <summary>In a container of its own a service can have any port: the one of its settings, or the next one from 8080 that no other service has.</summary>
    private void AssignPorts()
    {
        var next = FirstPort;
        foreach (var endpoint in resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>()))
            endpoint.AllocatedPorts[0] = endpoint.TargetPort ?? endpoint.Port ?? endpoint.PreferredPort ?? next++;
    }

    private PublishedService Read(IResource resource)
    {
        if (resource is ExecutableResource)
            throw new DistributedApplicationException($"Resource '{resource.Name}' is a program of this machine and cannot be published. Make it a project or a container.");
        var project = resource.Annotations.OfType<ProjectMetadataAnnotation>().LastOrDefault()?.ProjectPath;
        var environment = Environment(resource);
        var data = environment.Where(variable => variable.Path is not null).ToArray();
        VolumeAnnotation[] dataVolume = data.Length == 0 ? [] : [new VolumeAnnotation($"{Name(resource)}-data", DataTarget, IsReadOnly: false)];
        return new PublishedService
        {
            Name = Name(resource),
            Image = project is null
                ? resource.Annotations.OfType<ContainerImageAnnotation>().Last().ToString()
                : $"{settings.ImagePrefix}/{Name(resource)}:{appHost.Version}",
            Project = project,
            Program = project is null ? null : Path.GetFileName(appHost.OutputOf(resource.Name, project)),
            BuildProperties = settings.Properties.GetValueOrDefault(resource.Name),
            Entrypoint = (resource as ContainerResource)?.Entrypoint,
            Arguments = [.. resource.Annotations.OfType<CommandLineArgsAnnotation>().SelectMany(annotation => annotation.Args)],
            Environment = [.. environment.Select(variable => (variable.Name, variable.Value))],
            Ports =
            [
                .. resource.Annotations.OfType<EndpointAnnotation>()
                    .Select(endpoint => new PublishedPort(endpoint.Name.ToLowerInvariant(), endpoint.AllocatedPorts[0], endpoint.Transport, endpoint.IsExternal)),
            ],
            Volumes = [.. resource.Annotations.OfType<VolumeAnnotation>(), .. dataVolume],
            HealthCheck = HealthMonitor.ChecksOf(resource, 0).Select(check => new PublishedHealthCheck(check.Url.Port, check.Url.PathAndQuery)).FirstOrDefault(),
            Waits = [.. resource.Annotations.OfType<WaitAnnotation>().Where(wait => ResourceInstance.HasProcess(wait.Resource)).Select(wait => (Name(wait.Resource), wait.Type))],
            Replicas = ReplicaNames.Of(resource).Count,
            Gpus = settings.Gpus.GetValueOrDefault(resource.Name),
        };
    }

    private static string Name(IResource resource) => resource.Name.ToLowerInvariant();

    private List<(string Name, PublishedValue Value, string? Path)> Environment(IResource resource)
    {
        Dictionary<string, object> variables = [];
        if (resource is ProjectResource)
        {
            variables["OTEL_SERVICE_NAME"] = resource.Name;
            // Requests come by the service's name, probes by an address.
            variables["AllowedHosts"] = "*";
            if (engine.OtlpEndpoint is { } telemetry)
                variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetry;
        }

        var context = new EnvironmentCallbackContext(resource, 0, variables, CancellationToken.None) { IsPublishing = true };
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
            annotation.Callback(context);
        return
        [
            .. variables.Where(variable => variable.Value is not ReplicaUrl).OrderBy(variable => variable.Key, StringComparer.Ordinal).Select(variable =>
            {
                var path = variable.Value is string text ? PathOnVolume(text) : null;
                return (variable.Key, new PublishedValue(path is null ? [.. Parts(variable.Value)] : [path]), path);
            }),
        ];
    }

    private string? PathOnVolume(string text)
    {
        if (settings.DataDirectory is not { } folder || !Path.IsPathFullyQualified(text))
            return null;
        var relative = Path.GetRelativePath(folder, text);
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? null : $"{DataTarget}/{relative.Replace('\\', '/')}";
    }

    private static IEnumerable<object> Parts(object value) => value switch
    {
        string text => [text],
        ParameterResource parameter => [parameter],
        EndpointReference endpoint => [Url(endpoint)],
        EndpointReferenceExpression part => [Part(part)],
        ReferenceExpression expression => expression.Parts.SelectMany(Parts),
        ConnectionStringReference reference => Parts(reference.Source),
        ConfiguredConnectionString configured => [configured.Parameter],
        IResourceWithConnectionString source => Parts(source.ConnectionStringExpression),
        ExternalServiceReference { Service.UrlParameter: { } parameter } => [parameter],
        ExternalServiceReference reference => [reference.Service.GetUrl()],
        IFormattable number => [number.ToString(null, CultureInfo.InvariantCulture)],
        _ => throw new DistributedApplicationException($"A {value.GetType().Name} in an environment cannot be published."),
    };

    private static string Url(EndpointReference endpoint) =>
        string.Create(CultureInfo.InvariantCulture, $"{endpoint.Scheme}://{Name(endpoint.Resource)}:{endpoint.Port}");

    private static string Part(EndpointReferenceExpression part) => part.Property switch
    {
        EndpointProperty.Url => Url(part.Endpoint),
        EndpointProperty.Host or EndpointProperty.IPV4Host => Name(part.Endpoint.Resource),
        EndpointProperty.Scheme => part.Endpoint.Scheme,
        EndpointProperty.HostAndPort => string.Create(CultureInfo.InvariantCulture, $"{Name(part.Endpoint.Resource)}:{part.Endpoint.Port}"),
        _ => part.Endpoint.Port.ToString(CultureInfo.InvariantCulture),
    };
}
