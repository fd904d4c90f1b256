using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Maskwright.Benchmarks;

/// <summary>Prints benchmarks and their figures.</summary>
internal static class Output
{
    public static void List(IEnumerable<Benchmark> benchmarks)
    {
        foreach (var benchmark in benchmarks)
            Console.WriteLine($"{benchmark.Name,-24} {benchmark.Measures}");
    }

    public static void Show(IReadOnlyList<Row> rows, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(rows, RowJson.Default.IReadOnlyListRow));
            return;
        }

        var table = new Table().AddColumns("name", "value", "unit", "peer", "peer value", "ratio", "n");
        foreach (var row in rows)
        {
            table.AddRow(
                new Text(row.Name), new Text(Number(row.Value)), new Text(row.Unit), new Text(row.Peer ?? ""),
                new Text(Number(row.PeerValue)), new Text(Number(row.Ratio)), new Text(row.N.ToString(CultureInfo.InvariantCulture)));
        }

        AnsiConsole.Write(table);
    }

    private static string Number(double? value) => value?.ToString(Math.Abs(value.Value) >= 100 ? "N0" : "N2", CultureInfo.InvariantCulture) ?? "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<Row>))]
internal sealed partial class RowJson : JsonSerializerContext;
