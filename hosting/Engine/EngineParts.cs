namespace Maskwright.Hosting;

/// <summary>What every resource of a running application shares.</summary>
internal sealed record EngineParts
{
    public required ResourceBoard Board { get; init; }

    public required ConsoleOutput Console { get; init; }

    public required PortReservations Ports { get; init; }

    public required HealthMonitor Health { get; init; }

    public required ContainerEngine Containers { get; init; }

    public required Launch Launch { get; init; }

    public required EngineSettings Settings { get; init; }

    public required TimeProvider Time { get; init; }
}
