using Google.Protobuf.WellKnownTypes;
using Maskwright.Metrics.V1;
using Maskwright.Training.V1;

namespace Maskwright.Trainer.Tests;

/// <summary>How long runs took, by the times that their records hold.</summary>
public sealed class RunTimesTests
{
    private static readonly DateTime Start = new(2026, 3, 4, 5, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_training_run_took_all_its_stretches()
    {
        var run = new TrainingRun { CreateTime = At(0) };
        run.Took.ShouldBeNull();
        run.StartTime = At(1);
        run.Took.ShouldBeNull();
        run.EndTime = At(5);
        run.Took.ShouldBe(TimeSpan.FromMinutes(4));
        run.EarlierTime = Duration.FromTimeSpan(TimeSpan.FromMinutes(30));
        run.Took.ShouldBe(TimeSpan.FromMinutes(34));

        // Resumed, and cancelled before its turn came.
        run.StartTime = null;
        run.Took.ShouldBe(TimeSpan.FromMinutes(30));
        new TrainingRun { EndTime = At(5) }.Took.ShouldBeNull();
    }

    [Fact]
    public void A_tracked_run_took_what_it_did_not_stand_ended()
    {
        var run = new Run { CreateTime = At(0) };
        run.Took.ShouldBeNull();
        run.EndTime = At(90);
        run.Took.ShouldBe(TimeSpan.FromMinutes(90));
        run.IdleTime = Duration.FromTimeSpan(TimeSpan.FromMinutes(60));
        run.Took.ShouldBe(TimeSpan.FromMinutes(30));
    }

    private static Timestamp At(int minute) => Timestamp.FromDateTime(Start.AddMinutes(minute));
}
