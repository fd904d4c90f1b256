using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>The address of an external service as the value of a variable.</summary>
internal sealed class ExternalServiceReference(ExternalServiceResource service) : IValueProvider
{
    public ExternalServiceResource Service { get; } = service;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Service.GetUrl());
}
