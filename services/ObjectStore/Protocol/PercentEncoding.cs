using System.Buffers;
using System.Text;

namespace Maskwright.ObjectStore;

/// <summary>Percent-encoding as SigV4 prescribes it (RFC 3986, every byte but the unreserved ones, upper-case hex).</summary>
internal static class PercentEncoding
{
    private const string Hex = "0123456789ABCDEF";
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>Encodes text; a slash only when <paramref name="slash"/> is set.</summary>
    internal static string Encode(string text, bool slash = true)
    {
        if (text.AsSpan().IndexOfAnyExcept(Unreserved) < 0)
            return text;
        var result = new StringBuilder(text.Length * 3);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b < 0x80 && (Unreserved.Contains((char)b) || (b == '/' && !slash)))
                result.Append((char)b);
            else
                result.Append('%').Append(Hex[b >> 4]).Append(Hex[b & 15]);
        }

        return result.ToString();
    }

    /// <summary>Decodes a part of a URL.</summary>
    /// <param name="text">The part as it was sent.</param>
    /// <param name="plusIsSpace">True in a query.</param>
    /// <exception cref="S3Exception">The text is not well-formed, or its bytes are not UTF-8.</exception>
    internal static string Decode(ReadOnlySpan<char> text, bool plusIsSpace)
    {
        if (text.IndexOfAny('%', '+') < 0 && Ascii.IsValid(text))
            return text.ToString();
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                    throw Invalid();
                bytes[length++] = Convert.FromHexString(text.Slice(i + 1, 2))[0];
                i += 2;
            }
            else if (c >= 0x80)
            {
                throw Invalid();
            }
            else
            {
                bytes[length++] = c == '+' && plusIsSpace ? (byte)' ' : (byte)c;
            }
        }

        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException error)
        {
            throw Invalid(error);
        }
    }

    /// <summary>Decodes a query into its names and values, in order.</summary>
    /// <exception cref="S3Exception">It is not well-formed.</exception>
    internal static List<KeyValuePair<string, string>> ParseQuery(ReadOnlySpan<char> query)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (pair.IsEmpty)
                continue;
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? default : pair[(equals + 1)..];
            pairs.Add(new(Decode(name, plusIsSpace: true), Decode(value, plusIsSpace: true)));
        }

        return pairs;
    }

    private static S3Exception Invalid(Exception? cause = null) =>
        new(StatusCodes.Status400BadRequest, "InvalidURI", $"The URL is not percent-encoded UTF-8{(cause is null ? "" : $" ({cause.Message})")}.");
}
