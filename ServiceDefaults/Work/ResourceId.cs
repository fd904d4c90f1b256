using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Maskwright.ServiceDefaults;

/// <summary>Ids of resources: 1 to 63 of a-z, 0-9 and -, starting with a letter (AIP-122).</summary>
public static partial class ResourceId
{
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

    /// <summary>Takes the id from a resource name.</summary>
    /// <param name="collection">The collection the name must be in, for instance <c>datasets</c>.</param>
    /// <param name="name">The name, for instance <c>datasets/scenes-1</c>.</param>
    /// <param name="field">The field that holds it, for the error.</param>
    /// <exception cref="Grpc.Core.RpcException">The name is not of that collection, or its id is not one.</exception>
    public static string FromName(string collection, string name, string field)
    {
        string prefix = collection + "/";
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
            throw RpcErrors.InvalidArgument(field, $"'{name}' is not a name of the form '{prefix}{{id}}'.");
        string id = name[prefix.Length..];
        Check(id, field);
        return id;
    }

    /// <summary>Refuses what is not an id.</summary>
    /// <exception cref="Grpc.Core.RpcException">It is not one.</exception>
    public static void Check(string id, string field)
    {
        if (!Pattern().IsMatch(id))
            throw RpcErrors.InvalidArgument(field, $"'{id}' is not an id: it takes 1 to 63 of a-z, 0-9 and -, starting with a letter.");
    }

    /// <summary>A new id: the day and time, which sorts and reads well, and a few random letters against collisions.</summary>
    /// <param name="prefix">First letters, for instance <c>ds</c>.</param>
    /// <param name="now">The time to put in.</param>
    public static string Create(string prefix, DateTimeOffset now) =>
        $"{prefix}-{now.UtcDateTime:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetString(Alphabet, 4)}";

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,62}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
