using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.Cli;

/// <summary>Picks what is worth a line out of the events of one piece of work: states, stages, epochs, messages.</summary>
/// <param name="width">Characters a line should not be longer than, where it can be shortened.</param>
internal sealed class WorkLines(int width)
{
    private State _state;
    private string _stage = "";
    private int _epochs;

    /// <summary>The lines for one event, often none.</summary>
    public IEnumerable<string> Of(Event happened, IWorkResource resource)
    {
        if (happened.Kind == EventKind.Message && happened.Message.Length > 0)
            yield return happened.Message;

        if (resource.State != _state)
        {
            _state = resource.State;
            if (_state is State.Queued or State.Running)
                yield return $"{resource.Name} is {StateText.Of(_state)}";
        }

        if (resource is TrainingRun run)
        {
            for (; _epochs < run.Epochs.Count; _epochs++)
                yield return EpochText.Line(run.Epochs[_epochs], run, width);
        }
        else if (resource.Progress is { Stage.Length: > 0 } progress && progress.Stage != _stage)
        {
            _stage = progress.Stage;
            yield return $"{progress.Stage}{(progress.Total > 0 ? $" {progress.Total:N0} {progress.Unit}" : "")}";
        }
    }
}
