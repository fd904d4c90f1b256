using Aspire.Hosting;

namespace Maskwright.Hosting.Tests;

public sealed class WaitTests
{
    [Fact]
    public async Task A_resource_starts_only_when_what_it_waits_for_is_healthy()
    {
        await using var application = new SampleApplication();
        var service = application.AddProject("service", "serve").WithHttpEndpoint().WithEnvironment("UNHEALTHY_ANSWERS", "3").WithHttpHealthCheck("/health");
        application.AddShell("client", "echo client is here").WaitFor(service);
        application.Start();
        await application.Output.WaitForAsync(line => line == "[client] client is here");
        await application.StopAsync();

        var lines = application.Output.All.ToList();
        lines.Count(line => line == "[service] answered 503").ShouldBe(3);
        lines.FindIndex(line => line == "[service] answered 200").ShouldBeLessThan(lines.FindIndex(line => line == "[client] client is here"));
        application.Output.Text.ShouldMatch("All 2 resources are up after [0-9.]+ s:");
        application.Output.Text.ShouldContain($"service   running    http {service.GetEndpoint("http").Url}");
    }

    [Fact]
    public async Task WaitForStart_does_not_wait_for_health()
    {
        await using var application = new SampleApplication();
        var service = application.AddShell("service", "sleep 60").WithHttpEndpoint().WithHttpHealthCheck("/health");
        application.AddShell("client", "echo client is here").WaitForStart(service);
        application.Start();
        await application.Output.WaitForAsync(line => line == "[client] client is here");
        (await application.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task WaitForCompletion_waits_for_the_expected_exit_code()
    {
        await using var application = new SampleApplication();
        var first = application.AddShell("first", "echo first ends; exit 3");
        application.AddShell("second", "echo second is here").WaitForCompletion(first, exitCode: 3);
        application.AddShell("third", "echo third is here").WaitForCompletion(first);
        (await application.RunAsync()).ShouldBe(1);

        application.Output.IndexOf("[first] first ends").ShouldBeLessThan(application.Output.IndexOf("[second] second is here"));
        application.Output.Text.ShouldNotContain("third is here");
        application.Output.Text.ShouldContain("error: 'third' is not started: 'first', which it waits for, ended with exit code 3");
    }

    [Fact]
    public async Task A_failure_before_health_ends_everything_that_waits_with_the_reason()
    {
        await using var application = new SampleApplication();
        var storage = application.AddShell("storage", "echo the disk is full >&2; exit 7").WithHttpEndpoint().WithHttpHealthCheck("/health");
        var trainer = application.AddShell("trainer", "echo trainer is here").WaitFor(storage);
        application.AddShell("pipeline", "echo pipeline is here").WaitFor(trainer);
        (await application.RunAsync()).ShouldBe(1);

        application.Output.Text.ShouldContain("error: 'storage' ended with exit code 7 before it was healthy. Its last lines:\n    the disk is full");
        application.Output.Text.ShouldContain("error: 'trainer' is not started: 'storage', which it waits for, ended with exit code 7 before it was healthy.");
        application.Output.Text.ShouldContain("error: 'pipeline' is not started: 'trainer', which it waits for, is not started: 'storage'");
        application.Output.Text.ShouldNotContain("is here");
        application.Output.Text.ShouldContain("0 of 3 resources are up");
    }

    [Fact]
    public async Task A_resource_that_does_not_become_healthy_in_time_says_why_and_who_waits()
    {
        await using var application = new SampleApplication(["Embedded:HealthTimeout=00:00:00.3"]);
        var service = application.AddProject("service", "serve").WithHttpEndpoint().WithEnvironment("UNHEALTHY_ANSWERS", "1000000").WithHttpHealthCheck("/health");
        application.AddShell("client", "echo client is here").WaitFor(service);
        application.Start();
        await application.Output.WaitForAsync(line => line.Contains("'client' is not started", StringComparison.Ordinal));
        await application.StopAsync();

        application.Output.Text.ShouldMatch("error: 'service' is not healthy: GET http://127\\.0\\.0\\.1:[0-9]+/health (answered 503 and not 200|failed \\(.*\\)) after 0 s\\. Waiting for it: 'client'\\.");
    }

    [Fact]
    public async Task Resources_that_wait_for_each_other_are_refused_by_name()
    {
        await using var application = new SampleApplication();
        var a = application.AddShell("a", "true");
        var b = application.AddShell("b", "true").WaitFor(a);
        a.WaitFor(b);

        Should.Throw<DistributedApplicationException>(application.Builder.Build).Message
            .ShouldBe("These resources wait for each other and none could ever start: 'a' → 'b' → 'a'. Remove one WaitFor.");
    }

    [Fact]
    public async Task A_resource_with_explicit_start_stays_out_and_so_does_what_waits_for_it()
    {
        await using var application = new SampleApplication();
        var tool = application.AddShell("tool", "echo tool is here").WithExplicitStart();
        application.AddShell("client", "echo client is here").WaitFor(tool);
        (await application.RunAsync()).ShouldBe(1);

        application.Output.Text.ShouldNotContain("is here");
        application.Output.Text.ShouldContain("'client' is not started: 'tool', which it waits for, is not started by itself (WithExplicitStart)");
    }

    [Fact]
    public async Task The_application_ends_with_the_resource_it_is_to_end_with()
    {
        await using var application = new SampleApplication(["Embedded:ExitWith=pipeline"]);
        var service = application.AddShell("service", "exec sleep 600");
        application.AddShell("pipeline", "exit 5").WaitFor(service);
        (await application.RunAsync()).ShouldBe(5);
    }

    [Fact]
    public async Task The_application_fails_when_the_resource_it_is_to_end_with_cannot_start()
    {
        await using var application = new SampleApplication(["Embedded:ExitWith=pipeline"]);
        var service = application.AddShell("service", "exit 4").WithHttpEndpoint().WithHttpHealthCheck();
        application.AddShell("other", "exec sleep 600");
        application.AddShell("pipeline", "exit 0").WaitFor(service);
        (await application.RunAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        await using var application = new SampleApplication();
        application.Builder.AddExecutable("tool", "no-such-program", ".");
        application.Builder.AddExecutable("script", "./no-such-script", ".");
        application.Builder.AddExecutable("lost", "sh", "no-such-folder");
        application.Builder.AddProject("project", "Nowhere/Nowhere.csproj");
        (await application.RunAsync()).ShouldBe(1);

        application.Output.Text.ShouldContain("'tool' cannot start: Resource 'tool': there is no program 'no-such-program' in PATH.");
        application.Output.Text.ShouldContain($"'script' cannot start: Resource 'script': there is no program {application.Folder}/no-such-script.");
        application.Output.Text.ShouldContain($"there is no folder {application.Folder}/no-such-folder to start it in.");
        application.Output.Text.ShouldContain($"there is no project {application.Folder}/Nowhere/Nowhere.csproj.");
    }
}
