using System.Buffers;
using System.Text;

namespace Maskwright.Hosting;

/// <summary>Makes a line that another process wrote safe to show in a terminal.</summary>
internal static class LogLine
{
    /// <summary>Longest line that is shown, in characters.</summary>
    public const int MaxLength = 16 * 1024;

    private static readonly SearchValues<char> ColourParameters = SearchValues.Create("0123456789;:");

    private const char Escape = '\u001b';

    /// <summary>Keeps text, tabs and (if wanted) colours; drops every other control character and escape sequence.</summary>
    public static string Clean(string line, bool keepColour)
    {
        if (!line.AsSpan().ContainsAnyInRange('\0', '\u001f') && !line.AsSpan().ContainsAnyInRange('\u007f', '\u009f'))
            return line;

        var clean = new StringBuilder(line.Length);
        var coloured = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == Escape)
            {
                var end = EndOfSequence(line, i);
                if (keepColour && IsColour(line.AsSpan(i, end - i)))
                {
                    clean.Append(line, i, end - i);
                    coloured = true;
                }

                i = end - 1;
            }
            else if (c == '\t' || !char.IsControl(c))
            {
                clean.Append(c);
            }
        }

        return coloured ? clean.Append("\u001b[0m").ToString() : clean.ToString();
    }

    private static bool IsColour(ReadOnlySpan<char> sequence) =>
        sequence.Length >= 3 && sequence[1] == '[' && sequence[^1] == 'm' && !sequence[2..^1].ContainsAnyExcept(ColourParameters);

    /// <summary>Index after the escape sequence that starts at <paramref name="start"/> (ECMA-48: CSI, OSC and other strings, two-character escapes).</summary>
    private static int EndOfSequence(string line, int start)
    {
        var i = start + 1;
        if (i >= line.Length)
            return i;
        switch (line[i])
        {
            case '[':
                for (i++; i < line.Length; i++)
                {
                    if (line[i] is >= '@' and <= '~')
                        return i + 1;
                    if (line[i] is < ' ' or > '~')
                        return i;
                }

                return i;
            case ']' or 'P' or 'X' or '^' or '_':
                for (i++; i < line.Length; i++)
                {
                    if (line[i] == '\a')
                        return i + 1;
                    if (line[i] == Escape)
                        return i + 1 < line.Length && line[i + 1] == '\\' ? i + 2 : i;
                }

                return i;
            default:
                while (i < line.Length && line[i] is >= ' ' and <= '/')
                    i++;
                return Math.Min(i + 1, line.Length);
        }
    }
}
