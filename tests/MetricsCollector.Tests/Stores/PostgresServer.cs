using System.Diagnostics;
using Npgsql;

[assembly: AssemblyFixture(typeof(Maskwright.MetricsCollector.Tests.PostgresServer))]

namespace Maskwright.MetricsCollector.Tests;

/// <summary>
/// The distribution's PostgreSQL on a data folder of its own, reached through a socket in that folder only. It is started for
/// the first test that needs it, and ends with this process, however that ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "maskwright";
    private readonly SemaphoreSlim _starting = new(1, 1);
    private Process? _server;
    private string _folder = "";
    private int _schemas;

    /// <summary>A connection string to a schema that is empty and nobody else's.</summary>
    public async Task<string> CreateSchemaAsync()
    {
        await StartAsync();
        var schema = $"test{Interlocked.Increment(ref _schemas)}";
        var settings = new NpgsqlConnectionStringBuilder { Host = _folder, Username = User, Database = "postgres" };
        await using (var source = NpgsqlDataSource.Create(settings))
        await using (var command = source.CreateCommand($"CREATE SCHEMA {schema}"))
            await command.ExecuteNonQueryAsync();
        settings.SearchPath = schema;
        return settings.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        _starting.Dispose();
        if (_server is null)
            return;
        _server.StandardInput.Close();
        await _server.WaitForExitAsync();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Programs() =>
        Directory.Exists("/usr/lib/postgresql")
        && Directory.EnumerateFiles("/usr/lib/postgresql", "initdb", SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault() is { } found
            ? Path.GetDirectoryName(found)!
            : "";

    private async Task StartAsync()
    {
        var programs = Programs();
        Assert.SkipWhen(programs.Length == 0, "PostgreSQL is not installed: /usr/lib/postgresql has no initdb (Debian: postgresql).");
        await _starting.WaitAsync();
        try
        {
            if (_server is not null)
                return;
            _folder = Directory.CreateTempSubdirectory("maskwright-postgres-").FullName;
            if (Environment.IsPrivilegedProcess)
                await RunAsync("chown", "postgres", _folder);
            await RunAsync(AsUser($"{programs}/initdb", "-D", $"{_folder}/data", "-U", User, "-A", "trust", "-E", "UTF8", "--no-sync"));
            // The shell ends the server when its input closes, which it does with this process.
            _server = Start(AsUser(
                "sh", "-c", "\"$@\" 2>&1 & server=$!; read -r _; kill -INT $server; wait $server", "sh",
                $"{programs}/postgres", "-D", $"{_folder}/data", "-k", _folder, "-c", "listen_addresses=", "-c", "fsync=off"));
            var said = new List<string>();
            while (await _server.StandardOutput.ReadLineAsync() is { } line)
            {
                said.Add(line);
                if (!line.Contains("ready to accept connections", StringComparison.Ordinal))
                    continue;
                _ = _server.StandardOutput.ReadToEndAsync();
                return;
            }

            throw new InvalidOperationException($"PostgreSQL did not start: {string.Join('\n', said)}");
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static string[] AsUser(params string[] command) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", .. command]
        : command;

    private static async Task RunAsync(params string[] command)
    {
        using var process = Start(command);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, output);
    }

    private static Process Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        return Process.Start(start)!;
    }
}
