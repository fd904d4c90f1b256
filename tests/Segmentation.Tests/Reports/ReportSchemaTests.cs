using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace Maskwright.Segmentation.Tests;

public sealed class ReportSchemaTests
{
    [Fact]
    public async Task The_published_schema_is_that_of_the_reports_that_are_written()
    {
        var path = Published();
        var actual = RunJson.Default.EvaluationReport.Options.GetJsonSchemaAsNode(
            typeof(EvaluationReport), new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });

        var published = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));

        JsonNode.DeepEquals(published, actual).ShouldBeTrue($"{path} should be:\n{actual}");
    }

    private static string Published([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/schemas/evaluation-report.schema.json"));
}
