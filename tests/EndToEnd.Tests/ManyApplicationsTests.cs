using Maskwright.Dataset.V1;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

public sealed class ManyApplicationsTests(RunningApplication running)
{
    private const int Patience = 240_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_second_application_runs_beside_the_first_and_nothing_of_it_survives_its_sudden_death()
    {
        await using var second = await Application.StartAsync();
        PortsOf(second).Intersect(PortsOf(running.Application)).ShouldBeEmpty();
        (await second.Clients.Datasets.ListDatasetsAsync(new ListDatasetsRequest(), cancellationToken: Cancellation)).Datasets.ShouldBeEmpty();

        // A service that is killed is reported; the others go on.
        ProgramProcess.Signal(second.ProcessesEndingWith("Evaluator.dll").ShouldHaveSingleItem(), ProgramProcess.SigKill);
        await second.Host.LineAsync(line => line.Contains("evaluator", StringComparison.Ordinal) && line.Contains("exit code 137", StringComparison.Ordinal), Cancellation);
        second.Host.IsRunning.ShouldBeTrue();

        var dataset = await second.Clients.Datasets.CreateDatasetAsync(
            new CreateDatasetRequest { Dataset = new Dataset.V1.Dataset { GeneratedScenes = new GeneratedScenes { Count = 20 } } }, cancellationToken: Cancellation);
        (await second.Clients.Datasets.EndAsync(dataset.Name, Cancellation)).State.ShouldBe(State.Succeeded);
        var run = await second.Clients.Trainer.CreateTrainingRunAsync(
            new CreateTrainingRunRequest { TrainingRun = new TrainingRun { Dataset = dataset.Name, Options = FinishedPipeline.SmallRecipe(epochs: 10_000) } },
            cancellationToken: Cancellation);
        await second.Clients.Trainer.TrainingStepAsync(run.Name, Cancellation);
        second.ProcessesEndingWith("Trainer.dll worker").ShouldHaveSingleItem();

        second.Host.Signal(ProgramProcess.SigKill);
        await second.Host.ExitAsync(Cancellation);
        await Processes.NoneLeftAsync(second.Marker);
        (await running.Application.Clients.Datasets.ListDatasetsAsync(new ListDatasetsRequest(), cancellationToken: Cancellation)).ShouldNotBeNull();
    }

    // Connection strings stand beside the addresses.
    private static IEnumerable<int> PortsOf(Application application) =>
        application.Endpoints.Values.SelectMany(endpoints => endpoints.Values).Where(address => address.IsAbsoluteUri).Select(address => address.Port);
}
