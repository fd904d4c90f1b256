using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds containers.</summary>
public static class ContainerResourceBuilderExtensions
{
    /// <summary>Adds a container of an image's <c>latest</c> tag.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="image">Name of the image.</param>
    /// <returns>A builder that says more about it.</returns>
    public static IResourceBuilder<ContainerResource> AddContainer(this IDistributedApplicationBuilder builder, string name, string image) =>
        builder.AddContainer(name, image, "latest");

    /// <summary>Adds a container. It runs where Docker or Podman answers; elsewhere its state says why it cannot.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="image">Name of the image.</param>
    /// <param name="tag">Its tag.</param>
    /// <returns>A builder that says more about it.</returns>
    public static IResourceBuilder<ContainerResource> AddContainer(this IDistributedApplicationBuilder builder, string name, string image, string tag)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(image);
        ArgumentException.ThrowIfNullOrWhiteSpace(tag);
        return builder.AddResource(new ContainerResource(name)).WithAnnotation(new ContainerImageAnnotation(image, tag));
    }

    /// <summary>Gives a container storage that outlives it.</summary>
    /// <typeparam name="T">Kind of container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="name">Name of the volume; null for the resource's name with <c>-data</c>.</param>
    /// <param name="target">Absolute path in the container.</param>
    /// <param name="isReadOnly">Whether the container may only read it.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithVolume<T>(this IResourceBuilder<T> builder, string? name, string target, bool isReadOnly = false)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(target);
        var volume = name ?? $"{builder.Resource.Name.ToLowerInvariant()}-data";
        if (!target.StartsWith('/') || target.Contains(':', StringComparison.Ordinal) || volume.Length == 0 || !volume.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.'))
        {
            throw new DistributedApplicationException(
                $"Container '{builder.Resource.Name}': '{volume}:{target}' is no volume. Its name has letters, digits, '-', '_' and '.', its target is an absolute path without ':'.");
        }

        return builder.WithAnnotation(new VolumeAnnotation(volume, target, isReadOnly));
    }
}
