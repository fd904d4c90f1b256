using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Puts an application together.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>Settings: appsettings.json of the AppHost, user secrets, environment, command line; later ones win.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>Absolute path of the AppHost project's folder; relative project paths start here.</summary>
    string AppHostDirectory { get; }

    /// <summary>Everything added so far, in order.</summary>
    IReadOnlyList<IResource> Resources { get; }

    /// <summary>Adds a resource.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="resource">The resource.</param>
    /// <returns>A builder that says more about it.</returns>
    /// <exception cref="DistributedApplicationException">There is one of that name.</exception>
    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    /// <summary>Ends the description.</summary>
    /// <returns>The application, ready to run.</returns>
    /// <exception cref="DistributedApplicationException">Resources wait for each other in a circle.</exception>
    DistributedApplication Build();
}
