using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Maskwright.Artifacts;

namespace Maskwright.ServiceDefaults.Tests;

public sealed class RpcErrorsTests
{
    [Fact]
    public void Bad_fields_are_named_in_the_message_and_in_the_details()
    {
        var exception = RpcErrors.InvalidArgument([new("a.b", "is 3, not 1 or 2."), new("c", "it is missing.")]);
        exception.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        exception.Status.Detail.ShouldBe("a.b: is 3, not 1 or 2. c: it is missing.");
        var status = exception.GetRpcStatus()!;
        status.GetDetail<ErrorInfo>().ShouldBe(new ErrorInfo { Reason = "INVALID_FIELD", Domain = "maskwright" });
        status.GetDetail<BadRequest>().FieldViolations.Select(violation => (violation.Field, violation.Description))
            .ShouldBe([("a.b", "is 3, not 1 or 2."), ("c", "it is missing.")]);
    }

    public static TheoryData<RpcException, StatusCode, string> Errors => new()
    {
        { RpcErrors.NotFound("datasets/a"), StatusCode.NotFound, "RESOURCE_NOT_FOUND" },
        { RpcErrors.AlreadyExists("datasets/a"), StatusCode.AlreadyExists, "RESOURCE_EXISTS" },
        { RpcErrors.FailedPrecondition("STILL_RUNNING", "no"), StatusCode.FailedPrecondition, "STILL_RUNNING" },
        { RpcErrors.Unavailable("STORAGE_UNREACHABLE", "no"), StatusCode.Unavailable, "STORAGE_UNREACHABLE" },
        { RpcErrors.Failed(Code.Aborted, "WORKER_DIED", "no"), StatusCode.Aborted, "WORKER_DIED" },
    };

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public void An_error_has_its_code_reason_and_domain(RpcException exception, StatusCode code, string reason)
    {
        exception.StatusCode.ShouldBe(code);
        var status = exception.GetRpcStatus()!;
        status.Code.ShouldBe((int)code);
        status.Message.ShouldBe(exception.Status.Detail);
        status.GetDetail<ErrorInfo>().ShouldBe(new ErrorInfo { Reason = reason, Domain = "maskwright" });
    }

    [Theory]
    [InlineData(StorageFailure.NotFound, Code.NotFound, "STORAGE_NOT_FOUND")]
    [InlineData(StorageFailure.AccessDenied, Code.PermissionDenied, "STORAGE_ACCESS_DENIED")]
    [InlineData(StorageFailure.Full, Code.ResourceExhausted, "STORAGE_FULL")]
    [InlineData(StorageFailure.Unreachable, Code.Unavailable, "STORAGE_UNREACHABLE")]
    [InlineData(StorageFailure.PreconditionFailed, Code.FailedPrecondition, "STORAGE_PRECONDITION_FAILED")]
    [InlineData(StorageFailure.Other, Code.Unavailable, "STORAGE_OTHER")]
    public void A_storage_failure_keeps_its_kind_and_message(StorageFailure kind, Code code, string reason)
    {
        var failure = new StorageException(kind, "bucket/key at http://store: no.");
        var status = RpcErrors.ToStatus(failure);
        ((Code)status.Code, RpcErrors.ReasonOf(status), status.Message).ShouldBe((code, reason, failure.Message));
        RpcErrors.FromException(failure)!.GetRpcStatus().ShouldBe(status);
    }

    [Fact]
    public void A_failure_of_the_input_is_named_by_its_exception()
    {
        var status = RpcErrors.ToStatus(new InvalidDataException("line 3 is cut off"));
        ((Code)status.Code, RpcErrors.ReasonOf(status), status.Message).ShouldBe((Code.FailedPrecondition, "INVALID_DATA", "line 3 is cut off"));
        RpcErrors.ReasonOf(RpcErrors.ToStatus(new IOException("disk"))).ShouldBe("IO");
        RpcErrors.ReasonOf(RpcErrors.ToStatus(new TaskCanceledException())).ShouldBe("TASK_CANCELED");
        RpcErrors.FromException(new InvalidDataException()).ShouldBeNull();
    }

    [Fact]
    public void A_defect_is_named_as_one()
    {
        string? nothing = null;
        int[] empty = [];
        object text = "text";
        foreach (var defect in new Func<object?>[] { () => nothing!.Length, () => empty[1], () => (int[])text })
        {
            var status = RpcErrors.ToStatus(Should.Throw<SystemException>(() => { defect(); }));
            ((Code)status.Code, RpcErrors.ReasonOf(status)).ShouldBe((Code.Internal, "INTERNAL"));
            status.Message.ShouldContain("a defect of Maskwright");
        }
    }

    [Fact]
    public void An_error_of_another_service_is_handed_on()
    {
        var theirs = RpcErrors.NotFound("datasets/a");
        RpcErrors.ToStatus(theirs).ShouldBe(theirs.GetRpcStatus());
        RpcErrors.FromException(theirs).ShouldBeSameAs(theirs);
    }

    [Fact]
    public void An_error_of_another_service_without_details_keeps_its_code()
    {
        var status = RpcErrors.ToStatus(new RpcException(new Grpc.Core.Status(StatusCode.DeadlineExceeded, "too slow")));
        ((Code)status.Code, RpcErrors.ReasonOf(status), status.Message).ShouldBe((Code.DeadlineExceeded, "RPC_DEADLINE_EXCEEDED", "too slow"));
    }

    [Fact]
    public void Standard_details_of_another_service_stay_and_unknown_ones_go()
    {
        var theirs = new Google.Rpc.Status { Code = (int)Code.Unavailable, Message = "busy" };
        theirs.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) }));
        theirs.Details.Add(new Any { TypeUrl = "type.googleapis.com/unheard.Of" });
        var status = RpcErrors.ToStatus(theirs.ToRpcException());
        status.GetDetail<RetryInfo>().RetryDelay.Seconds.ShouldBe(1);
        status.Details.Count.ShouldBe(1);
        RpcErrors.ReasonOf(status).ShouldBe("UNKNOWN");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("Other", "OTHER")]
    [InlineData("NotFound", "NOT_FOUND")]
    [InlineData("IO", "IO")]
    [InlineData("HttpIOError", "HTTP_IO_ERROR")]
    [InlineData("Sha256Mismatch", "SHA256_MISMATCH")]
    public void Reasons_are_in_upper_snake(string pascal, string snake) => RpcErrors.UpperSnake(pascal).ShouldBe(snake);
}
