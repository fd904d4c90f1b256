using System.Diagnostics;
using Aspire.Hosting;
using Maskwright.Testing;

namespace Maskwright.Hosting.Tests;

/// <summary>Containers in a real engine, Podman's, of an image made on the spot; and what is told where there is none.</summary>
public sealed class ContainerTests
{
    [Fact]
    public async Task A_container_runs_is_reached_stopped_and_leaves_nothing()
    {
        await using var podman = PodmanOrSkip();
        var image = await ImageAsync(podman);
        await using var application = Application(podman);
        var store = application.Builder.AddContainer("store", image, "1").WithHttpEndpoint(targetPort: 8000).WithHttpHealthCheck("/ok")
            .WithEnvironment("GREETING", "hello from inside")
            .WithArgs("/bin/sh", "-c", "echo $GREETING; trap 'exit 0' TERM; mkdir /w; echo fine > /w/ok; /bin/httpd -p 8000 -h /w; while :; do sleep 0.1; done");
        application.AddShell("client", "exec sleep 600").WaitFor(store);
        application.Start();
        await application.UntilAsync("client", now => now.State == ResourceState.Running);
        var running = application.Find("store");

        running.Type.ShouldBe(ResourceType.Container);
        running.Source.ShouldBe($"{image}:1");
        running.Health.ShouldBe(ResourceHealth.Healthy);
        application.LogOf("store").Snapshot().Lines.Select(line => line.Text).ShouldContain("hello from inside");
        (await application.ExecuteAsync("store", "stop")).Success.ShouldBeTrue();
        application.Find("store").ExitCode.ShouldBe(0);
        (await podman.RunAsync(["ps", "--all", "--format", "{{.Image}}"])).ShouldNotContain(image);
    }

    [Fact]
    public async Task A_container_that_will_not_end_is_killed_and_removed()
    {
        await using var podman = PodmanOrSkip();
        var image = await ImageAsync(podman);
        await using var application = Application(podman, "Embedded:StopGrace=00:00:00.5");
        // The first process of a container ignores every signal that it does not handle.
        application.Builder.AddContainer("stubborn", image, "1").WithArgs("/bin/sh", "-c", "echo ready; while :; do sleep 1; done");
        application.Start();
        await application.Output.WaitForAsync(line => line == "[stubborn] ready");
        // The client passes the signal on, or ends by it where it has only just begun: either way the container has to go.
        (await application.ExecuteAsync("stubborn", "stop")).Success.ShouldBeTrue();
        (await podman.RunAsync(["ps", "--all", "--format", "{{.Image}}"])).ShouldNotContain(image);
    }

    [Fact]
    public async Task Killing_the_host_outright_removes_its_container()
    {
        await using var podman = PodmanOrSkip();
        var image = await ImageAsync(podman);
        var name = $"orphan{Guid.NewGuid():N}"[..20];
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Maskwright.HostedSample"), ["container", name, $"{image}:1", podman.Client])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var host = Process.Start(start)!;
        while (await host.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is var line && line != $"[{name}] ready")
            line.ShouldNotBeNull("the host ended before its container was ready");
        (await podman.RunAsync(["ps", "--format", "{{.Names}}"])).ShouldContain(name);
        host.Kill();
        await host.WaitForExitAsync(TestContext.Current.CancellationToken);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await podman.RunAsync(["ps", "--all", "--format", "{{.Names}}"])).Contains(name, StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(100), patience.Token);
    }

    [Fact]
    public async Task Where_no_engine_answers_the_state_says_so_and_what_waits_for_it_too()
    {
        await using var application = new SampleApplication(["Embedded:ContainerEngine=no-such-engine"]);
        var store = application.Builder.AddContainer("store", "minio/minio", "1").WithHttpEndpoint(targetPort: 9000);
        application.AddShell("trainer", "echo trainer is here").WaitFor(store);
        (await application.RunAsync()).ShouldBe(1);

        application.Find("store").State.ShouldBe(ResourceState.RuntimeUnavailable);
        application.Find("store").Reason.ShouldBe("cannot run here: no container engine answers: there is no 'no-such-engine' in PATH. Install Docker or Podman and start it, or run without containers.");
        application.Output.Text.ShouldContain("error: 'trainer' is not started: 'store', which it waits for, cannot run here: no container engine answers");
        application.Output.Text.ShouldNotContain("is here");
    }

    private static SampleApplication Application(Podman podman, params string[] settings) => new([$"Embedded:ContainerEngine={podman.Client}", .. settings]);

    private static Podman PodmanOrSkip()
    {
        Assert.SkipWhen(Podman.Missing is not null, Podman.Missing ?? "");
        return new Podman();
    }

    private static Task<string> ImageAsync(Podman podman) => podman.ImageAsync(["sh", "sleep", "echo", "mkdir", "httpd"]);
}
