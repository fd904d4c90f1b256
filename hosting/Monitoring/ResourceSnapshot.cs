namespace Maskwright.Hosting;

/// <summary>
/// All that is known of one resource, or of one replica of it, at one moment. Snapshots are immutable; a change makes a new
/// one with a higher <see cref="Version"/>.
/// </summary>
public sealed record ResourceSnapshot
{
    /// <summary>Name of the resource, for a replica with its number: <c>trainer</c>, <c>trainer-2</c>. Unique; commands, console logs and telemetry (<c>service.instance.id</c>) go by it.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the resource in the model, the same for all of its replicas; <c>OTEL_SERVICE_NAME</c> of its telemetry.</summary>
    public required string ResourceName { get; init; }

    /// <summary>Kind of resource.</summary>
    public required ResourceType Type { get; init; }

    /// <summary>Absolute path of the project, command line of the executable, image of the container, address of the external service; null for the others.</summary>
    public string? Source { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required ResourceState State { get; init; }

    /// <summary>Why it is in this state, in a sentence for people: what it waits for, why it failed, why it cannot run. Null when the state says all.</summary>
    public string? Reason { get; init; }

    /// <summary>Health, by the worst of <see cref="HealthReports"/>.</summary>
    public ResourceHealth Health { get; init; }

    /// <summary>The last report of each health check; empty when there is no check or none has run.</summary>
    public IReadOnlyList<HealthReport> HealthReports { get; init; } = [];

    /// <summary>What it waits for before it starts; empty for nothing.</summary>
    public IReadOnlyList<ResourceWait> Waits { get; init; } = [];

    /// <summary>When the engine took it up.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its present or last process was started, or null.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its last process ended, or null while it runs or before it ran.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How often it was started again.</summary>
    public int Restarts { get; init; }

    /// <summary>Ids of its processes; on Linux each is also the id of the process group that holds all the process started. Empty when none runs.</summary>
    public IReadOnlyList<int> ProcessIds { get; init; } = [];

    /// <summary>Exit code of its last process (128 + signal when a signal ended it), or null while it runs or before it ran.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The last lines it wrote before it failed; empty when it has not failed.</summary>
    public IReadOnlyList<string> LastLines { get; init; } = [];

    /// <summary>Where it can be reached.</summary>
    public IReadOnlyList<ResourceUrl> Urls { get; init; } = [];

    /// <summary>The variables it was started with, by name; empty before its first start.</summary>
    public IReadOnlyList<EnvironmentVariable> Environment { get; init; } = [];

    /// <summary>Names (<see cref="ResourceName"/>) of the resources it refers to or waits for: the edges of the graph.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>What can be done to it now.</summary>
    public IReadOnlyList<CommandSnapshot> Commands { get; init; } = [];

    /// <summary>Grows with every change of this resource.</summary>
    public long Version { get; init; }
}

/// <summary>Kinds of resources.</summary>
public enum ResourceType
{
    /// <summary>A .NET project.</summary>
    Project,

    /// <summary>Another program.</summary>
    Executable,

    /// <summary>A container, run by Docker or Podman.</summary>
    Container,

    /// <summary>A setting of the application.</summary>
    Parameter,

    /// <summary>A connection string put together from other values.</summary>
    ConnectionString,

    /// <summary>A service that the application uses and does not run.</summary>
    ExternalService,
}

/// <summary>Where a resource is in its life.</summary>
public enum ResourceState
{
    /// <summary>It is started only on command, and was not.</summary>
    NotStarted,

    /// <summary>It waits for other resources; <see cref="ResourceSnapshot.Waits"/> says which.</summary>
    Waiting,

    /// <summary>Its process is being started.</summary>
    Starting,

    /// <summary>It runs; whether well, <see cref="ResourceSnapshot.Health"/> says. Parameters, connection strings and external services are always so once their value is known.</summary>
    Running,

    /// <summary>It was asked to end.</summary>
    Stopping,

    /// <summary>It ended because it was stopped, or by itself with exit code 0.</summary>
    Finished,

    /// <summary>It could not start, ended with another exit code, or has no value.</summary>
    Failed,

    /// <summary>It cannot run on this machine, for instance a container where no container engine answers.</summary>
    RuntimeUnavailable,
}

/// <summary>Health of a resource.</summary>
public enum ResourceHealth
{
    /// <summary>It does not run, so there is nothing to say.</summary>
    Unknown,

    /// <summary>It runs and its checks have not passed yet.</summary>
    Pending,

    /// <summary>It runs and all of its checks pass, or it has none.</summary>
    Healthy,

    /// <summary>A check fails that had passed before, or none passed within the time allowed.</summary>
    Unhealthy,
}

/// <summary>What a health check said last.</summary>
/// <param name="Name">What it asks, for example <c>GET http://127.0.0.1:5001/health</c>.</param>
/// <param name="Health">What came of it.</param>
/// <param name="Description">The answer in words, for example <c>answered 503 and not 200</c>; null when all is well.</param>
/// <param name="At">When.</param>
public sealed record HealthReport(string Name, ResourceHealth Health, string? Description, DateTimeOffset At);

/// <summary>One thing a resource waits for.</summary>
/// <param name="ResourceName">The resource that is waited for.</param>
/// <param name="Condition">What is wanted of it, for people: <c>healthy</c>, <c>started</c>, <c>ended with exit code 0</c>.</param>
/// <param name="IsMet">Whether it is so now.</param>
/// <param name="Reason">Why it cannot come to be so as things stand, or null.</param>
public sealed record ResourceWait(string ResourceName, string Condition, bool IsMet, string? Reason);

/// <summary>An address of a resource.</summary>
/// <param name="Url">The address, absolute. A link only where its scheme is http or https.</param>
/// <param name="DisplayText">What is shown for it.</param>
/// <param name="EndpointName">Name of the endpoint; null for an address that is none.</param>
/// <param name="DetailsOnly">Whether it stands among the resource's details only, not in the table of resources.</param>
public sealed record ResourceUrl(string Url, string DisplayText, string? EndpointName, bool DetailsOnly = false);

/// <summary>One variable of a process's environment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, in plain: whoever shows it masks it first.</param>
/// <param name="IsSecret">Whether the value is or contains a secret.</param>
public sealed record EnvironmentVariable(string Name, string Value, bool IsSecret);

/// <summary>Something that can be done to a resource.</summary>
/// <param name="Name">Name it is executed by: <c>start</c>, <c>stop</c>, <c>restart</c>, or that of a custom command.</param>
/// <param name="DisplayName">Name for people.</param>
/// <param name="Description">What it does, or null.</param>
/// <param name="IsEnabled">Whether it can be done now; one that cannot is shown greyed.</param>
/// <param name="ConfirmationMessage">Question to be answered yes first, or null for none.</param>
/// <param name="IsHighlighted">Whether it stands beside the resource, not in a menu.</param>
public sealed record CommandSnapshot(
    string Name, string DisplayName, string? Description, bool IsEnabled, string? ConfirmationMessage, bool IsHighlighted);
