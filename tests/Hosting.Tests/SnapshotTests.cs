using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting.Tests;

public sealed class SnapshotTests
{
    [Fact]
    public async Task A_snapshot_says_what_a_resource_is_and_what_it_was_started_with()
    {
        await using var application = new SampleApplication();
        var key = application.Builder.AddParameter("key", "a-secret-key", secret: true);
        var user = application.Builder.AddParameter("user", "me");
        var store = application.AddProject("store", "serve").WithHttpEndpoint().WithHttpHealthCheck("/health")
            .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText, url.DisplayLocation) = ("/browse", "Browse", UrlDisplayLocation.DetailsOnly));
        var artifacts = application.Builder.AddConnectionString("artifacts", ReferenceExpression.Create($"Endpoint={store.GetEndpoint("http")};Key={key}"));
        application.AddShell("client", "exec sleep 600").WithReference(artifacts).WithEnvironment("CLIENT_USER", user).WithEnvironment("CLIENT_KEY", key).WaitFor(store);
        application.Start();
        var client = await application.UntilAsync("client", now => now.State == ResourceState.Running);
        var first = application.Find("store");

        first.Type.ShouldBe(ResourceType.Project);
        first.Source.ShouldBe(application.ProjectPath);
        first.Health.ShouldBe(ResourceHealth.Healthy);
        first.HealthReports.Single().Name.ShouldBe($"GET {store.GetEndpoint("http").Url}/health");
        first.HealthReports.Single().Description.ShouldBeNull();
        first.Urls.ShouldBe([new ResourceUrl($"{store.GetEndpoint("http").Url}/browse", "Browse", "http", true)]);
        client.References.ShouldBe(["artifacts", "user", "key", "store"]);
        client.Environment.Single(variable => variable.Name == "CLIENT_USER").ShouldBe(new EnvironmentVariable("CLIENT_USER", "me", false));
        client.Environment.Single(variable => variable.Name == "CLIENT_KEY").ShouldBe(new EnvironmentVariable("CLIENT_KEY", "a-secret-key", true));
        client.Environment.Single(variable => variable.Name == "ConnectionStrings__artifacts").IsSecret.ShouldBeTrue();
        application.Find("artifacts").References.ShouldBe(["store", "key"]);
        application.Find("key").Type.ShouldBe(ResourceType.Parameter);
    }

    [Fact]
    public async Task A_health_check_that_fails_later_is_seen()
    {
        await using var application = new SampleApplication(["Embedded:HealthTimeout=00:00:00.2"]);
        var service = application.AddProject("service", "serve").WithHttpEndpoint().WithEnvironment("UNHEALTHY_ANSWERS", "1000000").WithHttpHealthCheck("/health");
        application.Start();
        var unhealthy = await application.UntilAsync("service", now => now.Health == ResourceHealth.Unhealthy && now.HealthReports[0].Description!.StartsWith("answered", StringComparison.Ordinal));

        unhealthy.State.ShouldBe(ResourceState.Running);
        unhealthy.Reason!.ShouldStartWith($"is not healthy: GET {service.GetEndpoint("http").Url}/health ");
        unhealthy.HealthReports.Single().Description.ShouldBe("answered 503 and not 200");
    }

    [Fact]
    public async Task Replicas_have_names_ports_and_processes_of_their_own()
    {
        await using var application = new SampleApplication();
        var service = application.AddProject("service", "serve").WithHttpEndpoint().WithHttpHealthCheck().WithReplicas(2);
        application.AddShell("client", "env; exec sleep 600").WithReference(service).WaitFor(service);
        application.Start();
        await application.UntilAsync("client", now => now.State == ResourceState.Running);
        var replicas = application.Resources.Where(resource => resource.ResourceName == "service").ToArray();

        replicas.Select(replica => replica.Name).ShouldBe(["service-1", "service-2"]);
        replicas.SelectMany(replica => replica.ProcessIds).Distinct().Count().ShouldBe(2);
        var urls = replicas.Select(replica => replica.Urls.Single().Url).ToArray();
        urls[0].ShouldNotBe(urls[1]);
        await application.Output.WaitForAsync(line => line == $"[client] services__service__http__0={urls[0]}");
        await application.Output.WaitForAsync(line => line == $"[client] services__service__http__1={urls[1]}");
        application.Output.All.ShouldContain("[service-2] serves");
    }

    [Fact]
    public async Task A_fixed_port_and_replicas_do_not_go_together()
    {
        await using var application = new SampleApplication();
        application.AddProject("service", "environment").WithHttpEndpoint(port: 30_999).WithReplicas(2);
        (await application.RunAsync()).ShouldBe(1);

        application.Output.Text.ShouldContain("'service-2' cannot start: Port 30999, which endpoint 'http' of resource 'service' asks for, cannot be the port of more than one replica");
    }

    [Fact]
    public async Task A_replicas_name_must_not_be_anothers()
    {
        await using var application = new SampleApplication();
        application.AddProject("service", "serve").WithReplicas(2);
        application.AddShell("service-2", "true");
        Should.Throw<DistributedApplicationException>(application.Builder.Build).Message.ShouldContain("'service-2' is the name of a resource and of a replica of 'service'");
    }

    [Fact]
    public async Task External_services_are_watched_and_referred_to()
    {
        await using var application = new SampleApplication(["Embedded:HealthTimeout=00:00:00.2"]);
        var closed = application.Builder.AddExternalService("closed", "http://127.0.0.1:9/").WithHttpHealthCheck("/health");
        application.AddShell("client", "env; exec sleep 600").WithReference(closed);
        application.AddShell("waiting", "exec sleep 600").WaitFor(closed);
        application.Start();
        var service = await application.UntilAsync("closed", now => now.Health == ResourceHealth.Unhealthy);
        await application.Output.WaitForAsync(line => line == "[client] services__closed__http__0=http://127.0.0.1:9/");

        service.Type.ShouldBe(ResourceType.ExternalService);
        service.Source.ShouldBe("http://127.0.0.1:9/");
        service.HealthReports.Single().Name.ShouldBe("GET http://127.0.0.1:9/health");
        (await application.UntilAsync("waiting", now => now.Reason is not null)).Reason!.ShouldStartWith("is not started: 'closed', which it waits for, is not healthy: GET http://127.0.0.1:9/health failed");
        Should.Throw<ArgumentException>(() => application.Builder.AddExternalService("bad", "http://127.0.0.1:9/path")).Message.ShouldContain("must be absolute");
    }

    [Fact]
    public async Task A_parameter_without_a_value_fails_alone_and_names_itself_where_it_is_used()
    {
        await using var application = new SampleApplication(dashboard: true);
        var missing = application.Builder.AddParameter("missing");
        application.AddShell("client", "true").WithEnvironment("VALUE", missing);
        application.AddShell("other", "exec sleep 600");
        application.Start();

        (await application.UntilAsync("missing", now => now.State == ResourceState.Failed)).Reason!.ShouldContain("Parameters__missing");
        (await application.UntilAsync("client", now => now.State == ResourceState.Failed)).Reason!.ShouldContain("Parameter 'missing' has no value");
        await application.UntilAsync("other", now => now.State == ResourceState.Running);
    }

    [Fact]
    public async Task A_connection_string_of_the_settings_is_handed_on_and_kept_secret()
    {
        await using var application = new SampleApplication(["ConnectionStrings:database=Host=db;Password=long-password"]);
        var database = application.Builder.AddConnectionString("database");
        application.AddShell("client", "env; exec sleep 600").WithReference(database);
        application.Start();
        var client = await application.UntilAsync("client", now => now.State == ResourceState.Running);

        client.Environment.Single(variable => variable.Name == "ConnectionStrings__database").ShouldBe(new EnvironmentVariable("ConnectionStrings__database", "Host=db;Password=long-password", true));
        await application.Output.WaitForAsync(line => line == "[client] ConnectionStrings__database=****");
    }
}
