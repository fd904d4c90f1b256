using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Maskwright.Artifacts;
using Status = Google.Rpc.Status;

namespace Maskwright.ServiceDefaults;

/// <summary>
/// Errors as callers get them: <c>google.rpc.Status</c> with an <c>ErrorInfo</c> (reason in UPPER_SNAKE, domain
/// <c>maskwright</c>) and, for bad input, a <c>BadRequest</c> naming the field (AIP-193).
/// </summary>
public static class RpcErrors
{
    /// <summary>The domain of every <c>ErrorInfo</c>.</summary>
    public const string Domain = "maskwright";

    /// <summary>The messages that a status's details may hold, Google's standard ones; whoever writes a status as JSON needs them.</summary>
    public static TypeRegistry DetailTypes { get; } = TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor);

    /// <summary>A field of the request is not what it must be.</summary>
    /// <param name="field">Path of the field, for instance <c>dataset.options.classes</c>.</param>
    /// <param name="description">What was found and what is expected.</param>
    public static RpcException InvalidArgument(string field, string description) =>
        InvalidArgument([new(field, description)]);

    /// <summary>Several fields of the request are not what they must be.</summary>
    public static RpcException InvalidArgument(IReadOnlyCollection<FieldError> errors)
    {
        var violations = new BadRequest();
        violations.FieldViolations.AddRange(errors.Select(error =>
            new BadRequest.Types.FieldViolation { Field = error.Field, Description = error.Description }));
        string message = string.Join(' ', errors.Select(error => $"{error.Field}: {error.Description}"));
        return Create(Code.InvalidArgument, "INVALID_FIELD", message, violations);
    }

    /// <summary>There is no such resource.</summary>
    public static RpcException NotFound(string name) =>
        Create(Code.NotFound, "RESOURCE_NOT_FOUND", $"There is no '{name}'. List the collection to see what there is.");

    /// <summary>A resource of that name is there already.</summary>
    public static RpcException AlreadyExists(string name) =>
        Create(Code.AlreadyExists, "RESOURCE_EXISTS", $"'{name}' is there already. Choose another id, or leave it empty.");

    /// <summary>The request is fine, but not in the present state of things.</summary>
    public static RpcException FailedPrecondition(string reason, string message) =>
        Create(Code.FailedPrecondition, reason, message);

    /// <summary>A field of the request names something that is not in the state it must be in.</summary>
    /// <param name="reason">In UPPER_SNAKE.</param>
    /// <param name="field">Path of the field.</param>
    /// <param name="message">What was found and what is expected.</param>
    public static RpcException FailedPrecondition(string reason, string field, string message) =>
        Create(Code.FailedPrecondition, reason, message, new BadRequest
        {
            FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = message } },
        });

    /// <summary>Something that this service needs can't be reached now.</summary>
    public static RpcException Unavailable(string reason, string message) =>
        Create(Code.Unavailable, reason, message);

    /// <summary>What came is no message of the contract.</summary>
    public static RpcException MalformedRequest() =>
        Create(Code.InvalidArgument, "MALFORMED_REQUEST", "The request's bytes are no message of this method. Send what the contract's proto file describes.");

    /// <summary>Work that ended with an error of that reason.</summary>
    /// <param name="code">What kind of error.</param>
    /// <param name="reason">In UPPER_SNAKE.</param>
    /// <param name="message">What went wrong, where, and what to do.</param>
    public static RpcException Failed(Code code, string reason, string message) => Create(code, reason, message);

    /// <summary>Any exception as the error a caller may see; null when it is not one that a caller can do something about.</summary>
    public static RpcException? FromException(Exception exception) => exception switch
    {
        RpcException rpc => rpc,
        StorageException storage => ToStatus(storage).ToRpcException(),
        InvalidProtocolBufferException => MalformedRequest(),
        _ => null,
    };

    /// <summary>
    /// Any exception as the reason why work has failed. The message is the exception's own, for the owner of the work
    /// is the one who can mend its input.
    /// </summary>
    public static Status ToStatus(Exception exception) => exception switch
    {
        RpcException rpc => ToStatus(rpc),
        StorageException { Kind: StorageFailure.NotFound } storage => Status(Code.NotFound, "STORAGE_NOT_FOUND", storage.Message),
        StorageException { Kind: StorageFailure.AccessDenied } storage => Status(Code.PermissionDenied, "STORAGE_ACCESS_DENIED", storage.Message),
        StorageException { Kind: StorageFailure.Full } storage => Status(Code.ResourceExhausted, "STORAGE_FULL", storage.Message),
        StorageException { Kind: StorageFailure.PreconditionFailed } storage => Status(Code.FailedPrecondition, "STORAGE_PRECONDITION_FAILED", storage.Message),
        StorageException storage => Status(Code.Unavailable, "STORAGE_" + UpperSnake(storage.Kind.ToString()), storage.Message),
        NullReferenceException or IndexOutOfRangeException or InvalidCastException =>
            Status(Code.Internal, "INTERNAL", $"{exception.GetType().Name}: {exception.Message} This is a defect of Maskwright; the service's log has the details."),
        _ => Status(Code.FailedPrecondition, UpperSnake(ReasonOf(exception)), exception.Message),
    };

    /// <summary>The reason that a status carries in its <c>ErrorInfo</c>; "UNKNOWN" where it has none.</summary>
    public static string ReasonOf(Status status) => status.GetDetail<ErrorInfo>()?.Reason ?? "UNKNOWN";

    // Another service's details may be of types that could not be written as JSON here: they are left out.
    private static Status ToStatus(RpcException exception)
    {
        if (exception.Trailers.GetRpcStatus(ignoreParseError: true) is not { } status)
            return Status((Code)exception.StatusCode, "RPC_" + UpperSnake(exception.StatusCode.ToString()), exception.Status.Detail);
        var known = status.Details.Where(detail => DetailTypes.Find(Any.GetTypeName(detail.TypeUrl)) is not null);
        return new Status { Code = status.Code, Message = status.Message, Details = { known } };
    }

    private static RpcException Create(Code code, string reason, string message, params IMessage[] details) =>
        Status(code, reason, message, details).ToRpcException();

    private static Status Status(Code code, string reason, string message, params IMessage[] details)
    {
        var status = new Status { Code = (int)code, Message = message };
        status.Details.Add(Any.Pack(new ErrorInfo { Reason = reason, Domain = Domain }));
        status.Details.AddRange(details.Select(Any.Pack));
        return status;
    }

    private static string ReasonOf(Exception exception)
    {
        string name = exception.GetType().Name;
        return name.EndsWith("Exception", StringComparison.Ordinal) && name.Length > "Exception".Length
            ? name[..^"Exception".Length]
            : name;
    }

    /// <summary>PascalCase as UPPER_SNAKE, the form of reasons; <c>HttpIOError</c> becomes <c>HTTP_IO_ERROR</c>.</summary>
    public static string UpperSnake(string pascal)
    {
        var snake = new StringBuilder();
        for (int i = 0; i < pascal.Length; i++)
        {
            bool startsWord = i > 0 && char.IsUpper(pascal[i])
                && (!char.IsUpper(pascal[i - 1]) || (i + 1 < pascal.Length && char.IsLower(pascal[i + 1])));
            if (startsWord)
                snake.Append('_');
            snake.Append(char.ToUpperInvariant(pascal[i]));
        }

        return snake.ToString();
    }
}

/// <summary>One field of a request that is not what it must be.</summary>
/// <param name="Field">Path of the field.</param>
/// <param name="Description">What was found and what is expected.</param>
public sealed record FieldError(string Field, string Description);
