using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a custom command of a resource is shown.</summary>
public class CommandOptions
{
    /// <summary>What it does, or null.</summary>
    public string? Description { get; set; }

    /// <summary>Question to be answered yes first, or null for none.</summary>
    public string? ConfirmationMessage { get; set; }

    /// <summary>Name of a Fluent UI icon; this engine's dashboard shows none.</summary>
    public string? IconName { get; set; }

    /// <summary>Whether it stands beside the resource, not in a menu.</summary>
    public bool IsHighlighted { get; set; }
}

/// <summary>The execution of a custom command.</summary>
public sealed class ExecuteCommandContext
{
    /// <summary>The application's settings and clock.</summary>
    public required IServiceProvider ServiceProvider { get; init; }

    /// <summary>Name of the resource, for a replica with its number.</summary>
    public required string ResourceName { get; init; }

    /// <summary>Gives up the command.</summary>
    public required CancellationToken CancellationToken { get; init; }

    /// <summary>Writes into the resource's console log.</summary>
    public required ILogger Logger { get; init; }
}

/// <summary>What came of a custom command.</summary>
public sealed class ExecuteCommandResult
{
    /// <summary>Whether it succeeded.</summary>
    public required bool Success { get; init; }

    /// <summary>Whether it was given up.</summary>
    public bool Canceled { get; init; }

    /// <summary>What to tell the user, or null.</summary>
    public string? Message { get; init; }
}

/// <summary>Makes results of custom commands.</summary>
public static class CommandResults
{
    /// <summary>The command succeeded.</summary>
    /// <returns>The result.</returns>
    public static ExecuteCommandResult Success() => new() { Success = true };

    /// <summary>The command succeeded.</summary>
    /// <param name="message">What to tell the user.</param>
    /// <returns>The result.</returns>
    public static ExecuteCommandResult Success(string message) => new() { Success = true, Message = message };

    /// <summary>The command failed.</summary>
    /// <param name="errorMessage">Why, or null.</param>
    /// <returns>The result.</returns>
    public static ExecuteCommandResult Failure(string? errorMessage = null) => new() { Success = false, Message = errorMessage };

    /// <summary>The command failed.</summary>
    /// <param name="exception">Why.</param>
    /// <returns>The result.</returns>
    public static ExecuteCommandResult Failure(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return Failure(exception.Message);
    }

    /// <summary>The command was given up.</summary>
    /// <returns>The result.</returns>
    public static ExecuteCommandResult Canceled() => new() { Success = false, Canceled = true };
}
