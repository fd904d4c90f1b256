using System.Buffers;
using System.Text.Encodings.Web;

namespace Maskwright.Artifacts;

/// <summary>
/// Escapes what JSON wants escaped and nothing else, as the JSON Canonicalization Scheme (RFC 8785) does. The framework's own
/// encoders also escape what their version of Unicode does not know yet, so that bytes would change with the runtime.
/// </summary>
internal sealed class CanonicalEncoder : JavaScriptEncoder
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create(string.Concat(Enumerable.Range(0, 0x20).Select(c => (char)c)) + "\"\\");

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => 6; // \u001f

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < 0x20 or '"' or '\\';

    /// <inheritdoc/>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) => new ReadOnlySpan<char>(text, textLength).IndexOfAny(Escaped);

    /// <inheritdoc/>
    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var text = unicodeScalar switch
        {
            '\b' => @"\b",
            '\t' => @"\t",
            '\n' => @"\n",
            '\f' => @"\f",
            '\r' => @"\r",
            '"' => "\\\"",
            '\\' => @"\\",
            < 0x20 => $"\\u{unicodeScalar:x4}",
            _ => char.ConvertFromUtf32(unicodeScalar),
        };
        numberOfCharactersWritten = text.TryCopyTo(new Span<char>(buffer, bufferLength)) ? text.Length : 0;
        return numberOfCharactersWritten > 0;
    }
}
