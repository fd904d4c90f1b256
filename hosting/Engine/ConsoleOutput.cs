namespace Maskwright.Hosting;

/// <summary>The engine's one voice: its own messages, and each resource's lines behind the resource's name.</summary>
internal sealed class ConsoleOutput(TextWriter writer, bool colour)
{
    /// <summary>Shorter values are too likely to stand in a log by chance.</summary>
    private const int ShortestMaskedSecret = 8;

    private static readonly string[] Palette = ["36", "33", "35", "32", "34", "96", "93", "95", "92", "94"];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _colours = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);

    public bool Colour => colour;

    /// <summary>Never shows this value from now on.</summary>
    public void Mask(string secret)
    {
        lock (_lock)
        {
            if (secret.Length >= ShortestMaskedSecret)
                _secrets.Add(secret);
        }
    }

    public void Say(string message) => Write(message);

    public void Complain(string message) => Write(colour ? $"\u001b[31merror:\u001b[0m {message}" : $"error: {message}");

    /// <summary>Shows a resource's line and returns it clean and masked, with its colours and without the name.</summary>
    public string Line(string resource, string line)
    {
        lock (_lock)
        {
            var clean = Masked(LogLine.Clean(line, keepColour: true));
            writer.WriteLine($"{Prefix(resource)}{(colour ? clean : LogLine.Clean(clean, keepColour: false))}");
            return clean;
        }
    }

    /// <summary>Whether a text contains a value that is never shown.</summary>
    public bool HoldsSecret(string text)
    {
        lock (_lock)
            return _secrets.Any(secret => text.Contains(secret, StringComparison.Ordinal));
    }

    public void Flush()
    {
        lock (_lock)
            writer.Flush();
    }

    private void Write(string message)
    {
        lock (_lock)
            writer.WriteLine(Masked(message));
    }

    private string Masked(string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, "****", StringComparison.Ordinal);
        return text;
    }

    private string Prefix(string resource)
    {
        if (!colour)
            return $"[{resource}] ";
        if (!_colours.TryGetValue(resource, out var code))
            _colours[resource] = code = Palette[_colours.Count % Palette.Length];
        return $"\u001b[{code}m[{resource}]\u001b[0m ";
    }
}
