using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A password drawn from the system's cryptographic generator.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    private const string LowerLetters = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperLetters = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string Digits = "0123456789";
    private const string Punctuation = "-_.{}~()*+!";

    /// <summary>Length in characters, at least 1.</summary>
    public int MinLength { get; set; } = 22;

    /// <summary>Whether lower-case letters occur (without i, l and o, which are easily misread).</summary>
    public bool Lower { get; set; } = true;

    /// <summary>Whether upper-case letters occur (without I, L and O, which are easily misread).</summary>
    public bool Upper { get; set; } = true;

    /// <summary>Whether digits occur.</summary>
    public bool Numeric { get; set; } = true;

    /// <summary>Whether <c>-_.{}~()*+!</c> occur; all of them are safe in URLs and connection strings.</summary>
    public bool Special { get; set; } = true;

    /// <summary>At least so many lower-case letters.</summary>
    public int MinLower { get; set; }

    /// <summary>At least so many upper-case letters.</summary>
    public int MinUpper { get; set; }

    /// <summary>At least so many digits.</summary>
    public int MinNumeric { get; set; }

    /// <summary>At least so many of <c>-_.{}~()*+!</c>.</summary>
    public int MinSpecial { get; set; }

    /// <inheritdoc/>
    /// <exception cref="DistributedApplicationException">No kind of character is allowed, or a minimum is asked of a kind that is not.</exception>
    public override string GetDefaultValue()
    {
        (bool Allowed, int Minimum, string Characters)[] kinds =
        [
            (Lower, MinLower, LowerLetters),
            (Upper, MinUpper, UpperLetters),
            (Numeric, MinNumeric, Digits),
            (Special, MinSpecial, Punctuation),
        ];
        var alphabet = string.Concat(kinds.Where(kind => kind.Allowed).Select(kind => kind.Characters));
        if (alphabet.Length == 0 || MinLength < 1 || kinds.Any(kind => kind.Minimum < 0 || (kind.Minimum > 0 && !kind.Allowed)))
            throw new DistributedApplicationException("A generated value needs a length of at least 1, a kind of character that is allowed, and minimums only of allowed kinds.");

        List<char> value = [];
        foreach (var kind in kinds)
            value.AddRange(RandomNumberGenerator.GetItems<char>(kind.Characters, kind.Minimum));
        if (value.Count < MinLength)
            value.AddRange(RandomNumberGenerator.GetItems<char>(alphabet, MinLength - value.Count));
        var characters = value.ToArray();
        RandomNumberGenerator.Shuffle<char>(characters);
        return new string(characters);
    }
}
