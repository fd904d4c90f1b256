using Maskwright.MetricsCollector.Pages.Charts;

namespace Maskwright.MetricsCollector.Tests.Pages.Charts;

public sealed class ParallelAxisTests
{
    [Fact]
    public void Numbers_stand_by_their_size_and_what_is_missing_stands_nowhere()
    {
        var axis = ParallelAxis.Of("epochs", ["10", "20", null, "15"]);
        axis.Places.ShouldBe([0, 1, null, 0.5]);
        axis.Ticks.Select(tick => tick.Text).ShouldBe(["10", "15", "20"]);
    }

    [Fact]
    public void Numbers_far_apart_stand_by_their_ratio()
    {
        var axis = ParallelAxis.Of("learning_rate", ["0.0001", "0.001", "0.01"]);
        axis.Places[1]!.Value.ShouldBe(0.5, 1e-9);
        ParallelAxis.Of("x", ["-1", "100"]).Places.ShouldBe([0, 1]);
    }

    [Fact]
    public void Words_stand_evenly_in_their_order_and_equals_in_the_middle()
    {
        ParallelAxis.Of("optimizer", ["sgd", "adam", "rmsprop", "adam"]).Places.ShouldBe([1, 0, 0.5, 0]);
        ParallelAxis.Of("seed", ["1", "one"]).Places.ShouldBe([0, 1]);
        ParallelAxis.Of("same", ["7", "7"]).Places.ShouldBe([0.5, 0.5]);
        ParallelAxis.Of("nothing", [null, null]).Places.ShouldBe([null, null]);
    }

    [Fact]
    public void Of_many_values_the_first_and_the_last_are_named()
    {
        ParallelAxis.Of("words", [.. Enumerable.Range(0, 40).Select(i => $"w{i:00}")]).Ticks.Select(tick => tick.Text).ShouldBe(["w00", "w39"]);
        ParallelAxis.Of("numbers", [.. Enumerable.Range(0, 41).Select(i => $"{i}")]).Ticks.Select(tick => tick.Text).ShouldBe(["0", "20", "40"]);
    }
}
