using System.Data.Common;
using Dapper;

namespace Maskwright.MetricsCollector;

/// <summary>What a sender numbers. The numbers are those of the database.</summary>
internal enum SenderKind
{
    Points = 1,
    Images = 2,
    Events = 3,
}

/// <summary>The last sequence kept of each client of a run, which makes a repeated batch harmless.</summary>
internal static class Senders
{
    /// <summary>Number of a run.</summary>
    /// <exception cref="RunNotFoundException">There is none of that id.</exception>
    public static async Task<long> RunAsync(DbConnection connection, string id) =>
        await connection.ExecuteScalarAsync<long?>(
            "SELECT number FROM runs WHERE id = @id AND status <> @hidden", new { id, hidden = (long)RunStatus.Importing })
        ?? throw new RunNotFoundException(id);

    /// <summary>The last sequence kept; 0 when nothing was.</summary>
    public static async Task<long> LastAsync(DbConnection connection, long run, SenderKind kind, string client) =>
        await connection.ExecuteScalarAsync<long?>(
            "SELECT last_sequence FROM senders WHERE run = @run AND kind = @kind AND client = @client",
            new { run, kind = (long)kind, client }) ?? 0;

    /// <summary>Remembers a sequence as the last.</summary>
    public static Task SetAsync(DbConnection connection, long run, SenderKind kind, string client, long sequence) =>
        connection.ExecuteAsync(
            """
            INSERT INTO senders (run, kind, client, last_sequence) VALUES (@run, @kind, @client, @sequence)
            ON CONFLICT (run, kind, client) DO UPDATE SET last_sequence = excluded.last_sequence
            """,
            new { run, kind = (long)kind, client, sequence });
}
