namespace Maskwright.AppHost;

/// <summary>The object storage that the services exchange their bytes through. They are told an address and keys, and can't tell which kind it is.</summary>
/// <param name="ConnectionString">Address, keys and bucket.</param>
/// <param name="Server">What has to be up before a service starts.</param>
internal sealed record ArtifactStorage(IResourceBuilder<IResourceWithConnectionString> ConnectionString, IResourceBuilder<IResource> Server)
{
    private const string Name = "artifacts";
    private const string DefaultImage = "quay.io/minio/minio";
    private const string DefaultTag = "RELEASE.2025-09-07T16-13-09Z";
    private const string DefaultVolume = "maskwright-objects";
    private const string DefaultHealthPath = "/minio/health/live";
    private const string DefaultArguments = "server /data --console-address :9001";

    /// <summary>Adds the storage that was chosen.</summary>
    public static ArtifactStorage Add(IDistributedApplicationBuilder builder, AppHostArguments options)
    {
        if (options.Storage == StorageKind.External)
        {
            // ConnectionStrings:artifacts of the settings.
            var external = builder.AddConnectionString(Name);
            return new ArtifactStorage(external, external);
        }

        var accessKey = builder.AddParameter("storage-access-key", "maskwright");
        var secretKey = builder.AddParameter("storage-secret-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);
        return options.Storage == StorageKind.Container
            ? OfServer(AddContainer(builder, accessKey, secretKey))
            : OfServer(builder.AddProject("storage", "../services/ObjectStore/ObjectStore.csproj")
                .WithHttpEndpoint(name: "http")
                .WithEnvironment("ObjectStore__AccessKey", accessKey)
                .WithEnvironment("ObjectStore__SecretKey", secretKey)
                .WithEnvironment("ObjectStore__DataDirectory", Path.Combine(options.DataDirectory, "objects"))
                .WithHttpHealthCheck("/health", endpointName: "http"));

        ArtifactStorage OfServer<T>(IResourceBuilder<T> server)
            where T : class, IResourceWithEndpoints => new(
            builder.AddConnectionString(Name, ReferenceExpression.Create(
                $"Endpoint={server.GetEndpoint("http")};AccessKey={accessKey};SecretKey={secretKey};Bucket=maskwright")),
            server);
    }

    // Each image reads the keys by the names it knows and passes over the others.
    private static IResourceBuilder<ContainerResource> AddContainer(
        IDistributedApplicationBuilder builder, IResourceBuilder<ParameterResource> accessKey, IResourceBuilder<ParameterResource> secretKey) =>
        builder.AddContainer("storage", builder.Configuration["Storage:Image"] ?? DefaultImage, builder.Configuration["Storage:Tag"] ?? DefaultTag)
            .WithArgs((builder.Configuration["Storage:Arguments"] ?? DefaultArguments).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .WithVolume(builder.Configuration["Storage:Volume"] ?? DefaultVolume, "/data")
            .WithHttpEndpoint(targetPort: 9000, name: "http")
            .WithEnvironment("MINIO_ROOT_USER", accessKey)
            .WithEnvironment("MINIO_ROOT_PASSWORD", secretKey)
            .WithEnvironment("RUSTFS_ACCESS_KEY", accessKey)
            .WithEnvironment("RUSTFS_SECRET_KEY", secretKey)
            .WithHttpHealthCheck(builder.Configuration["Storage:HealthPath"] ?? DefaultHealthPath, endpointName: "http");
}
