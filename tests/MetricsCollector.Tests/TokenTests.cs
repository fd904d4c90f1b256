using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Maskwright.MetricsCollector.Tests;

public sealed class TokenTests
{
    private const string Token = "0123456789abcdef";
    private static readonly IPAddress Elsewhere = IPAddress.Parse("192.0.2.7");

    [Theory]
    [InlineData("127.0.0.1", "/v1/runs", "", 200)]
    [InlineData("192.0.2.7", "/v1/runs", "", 401)]
    [InlineData("192.0.2.7", "/v1/runs", "Bearer 0123456789abcdeF", 401)]
    [InlineData("192.0.2.7", "/v1/runs", "Basic 0123456789abcdef", 401)]
    [InlineData("192.0.2.7", "/v1/runs", "Bearer 0123456789abcdef", 200)]
    [InlineData("192.0.2.7", "/metrics", "", 401)]
    [InlineData("192.0.2.7", "/health", "", 200)]
    [InlineData("::1", "/", "", 200)]
    public async Task Whoever_comes_from_beyond_loopback_shows_the_token(string address, string path, string authorization, int expected)
    {
        var context = await AskAsync(IPAddress.Parse(address), path, authorization, Token);
        context.Response.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Without_a_token_in_the_settings_nobody_comes_in()
    {
        (await AskAsync(Elsewhere, "/", "Bearer ", "")).Response.StatusCode.ShouldBe(401);
        (await AskAsync(IPAddress.Loopback, "/", "", "")).Response.StatusCode.ShouldBe(200);
    }

    [Fact]
    public async Task A_gRPC_call_without_the_token_fails_with_a_named_error()
    {
        var address = Array.Find(await Dns.GetHostAddressesAsync(Dns.GetHostName(), TestContext.Current.CancellationToken), found => !IPAddress.IsLoopback(found) && found.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork);
        Assert.SkipWhen(address is null, "This machine's name stands for no IPv4 address beyond loopback.");
        await using var host = new CollectorHost { Address = address.ToString(), Token = Token };
        await host.InitializeAsync();
        var error = await Should.ThrowAsync<RpcException>(async () => await host.Client.ListRunsAsync(
            new ListRunsRequest(), cancellationToken: TestContext.Current.CancellationToken));
        error.StatusCode.ShouldBe(StatusCode.Unauthenticated);
        RpcErrors.ReasonOf(error.GetRpcStatus()!).ShouldBe("TOKEN_REQUIRED");
        error.GetRpcStatus()!.Message.ShouldContain("Metrics__Token");
        await host.Client.ListRunsAsync(
            new ListRunsRequest(), new Metadata { { "authorization", $"Bearer {Token}" } }, cancellationToken: TestContext.Current.CancellationToken);

        (await host.Http.GetAsync("/v1/runs", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        (await host.Http.GetAsync("/v1/runs", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpContext> AskAsync(IPAddress address, string path, string authorization, string token)
    {
        var context = new DefaultHttpContext();
        context.Connection.LocalIpAddress = address;
        context.Request.Path = path;
        context.Request.Headers.Authorization = authorization;
        await new TokenGate(_ => Task.CompletedTask, Options.Create(new MetricsOptions { Token = token })).InvokeAsync(context);
        return context;
    }
}
