using System.CommandLine;
using System.Globalization;
using Maskwright.Dataset.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary><c>maskwright dataset samples</c></summary>
internal static class DatasetSamplesCommand
{
    private const int MostOnPage = 200;
    private const int DefaultLimit = 50;

    public static Command Create(Terminal terminal)
    {
        var name = DatasetCommands.Name();
        var split = CommonOptions.Of<string?>("--split", "NAME", "Only train, val or test.");
        var classes = CommonOptions.Of<string[]>("--class", "NAME", "Only samples that show this class, by name or index; of several, all of them.");
        classes.AllowMultipleArgumentsPerToken = true;
        var limit = CommonOptions.Number<int>("--limit", "N", "List at most this many; 50 when left out.");
        var folder = CommonOptions.Of<string?>("--out", "DIR", "Save image, mask and overlay of each sample listed in this folder.");
        return new DocumentedCommand("samples", "List the images of a finished dataset with their classes, and save them with masks and overlays.", """
            With --json the answer holds links to image, mask and overlay that work for an hour.

            Examples:
              maskwright dataset samples datasets/NAME --split val --class airplane
              maskwright dataset samples datasets/NAME --limit 10 --out samples/
            """)
        {
            name, split, classes, limit, folder,
        }.Does(terminal, async (call, cancellationToken) =>
        {
            var most = call.Options.GetValue(limit) ?? DefaultLimit;
            if (most < 1)
                throw new UsageException($"--limit {most} is below 1.");
            var dataset = await call.Services.Datasets.GetDatasetAsync(
                new GetDatasetRequest { Name = ResourceName.Full(ResourceName.Datasets, call.Options.GetValue(name)) }, call.Services.Once(cancellationToken));
            var request = new ListSamplesRequest { Parent = dataset.Name, Split = call.Options.GetValue(split) ?? "" };
            request.ClassIndices.AddRange((call.Options.GetValue(classes) ?? []).Select(typed => IndexOf(dataset, typed)));

            var listed = new ListSamplesResponse();
            do
            {
                request.PageSize = Math.Min(MostOnPage, most - listed.Samples.Count);
                request.PageToken = listed.NextPageToken;
                var page = await call.Services.Datasets.ListSamplesAsync(request, call.Services.Once(cancellationToken));
                listed.Samples.AddRange(page.Samples);
                listed.NextPageToken = page.NextPageToken;
            }
            while (listed.NextPageToken.Length > 0 && listed.Samples.Count < most);

            call.Write(listed, () => Show(call.Terminal, dataset, listed));
            if (call.Options.GetValue(folder) is { } path)
                await SaveAsync(call.Terminal, listed.Samples, path, cancellationToken);
            return ExitCode.Ok;
        });
    }

    private static int IndexOf(Dataset.V1.Dataset dataset, string typed)
    {
        var known = dataset.Statistics?.Splits.FirstOrDefault()?.Classes;
        if (known?.FirstOrDefault(counts => string.Equals(counts.Name, typed, StringComparison.Ordinal)) is { } named)
            return named.Index;
        return int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : throw new UsageException($"--class '{typed}': {dataset.Name} has {string.Join(", ", known?.Select(counts => counts.Name) ?? ["no classes yet"])}.");
    }

    private static void Show(Terminal terminal, Dataset.V1.Dataset dataset, ListSamplesResponse listed)
    {
        var names = dataset.Statistics.Splits[0].Classes.ToDictionary(counts => counts.Index, counts => counts.Name);
        new FittingTable<Sample>(listed.Samples)
            .Words("sample", sample => Markup.Escape(KeyOf(sample)))
            .Words("split", sample => Markup.Escape(sample.Split))
            .Numbers("size", sample => $"{sample.Width}x{sample.Height}", worth: 1)
            .Words("shows", sample => Markup.Escape(string.Join(", ", sample.ClassIndices.Where(index => index > 0).Select(index => names[index]))))
            .Write(terminal);
        if (listed.NextPageToken.Length > 0)
            terminal.Say("There are more; raise --limit to see them.");
    }

    private static async Task SaveAsync(Terminal terminal, IEnumerable<Sample> samples, string folder, CancellationToken cancellationToken)
    {
        using var saved = new LinkedFiles(terminal, folder);
        foreach (var sample in samples)
        {
            await saved.SaveAsync($"{KeyOf(sample)}.jpg", sample.ImageUrl, cancellationToken);
            await saved.SaveAsync($"{KeyOf(sample)}.png", sample.MaskUrl, cancellationToken);
            await saved.SaveAsync($"{KeyOf(sample)}.overlay.jpg", sample.OverlayUrl, cancellationToken);
        }

        saved.SayWhere();
    }

    private static string KeyOf(Sample sample) => sample.Name[(sample.Name.LastIndexOf('/') + 1)..];
}
