using System.Net;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Maskwright.Dataset.V1;
using Microsoft.Extensions.Logging;

namespace Maskwright.ServiceDefaults.Tests;

public sealed class ErrorInterceptorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_storage_failure_reaches_the_caller_with_its_details(bool streaming)
    {
        await using var host = await ServiceHost.StartAsync();
        var exception = await FailureOfAsync(host, "datasets/full", streaming);
        exception.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        exception.Status.Detail.ShouldBe("bucket/key at http://store: no room.");
        exception.GetRpcStatus()!.GetDetail<ErrorInfo>().ShouldBe(new ErrorInfo { Reason = "STORAGE_FULL", Domain = "maskwright" });
        host.Log.Lines.ShouldContain(line => line.Level == LogLevel.Warning && line.Message.Contains("no room", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refusal_reaches_the_caller_as_it_is(bool streaming)
    {
        await using var host = await ServiceHost.StartAsync();
        var exception = await FailureOfAsync(host, "datasets/bad", streaming);
        exception.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        exception.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations.Single().Field.ShouldBe("dataset.options.classes");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_defect_is_logged_and_its_message_stays_inside(bool streaming)
    {
        await using var host = await ServiceHost.StartAsync();
        var exception = await FailureOfAsync(host, "datasets/defect", streaming);
        exception.StatusCode.ShouldBe(StatusCode.Internal);
        exception.ToString().ShouldNotContain("swordfish");
        exception.Status.Detail.ShouldContain("the service's log has the details");
        exception.GetRpcStatus()!.GetDetail<ErrorInfo>().ShouldBe(new ErrorInfo { Reason = "INTERNAL", Domain = "maskwright" });
        var line = host.Log.Lines.Single(line => line.Level == LogLevel.Error);
        line.Message.ShouldContain(streaming ? "WatchDataset" : "GetDataset");
        line.Exception.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe(ThrowingService.Secret);
    }

    [Theory]
    [InlineData("absent", HttpStatusCode.NotFound, 5, "RESOURCE_NOT_FOUND")]
    [InlineData("bad", HttpStatusCode.BadRequest, 3, "INVALID_FIELD")]
    [InlineData("full", HttpStatusCode.TooManyRequests, 8, "STORAGE_FULL")]
    [InlineData("defect", HttpStatusCode.InternalServerError, 13, "INTERNAL")]
    public async Task Over_json_an_error_has_its_status_and_its_details(string id, HttpStatusCode status, int code, string reason)
    {
        await using var host = await ServiceHost.StartAsync();
        using var response = await host.Http.GetAsync($"v1/datasets/{id}", Ct);
        response.StatusCode.ShouldBe(status);
        string body = await response.Content.ReadAsStringAsync(Ct);
        body.ShouldNotContain("swordfish");
        using var json = JsonDocument.Parse(body);
        json.RootElement.GetProperty("code").GetInt32().ShouldBe(code);
        json.RootElement.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        var details = json.RootElement.GetProperty("details");
        details[0].GetProperty("@type").GetString().ShouldBe("type.googleapis.com/google.rpc.ErrorInfo");
        details[0].GetProperty("reason").GetString().ShouldBe(reason);
        details[0].GetProperty("domain").GetString().ShouldBe("maskwright");
        if (id == "bad")
            details[1].GetProperty("fieldViolations")[0].GetProperty("field").GetString().ShouldBe("dataset.options.classes");
    }

    private static Task<RpcException> FailureOfAsync(ServiceHost host, string name, bool streaming)
    {
        var client = new DatasetService.DatasetServiceClient(host.Channel);
        return Should.ThrowAsync<RpcException>(async () =>
        {
            if (!streaming)
            {
                await client.GetDatasetAsync(new GetDatasetRequest { Name = name }, cancellationToken: Ct);
                return;
            }

            using var call = client.WatchDataset(new WatchDatasetRequest { Name = name }, cancellationToken: Ct);
            (await call.ResponseStream.MoveNext(Ct)).ShouldBeTrue();
            await call.ResponseStream.MoveNext(Ct);
        });
    }
}
