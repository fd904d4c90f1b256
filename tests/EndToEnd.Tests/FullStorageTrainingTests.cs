using System.Diagnostics;
using Grpc.Core;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

/// <summary>Training where a disk is full, the store's or that of temporary files: a real file system of few megabytes.</summary>
public sealed class FullStorageTrainingTests
{
    private const int Patience = 240_000;

    // Holds one checkpoint and no second one.
    private const string Small = "size=90m";

    // Holds no weights.
    private const string Smallest = "size=4m";
    private const string Large = "size=1g";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Training_pauses_until_there_is_room_or_ends_with_its_last_checkpoint_and_goes_on_from_it_later()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "Mounting a small file system needs root on Linux.");
        using var folder = new TemporaryFolder();
        var objects = Directory.CreateDirectory(folder["objects"]).FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", Small, "tmpfs", objects);
        try
        {
            await using var training = await LoneTraining.StartAsync(objects);
            await training.CreateAsync("pauses");
            await PauseAsync(training, "pauses");
            await RunAsync("mount", "-o", $"remount,{Large}", objects);
            var undisturbed = LoneTraining.Outcome(await training.EndAsync("pauses"));
            await training.Trainer.DeleteTrainingRunAsync(new DeleteTrainingRunRequest { Name = "trainingRuns/pauses" }, LoneTraining.Ready);

            await RunAsync("mount", "-o", $"remount,{Small}", objects);
            training.Service.Signal(ProgramProcess.SigTerm);
            await training.Service.ExitAsync(Cancellation);
            training.StartTrainer(("Trainer__StoragePatience", "00:00:01"));
            await training.CreateAsync("ends");
            var ended = await training.Trainer.EndAsync("trainingRuns/ends", Cancellation);
            ended.State.ShouldBe(State.Failed);
            ended.Error.Reason().ShouldBe("STORAGE_FULL");
            ended.Error.Message.ShouldContain($"The last checkpoint, of step {ended.LastCheckpoint.Step} in epoch {ended.LastCheckpoint.Epoch}, is safe");
            ended.Restarts.ShouldBeEmpty();

            await RunAsync("mount", "-o", $"remount,{Large}", objects);
            await training.Trainer.ResumeTrainingRunAsync(new ResumeTrainingRunRequest { Name = "trainingRuns/ends" }, LoneTraining.Ready);
            LoneTraining.Outcome(await training.EndAsync("ends")).ShouldBe(undisturbed);
        }
        finally
        {
            await RunAsync("umount", "--lazy", objects);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task The_best_weights_wait_for_room_among_temporary_files_as_checkpoints_do()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "Mounting a small file system needs root on Linux.");
        using var folder = new TemporaryFolder();
        var temporary = Directory.CreateDirectory(folder["temporary"]).FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", Smallest, "tmpfs", temporary);
        try
        {
            await using var training = await LoneTraining.StartAsync(settings: ("TMPDIR", temporary));
            await training.CreateAsync("pauses", checkpointMinutes: 0);
            await PauseAsync(training, "pauses", "the best weights could not be kept");
            await RunAsync("mount", "-o", $"remount,{Large}", temporary);
            var undisturbed = LoneTraining.Outcome(await training.EndAsync("pauses"));

            await RunAsync("mount", "-o", $"remount,{Smallest}", temporary);
            training.Service.Signal(ProgramProcess.SigTerm);
            await training.Service.ExitAsync(Cancellation);
            training.StartTrainer(("TMPDIR", temporary), ("Trainer__StoragePatience", "00:00:01"));
            await training.CreateAsync("ends", checkpointMinutes: 0);
            var ended = await training.Trainer.EndAsync("trainingRuns/ends", Cancellation);
            ended.State.ShouldBe(State.Failed);
            ended.Error.Reason().ShouldBe("STORAGE_FULL");
            ended.Error.Message.ShouldContain("does not take the best weights");
            ended.Error.Message.ShouldContain("There is no checkpoint yet");
            ended.Restarts.ShouldBeEmpty();

            await RunAsync("mount", "-o", $"remount,{Large}", temporary);
            await training.Trainer.ResumeTrainingRunAsync(new ResumeTrainingRunRequest { Name = "trainingRuns/ends" }, LoneTraining.Ready);
            LoneTraining.Outcome(await training.EndAsync("ends")).ShouldBe(undisturbed);
        }
        finally
        {
            await RunAsync("umount", "--lazy", temporary);
        }
    }

    private static async Task PauseAsync(LoneTraining training, string id, string why = "could not be kept")
    {
        using var call = training.Trainer.WatchTrainingRun(new WatchTrainingRunRequest { Name = $"trainingRuns/{id}" }, LoneTraining.Ready);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            if (answer.Event.Message.StartsWith("training pauses", StringComparison.Ordinal) && answer.Event.Message.Contains(why, StringComparison.Ordinal))
                return;
        }

        throw new InvalidOperationException($"{id} ended without a pause.");
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        process.ExitCode.ShouldBe(0, said);
    }
}
