using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maskwright.Hosting.Tests;

public sealed class CommandTests
{
    [Fact]
    public async Task A_resource_is_stopped_started_and_restarted_on_the_same_port()
    {
        await using var application = new SampleApplication(dashboard: true);
        var service = application.AddProject("service", "serve").WithHttpEndpoint().WithHttpHealthCheck();
        application.Start();
        var first = await application.UntilAsync("service", now => now.Health == ResourceHealth.Healthy);
        var port = service.GetEndpoint("http").Port;

        (await application.ExecuteAsync("service", "stop")).ShouldBe(new CommandResult(true, "'service' has ended."));
        var stopped = application.Find("service");
        stopped.State.ShouldBe(ResourceState.Finished);
        stopped.ExitCode.ShouldBe(0);
        stopped.ProcessIds.ShouldBeEmpty();
        Enabled(stopped).ShouldBe(["start"]);

        (await application.ExecuteAsync("service", "start")).Success.ShouldBeTrue();
        await application.UntilAsync("service", now => now.Health == ResourceHealth.Healthy);
        (await application.ExecuteAsync("service", "restart")).Success.ShouldBeTrue();
        var again = await application.UntilAsync("service", now => now.Health == ResourceHealth.Healthy);

        again.Restarts.ShouldBe(2);
        again.ProcessIds.Single().ShouldNotBe(first.ProcessIds.Single());
        again.StartedAt!.Value.ShouldBeGreaterThan(first.StartedAt!.Value);
        again.EndedAt.ShouldBeNull();
        service.GetEndpoint("http").Port.ShouldBe(port);
        again.Urls.Single().Url.ShouldBe($"http://127.0.0.1:{port}");
        Enabled(again).ShouldBe(["stop", "restart"]);
    }

    [Fact]
    public async Task Nothing_starts_once_the_application_has_ended_and_the_answer_says_so()
    {
        await using var application = new SampleApplication();
        application.AddShell("job", "exit 0");
        await application.RunAsync();

        (await application.ExecuteAsync("job", "start")).ShouldBe(new CommandResult(false, "The application is being stopped."));
    }

    [Fact]
    public async Task What_waits_for_a_failed_resource_starts_once_that_one_is_restarted_and_well()
    {
        await using var application = new SampleApplication(dashboard: true);
        var flag = Path.Combine(application.Folder, "repaired");
        var storage = application.AddShell("storage", $"[ -e {flag} ] || {{ echo the disk is full >&2; exit 7; }}; exec {Path.Combine(AppContext.BaseDirectory, "Maskwright.HostedSample")} serve")
            .WithHttpEndpoint().WithHttpHealthCheck();
        storage.WithEnvironment("ASPNETCORE_URLS", storage.GetEndpoint("http"));
        application.AddShell("trainer", "echo trains; exec sleep 600").WaitFor(storage);
        application.Start();

        var failed = await application.UntilAsync("storage", now => now.State == ResourceState.Failed);
        failed.ExitCode.ShouldBe(7);
        failed.Reason.ShouldBe("ended with exit code 7 before it was healthy.");
        failed.LastLines.ShouldBe(["the disk is full"]);
        var blocked = await application.UntilAsync("trainer", now => now.Reason is not null);
        blocked.State.ShouldBe(ResourceState.Waiting);
        blocked.Reason.ShouldBe("is not started: 'storage', which it waits for, ended with exit code 7 before it was healthy.");
        blocked.Waits.ShouldContain(new ResourceWait("storage", "healthy", false, "ended with exit code 7 before it was healthy."));

        await File.WriteAllTextAsync(flag, "", TestContext.Current.CancellationToken);
        (await application.ExecuteAsync("storage", "start")).Success.ShouldBeTrue();
        var running = await application.UntilAsync("trainer", now => now.State == ResourceState.Running);
        running.Reason.ShouldBeNull();
        running.Waits.ShouldAllBe(wait => wait.IsMet);
        application.Find("storage").LastLines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Explicit_start_waits_for_its_command()
    {
        await using var application = new SampleApplication(dashboard: true);
        application.AddShell("tool", "echo tool is here; exec sleep 600").WithExplicitStart();
        application.Start();
        (await application.UntilAsync("tool", _ => true)).State.ShouldBe(ResourceState.NotStarted);

        (await application.ExecuteAsync("tool", "stop")).ShouldBe(new CommandResult(false, "'tool' is NotStarted: 'Stop' cannot be done now."));
        (await application.ExecuteAsync("tool", "start")).Success.ShouldBeTrue();
        await application.Output.WaitForAsync(line => line == "[tool] tool is here");
        application.Find("tool").Restarts.ShouldBe(0, "it had not been started before");
    }

    [Fact]
    public async Task A_start_that_fails_says_why()
    {
        await using var application = new SampleApplication(dashboard: true);
        application.Builder.AddExecutable("tool", "no-such-program", ".").WithExplicitStart();
        application.Start();
        await application.UntilAsync("tool", _ => true);

        var result = await application.ExecuteAsync("tool", "start");
        result.Success.ShouldBeFalse();
        result.Message!.ShouldStartWith("'tool' cannot start: Resource 'tool': there is no program 'no-such-program' in PATH.");
        (await application.ExecuteAsync("nobody", "start")).ShouldBe(new CommandResult(false, "There is no resource 'nobody' to which something can be done."));
        (await application.ExecuteAsync("tool", "dance")).ShouldBe(new CommandResult(false, "'tool' has no command 'dance'."));
    }

    [Fact]
    public async Task Custom_commands_succeed_fail_throw_and_write_into_the_log()
    {
        await using var application = new SampleApplication(["Answer=42"], dashboard: true);
        var shell = application.AddShell("shell", "exec sleep 600")
            .WithCommand("greet", "Greet", context =>
            {
                context.Logger.Log(LogLevel.Information, default, context.ResourceName, null, (name, _) => $"greetings from {name}");
                return Task.FromResult(CommandResults.Success($"answer {context.ServiceProvider.GetRequiredService<IConfiguration>()["Answer"]}"));
            })
            .WithCommand("fail", "Fail", _ => Task.FromResult(CommandResults.Failure("no luck")), new CommandOptions { Description = "fails", ConfirmationMessage = "Sure?", IsHighlighted = true })
            .WithCommand("throw", "Throw", _ => throw new InvalidOperationException("not today"));
        application.Start();
        var now = await application.UntilAsync("shell", now => now.State == ResourceState.Running);

        now.Commands.ShouldContain(new CommandSnapshot("fail", "Fail", "fails", true, "Sure?", true));
        (await application.ExecuteAsync("shell", "greet")).ShouldBe(new CommandResult(true, "answer 42"));
        (await application.ExecuteAsync("shell", "fail")).ShouldBe(new CommandResult(false, "no luck"));
        (await application.ExecuteAsync("shell", "throw")).ShouldBe(new CommandResult(false, "not today"));
        application.Output.All.ShouldContain("[shell] greetings from shell");
        Should.Throw<DistributedApplicationException>(() => shell.WithCommand("restart", "Again", _ => Task.FromResult(CommandResults.Success()))).Message.ShouldContain("already");
    }

    private static string[] Enabled(ResourceSnapshot resource) => [.. resource.Commands.Where(command => command.IsEnabled).Select(command => command.Name)];
}
