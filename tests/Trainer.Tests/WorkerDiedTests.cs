namespace Maskwright.Trainer.Tests;

public sealed class WorkerDiedTests
{
    [Theory]
    [InlineData(137, "want of memory")]
    [InlineData(139, "SIGSEGV")]
    [InlineData(134, "SIGABRT")]
    [InlineData(143, "asked to end")]
    [InlineData(130, "signal 2")]
    [InlineData(1, "last lines of its log")]
    public void A_death_is_told_with_its_exit_code_and_what_that_means(int exitCode, string meaning)
    {
        var died = new WorkerDiedException(exitCode, ["one", "two"]);

        died.Message.ShouldContain($"exit code {exitCode} ");
        died.Message.ShouldContain(meaning);
        died.LastLines.ShouldBe(["one", "two"]);
    }
}
