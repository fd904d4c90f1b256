namespace Aspire.Hosting.ApplicationModel;

internal sealed record EnvironmentCallbackAnnotation(Action<EnvironmentCallbackContext> Callback) : IResourceAnnotation;

internal sealed record CommandLineArgsAnnotation(IReadOnlyList<string> Args) : IResourceAnnotation;

internal sealed record ProjectMetadataAnnotation(string ProjectPath) : IResourceAnnotation;

internal sealed record HttpHealthCheckAnnotation(string Path, int StatusCode, string? EndpointName) : IResourceAnnotation;

internal sealed record ExplicitStartupAnnotation : IResourceAnnotation;

internal sealed record Http2ServiceAnnotation : IResourceAnnotation;

internal sealed record OtlpExporterAnnotation : IResourceAnnotation;

internal sealed record ReplicaAnnotation(int Replicas) : IResourceAnnotation;

/// <summary>The resource refers to another; an edge of the graph.</summary>
internal sealed record ReferenceAnnotation(IResource Resource) : IResourceAnnotation;

internal sealed record EndpointUrlAnnotation(string EndpointName, Action<ResourceUrlAnnotation> Callback) : IResourceAnnotation;

internal sealed record CommandAnnotation(
    string Name, string DisplayName, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> Execute, CommandOptions Options) : IResourceAnnotation;

internal sealed record ContainerImageAnnotation(string Image, string Tag) : IResourceAnnotation
{
    public override string ToString() => $"{Image}:{Tag}";
}

/// <summary>Storage that outlives a container.</summary>
/// <param name="Name">Name of the volume.</param>
/// <param name="Target">Absolute path in the container.</param>
/// <param name="IsReadOnly">Whether the container may only read it.</param>
internal sealed record VolumeAnnotation(string Name, string Target, bool IsReadOnly) : IResourceAnnotation;

internal enum WaitType
{
    Started,
    Healthy,
    Completed,
}

internal sealed record WaitAnnotation(IResource Resource, WaitType Type, int ExitCode) : IResourceAnnotation;
