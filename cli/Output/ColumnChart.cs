using System.Text;

namespace Maskwright.Cli;

/// <summary>A series as columns of block characters, with its scale at the left and its steps below.</summary>
internal static class ColumnChart
{
    /// <summary>Points that fit a line of 80 characters.</summary>
    public const int MaxPoints = 60;

    private const int Height = 6;
    private const string Blocks = " ▁▂▃▄▅▆▇█";

    /// <summary>Draws points in the order of their steps; the scale goes from 0, or the smallest value below it, to the largest.</summary>
    public static IReadOnlyList<string> Draw(IReadOnlyList<(long Step, double Value)> points)
    {
        var numbers = points.Select(point => point.Value).Where(double.IsFinite).ToList();
        if (numbers.Count == 0)
            return [];
        var low = Math.Min(0, numbers.Min());
        var high = numbers.Max() > low ? numbers.Max() : low + 1;
        var width = points.Count <= MaxPoints / 3 ? 3 : points.Count <= MaxPoints / 2 ? 2 : 1;
        var lines = new List<string>(Height + 2);
        for (var row = Height - 1; row >= 0; row--)
        {
            var label = row == Height - 1 ? Numbers.Figure(high) : row == 0 ? Numbers.Figure(low) : "";
            var line = new StringBuilder($"{label,8} │");
            foreach (var (_, value) in points)
            {
                var eighths = double.IsFinite(value) ? (int)Math.Round((value - low) / (high - low) * Height * 8) - (row * 8) : 0;
                var block = Blocks[Math.Clamp(eighths, 0, 8)];
                line.Append(width == 1 ? $"{block}" : new string(block, width - 1) + " ");
            }

            lines.Add(line.ToString().TrimEnd());
        }

        var length = points.Count * width;
        lines.Add($"{"",8} └{new string('─', length)}");
        var first = $"{points[0].Step}";
        var last = $"{points[^1].Step}";
        lines.Add($"{"",8}  {first}{last.PadLeft(Math.Max(last.Length + 1, length - first.Length - (width > 1 ? 1 : 0)))}");
        return lines;
    }
}
