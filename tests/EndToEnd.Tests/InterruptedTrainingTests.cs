using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Grpc.Core;
using Maskwright.Metrics.V1;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

/// <summary>Runs that are killed, cancelled and taken up again, held against one that nobody disturbed.</summary>
public sealed class InterruptedTrainingTests : IAsyncLifetime
{
    private const int Patience = 300_000;
    private const int Kills = 10;
    private const int LongestLife = 5;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly Random _random = new(5);
    private LoneTraining _training = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _training = await LoneTraining.StartAsync();

    public ValueTask DisposeAsync() => _training.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task A_run_ends_the_same_to_the_bit_however_often_it_is_killed_or_cancelled()
    {
        await _training.CreateAsync("undisturbed");
        var undisturbed = LoneTraining.Outcome(await _training.EndAsync("undisturbed"));

        var killed = await ShouldEndTheSameWithKilledWorkersAsync(undisturbed);
        await ShouldEndTheSameWhenCancelledAndResumedAsync(undisturbed);
        await ShouldEndTheSameWithAKilledServiceAsync(undisturbed);
        await ShouldNameWhereItDivergesAsync();
        await ShouldKillAWorkerThatDoesNotStopAsync(undisturbed);

        var expected = await SeriesAsync("undisturbed");
        foreach (var id in (string[])[.. killed, "cancelled", "service-killed", "stubborn"])
            (await SeriesAsync(id)).ShouldBe(expected, id);
    }

    private async Task<IReadOnlyList<string>> ShouldEndTheSameWithKilledWorkersAsync(string undisturbed)
    {
        List<string> runs = [];
        for (var left = Kills; left > 0;)
        {
            var id = $"killed-{runs.Count + 1}";
            runs.Add(id);
            await _training.CreateAsync(id);
            var killed = await KillWorkersAsync(id, left);
            left -= killed;

            var ended = await _training.EndAsync(id);

            LoneTraining.Outcome(ended).ShouldBe(undisturbed, $"after {killed} kills");
            ended.Restarts.Count.ShouldBe(killed);
            ended.Restarts.ShouldAllBe(restart => restart.ExitCode == 137 && restart.Reason.Contains("SIGKILL", StringComparison.Ordinal));
            var keys = await _training.Storage.KeysAsync($"runs/{id}/checkpoints/", Cancellation);
            keys.Count.ShouldBeInRange(1, 2);
            keys.ShouldAllBe(key => key.EndsWith("/weights.safetensors", StringComparison.Ordinal));
        }

        return runs;
    }

    private async Task ShouldEndTheSameWhenCancelledAndResumedAsync(string undisturbed)
    {
        var name = (await _training.CreateAsync("cancelled")).Name;
        for (var times = 0; times < 2; times++)
        {
            await TrainedAsync("cancelled", _random.Next(1, LongestLife));
            var before = (await _training.GetAsync("cancelled")).LastCheckpoint?.Step ?? 0;
            await _training.Trainer.CancelTrainingRunAsync(new CancelTrainingRunRequest { Name = name }, LoneTraining.Ready);
            var cancelled = await _training.Trainer.EndAsync(name, Cancellation);
            cancelled.State.ShouldBe(State.Cancelled);
            cancelled.LastCheckpoint.ShouldNotBeNull().Step.ShouldBeGreaterThan(before);
            var manifests = (await _training.Storage.KeysAsync("runs/cancelled/checkpoints/", Cancellation)).Where(key => key.EndsWith("checkpoint.json", StringComparison.Ordinal)).ToList();
            manifests.Count.ShouldBeInRange(1, 2);
            manifests[^1].ShouldBe(cancelled.LastCheckpoint.ManifestKey);

            // The second time the last checkpoint is damaged: the one before it must do, or the beginning.
            if (times > 0)
                await SpoilAsync(cancelled.LastCheckpoint, "training", isVouchedFor: false);
            var resumed = await _training.Trainer.ResumeTrainingRunAsync(new ResumeTrainingRunRequest { Name = name }, LoneTraining.Ready);
            resumed.State.ShouldBe(State.Queued);
            resumed.ResumeTime.ShouldNotBeNull();
            resumed.EarlierTime.ToTimeSpan().ShouldBe(cancelled.Took.ShouldNotBeNull());
            await ResumeAsync(name).ShouldFailAsync(StatusCode.FailedPrecondition, "STILL_RUNNING");
        }

        LoneTraining.Outcome(await _training.EndAsync("cancelled")).ShouldBe(undisturbed);
        (await LinesAsync("cancelled")).ShouldContain(line => line.Contains("cannot be used and is passed over", StringComparison.Ordinal));
        await ResumeAsync(name).ShouldFailAsync(StatusCode.FailedPrecondition, "ALREADY_SUCCEEDED");
        await ResumeAsync("trainingRuns/none").ShouldFailAsync(StatusCode.NotFound, "RESOURCE_NOT_FOUND");
    }

    private async Task ShouldEndTheSameWithAKilledServiceAsync(string undisturbed)
    {
        await _training.CreateAsync("service-killed");
        await TrainedAsync("service-killed", _random.Next(1, LongestLife));
        _training.Service.Signal(ProgramProcess.SigKill);
        await _training.Service.ExitAsync(Cancellation);

        _training.StartTrainer();

        LoneTraining.Outcome(await _training.EndAsync("service-killed")).ShouldBe(undisturbed);
    }

    private async Task ShouldNameWhereItDivergesAsync()
    {
        var name = (await _training.CreateAsync("diverges")).Name;
        await TrainedAsync("diverges", _random.Next(1, LongestLife));
        await _training.Trainer.CancelTrainingRunAsync(new CancelTrainingRunRequest { Name = name }, LoneTraining.Ready);
        var good = (await _training.Trainer.EndAsync(name, Cancellation)).LastCheckpoint.ShouldNotBeNull();
        await SpoilAsync(good, "weights", isVouchedFor: true);

        await ResumeAsync(name);

        var ended = await _training.Trainer.EndAsync(name, Cancellation);
        ended.State.ShouldBe(State.Failed);
        ended.Error.Reason().ShouldBe("TRAINING_DIVERGED");
        // What was cancelled behind the last step of an epoch goes on with its validation.
        ended.Error.Message.ShouldMatch("The (validation )?loss became NaN at epoch [0-9]+, step [0-9]+, samples [^ ]+");
        ended.Error.Message.ShouldContain($"The last good checkpoint is that of step {good.Step} in epoch {good.Epoch}: runs/diverges/checkpoints/");
        ended.LastCheckpoint.ShouldBe(good);
        ended.Restarts.ShouldBeEmpty();
        (await _training.Storage.KeysAsync("runs/diverges/", Cancellation)).ShouldNotContain("runs/diverges/best.safetensors");
    }

    private async Task ShouldKillAWorkerThatDoesNotStopAsync(string undisturbed)
    {
        _training.Service.Signal(ProgramProcess.SigTerm);
        await _training.Service.ExitAsync(Cancellation);
        _training.StartTrainer(("Trainer__CancelGrace", "00:00:01"));
        var name = (await _training.CreateAsync("stubborn")).Name;
        await StoredAsync("stubborn");
        ProgramProcess.Signal(_training.Workers().ShouldHaveSingleItem(), ProgramProcess.SigStop);

        using var call = Watch("stubborn");
        await _training.Trainer.CancelTrainingRunAsync(new CancelTrainingRunRequest { Name = name }, LoneTraining.Ready);
        var answers = await call.ToListAsync(Cancellation);

        var cancelled = answers[^1].TrainingRun;
        cancelled.State.ShouldBe(State.Cancelled);
        answers.ShouldContain(answer => answer.Event.Message == "the worker did not stop within 0:00:01 and was killed; its last checkpoint counts");
        _training.Workers().ShouldBeEmpty();
        (await _training.Storage.StatAsync(cancelled.LastCheckpoint.ManifestKey, Cancellation)).ShouldNotBeNull();
        await ResumeAsync(name);
        LoneTraining.Outcome(await _training.EndAsync("stubborn")).ShouldBe(undisturbed);
    }

    /// <summary>Makes nonsense of the numbers in a file of a checkpoint, with or without its manifest knowing.</summary>
    private async Task SpoilAsync(Checkpoint checkpoint, string file, bool isVouchedFor)
    {
        var manifest = JsonNode.Parse(await _training.Storage.GetAsync(checkpoint.ManifestKey, Cancellation))!;
        var key = (string)manifest[file]!["key"]!;
        var bytes = await _training.Storage.GetAsync(key, Cancellation);
        bytes.AsSpan(sizeof(ulong) + BinaryPrimitives.ReadInt32LittleEndian(bytes)).Fill(0xFF);
        var entry = await _training.Storage.PutAsync(key, bytes, "application/octet-stream", Cancellation);
        manifest[file]!["sha256"] = entry.Sha256;
        if (isVouchedFor)
            await _training.Storage.PutAsync(checkpoint.ManifestKey, Encoding.UTF8.GetBytes(manifest.ToJsonString()), "application/json", Cancellation);
    }

    private async Task<IReadOnlyList<string>> LinesAsync(string id)
    {
        await SeriesAsync(id);
        var lines = await _training.Metrics.ListEventsAsync(new ListEventsRequest { Run = $"runs/{id}", PageSize = 1000 }, LoneTraining.Ready);
        return [.. lines.Events.Select(line => line.Text)];
    }

    private AsyncUnaryCall<TrainingRun> ResumeAsync(string name) =>
        _training.Trainer.ResumeTrainingRunAsync(new ResumeTrainingRunRequest { Name = name }, LoneTraining.Ready);

    /// <summary>Kills the run's workers, each after some progress drawn at random, until so many are dead or the run has ended.</summary>
    private async Task<int> KillWorkersAsync(string id, int most)
    {
        var (killed, left, last) = (0, _random.Next(1, LongestLife), (Progress?)null);
        using var call = Watch(id);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            var run = answer.TrainingRun;
            if (killed == most || run.Restarts.Count < killed || !IsTraining(run) || run.Progress.Equals(last))
                continue;
            last = run.Progress;
            if (--left > 0 || _training.Workers().ToList() is not [var worker])
                continue;
            ProgramProcess.Signal(worker, ProgramProcess.SigKill);
            (killed, left) = (killed + 1, _random.Next(1, LongestLife));
        }

        return killed;
    }

    /// <summary>Waits until some progress of training was told.</summary>
    private async Task TrainedAsync(string id, int times)
    {
        Progress? last = null;
        using var call = Watch(id);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            if (!IsTraining(answer.TrainingRun) || answer.TrainingRun.Progress.Equals(last))
                continue;
            last = answer.TrainingRun.Progress;
            if (--times == 0)
                return;
        }

        throw new InvalidOperationException($"{id} ended before so much was told.");
    }

    /// <summary>Waits until the run has a checkpoint.</summary>
    private async Task StoredAsync(string id)
    {
        using var call = Watch(id);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            if (answer.TrainingRun.LastCheckpoint is not null)
                return;
        }

        throw new InvalidOperationException($"{id} ended without a checkpoint.");
    }

    private AsyncServerStreamingCall<WatchTrainingRunResponse> Watch(string id) =>
        _training.Trainer.WatchTrainingRun(new WatchTrainingRunRequest { Name = $"trainingRuns/{id}" }, LoneTraining.Ready);

    private static bool IsTraining(TrainingRun run) => run.State == State.Running && run.Progress?.Stage.StartsWith("train", StringComparison.Ordinal) == true;

    /// <summary>What the collector has of a run once it has all: every step and epoch once, with its value.</summary>
    private async Task<string> SeriesAsync(string id)
    {
        while ((await _training.Metrics.GetRunAsync(new GetRunRequest { Name = $"runs/{id}" }, LoneTraining.Ready)).State != RunState.Succeeded)
            await Task.Delay(Look, Cancellation);
        var answer = await _training.Metrics.QueryMetricsAsync(
            new QueryMetricsRequest { Run = $"runs/{id}", Metrics = { "step/loss", "step/gradient_norm", "step/learning_rate", "train/loss", "val/loss", "val/miou" } }, LoneTraining.Ready);
        answer.Series.Count.ShouldBe(6);
        return string.Join('\n', answer.Series.OrderBy(series => series.Metric, StringComparer.Ordinal).Select(series =>
            $"{series.Metric}: {string.Join(' ', series.Points.Select(point => FormattableString.Invariant($"{point.Step}={point.Value:R}")))}"));
    }
}
