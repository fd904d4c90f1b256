using Google.Protobuf.WellKnownTypes;
using Maskwright.Work.V1;
using Microsoft.Extensions.Time.Testing;

namespace Maskwright.ServiceDefaults.Tests;

public sealed class WorkContextTests
{
    private static readonly TimeSpan Thinned = TimeSpan.FromMilliseconds(200);

    private readonly FakeTimeProvider _time = new(RunningQueue.Start);
    private readonly List<Progress> _told = [];
    private readonly WorkItem<DatasetResource> _item;
    private readonly WorkContext<DatasetResource> _work;
    private int _saved;

    public WorkContextTests()
    {
        _item = new WorkItem<DatasetResource>(
            new DatasetResource { Name = "datasets/a", State = State.Running }, "", "00-trace", _time, (kind, resource) =>
            {
                if (kind == EventKind.Progress)
                    _told.Add(resource.Progress);
            });
        _work = new WorkContext<DatasetResource>(_item, "a", _time, _ =>
        {
            _saved++;
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void Progress_is_told_a_few_times_a_second()
    {
        for (int i = 0; i < 1000; i++)
        {
            _work.Report("scan", i, 2000, "images");
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        _told.Select(progress => progress.Done).ShouldBe([0L, 200L, 400L, 600L, 800L]);
    }

    [Fact]
    public void Progress_towards_an_unknown_end_is_thinned_as_well()
    {
        for (int i = 0; i < 1000; i++)
        {
            _work.Report("scan", i, 0, "images");
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        _told.Select(progress => progress.Done).ShouldBe([0L, 200L, 400L, 600L, 800L]);
        _told.ShouldAllBe(progress => progress.Remaining == null);
    }

    [Fact]
    public void A_stage_that_is_done_is_told_at_once_and_once()
    {
        _work.Report("scan", 0, 10, "images");
        _work.Report("scan", 9, 10, "images");
        _work.Report("scan", 10, 10, "images");
        _work.Report("scan", 10, 10, "images");
        _told.Select(progress => progress.Done).ShouldBe([0L, 10L]);
    }

    [Fact]
    public void A_new_stage_is_told_at_once_and_counts_from_its_own_start()
    {
        _work.Report("scan", 90, 100, "images");
        _time.Advance(TimeSpan.FromSeconds(5));
        _work.Report("upload", 0, 1000, "bytes");
        _time.Advance(TimeSpan.FromSeconds(2));
        _work.Report("upload", 100, 1000, "bytes");

        _told.Select(progress => (progress.Stage, progress.Done)).ShouldBe([("scan", 90L), ("upload", 0L), ("upload", 100L)]);
        _told[1].Rate.ShouldBe(0);
        _told[1].Remaining.ShouldBeNull();
        _told[2].ShouldBe(new Progress
        {
            Stage = "upload", Done = 100, Total = 1000, Unit = "bytes", Rate = 50, Remaining = Duration.FromTimeSpan(TimeSpan.FromSeconds(18)),
        });
    }

    [Fact]
    public void A_report_that_was_overtaken_is_left_out()
    {
        _work.Report("scan", 0, 100, "images");
        _time.Advance(Thinned);
        _work.Report("scan", 50, 100, "images");
        _time.Advance(Thinned);
        _work.Report("scan", 49, 100, "images");
        _time.Advance(Thinned);
        _work.Report("scan", 51, 100, "images");
        _told.Select(progress => progress.Done).ShouldBe([0L, 50L, 51L]);
    }

    [Fact]
    public void A_report_that_comes_after_the_end_changes_nothing()
    {
        _item.Update(EventKind.State, "", resource => resource.State = State.Succeeded);
        _work.Report("scan", 1, 2, "images");
        _told.ShouldBeEmpty();
        _work.Resource.Progress.ShouldBeNull();
    }

    [Fact]
    public void An_end_too_far_to_tell_is_left_open()
    {
        _work.Report("scan", 0, long.MaxValue, "bytes");
        _time.Advance(TimeSpan.FromDays(1));
        _work.Report("scan", 1, long.MaxValue, "bytes");
        _told.Count.ShouldBe(2);
        _told[1].Remaining.ShouldBeNull();
    }

    [Fact]
    public async Task Progress_and_lines_are_not_recorded_but_changes_are()
    {
        _work.Report("scan", 1, 2, "images");
        _work.Say("hello");
        _saved.ShouldBe(0);
        var before = _work.Resource;
        await _work.UpdateAsync(EventKind.Message, "", dataset => dataset.Digest = "abc", TestContext.Current.CancellationToken);
        _saved.ShouldBe(1);
        _work.Resource.Digest.ShouldBe("abc");
        before.Digest.ShouldBeEmpty();
        _work.TraceParent.ShouldBe("00-trace");
    }
}
