namespace Maskwright.Segmentation.Tests;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData("constant", 0, 1)]
    [InlineData("constant", 99, 1)]
    [InlineData("poly", 0, 1)]
    [InlineData("poly", 50, 0.5358867312681466)] // 0.5^0.9
    [InlineData("poly", 99, 0.015848931924611134)] // 0.01^0.9
    [InlineData("cosine", 0, 1)]
    [InlineData("cosine", 25, 0.8535533905932737)] // (1 + cos(pi/4)) / 2
    [InlineData("cosine", 50, 0.5)]
    [InlineData("step", 39, 1)]
    [InlineData("step", 40, 0.1)]
    [InlineData("step", 99, 0.01)]
    [InlineData("one_cycle", 0, 0.04)]
    [InlineData("one_cycle", 29, 1)]
    [InlineData("one_cycle", 64, 0.500002)] // half way down
    [InlineData("one_cycle", 99, 0.000004)]
    public void The_step_size_follows_the_schedule(string schedule, int step, double expected) =>
        LearningRateSchedule.Factor(new TrainingOptions { Schedule = schedule, Epochs = 10, StepEpochs = 4 }, step, stepsPerEpoch: 10).ShouldBe(expected, 1e-9);

    [Fact]
    public void A_warm_up_rises_in_a_line_to_the_schedule()
    {
        var options = new TrainingOptions { Schedule = "constant", Epochs = 10, WarmupSteps = 4 };

        Enumerable.Range(0, 6).Select(step => LearningRateSchedule.Factor(options, step, 10)).ShouldBe([0.25, 0.5, 0.75, 1, 1, 1]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void Every_schedule_of_the_shortest_runs_is_a_number_above_zero(int epochs, int stepsPerEpoch)
    {
        foreach (var schedule in LearningRateSchedule.Names)
        {
            foreach (var rise in new[] { 0.01, 0.3, 0.99 })
            {
                var options = new TrainingOptions { Schedule = schedule, Epochs = epochs, CycleRise = rise };
                Enumerable.Range(0, epochs * stepsPerEpoch).ShouldAllBe(step => LearningRateSchedule.Factor(options, step, stepsPerEpoch) > 0);
            }
        }
    }

    [Fact]
    public void An_unknown_schedule_is_refused_with_those_there_are() =>
        Should.Throw<ArgumentException>(() => LearningRateSchedule.Factor(new TrainingOptions { Schedule = "linear" }, 0, 1)).Message.ShouldContain("constant, poly");
}
