using Maskwright.Artifacts;

namespace Maskwright.Cli;

/// <summary>
/// Finds the object storage: the connection string in the environment (<c>ConnectionStrings__artifacts</c>, as for the
/// services), else the one in <c>endpoints.json</c>. There is no option for it: a command line is visible to every user of the
/// machine, and the string holds the secret key.
/// </summary>
internal static class StorageLocator
{
    private const string Variable = "ConnectionStrings__artifacts";

    /// <summary>A client of the storage. No request is sent yet.</summary>
    /// <exception cref="UsageException">The connection string is malformed; the message shows no secret.</exception>
    /// <exception cref="ServiceUnreachableException">Nothing says where the storage is.</exception>
    public static ObjectStorage Open(Terminal terminal)
    {
        if (terminal.Environment(Variable) is { Length: > 0 } fromEnvironment)
            return Open(fromEnvironment, $"The environment variable {Variable}");
        var file = EndpointsFile.PathOf(terminal);
        if (EndpointsFile.Find(file, "artifacts", "connectionString") is { } fromFile)
            return Open(fromFile, $"'{file}'");
        throw new ServiceUnreachableException(
            $"The object storage is nowhere to be found: no {Variable} in the environment, nothing in '{file}'. "
            + "Start the services with 'dotnet run --project AppHost', or set the variable to 'Endpoint=http://HOST:PORT;AccessKey=…;SecretKey=…;Bucket=maskwright'.");
    }

    private static ObjectStorage Open(string connectionString, string origin)
    {
        try
        {
            return new ObjectStorage(StorageOptions.Parse(connectionString));
        }
        catch (FormatException error)
        {
            throw new UsageException($"{origin}: {error.Message}");
        }
    }
}
