using System.Globalization;

namespace Maskwright.Dashboard.Text;

/// <summary>A piece of a line in one style.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Class">Classes of the style sheet, or null for plain text.</param>
internal sealed record StyledText(string Text, string? Class);

/// <summary>
/// Turns the colours that programs write for terminals (ECMA-48 "select graphic rendition") into classes of the style sheet. The
/// 16 named colours, bold, faint, italic and underline are shown; other colours come down to the nearest of the 16. Everything
/// else of a terminal's language is dropped.
/// </summary>
internal static class AnsiText
{
    private const char Escape = '\u001b';

    public static IReadOnlyList<StyledText> Parse(string line)
    {
        if (!line.Contains(Escape, StringComparison.Ordinal))
            return [new StyledText(line, null)];
        List<StyledText> pieces = [];
        var style = default(Style);
        var from = 0;
        for (var at = line.IndexOf(Escape); at >= 0; at = line.IndexOf(Escape, from))
        {
            Add(line[from..at]);
            from = at + 1;
            if (from < line.Length && line[from] == '[')
            {
                var end = from + 1;
                while (end < line.Length && line[end] is < '@' or > '~')
                    end++;
                if (end < line.Length && line[end] == 'm')
                    style = style.With(line[(from + 1)..end]);
                from = Math.Min(end + 1, line.Length);
            }
        }

        Add(line[from..]);
        return pieces;

        void Add(string text)
        {
            if (text.Length > 0)
                pieces.Add(new StyledText(text, style.Class));
        }
    }

    private readonly record struct Style(int? Foreground, int? Background, bool Bold, bool Faint, bool Italic, bool Underline)
    {
        public string? Class
        {
            get
            {
                List<string> classes = [];
                if (Foreground is { } foreground)
                    classes.Add($"ansi-{foreground}");
                if (Background is { } background)
                    classes.Add($"ansi-on-{background}");
                if (Bold)
                    classes.Add("ansi-bold");
                if (Faint)
                    classes.Add("ansi-faint");
                if (Italic)
                    classes.Add("ansi-italic");
                if (Underline)
                    classes.Add("ansi-underline");
                return classes.Count == 0 ? null : string.Join(' ', classes);
            }
        }

        public Style With(string parameters)
        {
            var style = this;
            var numbers = new Queue<int>(parameters.Split(';', ':').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0));
            while (numbers.TryDequeue(out var number))
            {
                style = number switch
                {
                    0 => default,
                    1 => style with { Bold = true },
                    2 => style with { Faint = true },
                    3 => style with { Italic = true },
                    4 => style with { Underline = true },
                    22 => style with { Bold = false, Faint = false },
                    23 => style with { Italic = false },
                    24 => style with { Underline = false },
                    >= 30 and <= 37 => style with { Foreground = number - 30 },
                    38 => style with { Foreground = Extended(numbers) },
                    39 => style with { Foreground = null },
                    >= 40 and <= 47 => style with { Background = number - 40 },
                    48 => style with { Background = Extended(numbers) },
                    49 => style with { Background = null },
                    >= 90 and <= 97 => style with { Foreground = number - 90 + 8 },
                    >= 100 and <= 107 => style with { Background = number - 100 + 8 },
                    _ => style,
                };
            }

            return style;
        }

        /// <summary>What follows 38 or 48: <c>5;n</c> of 256 colours, or <c>2;r;g;b</c>.</summary>
        private static int? Extended(Queue<int> numbers)
        {
            if (!numbers.TryDequeue(out var kind))
                return null;
            if (kind == 5 && numbers.TryDequeue(out var index))
            {
                return index switch
                {
                    < 16 => index,
                    >= 232 => Nearest((index - 232) * 10 + 8, (index - 232) * 10 + 8, (index - 232) * 10 + 8),
                    _ => Nearest((index - 16) / 36 * 51, (index - 16) / 6 % 6 * 51, (index - 16) % 6 * 51),
                };
            }

            return kind == 2 && numbers.TryDequeue(out var red) && numbers.TryDequeue(out var green) && numbers.TryDequeue(out var blue)
                ? Nearest(red, green, blue)
                : null;
        }

        /// <summary>One bit a primary, and a bright one where any is strong.</summary>
        private static int Nearest(int red, int green, int blue)
        {
            var strongest = Math.Max(red, Math.Max(green, blue));
            if (strongest < 48)
                return 0;
            var half = strongest / 2;
            var colour = (red > half ? 1 : 0) | (green > half ? 2 : 0) | (blue > half ? 4 : 0);
            return colour == 7 ? (strongest > 220 ? 15 : strongest > 140 ? 7 : 8) : strongest > 180 ? colour + 8 : colour;
        }
    }
}
