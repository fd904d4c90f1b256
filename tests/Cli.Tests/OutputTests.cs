namespace Maskwright.Cli.Tests;

public sealed class OutputTests
{
    [Theory]
    [InlineData(0.84, "0.8 s")]
    [InlineData(42.4, "42 s")]
    [InlineData(59.7, "1 min 00 s")]
    [InlineData(185, "3 min 05 s")]
    [InlineData(7_620, "2 h 07 min")]
    public void Durations_are_short(double seconds, string expected) =>
        Numbers.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(expected);

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-∞")]
    [InlineData(0.0, "0")]
    [InlineData(0.0001, "1e-4")]
    [InlineData(0.12345, "0.1235")]
    [InlineData(12.3456, "12.35")]
    [InlineData(12_345.6, "12,345.6")]
    public void Figures_keep_what_matters(double value, string expected) => Numbers.Figure(value).ShouldBe(expected);

    [Theory]
    [InlineData(40, "name first second")]
    [InlineData(20, "name second")]
    [InlineData(8, "name")]
    public void A_table_leaves_out_what_is_worth_least_until_it_fits(int width, string headers)
    {
        var output = new StringWriter();
        var terminal = Terminal.Plain(output, TextWriter.Null, _ => null, "/");
        terminal.Console.Profile.Width = width;
        new FittingTable<string>(["row"])
            .Words("name", row => row)
            .Numbers("first", row => "1", worth: 1)
            .Numbers("second", row => "2", worth: 2)
            .Write(terminal);
        var line = output.ToString().Split('\n').First(text => text.Contains("name", StringComparison.Ordinal));
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(headers.Split(' '));
    }

    [Fact]
    public void A_chart_fills_columns_in_proportion()
    {
        var lines = ColumnChart.Draw([(1, 0), (2, 0.5), (3, double.NaN), (4, 1)]);
        lines[0].ShouldBe("       1 │         ██");
        lines[3].ShouldBe("         │   ██    ██");
        lines[5].ShouldBe("       0 │   ██    ██");
        lines[^1].ShouldContain("1");
        lines[^1].ShouldEndWith("4");
        ColumnChart.Draw([(1, double.NaN)]).ShouldBeEmpty();
    }
}
