using System.Diagnostics;
using Aspire.Hosting;

namespace Maskwright.Hosting.Tests;

public sealed class StopTests
{
    private const string StubbornGrandchild = "(trap '' TERM; while :; do sleep 1; done) & echo ready; while :; do sleep 1; done";

    [Fact]
    public async Task A_stop_asks_each_resource_to_end_after_those_that_wait_for_it()
    {
        await using var application = new SampleApplication();
        const string Script = "trap 'echo ends; exit 0' TERM; echo ready; while :; do sleep 0.05; done";
        var storage = application.AddShell("storage", Script);
        var trainer = application.AddShell("trainer", Script).WaitFor(storage);
        application.AddShell("pipeline", Script).WaitFor(trainer);
        application.Start();
        foreach (var name in new[] { "storage", "trainer", "pipeline" })
            await application.Output.WaitForAsync(line => line == $"[{name}] ready");
        (await application.StopAsync()).ShouldBe(0);

        application.Output.All.Where(line => line.EndsWith("ends", StringComparison.Ordinal)).ShouldBe(["[pipeline] ends", "[trainer] ends", "[storage] ends"]);
        application.Output.Text.ShouldNotContain("error");
    }

    [Fact]
    public async Task A_dotnet_project_ends_by_itself_when_it_is_asked_to()
    {
        await using var application = new SampleApplication();
        application.AddProject("service", "serve").WithHttpEndpoint();
        application.Start();
        await application.Output.WaitForAsync(line => line == "[service] serves");
        (await application.StopAsync()).ShouldBe(0);

        application.Output.All.ShouldContain("[service] was asked to end");
        application.Output.Text.ShouldNotContain("was killed");
    }

    [Fact]
    public async Task A_resource_that_will_not_end_is_killed_with_all_it_started()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        var marker = Guid.NewGuid().ToString();
        await using var application = new SampleApplication(["Embedded:StopGrace=00:00:00.1"]);
        application.AddShell("stubborn", "trap '' TERM; " + StubbornGrandchild).WithEnvironment(Processes.Marker, marker);
        application.Start();
        await application.Output.WaitForAsync(line => line == "[stubborn] ready");
        await application.StopAsync();

        application.Output.Text.ShouldContain("'stubborn' did not end within 0 s and was killed.");
        await Processes.WaitUntilGoneAsync(marker);
    }

    [Fact]
    public async Task What_a_process_leaves_behind_when_it_ends_is_killed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        var marker = Guid.NewGuid().ToString();
        await using var application = new SampleApplication();
        application.AddShell("parent", "(trap '' TERM HUP; exec sleep 600) & (trap '' HUP; sleep 601) & exit 0").WithEnvironment(Processes.Marker, marker);
        (await application.RunAsync()).ShouldBe(0);

        await Processes.WaitUntilGoneAsync(marker);
    }

    [Theory]
    [InlineData("sleep 600 & sleep 601 & echo ready; wait")]
    [InlineData(StubbornGrandchild)]
    public async Task Killing_the_host_outright_leaves_no_descendant(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the watching shell is used on Linux");
        var marker = Guid.NewGuid().ToString();
        using var host = StartHost(script, marker);
        await host.Ready;
        Processes.Marked(marker).Count.ShouldBeGreaterThan(6, "the host, two shells, their children and the watchers");

        host.Process.Kill();
        await host.Process.WaitForExitAsync(TestContext.Current.CancellationToken);

        await Processes.WaitUntilGoneAsync(marker);
    }

    [Fact]
    public async Task A_signal_that_comes_twice_at_once_is_one_wish_to_stop()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends signals");
        using var host = StartHost("trap 'sleep 0.3; echo ended in peace; exit 0' TERM; echo ready; while :; do sleep 0.05; done", Guid.NewGuid().ToString());
        await host.Ready;

        var id = host.Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var kill = Process.Start("sh", ["-c", $"kill -INT {id}; kill -TERM {id}"]);
        var rest = await host.Process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        rest.ShouldContain("[first] ended in peace");
        rest.ShouldContain("[second] ended in peace");
        rest.ShouldNotContain("was killed");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task A_signal_ends_the_host_and_all_it_started(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        var marker = Guid.NewGuid().ToString();
        using var host = StartHost("sleep 600 & echo ready; wait", marker);
        await host.Ready;

        using var kill = Process.Start("kill", [$"-{signal}", host.Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await host.Process.WaitForExitAsync(TestContext.Current.CancellationToken);

        host.Process.ExitCode.ShouldBe(0);
        await Processes.WaitUntilGoneAsync(marker);
    }

    /// <summary>Starts an AppHost of its own process and waits until both of its programs are ready.</summary>
    private static Host StartHost(string script, string marker)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Maskwright.HostedSample"), ["host", script]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment[Processes.Marker] = marker;
        return new Host(Process.Start(start)!);
    }

    private sealed class Host : IDisposable
    {
        public Host(Process process)
        {
            Process = process;
            Ready = ReadAsync();
        }

        public Process Process { get; }

        public Task Ready { get; }

        public void Dispose()
        {
            if (!Process.HasExited)
                Process.Kill();
            Process.Dispose();
        }

        private async Task ReadAsync()
        {
            var wanted = new HashSet<string> { "[first] ready", "[second] ready" };
            while (wanted.Count > 0)
            {
                var line = await Process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
                wanted.Remove(line.ShouldNotBeNull("the host ended before its programs were ready"));
            }
        }
    }
}
