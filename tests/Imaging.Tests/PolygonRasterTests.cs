using FsCheck.Xunit;

namespace Maskwright.Imaging.Tests;

public sealed class PolygonRasterTests
{
    private const int Scale = 5;

    [Property(MaxTest = 300)]
    public bool Runs_are_those_of_the_outline_walked_point_by_point(byte height, byte width, (short X, short Y)[] points)
    {
        if (points.Length < 3)
        {
            return true;
        }

        // Hundredths of a pixel, also outside of the picture on every side.
        var xy = points.SelectMany(point => new[] { point.X % 15_000 / 100.0 + 100, point.Y % 15_000 / 100.0 + 100 }).ToArray();
        return PolygonRaster.Runs(xy, height + 1, width + 1).SequenceEqual(Walked(xy, height + 1, width + 1));
    }

    // As maskApi.c does it.
    private static List<uint> Walked(double[] xy, int height, int width)
    {
        var outline = new List<(int U, int V)>();
        for (var i = 0; i < xy.Length / 2; i++)
        {
            var (from, to) = (Point(xy, i), Point(xy, (i + 1) % (xy.Length / 2)));
            var (dx, dy) = (Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y));
            var flip = dx >= dy ? from.X > to.X : from.Y > to.Y;
            var (start, end) = flip ? (to, from) : (from, to);
            var slope = dx >= dy ? (double)(end.Y - start.Y) / dx : (double)(end.X - start.X) / dy;
            for (var step = 0; step <= Math.Max(dx, dy); step++)
            {
                var t = flip ? Math.Max(dx, dy) - step : step;
                outline.Add(dx >= dy ? (start.X + t, (int)(start.Y + slope * t + 0.5)) : ((int)(start.X + slope * t + 0.5), start.Y + t));
            }
        }

        var places = new List<uint>();
        for (var i = 1; i < outline.Count; i++)
        {
            var (u, v) = (Math.Min(outline[i].U, outline[i - 1].U), Math.Min(outline[i].V, outline[i - 1].V));
            var x = (u + 0.5) / Scale - 0.5;
            if (outline[i].U != outline[i - 1].U && Math.Floor(x) == x && x >= 0 && x <= width - 1)
            {
                var y = Math.Ceiling(Math.Clamp((v + 0.5) / Scale - 0.5, 0, height));
                places.Add((uint)((int)x * height + (int)y));
            }
        }

        places.Add((uint)(height * width));
        places.Sort();
        var runs = new List<uint> { places[0] };
        for (var i = 1; i < places.Count; i++)
        {
            if (places[i] > places[i - 1])
            {
                runs.Add(places[i] - places[i - 1]);
            }
            else if (++i < places.Count)
            {
                runs[^1] += places[i] - places[i - 1];
            }
        }

        return runs;
    }

    private static (int X, int Y) Point(double[] xy, int i) => ((int)(Scale * xy[2 * i] + 0.5), (int)(Scale * xy[2 * i + 1] + 0.5));
}
