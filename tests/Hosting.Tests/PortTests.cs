using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;

namespace Maskwright.Hosting.Tests;

public sealed class PortTests
{
    [Fact]
    public async Task A_port_in_use_is_reported_with_the_resource_that_asks_for_it_and_the_cure()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var application = new SampleApplication();
        var storage = application.AddShell("storage", "echo storage is here").WithHttpEndpoint(port: port);
        application.AddShell("trainer", "echo trainer is here").WaitFor(storage);
        (await application.RunAsync()).ShouldBe(1);

        application.Output.Text.ShouldContain(
            $"error: 'storage' cannot start: Port {port}, which endpoint 'http' of resource 'storage' asks for, is in use by another program. Stop that program, or give the endpoint another port (or none, for a free one).");
        application.Output.Text.ShouldContain("'trainer' is not started: 'storage', which it waits for, cannot start: Port");
        application.Output.Text.ShouldNotContain("is here");
    }

    [Fact]
    public async Task A_port_that_is_asked_for_is_given_and_free_for_the_process_to_take()
    {
        int port;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        await using var application = new SampleApplication();
        var service = application.AddProject("service", "serve").WithHttpEndpoint(port: port).WithHttpHealthCheck("/");
        application.Start();
        await application.Output.WaitForAsync(line => line.StartsWith("All 1 resources", StringComparison.Ordinal));
        await application.StopAsync();

        service.GetEndpoint("http").Port.ShouldBe(port);
    }

    [Fact]
    public async Task A_port_in_a_projects_settings_is_taken_when_free_and_replaced_when_not()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var application = new SampleApplication();
        var settings = $$"""{ "Kestrel": { "Endpoints": { "web": { "Url": "http://127.0.0.1:{{port}}" } } } }""";
        await File.WriteAllTextAsync(Path.Combine(application.Folder, "Sample", "appsettings.json"), settings, TestContext.Current.CancellationToken);
        var project = application.AddProject("sample", "environment");

        using (var ports = new PortReservations())
            ports.Reserve(project.Resource);
        project.GetEndpoint("http").Port.ShouldNotBe(port, "the only endpoint of its scheme goes by the scheme");
        taken.Stop();
        var again = application.AddProject("again", "environment");
        using (var ports = new PortReservations())
            ports.Reserve(again.Resource);
        again.GetEndpoint("http").Port.ShouldBe(port);
    }

    [Fact]
    public void Ports_are_held_until_they_are_let_go()
    {
        using var ports = new PortReservations();
        var builder = new DistributedApplicationBuilder([], new AppHostAssembly("Sample", "/", new Dictionary<string, string>(), null), new EngineOptions { Output = TextWriter.Null });
        var resource = builder.AddExecutable("service", "true", "/").WithHttpEndpoint();
        ports.Reserve(resource.Resource);
        var port = resource.GetEndpoint("http").Port;

        Should.Throw<SocketException>(() => Listen(port));
        ports.Release(resource.Resource);
        Listen(port);
    }

    [Fact]
    public async Task What_the_engine_cannot_do_is_refused_when_it_is_asked_for()
    {
        await using var application = new SampleApplication();
        var shell = application.AddShell("shell", "true").WithHttpEndpoint();

        Should.Throw<DistributedApplicationException>(() => shell.WithHttpEndpoint()).Message.ShouldContain("has an endpoint 'http' already");
        Should.Throw<DistributedApplicationException>(() => shell.WithHttpEndpoint(port: 80, targetPort: 81, name: "proxied")).Message.ShouldContain("no proxy");
        Should.Throw<DistributedApplicationException>(() => shell.WithEndpoint(name: "udp", protocol: ProtocolType.Udp)).Message.ShouldContain("TCP only");
        Should.Throw<ArgumentOutOfRangeException>(() => shell.WithHttpEndpoint(port: 70_000, name: "far"));
        Should.Throw<DistributedApplicationException>(() => application.AddShell("SHELL", "true")).Message.ShouldContain("of that name already");
        Should.Throw<ArgumentException>(() => application.AddShell("no name", "true")).Message.ShouldContain("cannot name a resource");
    }

    private static void Listen(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
    }
}
