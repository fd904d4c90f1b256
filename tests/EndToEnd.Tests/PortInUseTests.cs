using System.Net;
using System.Net.Sockets;

namespace Maskwright.EndToEnd.Tests;

public sealed class PortInUseTests
{
    private const int Patience = 120_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = Patience)]
    [InlineData("DatasetPrep")]
    [InlineData("Trainer")]
    [InlineData("Evaluator")]
    [InlineData("MetricsCollector")]
    public async Task A_service_whose_port_is_in_use_says_so_in_one_line(string program)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        using var folder = new TemporaryFolder();
        await using var service = LoneService.Start(program, folder.FullName, port, LoneService.FreePort(), LoneService.FreePort());
        (await service.ExitAsync(Cancellation)).ShouldBe(1);
        var line = service.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
        line.ShouldContain($":{port}");
        line.ShouldContain("Kestrel__Endpoints__grpc__Url");
        service.Output.ShouldNotContain("   at ");
    }

    [Fact(Timeout = Patience)]
    public async Task A_store_whose_port_is_in_use_says_so_in_one_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var folder = new TemporaryFolder();

        await using var store = ProgramProcess.Start("ObjectStore", [], new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
            ["ObjectStore__DataDirectory"] = folder["objects"],
        });
        (await store.ExitAsync(Cancellation)).ShouldBe(1);
        store.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldContain($":{port}");
        store.Output.ShouldNotContain("   at ");
    }
}
