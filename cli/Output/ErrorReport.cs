using System.Text.Json.Nodes;
using Google.Rpc;
using Grpc.Core;
using Maskwright.Artifacts;
using Status = Google.Rpc.Status;

namespace Maskwright.Cli;

/// <summary>Errors as people read them: the message, the fields, the reason. Never a stack trace.</summary>
internal static class ErrorReport
{
    /// <summary>An error as the service described it; null when the answer holds no description, as from a broken connection.</summary>
    public static Status? StatusOf(RpcException error) => error.GetRpcStatus();

    /// <summary>The lines of a described error.</summary>
    public static IEnumerable<string> Lines(Status status)
    {
        var fields = status.GetDetail<BadRequest>()?.FieldViolations ?? [];
        yield return fields.Count > 0 ? "error: the request is not valid" : $"error: {status.Message}";
        foreach (var field in fields)
            yield return $"  {field.Field}: {field.Description}";
        var reason = status.GetDetail<ErrorInfo>()?.Reason;
        var code = ((StatusCode)status.Code).ToString();
        yield return string.IsNullOrEmpty(reason) ? $"  ({code})" : $"  ({reason}, {code})";
    }

    /// <summary>The error in JSON: <c>{"error": google.rpc.Status}</c>.</summary>
    public static string Json(Status status) => JsonText.Of(new JsonObject { ["error"] = JsonText.Node(status) });

    /// <summary>A failure of object storage as a status, in the services' words.</summary>
    public static Status Of(StorageException error) => error.Kind switch
    {
        StorageFailure.NotFound => Local(StatusCode.NotFound, "STORAGE_NOT_FOUND", error.Message),
        StorageFailure.AccessDenied => Local(StatusCode.PermissionDenied, "STORAGE_ACCESS_DENIED", error.Message),
        StorageFailure.Unreachable => Local(StatusCode.Unavailable, "STORAGE_UNREACHABLE", error.Message),
        _ => Local(StatusCode.Unknown, "STORAGE_OTHER", error.Message),
    };

    /// <summary>An error of this program as a status.</summary>
    public static Status Local(StatusCode code, string reason, string message) => new()
    {
        Code = (int)code,
        Message = message,
        Details = { Google.Protobuf.WellKnownTypes.Any.Pack(new ErrorInfo { Reason = reason, Domain = "maskwright" }) },
    };
}
