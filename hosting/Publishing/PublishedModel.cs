using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>The application as it is published, independent of the form it is written in.</summary>
/// <param name="Services">Everything that runs, in the order it was added.</param>
/// <param name="Parameters">The parameters that they use.</param>
internal sealed record PublishedModel(IReadOnlyList<PublishedService> Services, IReadOnlyList<ParameterResource> Parameters);

/// <summary>Something that runs in containers.</summary>
internal sealed record PublishedService
{
    /// <summary>Name of the service, by which others reach it: lower case.</summary>
    public required string Name { get; init; }

    /// <summary>Name of its image with the tag.</summary>
    public required string Image { get; init; }

    /// <summary>Absolute path of the project its image is built from; null for an image that exists.</summary>
    public string? Project { get; init; }

    /// <summary>File name of the built program; null for an image that exists.</summary>
    public string? Program { get; init; }

    /// <summary>Properties its image is built with, for example <c>TorchBackend=cuda</c>, or null.</summary>
    public string? BuildProperties { get; init; }

    public string? Entrypoint { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required IReadOnlyList<(string Name, PublishedValue Value)> Environment { get; init; }

    public required IReadOnlyList<PublishedPort> Ports { get; init; }

    public required IReadOnlyList<VolumeAnnotation> Volumes { get; init; }

    /// <summary>What says over HTTP that it is well, or null.</summary>
    public required PublishedHealthCheck? HealthCheck { get; init; }

    public required IReadOnlyList<(string Service, WaitType Type)> Waits { get; init; }

    public required int Replicas { get; init; }

    public required int Gpus { get; init; }
}

/// <summary>A port that a service listens on.</summary>
internal sealed record PublishedPort(string Name, int Port, string Transport, bool IsExternal);

/// <summary>A path that answers with 200 while all is well.</summary>
internal sealed record PublishedHealthCheck(int Port, string Path);

/// <summary>A value put together from texts and parameters.</summary>
/// <param name="Parts">Each a text or a parameter.</param>
internal sealed record PublishedValue(IReadOnlyList<object> Parts)
{
    public IEnumerable<ParameterResource> Parameters => Parts.OfType<ParameterResource>();

    /// <summary>The value with each part written as the form asks for.</summary>
    public string Write(Func<string, string> text, Func<ParameterResource, string> parameter) =>
        string.Concat(Parts.Select(part => part is ParameterResource resource ? parameter(resource) : text((string)part)));
}
