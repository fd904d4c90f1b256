using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting.Tests;

public sealed class EnvironmentTests
{
    [Theory]
    [InlineData("Embedded:Dashboard=perhaps", "The setting Embedded:Dashboard is 'perhaps', which is not true or false.")]
    [InlineData("Embedded:StopGrace=-1", "The setting Embedded:StopGrace is '-1', which is not a time above zero such as 00:00:10.")]
    [InlineData("Embedded:ConsoleLines=0", "The setting Embedded:ConsoleLines is '0', which is not a whole number from 1 to 1000000.")]
    public async Task A_setting_that_is_not_what_it_should_be_is_complained_about_and_nothing_is_started(string setting, string complaint)
    {
        await using var application = new SampleApplication([setting]);
        application.AddProject("store", "serve");

        (await application.RunAsync()).ShouldBe(1);

        application.Output.Text.Trim().ShouldBe($"error: {complaint}");
    }

    [Fact]
    public async Task A_reference_tells_every_endpoint_by_name_and_as_a_variable()
    {
        await using var application = new SampleApplication();
        var store = application.AddProject("my-store", "environment").WithHttpEndpoint(name: "http").WithHttpEndpoint(name: "grpc").WithHttpEndpoint(name: "admin");
        application.Builder.AddExecutable("client", "env", ".").WithReference(store);
        await RunUntilAsync(application, "[client] PATH=");

        var http = store.GetEndpoint("http").Url;
        http.ShouldMatch("^http://127\\.0\\.0\\.1:[0-9]+$");
        application.Output.All.ShouldContain($"[client] services__my-store__http__0={http}");
        application.Output.All.ShouldContain($"[client] MY_STORE_HTTP={http}");
        application.Output.All.ShouldContain($"[client] services__my-store__grpc__0={store.GetEndpoint("grpc").Url}");
        application.Output.All.ShouldContain($"[client] MY_STORE_GRPC={store.GetEndpoint("grpc").Url}");
        application.Output.All.ShouldContain($"[client] services__my-store__admin__0={store.GetEndpoint("admin").Url}");
        new[] { "http", "grpc", "admin" }.Select(name => store.GetEndpoint(name).Port).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task A_reference_to_one_endpoint_tells_no_other()
    {
        await using var application = new SampleApplication();
        var store = application.AddShell("store", "sleep 60").WithHttpEndpoint().WithHttpEndpoint(name: "grpc");
        application.AddShell("client", "env").WithReference(store.GetEndpoint("grpc"));
        await RunUntilAsync(application, "[client] PATH=");

        application.Output.All.ShouldContain($"[client] services__store__grpc__0={store.GetEndpoint("grpc").Url}");
        application.Output.Text.ShouldNotContain("services__store__http__0");
    }

    [Fact]
    public async Task A_connection_string_is_put_together_from_endpoints_and_parameters()
    {
        await using var application = new SampleApplication();
        var store = application.AddShell("store", "sleep 60").WithHttpEndpoint();
        var user = application.Builder.AddParameter("user", "me");
        var artifacts = application.Builder.AddConnectionString("artifacts", ReferenceExpression.Create($"Endpoint={store.GetEndpoint("http")};User={user};Port={store.GetEndpoint("http").Property(EndpointProperty.Port)}"));
        application.AddShell("client", "env").WithReference(artifacts).WithReference(artifacts, "other");
        await RunUntilAsync(application, "[client] PATH=");

        var endpoint = store.GetEndpoint("http");
        application.Output.All.ShouldContain($"[client] ConnectionStrings__artifacts=Endpoint={endpoint.Url};User=me;Port={endpoint.Port}");
        application.Output.All.ShouldContain($"[client] ConnectionStrings__other=Endpoint={endpoint.Url};User=me;Port={endpoint.Port}");
        artifacts.Resource.ConnectionStringExpression.ValueExpression.ShouldBe("Endpoint={store.bindings.http.url};User={user.value};Port={store.bindings.http.port}");
    }

    [Fact]
    public async Task Variables_take_texts_endpoints_parameters_expressions_and_callbacks()
    {
        await using var application = new SampleApplication();
        var shell = application.AddShell("client", "env").WithHttpEndpoint(env: "LISTEN_PORT");
        var parameter = application.Builder.AddParameter("level", "9");
        shell.WithEnvironment("A_TEXT", "text").WithEnvironment("A_NULL", (string?)null)
            .WithEnvironment("A_URL", shell.GetEndpoint("http"))
            .WithEnvironment("A_LEVEL", parameter)
            .WithEnvironment("AN_EXPRESSION", ReferenceExpression.Create($"level {parameter}"))
            .WithEnvironment(context => context.EnvironmentVariables["A_CALLBACK"] = $"of {context.Resource.Name} after {context.EnvironmentVariables["A_TEXT"]}");
        await RunUntilAsync(application, "[client] PATH=");

        string[] expected =
        [
            "A_TEXT=text", "A_NULL=", "A_LEVEL=9", "AN_EXPRESSION=level 9", "A_CALLBACK=of client after text",
            $"A_URL={shell.GetEndpoint("http").Url}", $"LISTEN_PORT={shell.GetEndpoint("http").Port}",
        ];
        foreach (var line in expected)
            application.Output.All.ShouldContain($"[client] {line}");
    }

    [Fact]
    public async Task A_project_is_told_its_urls_environment_and_name_for_telemetry()
    {
        await using var application = new SampleApplication();
        var project = application.AddProject("sample", "environment").WithHttpEndpoint().WithHttpEndpoint(name: "second");
        (await application.RunAsync()).ShouldBe(0, application.Output.Text);

        application.Output.All.ShouldContain($"[sample] ASPNETCORE_URLS={project.GetEndpoint("http").Url};{project.GetEndpoint("second").Url}");
        application.Output.All.ShouldContain("[sample] ASPNETCORE_ENVIRONMENT=Development");
        application.Output.All.ShouldContain("[sample] DOTNET_ENVIRONMENT=Development");
        application.Output.All.ShouldContain("[sample] OTEL_SERVICE_NAME=sample");
        application.Output.Text.ShouldMatch("OTEL_RESOURCE_ATTRIBUTES=service\\.instance\\.id=sample");
        application.Output.Text.ShouldNotContain("OTEL_EXPORTER_OTLP_ENDPOINT");
    }

    [Fact]
    public async Task A_project_sends_telemetry_only_where_it_is_told_to()
    {
        await using var application = new SampleApplication(["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL=http://127.0.0.1:4317"]);
        application.AddProject("sample", "environment");
        await application.RunAsync();

        string[] expected =
        [
            "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_BSP_SCHEDULE_DELAY=1000",
            "OTEL_BLRP_SCHEDULE_DELAY=1000", "OTEL_METRIC_EXPORT_INTERVAL=1000", "OTEL_TRACES_SAMPLER=always_on",
        ];
        foreach (var line in expected)
            application.Output.All.ShouldContain($"[sample] {line}");
    }

    [Fact]
    public async Task Kestrel_endpoints_in_a_projects_settings_become_its_endpoints()
    {
        await using var application = new SampleApplication();
        await File.WriteAllTextAsync(Path.Combine(application.Folder, "Sample", "appsettings.json"), """
            { "Kestrel": { "Endpoints": {
                "grpc": { "Url": "http://127.0.0.1:0", "Protocols": "Http2" },
                "http": { "Url": "http://*:0", "Protocols": "Http1" } } } }
            """, TestContext.Current.CancellationToken);
        var project = application.AddProject("sample", "environment");
        application.AddShell("client", "env").WithReference(project);
        (await application.RunAsync()).ShouldBe(0, application.Output.Text);

        application.Output.All.ShouldContain($"[sample] Kestrel__Endpoints__grpc__Url={project.GetEndpoint("grpc").Url}");
        application.Output.All.ShouldContain($"[sample] Kestrel__Endpoints__http__Url={project.GetEndpoint("http").Url}");
        application.Output.Text.ShouldNotContain("ASPNETCORE_URLS=");
        application.Output.All.ShouldContain($"[client] services__sample__grpc__0={project.GetEndpoint("grpc").Url}");
        project.Resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => endpoint.Transport).ShouldBe(["http2", "http"]);
    }

    [Fact]
    public async Task A_reference_to_an_endpoint_that_is_not_there_names_those_that_are()
    {
        await using var application = new SampleApplication();
        var store = application.AddShell("store", "true").WithHttpEndpoint();
        application.AddShell("client", "env").WithEnvironment("URL", store.GetEndpoint("grpc"));
        (await application.RunAsync()).ShouldBe(1);

        application.Output.Text.ShouldContain("error: 'client' cannot start: Resource 'store' has no endpoint 'grpc'. It has: 'http'.");
    }

    private static async Task RunUntilAsync(SampleApplication application, string line)
    {
        application.Start();
        await application.Output.WaitForAsync(text => text.StartsWith(line, StringComparison.Ordinal));
        await application.Output.WaitForAsync(text => text.Contains("resources are up", StringComparison.Ordinal));
        await application.StopAsync();
    }
}
