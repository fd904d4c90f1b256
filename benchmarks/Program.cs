using System.CommandLine;
using Maskwright.Benchmarks;
using Maskwright.Benchmarks.Storage;

if (args is [StorageClient.Verb, var operation, var key, var file])
    return await StorageClient.RunAsync(operation, key, file);

var root = new RootCommand("Measures what this project claims of its speed, each claim beside its peer in one run.");

var list = new Command("list", "Names every benchmark and what it measures.");
list.SetAction(_ => Output.List(Catalogue.All));
root.Subcommands.Add(list);

var names = new Argument<string[]>("name") { Description = "Benchmarks to run, as 'list' names them.", Arity = ArgumentArity.OneOrMore };
names.AcceptOnlyFromAmong([.. Catalogue.All.Select(benchmark => benchmark.Name)]);
var json = new Option<bool>("--json") { Description = "One JSON array on standard output and nothing else there." };
var data = new Option<DirectoryInfo>("--data") { Description = "A folder in COCO's layout; generated scenes otherwise." };
var run = new Command("run", "Runs benchmarks and prints a row for each figure: medians; a ratio above 1 is ahead of the peer.");
run.Arguments.Add(names);
run.Options.Add(json);
run.Options.Add(data.AcceptExistingOnly());
run.SetAction(async (parsed, cancellationToken) =>
{
    var context = new BenchmarkContext(parsed.GetValue(data)?.FullName);
    var rows = new List<Row>();
    foreach (var name in parsed.GetRequiredValue(names).Distinct(StringComparer.Ordinal))
    {
        var benchmark = Catalogue.All.Single(benchmark => benchmark.Name == name);
        Console.Error.WriteLine($"{benchmark.Name}: {benchmark.Measures}");
        rows.AddRange(await benchmark.RunAsync(context, cancellationToken));
    }

    Output.Show(rows, parsed.GetValue(json));
});
root.Subcommands.Add(run);

var measured = new Argument<string>("name");
var measuredFolder = new Argument<string?>("folder") { Arity = ArgumentArity.ZeroOrOne };
var measure = new Command(MeasuringProcess.Command, "Measures one figure in this process, for 'run'.") { Hidden = true, Arguments = { measured, measuredFolder } };
measure.SetAction((parsed, cancellationToken) => MeasuringProcess.MeasureAsync(parsed.GetRequiredValue(measured), parsed.GetValue(measuredFolder), cancellationToken));
root.Subcommands.Add(measure);

return await root.Parse(args).InvokeAsync();
