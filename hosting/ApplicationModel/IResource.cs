namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the application: a process, a parameter or a connection string.</summary>
public interface IResource
{
    /// <summary>Name, unique in the application, compared without regard to case.</summary>
    string Name { get; }

    /// <summary>What has been said about the resource, in the order it was said.</summary>
    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>Something said about a resource: an endpoint, an environment variable, a health check.</summary>
public interface IResourceAnnotation;

/// <summary>A resource that is handed environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>A resource that is handed command-line arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>A resource that listens on network endpoints.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>A resource that can be made to wait for another.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>A resource that other resources reach through a connection string.</summary>
public interface IResourceWithConnectionString : IResource, IValueProvider, IManifestExpressionProvider
{
    /// <summary>The connection string, with its parts still unresolved.</summary>
    ReferenceExpression ConnectionStringExpression { get; }
}

/// <summary>A value that is known only once the application starts.</summary>
public interface IValueProvider
{
    /// <summary>Resolves the value.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The value, or null when it has none.</returns>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>A value that can be written down before it is known, as <c>{name.property}</c>.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The unresolved form, for example <c>{storage.bindings.http.url}</c>.</summary>
    string ValueExpression { get; }
}
