namespace Maskwright.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("bogus", "there is no command 'maskwright bogus'")]
    [InlineData("dataset", "'maskwright dataset' needs a command")]
    [InlineData("train start", "--dataset")]
    [InlineData("evaluate", "--model")]
    [InlineData("predict --model x", "FILE")]
    [InlineData("predict a.jpg --model m.onnx", "--runtime onnx")]
    [InlineData("pipeline --scenes many", "--scenes 'many' is no whole number")]
    [InlineData("pipeline --learning-rate fast", "--learning-rate 'fast' is no number")]
    [InlineData("pipeline --seed -1", "--seed '-1' is no whole number")]
    [InlineData("pipeline --data a --scenes 30", "either --data or --scenes")]
    [InlineData("pipeline --data a --images 30", "either --data or --scenes")]
    [InlineData("runs list --endpoint nonsense", "'nonsense' is neither")]
    [InlineData("runs list --endpoint metrics=nonsense", "no address")]
    [InlineData("runs list --endpoint ftp://127.0.0.1:1", "no address")]
    [InlineData("pipeline --endpoint http://127.0.0.1:1", "NAME=URL")]
    [InlineData("artifacts", "'maskwright artifacts' needs a command")]
    [InlineData("artifacts cat", "KEY")]
    [InlineData("artifacts export datasets/x", "--out")]
    [InlineData("artifacts ls --depth 0", "--depth")]
    [InlineData("artifacts gc --older-than -1", "--older-than")]
    [InlineData("artifacts cat k --json", "--json")]
    [InlineData("evaluate --model x --detach --figure f.png", "--detach")]
    [InlineData("train start --dataset d --set speed=9 --endpoint http://127.0.0.1:1", "expected NAME=VALUE with one of accumulate_batches, ")]
    [InlineData("train start --dataset d --set optimizer --endpoint http://127.0.0.1:1", "names no option")]
    [InlineData("train start --dataset d --set hue=blue --endpoint http://127.0.0.1:1", "--set hue: 'blue' is not a number")]
    [InlineData("train start --dataset d --set nesterov=1 --endpoint http://127.0.0.1:1", "'1' is not true or false")]
    [InlineData("train start --dataset d --set step_epochs=1.5 --endpoint http://127.0.0.1:1", "'1.5' is not a whole number")]
    [InlineData("train start --dataset d --set class_weights=1,x --endpoint http://127.0.0.1:1", "a list of numbers")]
    [InlineData("train start --dataset d --set loss=dice:much --endpoint http://127.0.0.1:1", "a list of terms")]
    [InlineData("train start --dataset d --initial-weights-sha256 00 --endpoint http://127.0.0.1:1", "goes with --initial-weights")]
    public async Task A_wrong_command_line_is_explained_and_ends_with_2(string line, string expected)
    {
        var run = await CommandRun.OfAsync(line.Split(' '));
        run.Code.ShouldBe(2);
        run.Error.ShouldContain(expected);
        run.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("pipeline --help")]
    [InlineData("dataset prepare --help")]
    [InlineData("train start --help")]
    [InlineData("evaluate --help")]
    [InlineData("predict --help")]
    [InlineData("artifacts ls --help")]
    [InlineData("artifacts cat --help")]
    [InlineData("artifacts verify --help")]
    [InlineData("artifacts gc --help")]
    [InlineData("artifacts export --help")]
    public async Task Help_shows_examples_and_ends_with_0(string line)
    {
        var run = await CommandRun.OfAsync(line.Split(' '));
        run.Code.ShouldBe(0);
        run.Output.ShouldContain("Example");
        run.Output.ShouldContain("maskwright ");
    }
}
