using System.Diagnostics;
using Aspire.Hosting;

namespace Maskwright.Hosting.Tests;

/// <summary>Containers in a real engine, Podman's, of an image made on the spot; and what is told where there is none.</summary>
public sealed class ContainerTests : IAsyncDisposable
{
    private const string Image = "localhost/maskwright-hosting-tests";

    private readonly string _folder = Directory.CreateTempSubdirectory("containers-").FullName;

    [Fact]
    public async Task A_container_runs_is_reached_stopped_and_leaves_nothing()
    {
        var podman = await PodmanAsync();
        await using var application = Application(podman);
        var store = application.Builder.AddContainer("store", Image, "1").WithHttpEndpoint(targetPort: 8000).WithHttpHealthCheck("/ok")
            .WithEnvironment("GREETING", "hello from inside")
            .WithArgs("/bin/sh", "-c", "echo $GREETING; trap 'exit 0' TERM; mkdir /w; echo fine > /w/ok; /bin/httpd -p 8000 -h /w; while :; do sleep 0.1; done");
        application.AddShell("client", "exec sleep 600").WaitFor(store);
        application.Start();
        await application.UntilAsync("client", now => now.State == ResourceState.Running);
        var running = application.Find("store");

        running.Type.ShouldBe(ResourceType.Container);
        running.Source.ShouldBe($"{Image}:1");
        running.Health.ShouldBe(ResourceHealth.Healthy);
        application.LogOf("store").Snapshot().Lines.Select(line => line.Text).ShouldContain("hello from inside");
        (await application.ExecuteAsync("store", "stop")).Success.ShouldBeTrue();
        application.Find("store").ExitCode.ShouldBe(0);
        (await PodmanAsync(podman, "ps", "--all", "--format", "{{.Names}}")).ShouldNotContain("maskwright-store-");
    }

    [Fact]
    public async Task A_container_that_will_not_end_is_killed_and_removed()
    {
        var podman = await PodmanAsync();
        await using var application = Application(podman, "Embedded:StopGrace=00:00:00.5");
        // The first process of a container ignores every signal that it does not handle.
        application.Builder.AddContainer("stubborn", Image, "1").WithArgs("/bin/sh", "-c", "echo ready; while :; do sleep 1; done");
        application.Start();
        await application.Output.WaitForAsync(line => line == "[stubborn] ready");
        (await application.ExecuteAsync("stubborn", "stop")).Message!.ShouldContain("was killed");
        (await PodmanAsync(podman, "ps", "--all", "--format", "{{.Names}}")).ShouldNotContain("maskwright-stubborn-");
    }

    [Fact]
    public async Task Killing_the_host_outright_removes_its_container()
    {
        var podman = await PodmanAsync();
        var name = $"orphan{Guid.NewGuid():N}"[..20];
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Maskwright.HostedSample"), ["container", name, $"{Image}:1", podman])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var host = Process.Start(start)!;
        while (await host.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is var line && line != $"[{name}] ready")
            line.ShouldNotBeNull("the host ended before its container was ready");
        (await PodmanAsync(podman, "ps", "--format", "{{.Names}}")).ShouldContain(name);
        host.Kill();
        await host.WaitForExitAsync(TestContext.Current.CancellationToken);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await PodmanAsync(podman, "ps", "--all", "--format", "{{.Names}}")).Contains(name, StringComparison.Ordinal))
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

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static SampleApplication Application(string podman, params string[] settings) => new([$"Embedded:ContainerEngine={podman}", .. settings]);

    /// <summary>A client that runs containers also inside of a container, where limits cannot be raised.</summary>
    private async Task<string> PodmanAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Podman's client is a script here");
        Assert.SkipUnless(Programs.Find("podman") is not null && Programs.Find("runc") is not null && Programs.Find("busybox") is not null, "podman, runc and busybox-static are not installed");
        var client = Path.Combine(_folder, "podman");
        var settings = Path.Combine(_folder, "containers.conf");
        await File.WriteAllTextAsync(settings, "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1000:1000\"]\n[engine]\nruntime = \"runc\"\n");
        await File.WriteAllTextAsync(client, $"#!/bin/sh\nCONTAINERS_CONF={settings} exec {Programs.Find("podman")} \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(client, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var root = Directory.CreateDirectory(Path.Combine(_folder, "root", "bin")).FullName;
        File.Copy(Programs.Find("busybox")!, Path.Combine(root, "busybox"));
        foreach (var applet in new[] { "sh", "sleep", "echo", "mkdir", "httpd" })
            File.CreateSymbolicLink(Path.Combine(root, applet), "busybox");
        await RunAsync("tar", "-C", Path.Combine(_folder, "root"), "-cf", Path.Combine(_folder, "root.tar"), ".");
        await PodmanAsync(client, "import", Path.Combine(_folder, "root.tar"), $"{Image}:1");
        return client;
    }

    private static Task<string> PodmanAsync(string client, params string[] arguments) => RunAsync(client, arguments);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var said = await error;
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {said}");
        return output;
    }
}
