using Google.Rpc;
using Grpc.Core;

namespace Maskwright.EndToEnd.Tests;

/// <summary>Looks into the errors that callers get.</summary>
internal static class Failures
{
    /// <summary>The failure of a call, which must be of that code and of that reason.</summary>
    public static async Task<RpcException> ShouldFailAsync<T>(this AsyncUnaryCall<T> call, StatusCode code, string reason)
    {
        var failure = await Should.ThrowAsync<RpcException>(call.ResponseAsync);
        failure.StatusCode.ShouldBe(code, failure.Message);
        failure.GetRpcStatus().ShouldNotBeNull().Reason().ShouldBe(reason);
        return failure;
    }

    /// <summary>The reason that a status carries.</summary>
    public static string Reason(this Google.Rpc.Status status)
    {
        var info = status.GetDetail<ErrorInfo>().ShouldNotBeNull();
        info.Domain.ShouldBe("maskwright");
        return info.Reason;
    }

    /// <summary>The field that a bad request names.</summary>
    public static string Field(this RpcException failure) =>
        failure.GetRpcStatus()!.GetDetail<BadRequest>().ShouldNotBeNull().FieldViolations.ShouldHaveSingleItem().Field;
}
