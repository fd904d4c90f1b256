using System.Text.RegularExpressions;
using FsCheck.Xunit;

namespace Maskwright.MetricsCollector.Tests;

public sealed partial class MetricNamesTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("run-1", true)]
    [InlineData("1run", false)]
    [InlineData("-run", false)]
    [InlineData("Run", false)]
    [InlineData("run_1", false)]
    [InlineData("rün", false)]
    [InlineData("", false)]
    public void A_run_id_is_lower_case_and_starts_with_a_letter(string id, bool expected) =>
        MetricNames.IsRunId(id).ShouldBe(expected);

    [Fact]
    public void Lengths_are_bounded()
    {
        MetricNames.IsRunId(new string('a', 63)).ShouldBeTrue();
        MetricNames.IsRunId(new string('a', 64)).ShouldBeFalse();
        MetricNames.IsMetric(new string('a', 200)).ShouldBeTrue();
        MetricNames.IsMetric(new string('a', 201)).ShouldBeFalse();
    }

    [Property]
    public void Any_name_is_judged_as_the_contract_words_it(string? text)
    {
        var name = text ?? "";
        MetricNames.IsMetric(name).ShouldBe(MetricPattern().IsMatch(name));
        MetricNames.IsRunId(name).ShouldBe(RunIdPattern().IsMatch(name));
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_\-./]{1,200}\z", RegexOptions.None, 1000)]
    private static partial Regex MetricPattern();

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,62}\z", RegexOptions.None, 1000)]
    private static partial Regex RunIdPattern();
}
