namespace Aspire.Hosting.ApplicationModel;

/// <summary>An address under which a resource is shown.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    /// <summary>The address, absolute, or a path on the endpoint.</summary>
    public required string Url { get; set; }

    /// <summary>What is shown for it; null for the address itself.</summary>
    public string? DisplayText { get; set; }

    /// <summary>The endpoint it belongs to, or null.</summary>
    public EndpointReference? Endpoint { get; init; }

    /// <summary>Where it is shown.</summary>
    public UrlDisplayLocation DisplayLocation { get; set; }
}

/// <summary>Where an address is shown.</summary>
public enum UrlDisplayLocation
{
    /// <summary>In the table of resources and among a resource's details.</summary>
    SummaryAndDetails,

    /// <summary>Among a resource's details only.</summary>
    DetailsOnly,
}
