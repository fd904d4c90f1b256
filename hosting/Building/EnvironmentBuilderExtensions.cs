using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Hands environment variables, arguments and references to a resource.</summary>
public static partial class ResourceBuilderExtensions
{
    /// <summary>Sets a variable to a text.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="name">Name of the variable.</param>
    /// <param name="value">The text; null stands for the empty text.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment => builder.WithVariable(name, value ?? string.Empty);

    /// <summary>Sets a variable to the URL of an endpoint.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="name">Name of the variable.</param>
    /// <param name="endpointReference">The endpoint.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, EndpointReference endpointReference)
        where T : IResourceWithEnvironment => builder.WithVariable(name, endpointReference);

    /// <summary>Sets a variable to a text put together from other values.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="name">Name of the variable.</param>
    /// <param name="value">The expression.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, ReferenceExpression value)
        where T : IResourceWithEnvironment => builder.WithVariable(name, value);

    /// <summary>Sets a variable to the value of a parameter.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="name">Name of the variable.</param>
    /// <param name="parameter">The parameter.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return builder.WithVariable(name, parameter.Resource);
    }

    /// <summary>Sets variables just before the resource starts.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="callback">Given the variables so far; may add, change and remove.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, Action<EnvironmentCallbackContext> callback)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(callback);
        return builder.WithAnnotation(new EnvironmentCallbackAnnotation(callback));
    }

    /// <summary>Adds command-line arguments.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="args">The arguments, each handed over as it is.</param>
    /// <returns>The builder.</returns>
    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : IResourceWithArgs
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(args);
        return builder.WithAnnotation(new CommandLineArgsAnnotation(args));
    }

    private static IResourceBuilder<T> WithVariable<T>(this IResourceBuilder<T> builder, string name, object value)
        where T : IResourceWithEnvironment
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        foreach (var resource in References.In(value))
            builder.WithAnnotation(new ReferenceAnnotation(resource));
        return builder.WithEnvironment(context => context.EnvironmentVariables[name] = value);
    }
}
