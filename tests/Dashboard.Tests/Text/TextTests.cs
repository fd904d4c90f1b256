using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Maskwright.Dashboard.Text;

namespace Maskwright.Dashboard.Tests.Text;

public sealed class TextTests
{
    [Fact]
    public void Colours_become_classes_and_end_with_the_reset() => AnsiText.Parse("a\u001b[1;31mb\u001b[0mc\u001b[92md").ShouldBe(
        [new("a", null), new("b", "ansi-1 ansi-bold"), new("c", null), new("d", "ansi-10")]);

    [Theory]
    [InlineData("38;5;9", "ansi-9")]
    [InlineData("38;5;196", "ansi-9")] // 256 colours: pure red.
    [InlineData("38;5;232", "ansi-0")] // Nearly black.
    [InlineData("38;5;255", "ansi-15")]
    [InlineData("38;2;0;100;0", "ansi-2")]
    [InlineData("48;2;0;0;255", "ansi-on-12")]
    [InlineData("4;38", "ansi-underline")]
    [InlineData("38;5", null)]
    [InlineData("999;;", null)]
    public void Other_colours_come_down_to_the_sixteen(string parameters, string? style) =>
        AnsiText.Parse($"\u001b[{parameters}mx").ShouldBe([new("x", style)]);

    [Theory]
    [InlineData("\u001b")]
    [InlineData("\u001b[")]
    [InlineData("\u001b[31")]
    [InlineData("\u001b[2J")]
    public void Other_sequences_and_their_beginnings_are_dropped(string sequence) => AnsiText.Parse("x" + sequence).ShouldBe([new("x", null)]);

    [Property]
    public Property No_text_is_lost_and_none_made_up() => Prop.ForAll(
        (from pieces in Gen.Elements("a", "<b>", "ü", "\u001b[31m", "\u001b[0m", "\u001b[1;4m", "[", "m").ArrayOf() select string.Concat(pieces)).ToArbitrary(),
        line =>
        {
            var plain = line;
            foreach (var sequence in (string[])["\u001b[31m", "\u001b[0m", "\u001b[1;4m"])
                plain = plain.Replace(sequence, "", StringComparison.Ordinal);
            return string.Concat(AnsiText.Parse(line).Select(piece => piece.Text)) == plain;
        });

    [Theory]
    [InlineData(0, "0 ns")]
    [InlineData(999, "999 ns")]
    [InlineData(1_500, "1.50 µs")]
    [InlineData(15_800_000, "15.8 ms")]
    [InlineData(340_000_000, "340 ms")]
    [InlineData(90_000_000_000, "1.50 min")]
    [InlineData(7_200_000_000_000, "2.00 h")]
    public void Durations_have_three_digits_in_the_unit_that_fits(long nanoseconds, string text) => DurationText.Of(nanoseconds).ShouldBe(text);

    [Theory]
    [InlineData(12, "By", "12 B")]
    [InlineData(1_500, "By", "1.5 kB")]
    [InlineData(-2_000_000, "By", "-2 MB")]
    [InlineData(1234.5, "{request}", "1,234.5 request")]
    [InlineData(0.25, "s", "0.25 s")]
    [InlineData(3, "1", "3")]
    public void Values_carry_units_for_people(double value, string unit, string text) => UnitText.Of(value, unit).ShouldBe(text);
}
