using Aspire.Hosting.ApplicationModel;
using Maskwright.Hosting;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly List<IResource> _resources = [];
    private readonly EngineOptions _options;
    private readonly AppHostAssembly _appHost;

    public DistributedApplicationBuilder(string[] args, AppHostAssembly appHost, EngineOptions options)
    {
        _appHost = appHost;
        _options = options;
        Secrets = new SecretStore(options.SecretsFile ?? appHost.SecretsFile);
        Configuration = new ConfigurationManager();
        Configuration.AddJsonFile(Path.Combine(AppHostDirectory, "appsettings.json"), optional: true);
        Configuration.AddInMemoryCollection(Secrets.Read());
        Configuration.AddEnvironmentVariables();
        Configuration.AddCommandLine(args);
    }

    public ConfigurationManager Configuration { get; }

    public string AppHostDirectory => _appHost.Directory;

    public IReadOnlyList<IResource> Resources => _resources;

    public SecretStore Secrets { get; }

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (_resources.Find(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)) is { } taken)
        {
            throw new DistributedApplicationException(
                $"Cannot add resource '{resource.Name}': there is a {taken.GetType().Name} of that name already. Names are unique whatever their case.");
        }

        _resources.Add(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    public DistributedApplication Build()
    {
        WaitGraph.RefuseCircles(_resources);
        RefuseReplicasOfTakenNames();
        return new DistributedApplication(new Engine(_resources, Configuration, _appHost, _options));
    }

    private void RefuseReplicasOfTakenNames()
    {
        var taken = _resources.Select(resource => resource.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var resource in _resources)
        {
            if (ReplicaNames.Of(resource).FirstOrDefault(name => name != resource.Name && taken.Contains(name)) is { } name)
                throw new DistributedApplicationException($"'{name}' is the name of a resource and of a replica of '{resource.Name}'. Rename one of them.");
        }
    }
}
