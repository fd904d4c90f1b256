namespace Maskwright.Dashboard.Telemetry;

/// <summary>Keeps one copy of the short texts that telemetry repeats: names, keys, common values. Not safe for use by several threads.</summary>
internal sealed class TextPool
{
    private const int LongestText = 96;
    private const int MaxTexts = 16_384;

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>The copy that is kept, or <paramref name="text"/> itself when it is long.</summary>
    public string Share(string text)
    {
        if (text.Length == 0)
            return "";
        if (text.Length > LongestText)
            return text;
        if (_texts.TryGetValue(text, out var kept))
            return kept;
        if (_texts.Count == MaxTexts)
            _texts.Clear();
        _texts.Add(text);
        return text;
    }
}
