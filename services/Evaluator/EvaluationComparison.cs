using System.Text.Json;
using Maskwright.Artifacts;
using Maskwright.Evaluation.V1;
using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;

namespace Maskwright.Evaluator;

/// <summary>Holds finished evaluations of the same images against each other.</summary>
internal sealed class EvaluationComparison(ObjectStorage storage)
{
    private const int MostCompared = 10;
    private const int DigestShown = 12;

    /// <exception cref="Grpc.Core.RpcException">A name is malformed or unfinished, or a comparison would be of different things.</exception>
    public async Task<CompareEvaluationsResponse> CompareAsync(CompareEvaluationsRequest request, CancellationToken cancellationToken)
    {
        if (request.Names.Count is < 2 or > MostCompared)
            throw RpcErrors.InvalidArgument("names", $"{request.Names.Count} evaluations were named; expected 2 to {MostCompared}.");
        var compared = new List<Compared>();
        foreach (var name in request.Names)
            compared.Add(await ReadAsync(name, cancellationToken));

        var first = compared[0];
        var response = new CompareEvaluationsResponse();
        foreach (var other in compared.Skip(1))
        {
            RefuseOtherThings(first, other);
            var differences = Bootstrap.Differences(first.Images, other.Images, first.Report.Classes.Count, request.BootstrapSeed);
            response.Differences.Add(new Difference
            {
                Name = other.Name,
                MeanIou = ReportMapping.ToWire(differences.MeanIoU, className: ""),
                Classes = { differences.ClassIoU.Select((difference, c) => ReportMapping.ToWire(difference, first.Report.Classes[c])) },
            });
        }

        response.Warnings.AddRange(compared.SelectMany(Warnings).Distinct(StringComparer.Ordinal));
        return response;
    }

    private async Task<Compared> ReadAsync(string name, CancellationToken cancellationToken)
    {
        string id = ResourceId.FromName("evaluations", name, "names");
        var report = await new ManifestStore(storage).TryReadAsync(
                EvaluationKeys.Report(id), RunJson.Default.EvaluationReport, EvaluationReport.CurrentVersion, cancellationToken)
            ?? throw RpcErrors.FailedPrecondition("EVALUATION_NOT_READY", $"There is no finished evaluation '{name}'. Wait for its end, or correct the name.");
        if (report.ImageCounts is not { } entry)
            throw RpcErrors.FailedPrecondition("NO_IMAGE_COUNTS", $"The evaluation '{name}' was made by a version that kept no counts by image. Evaluate again.");
        var images = JsonSerializer.Deserialize(await storage.GetArtifactAsync(entry, cancellationToken), RunJson.Default.EvaluatedImages)
            ?? throw new ArtifactException(entry.Key, "the document is null.");
        return new Compared(name, report, images.Images);
    }

    private static void RefuseOtherThings(Compared first, Compared other)
    {
        var (one, two) = (first.Report, other.Report);
        List<string> differ = [];
        if (!string.Equals(one.DatasetDigest, two.DatasetDigest, StringComparison.Ordinal))
            differ.Add($"dataset: {Dataset(one)} and {Dataset(two)}");
        if (!string.Equals(one.Split, two.Split, StringComparison.Ordinal))
            differ.Add($"split: {one.Split} and {two.Split}");
        if (!one.Classes.SequenceEqual(two.Classes, StringComparer.Ordinal))
            differ.Add($"list of classes: {string.Join(", ", one.Classes)} and {string.Join(", ", two.Classes)}");
        if (!string.Equals(Size(one), Size(two), StringComparison.Ordinal))
            differ.Add($"size: {Size(one)} and {Size(two)}");
        if (differ.Count > 0)
        {
            throw RpcErrors.FailedPrecondition(
                "NOT_COMPARABLE",
                $"'{first.Name}' and '{other.Name}' cannot be compared. They were measured on another {string.Join("; another ", differ)}. Evaluate both models on the same.");
        }
    }

    // Ids can be given again; digests cannot.
    private static string Dataset(EvaluationReport report) => $"datasets/{report.Dataset} ({report.DatasetDigest[..DigestShown]})";

    private static string Size(EvaluationReport report) =>
        report.Settings?.OriginalSize == true ? "the images' own" : $"{report.ImageSize} x {report.ImageSize}";

    // train2017 of COCO holds images of val2014: weights with a past may have seen what they are measured on.
    private static IEnumerable<string> Warnings(Compared compared)
    {
        var report = compared.Report;
        if (!string.Equals(report.InitialWeights, "random", StringComparison.Ordinal))
            yield return $"The model of '{compared.Name}' started from {report.InitialWeights}, which may have been trained on images of this split.";
        if (report.TrainedOnDigest.Length > 0 && !string.Equals(report.TrainedOnDigest, report.DatasetDigest, StringComparison.Ordinal))
            yield return $"The model of '{compared.Name}' was trained on another dataset, whose train split may hold images of this split.";
        else if (string.Equals(report.Split, "train", StringComparison.Ordinal))
            yield return $"The model of '{compared.Name}' was trained on the images of this split.";
    }

    private sealed record Compared(string Name, EvaluationReport Report, IReadOnlyList<ImageCounts> Images);
}
