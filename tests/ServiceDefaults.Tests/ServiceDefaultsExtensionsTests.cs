using System.Net;
using System.Net.Sockets;
using Grpc.Health.V1;
using Maskwright.Artifacts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Maskwright.ServiceDefaults.Tests;

public sealed class ServiceDefaultsExtensionsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Storage_that_nobody_named_is_reported_with_the_cure()
    {
        var exception = Should.Throw<InvalidOperationException>(() => WebApplication.CreateSlimBuilder().AddArtifacts());
        exception.Message.ShouldContain("ConnectionStrings__artifacts");
        exception.Message.ShouldContain("AppHost");
    }

    [Fact]
    public void Storage_that_is_named_is_there()
    {
        var builder = WebApplication.CreateSlimBuilder(["--ConnectionStrings:artifacts", "Endpoint=http://127.0.0.1:9;AccessKey=a;SecretKey=secretsecret;Bucket=mine"]);
        using var services = builder.AddArtifacts().Services.BuildServiceProvider();
        services.GetRequiredService<ObjectStorage>().Options.Bucket.ShouldBe("mine");
    }

    [Fact]
    public async Task A_service_says_that_it_is_healthy()
    {
        await using var host = await ServiceHost.StartAsync();
        (await host.Http.GetStringAsync("health", Ct)).ShouldBe("Healthy");
        (await host.Http.GetStringAsync("alive", Ct)).ShouldBe("Healthy");
    }

    [Fact]
    public async Task A_check_that_fails_makes_a_service_unhealthy_but_not_dead()
    {
        await using var host = await ServiceHost.StartAsync(builder =>
            builder.Services.AddHealthChecks().AddCheck("storage", () => HealthCheckResult.Unhealthy("away")));
        (await host.Http.GetAsync("health", Ct)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await host.Http.GetAsync("alive", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_standard_health_service_answers_over_grpc()
    {
        await using var host = await ServiceHost.StartAsync();
        // The first publication of health is delayed: any status is an answer.
        var answer = await new Health.HealthClient(host.Channel).CheckAsync(new HealthCheckRequest(), cancellationToken: Ct);
        answer.Status.ShouldNotBe(HealthCheckResponse.Types.ServingStatus.ServiceUnknown);
    }

    [Fact]
    public async Task A_service_that_is_told_to_stop_ends_with_0()
    {
        var log = new RecordedLog();
        var builder = ServiceHost.CreateBuilder(log);
        builder.AddServiceDefaults();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);
        (await app.RunServiceAsync().OrFailAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_port_in_use_ends_a_service_with_1_and_one_line_that_names_it()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        int port = ((IPEndPoint)holder.LocalEndpoint).Port;
        var log = new RecordedLog();
        var builder = ServiceHost.CreateBuilder(log);
        builder.Configuration["ConnectionStrings:artifacts"] = "Endpoint=http://127.0.0.1:9;AccessKey=a;SecretKey=secretsecret";
        builder.AddServiceDefaults();
        builder.AddArtifacts();
        builder.Services.AddWorkQueue<DatasetResource, HeldWork>(
            new WorkQueueOptions { Collection = "datasets", Prefix = "datasets", IdPrefix = "ds", Manifest = "manifest.json" },
            work => work.RunAsync);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();

        using var errors = new StringWriter();
        var console = Console.Error;
        int exitCode;
        try
        {
            Console.SetError(errors);
            exitCode = await app.RunServiceAsync().OrFailAsync();
        }
        finally
        {
            Console.SetError(console);
        }

        exitCode.ShouldBe(1);
        errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains($":{port}", StringComparison.Ordinal))
            .ShouldHaveSingleItem().ShouldContain("Stop the program that holds the port");
        log.Lines.Where(line => line.Level >= LogLevel.Error).ShouldBeEmpty();
    }
}
