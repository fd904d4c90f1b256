using System.CommandLine;
using Maskwright.Artifacts;

namespace Maskwright.Cli;

/// <summary>The artifacts that a command is about, by the names people use.</summary>
internal static class ArtifactNames
{
    /// <summary>One name or more.</summary>
    public static Argument<string[]> Argument() => new("NAME")
    {
        Description = "datasets/ID, trainingRuns/ID or evaluations/ID.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Instead of names.</summary>
    public static Option<bool> All() => new("--all") { Description = "Every finished artifact there is, instead of names." };

    /// <summary>The keys of the manifests that were asked for.</summary>
    /// <exception cref="UsageException">A name names nothing, or there is none.</exception>
    public static async Task<IReadOnlyList<string>> ManifestKeysAsync(
        ObjectStorage storage, IReadOnlyList<string> names, bool all, CancellationToken cancellationToken)
    {
        if (all == names.Count > 0)
            throw new UsageException("Say which artifacts, or --all: datasets/ID, trainingRuns/ID or evaluations/ID.");
        if (all)
        {
            return await ArtifactKind.All.ToAsyncEnumerable()
                .SelectMany(kind => storage.ListAsync($"{kind.Prefix}/", cancellationToken))
                .Select(item => item.Key)
                .Where(key => ArtifactKind.ManifestKeyOf(key) == key)
                .ToListAsync(cancellationToken);
        }

        return [.. names.Select(name => ArtifactKind.ManifestKeyOf(name)
            ?? throw new UsageException($"'{name}' names no artifact: datasets/ID, trainingRuns/ID or evaluations/ID is expected.")).Distinct()];
    }
}
