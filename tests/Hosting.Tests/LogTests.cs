using System.Text;

namespace Maskwright.Hosting.Tests;

public sealed class LogTests
{
    [Theory]
    [InlineData("plain äöü 日本", "plain äöü 日本")]
    [InlineData("a\tb", "a\tb")]
    [InlineData("\u001b[31mred\u001b[0m", "\u001b[31mred\u001b[0m\u001b[0m")]
    [InlineData("\u001b[38;5;12mblue", "\u001b[38;5;12mblue\u001b[0m")]
    [InlineData("\u001b[2J\u001b[Hcleared", "cleared")]
    [InlineData("\u001b]0;title\aafter", "after")]
    [InlineData("\u001b]8;;http://x\u001b\\link", "link")]
    [InlineData("\u001b(Bset", "set")]
    [InlineData("\u001b7saved", "saved")]
    [InlineData("bell\a back\b nul\0 del\u007f csi\u009b", "bell back nul del csi")]
    [InlineData("50%\r100%", "50%100%")]
    [InlineData("cut \u001b[", "cut ")]
    [InlineData("cut \u001b", "cut ")]
    public void Only_text_tabs_and_colours_reach_the_terminal(string written, string shown) => LogLine.Clean(written, keepColour: true).ShouldBe(shown);

    [Fact]
    public void Without_colour_no_escape_is_left() => LogLine.Clean("\u001b[31mred\u001b[0m", keepColour: false).ShouldBe("red");

    [Fact]
    public async Task Lines_are_cut_at_their_ends_and_at_the_bound()
    {
        List<string> lines = [];
        var text = "first\r\n\nlong " + new string('x', LogLine.MaxLength + 95) + "\nlast";
        await LineReader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), lines.Add);

        lines.Count.ShouldBe(4);
        lines[0].ShouldBe("first");
        lines[1].ShouldBe("");
        lines[2].ShouldBe("long " + new string('x', LogLine.MaxLength - 5) + " … (100 more characters)");
        lines[3].ShouldBe("last");
    }

    [Fact]
    public async Task Both_outputs_are_shown_behind_the_name_in_colour_when_wanted()
    {
        await using var application = new SampleApplication(configure: options => options with { Colour = true });
        application.AddShell("trainer", "echo out; echo err >&2");
        await application.RunAsync();

        application.Output.All.ShouldContain("\u001b[36m[trainer]\u001b[0m out");
        application.Output.All.ShouldContain("\u001b[36m[trainer]\u001b[0m err");
        application.Output.All[0].ShouldBe("Maskwright embedded engine (API-compatible with Aspire 13.5.2; not Microsoft's Aspire)");
    }
}
