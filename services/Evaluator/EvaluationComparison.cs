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
        Require(first.Report.DatasetDigest, other.Report.DatasetDigest, "dataset");
        Require(first.Report.Split, other.Report.Split, "split");
        Require(string.Join(", ", first.Report.Classes), string.Join(", ", other.Report.Classes), "list of classes");
        Require(Size(first.Report), Size(other.Report), "size");

        void Require(string one, string two, string what)
        {
            if (!string.Equals(one, two, StringComparison.Ordinal))
            {
                throw RpcErrors.FailedPrecondition(
                    "NOT_COMPARABLE",
                    $"'{first.Name}' and '{other.Name}' were measured on another {what}: {one} and {two}. Evaluate both models on the same.");
            }
        }
    }

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
    }

    private sealed record Compared(string Name, EvaluationReport Report, IReadOnlyList<ImageCounts> Images);
}
