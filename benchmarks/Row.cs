namespace Maskwright.Benchmarks;

/// <summary>One figure, beside its peer's where there is one.</summary>
public sealed record Row
{
    /// <summary>The benchmark, and the figure where it has several, e.g. <c>trainer.step</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The median of <see cref="N"/> measurements.</summary>
    public required double Value { get; init; }

    /// <summary>Unit of both values, e.g. <c>images/s</c>, <c>ms</c>, <c>MB</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>What it was measured against; names what is missing where the peer isn't there.</summary>
    public string? Peer { get; init; }

    /// <summary>The peer's median, from the same run.</summary>
    public double? PeerValue { get; init; }

    /// <summary>Above 1: we are ahead of the peer, whichever way the unit counts. Null without a peer. See also <see cref="Paired"/>.</summary>
    public double? Ratio { get; init; }

    /// <summary>How often it was measured.</summary>
    public required int N { get; init; }

    /// <summary>A figure of which more is better, beside a peer's.</summary>
    public static Row MoreIsBetter(string name, double value, string unit, int n, PeerResult? peer = null) => new()
    {
        Name = name,
        Value = value,
        Unit = unit,
        N = n,
        Peer = peer?.Name,
        PeerValue = peer?.Value,
        Ratio = value / peer?.Value,
    };

    /// <summary>
    /// A figure of which more is better and its peer's, measured in turns: the ratio is the median of the turns' own, which a
    /// disk or a neighbour whose speed changes from minute to minute moves least.
    /// </summary>
    public static Row Paired(string name, string unit, string peer, IReadOnlyList<(double Ours, double Peer)> pairs) =>
        MoreIsBetter(name, Measurement.Median(pairs.Select(p => p.Ours)), unit, pairs.Count, new PeerResult(peer, Measurement.Median(pairs.Select(p => p.Peer)))) with
        {
            Ratio = Measurement.Median(pairs.Select(p => p.Ours / p.Peer)),
        };

    /// <summary>A figure of which less is better, beside a peer's.</summary>
    public static Row LessIsBetter(string name, double value, string unit, int n, PeerResult? peer = null) =>
        MoreIsBetter(name, value, unit, n, peer) with { Ratio = peer?.Value / value };
}
