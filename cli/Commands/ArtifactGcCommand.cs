using System.CommandLine;
using System.Text.Json.Nodes;
using Maskwright.Artifacts;

namespace Maskwright.Cli;

/// <summary><c>maskwright artifacts gc</c></summary>
internal static class ArtifactGcCommand
{
    private const double DefaultHours = 24;

    public static Command Create(Terminal terminal)
    {
        var delete = new Option<bool>("--delete") { Description = "Remove it. Without this nothing is touched, and what would go is shown." };
        var hours = CommonOptions.Number<double>("--older-than", "HOURS", $"Leave what was written in these last hours alone; {DefaultHours} when left out.");
        var command = new DocumentedCommand("gc", "Remove what no manifest names: leftovers of work that failed or died, and uploads never finished.", """
            Only datasets, runs, evaluations and exports are looked at. What work that is queued or running has stored stays, whatever its age,
            and so does what a failed or cancelled training run may be resumed from; delete the run to be rid of it.

            Examples:
              maskwright artifacts gc
              maskwright artifacts gc --delete
            """)
        {
            delete, hours,
        };
        return command.Does(terminal, async (call, cancellationToken) =>
        {
            var age = call.Options.GetValue(hours) ?? DefaultHours;
            if (age is not (>= 0 and < 1e6))
                throw new UsageException($"--older-than '{age}' is no number of hours from 0 on.");
            using var storage = StorageLocator.Open(call.Terminal);
            var sweep = new ArtifactSweep(storage, call.Terminal.Time.GetUtcNow() - TimeSpan.FromHours(age));
            var plan = await sweep.PlanAsync(cancellationToken);
            var isDeleting = call.Options.GetValue(delete);
            if (isDeleting)
                plan = plan with { Objects = await sweep.DeleteAsync(plan, cancellationToken) };
            if (call.IsJson)
                await call.Terminal.Output.WriteLineAsync(JsonText.Of(Json(plan, isDeleting)));
            else
                Show(call.Terminal, plan, isDeleting);
            return ExitCode.Ok;
        });
    }

    private static void Show(Terminal terminal, SweepPlan plan, bool isDeleted)
    {
        foreach (var item in plan.Objects)
            terminal.Output.WriteLine($"{ArtifactTree.Size(item.Size),10}  {Numbers.Time(item.LastModified)}  {item.Key}");
        foreach (var upload in plan.Uploads)
            terminal.Output.WriteLine($"{"upload",10}  {Numbers.Time(upload.Initiated)}  {upload.Key}");
        terminal.Output.WriteLine(
            $"{(isDeleted ? "Removed" : "Would remove")} {ArtifactTree.Count(plan.Objects.Count, "object")}, {ArtifactTree.Size(plan.Bytes)}, and {ArtifactTree.Count(plan.Uploads.Count, "unfinished upload")}. "
            + $"Staying: {plan.Named:N0} named by {ArtifactTree.Count(plan.Manifests, "manifest")}, {plan.Working:N0} of work that goes on or may be resumed, {plan.Recent:N0} young.");
        if (!isDeleted && plan.Objects.Count + plan.Uploads.Count > 0)
            terminal.Say("Nothing was touched. Do it with --delete.");
    }

    private static JsonObject Json(SweepPlan plan, bool isDeleted) => new()
    {
        ["deleted"] = isDeleted,
        ["objects"] = new JsonArray([.. plan.Objects.Select(item => new JsonObject
        {
            ["key"] = item.Key,
            ["bytes"] = item.Size,
            ["modified"] = item.LastModified,
        })]),
        ["uploads"] = new JsonArray([.. plan.Uploads.Select(upload => new JsonObject { ["key"] = upload.Key, ["begun"] = upload.Initiated })]),
        ["bytes"] = plan.Bytes,
        ["manifests"] = plan.Manifests,
        ["named"] = plan.Named,
        ["working"] = plan.Working,
        ["young"] = plan.Recent,
    };
}
