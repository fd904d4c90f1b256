using System.CommandLine;
using Maskwright.Metrics.V1;

namespace Maskwright.Cli;

/// <summary><c>maskwright runs tag|note|delete</c>: what people add to a run, and taking one away.</summary>
internal static class RunsEditing
{
    public static Command Tag(Terminal terminal)
    {
        var name = RunsCommands.Name();
        var tags = new Argument<string[]>("TAG") { Description = "NAME or NAME=VALUE to set.", Arity = ArgumentArity.ZeroOrMore };
        var remove = new Option<string[]>("--remove") { Description = "Tag to remove. Can be repeated.", HelpName = "NAME", DefaultValueFactory = _ => [] };
        return new Command("tag", "Set and remove tags of a run. A run tagged 'keep' is spared by retention.") { name, tags, remove }.Does(terminal, async (call, cancellationToken) =>
        {
            var request = new TagRunRequest { Name = RunsCommands.Full(call, name), Remove = { call.Options.GetValue(remove) ?? [] } };
            foreach (var tag in call.Options.GetValue(tags) ?? [])
            {
                var parts = tag.Split('=', 2);
                request.Set[parts[0]] = parts.Length > 1 ? parts[1] : "";
            }

            if (request.Set.Count == 0 && request.Remove.Count == 0)
                throw new UsageException("Say which tag to set (NAME or NAME=VALUE) or to remove (--remove NAME).");
            var run = await call.Services.Metrics.TagRunAsync(request, call.Services.Once(cancellationToken));
            call.Write(run, () => call.Terminal.Output.WriteLine(
                $"{run.Name}: {(run.Tags.Count == 0 ? "no tags" : string.Join(", ", run.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => tag.Value.Length > 0 ? $"{tag.Key}={tag.Value}" : tag.Key)))}"));
            return ExitCode.Ok;
        });
    }

    public static Command Note(Terminal terminal)
    {
        var name = RunsCommands.Name();
        var text = new Argument<string>("TEXT") { Description = "The note; empty removes it." };
        return new Command("note", "Set the note of a run.") { name, text }.Does(terminal, async (call, cancellationToken) =>
        {
            var run = await call.Services.Metrics.NoteRunAsync(
                new NoteRunRequest { Name = RunsCommands.Full(call, name), Note = call.Options.GetValue(text) ?? "" }, call.Services.Once(cancellationToken));
            call.Write(run, () => call.Terminal.Output.WriteLine(run.Note.Length > 0 ? $"The note of {run.Name} is set." : $"{run.Name} has no note."));
            return ExitCode.Ok;
        });
    }

    public static Command Delete(Terminal terminal)
    {
        var name = RunsCommands.Name();
        var yes = new Option<bool>("--yes") { Description = "It is meant: points, events and references to images of the run are gone for good." };
        return new Command("delete", "Delete a tracked run. Its training run, model and images stay, and so does its id.") { name, yes }.Does(terminal, async (call, cancellationToken) =>
        {
            var full = RunsCommands.Full(call, name);
            if (!call.Options.GetValue(yes))
                throw new UsageException($"Deleting {full} cannot be undone but by importing an export of it ('maskwright runs export {full}'). Add --yes.");
            var nothing = await call.Services.Metrics.DeleteRunAsync(new DeleteRunRequest { Name = full }, call.Services.Once(cancellationToken));
            call.Write(nothing, () => call.Terminal.Output.WriteLine($"{full} is deleted."));
            return ExitCode.Ok;
        });
    }
}
