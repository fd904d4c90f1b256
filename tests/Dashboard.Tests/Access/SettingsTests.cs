using System.Net;
using Microsoft.Extensions.Configuration;

namespace Maskwright.Dashboard.Tests.Access;

public sealed class SettingsTests
{
    [Fact]
    public void Loopback_free_ports_and_fresh_secrets_are_the_defaults()
    {
        var first = Read();
        first.Frontend.ShouldBe(new IPEndPoint(IPAddress.Loopback, 0));
        first.OtlpGrpc.ShouldBe(new IPEndPoint(IPAddress.Loopback, 0));
        first.BrowserToken.Length.ShouldBe(32);
        new[] { first.BrowserToken, first.ApiKey, Read().BrowserToken, Read().ApiKey }.Distinct().Count().ShouldBe(4);
    }

    [Theory]
    [InlineData("http://localhost:18888", "127.0.0.1:18888")]
    [InlineData("http://0.0.0.0:18888", "0.0.0.0:18888")]
    [InlineData("http://[::1]:18888", "[::1]:18888")]
    public void Addresses_can_be_chosen(string url, string endPoint) =>
        Read(("Dashboard:Frontend:EndpointUrl", url)).Frontend.ShouldBe(IPEndPoint.Parse(endPoint));

    [Theory]
    [InlineData("Dashboard:Frontend:EndpointUrl", "18888")]
    [InlineData("Dashboard:Otlp:GrpcEndpointUrl", "https://127.0.0.1:1")]
    [InlineData("Dashboard:Otlp:HttpEndpointUrl", "http://example.org:1")]
    [InlineData("Dashboard:Frontend:BrowserToken", "short")]
    public void What_makes_no_sense_is_named(string name, string value) =>
        Should.Throw<InvalidOperationException>(() => Read((name, value))).Message.ShouldStartWith(name);

    private static DashboardSettings Read(params (string Name, string Value)[] settings) =>
        DashboardSettings.From(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build());
}
