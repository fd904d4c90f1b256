namespace Maskwright.Segmentation.Tests;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData("constant", 0, 1)]
    [InlineData("constant", 99, 1)]
    [InlineData("poly", 0, 1)]
    [InlineData("poly", 50, 0.5358867312681466)] // 0.5^0.9
    [InlineData("poly", 99, 0.015848931924611134)] // 0.01^0.9
    public void The_step_size_follows_the_schedule(string schedule, int step, double expected) =>
        LearningRateSchedule.Factor(schedule, step, 100).ShouldBe(expected, 1e-12);

    [Fact]
    public void An_unknown_schedule_is_refused_with_those_there_are() =>
        Should.Throw<ArgumentException>(() => LearningRateSchedule.Factor("linear", 0, 1)).Message.ShouldContain("constant, poly");
}
