using System.Xml.Linq;
using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

public sealed class ReportTests
{
    [Fact]
    public void The_page_shows_names_as_text_and_refers_to_nothing_outside()
    {
        var page = HtmlReport.Render(SampleReport.Contents());

        page.ShouldNotContain("<script");
        page.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        page.ShouldContain("a&lt;b&gt;");
        page.ShouldNotContain("http");
        page.ShouldContain("base64,AQID");
    }

    [Fact]
    public void Numbers_stand_beside_their_charts_and_an_absent_class_has_a_dash()
    {
        var page = HtmlReport.Render(SampleReport.Contents());

        // IoU of class 0: 14 / (14 + 2 + 3); of class 1: 5 / (5 + 2 + 3); their mean.
        page.ShouldContain("0.737");
        page.ShouldContain("0.500");
        page.ShouldContain("Mean IoU <b>0.618</b>");
        page.ShouldContain("over 2 of 3 classes");
        page.ShouldContain("nowhere</td><td>–</td>");
        page.ShouldNotContain("NaN");
    }

    [Fact]
    public void Every_chart_is_well_formed_svg()
    {
        var page = HtmlReport.Render(SampleReport.Contents());

        var charts = page.Split("<svg").Skip(1).Select(part => "<svg" + part[..(part.IndexOf("</svg>", StringComparison.Ordinal) + 6)]).ToList();
        charts.Count.ShouldBe(11);
        foreach (var chart in charts)
            XDocument.Parse(chart).Root!.Name.LocalName.ShouldBe("svg");
    }

    [Fact]
    public void The_table_is_csv_with_empty_fields_for_what_has_no_meaning()
    {
        var lines = ClassTable.ToCsv(SampleReport.Create()).TrimEnd().Split("\r\n");

        lines.Length.ShouldBe(5);
        lines[0].ShouldStartWith("class,iou,");
        lines[1].ShouldStartWith("background,0.736842105263");
        lines[3].ShouldBe("nowhere,,,,,,,,0,,,");
        lines[4].ShouldStartWith("mean,0.618421052631");
        lines.ShouldAllBe(line => line.Count(c => c == ',') == 11);
    }

    [Fact]
    public void Names_with_commas_and_quotes_are_quoted()
    {
        var report = SampleReport.Create() with { Classes = ["back,ground", "a \"b\"", "c"] };

        ClassTable.ToCsv(report).ShouldContain("\"back,ground\",");
        ClassTable.ToCsv(report).ShouldContain("\"a \"\"b\"\"\",");
    }

    [Theory]
    [InlineData(FigureChoice.Worst, "s3 s1")]
    [InlineData(FigureChoice.Best, "s0 s2")]
    [InlineData(FigureChoice.PerClass, "s3 s2")]
    public void A_figure_shows_the_images_that_were_asked_for(FigureChoice choice, string expected)
    {
        var selection = new FigureSelection(choice, rows: 2, seed: 1);
        (double Right, byte Class, int Area)[] samples = [(1.0, 1, 1), (0.25, 1, 2), (0.75, 2, 3), (0.0, 1, 4)];
        for (var i = 0; i < samples.Length; i++)
            Consider(selection, $"s{i}", samples[i].Right, samples[i].Class, samples[i].Area);

        selection.Keys.ShouldBe(expected.Split(' '));
        selection.ToRows().Count.ShouldBe(2);
    }

    [Fact]
    public void By_seed_the_same_images_are_chosen_in_whatever_order_they_come_and_empty_ones_last()
    {
        static IReadOnlyList<string> Chosen(IEnumerable<int> order, ulong seed)
        {
            var selection = new FigureSelection(FigureChoice.Seeded, rows: 3, seed);
            foreach (var i in order)
                Consider(selection, $"s{i}", right: 1, index: 1, area: i == 0 ? 0 : 2);
            return selection.Keys;
        }

        var one = Chosen(Enumerable.Range(0, 20), seed: 5);
        Chosen(Enumerable.Range(0, 20).Reverse(), seed: 5).ShouldBe(one);
        Chosen(Enumerable.Range(0, 20), seed: 6).ShouldNotBe(one);
        one.ShouldNotContain("s0");
        Chosen([0, 1], seed: 5).ShouldBe(["s1", "s0"]);
    }

    private static void Consider(FigureSelection selection, string key, double right, byte index, int area)
    {
        var truth = IndexMask.Empty(4, 4);
        truth.Pixels.AsSpan(0, area).Fill(index);
        var prediction = new LabelledImage(IndexMask.Empty(4, 4), new float[16]);
        var scores = ConfusionMatrix.Of([16 - area, 0, 0, 0, index == 1 ? area : 0, 0, 0, 0, index == 2 ? area : 0]).ToMetrics() with { MeanIoU = right };
        selection.Consider(new EvaluatedSample(key, new RgbImage(4, 4, new byte[48]), truth, prediction), scores);
    }
}
