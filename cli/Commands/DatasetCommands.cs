using System.CommandLine;
using Maskwright.Dataset.V1;
using Maskwright.Work.V1;

namespace Maskwright.Cli;

/// <summary><c>maskwright dataset …</c></summary>
internal static class DatasetCommands
{
    public static Command Create(Terminal terminal) => new("dataset", "Prepare datasets, and look at them.")
    {
        Prepare(terminal),
        List(terminal),
        Show(terminal),
        Cancel(terminal),
        DatasetSamplesCommand.Create(terminal),
        Delete(terminal),
    };

    private static Command Prepare(Terminal terminal)
    {
        var command = new DocumentedCommand("prepare", "Make a dataset of index masks, splits and shards, from COCO, PASCAL VOC, folders of masks or scenes drawn by the service.", """
            A PLACE is a folder, a zip (read in place), an http(s) URL of a zip (fetched once; URL#sha256=HEX checks it), or
            s3://BUCKET/PREFIX in the storage that the services use. Paths are of the service's machine.
            Ctrl-C stops watching; the work goes on ('maskwright dataset cancel' ends it).

            Examples:
              maskwright dataset prepare --coco /data/coco/subset --max-images 500
              maskwright dataset prepare --coco val2014.zip --annotations annotations_trainval2014.zip
              maskwright dataset prepare --preset coco2014-val-5 --mirror http://mirror.local/coco
              maskwright dataset prepare --coco /data/coco --classes person vehicle=car,truck,bus --min-class-share 0.02
              maskwright dataset prepare --voc /data/VOCdevkit --classes person car --split-by-source
              maskwright dataset prepare --mask-images /data/streets --value-name 7=road --letterbox 512x512
              maskwright dataset prepare --coco /data/coco --bad-input skip --stratified --ratios 70:15:15
              maskwright dataset prepare --scenes 600 --seed 7 --id scenes-7
            """);
        var source = new DatasetOptions(command, "--coco");
        var sources = new SourceOptions(command);
        var preparation = new PrepareOptions(command);
        var id = CommonOptions.Id("dataset");
        var detach = CommonOptions.Detach();
        command.Add(id);
        command.Add(detach);
        return command.Does(terminal, async (call, cancellationToken) =>
        {
            var asked = source.Read(call);
            sources.Apply(call, asked);
            preparation.Apply(call, asked.Options);
            var dataset = await call.Services.Datasets.CreateDatasetAsync(
                new CreateDatasetRequest { Dataset = asked, DatasetId = call.Options.GetValue(id) ?? "" },
                call.Services.Once(cancellationToken));
            call.Terminal.Say(dataset.State == State.Queued
                ? $"{dataset.Name} is recorded."
                : $"The same request was made before: {dataset.Name} is {(dataset.State == State.Succeeded ? "there" : "being prepared")} already. Name a new one with --id to prepare again.");
            if (!call.Options.GetValue(detach))
                dataset = await call.FollowAsync(call.Services.DatasetWork(), dataset.Name, cancellationToken);
            return call.Finish(dataset, shown => DatasetView.Show(call.Terminal, shown));
        });
    }

    private static Command List(Terminal terminal)
    {
        var limit = CommonOptions.Limit();
        return new Command("list", "List datasets, newest first.") { limit }.Does(terminal, async (call, cancellationToken) =>
        {
            var page = await call.Services.Datasets.ListDatasetsAsync(
                new ListDatasetsRequest { PageSize = call.Options.GetValue(limit) ?? 0 }, call.Services.Once(cancellationToken));
            call.Write(page, () => DatasetView.List(call.Terminal, page.Datasets));
            return ExitCode.Ok;
        });
    }

    private static Command Show(Terminal terminal)
    {
        var name = Name();
        var folder = CommonOptions.Of<string?>("--out", "DIR", "Save statistics.json, the class histogram, the table of what occurs together and the contact sheet in this folder.");
        return new Command("show", "Show a dataset: its source, splits and classes.") { name, folder }.Does(terminal, async (call, cancellationToken) =>
        {
            var dataset = await call.Services.Datasets.GetDatasetAsync(
                new GetDatasetRequest { Name = ResourceName.Full(ResourceName.Datasets, call.Options.GetValue(name)) },
                call.Services.Once(cancellationToken));
            call.Write(dataset, () => DatasetView.Show(call.Terminal, dataset));
            if (call.Options.GetValue(folder) is { } path)
            {
                var report = await call.Services.Datasets.GetDatasetReportAsync(
                    new GetDatasetReportRequest { Name = dataset.Name }, call.Services.Once(cancellationToken));
                using var saved = new LinkedFiles(call.Terminal, path);
                await saved.SaveAsync("statistics.json", report.StatisticsUrl, cancellationToken);
                foreach (var picture in report.Pictures)
                    await saved.SaveAsync(picture.FileName, picture.Url, cancellationToken);
                saved.SayWhere();
            }

            foreach (var line in dataset.Error is { } error ? ErrorReport.Lines(error) : [])
                call.Terminal.Say(line);
            return ExitCode.Ok;
        });
    }

    private static Command Cancel(Terminal terminal)
    {
        var name = Name();
        return new Command("cancel", "Stop a dataset that is queued or being prepared; nothing of it stays.") { name }.Does(terminal, async (call, cancellationToken) =>
        {
            var dataset = await call.Services.Datasets.CancelDatasetAsync(
                new CancelDatasetRequest { Name = ResourceName.Full(ResourceName.Datasets, call.Options.GetValue(name)) },
                call.Services.Once(cancellationToken));
            call.Write(dataset, () => call.Terminal.Output.WriteLine($"{dataset.Name} is being cancelled."));
            return ExitCode.Ok;
        });
    }

    private static Command Delete(Terminal terminal)
    {
        var name = Name();
        return new Command("delete", "Delete an ended dataset and its objects.") { name }.Does(terminal, async (call, cancellationToken) =>
        {
            var full = ResourceName.Full(ResourceName.Datasets, call.Options.GetValue(name));
            var answer = await call.Services.Datasets.DeleteDatasetAsync(
                new DeleteDatasetRequest { Name = full }, call.Services.Once(cancellationToken));
            call.Write(answer, () => call.Terminal.Output.WriteLine($"{full} is deleted."));
            return ExitCode.Ok;
        });
    }

    /// <summary>The dataset a command is about.</summary>
    public static Argument<string> Name() => new("NAME") { Description = "datasets/ID, or only the ID." };
}
