namespace Maskwright.Imaging;

/// <summary>
/// COCO's polygon rasteriser (rleFrPoly of maskApi.c): the outline is walked on a grid five times as fine; where it
/// crosses the middle of a pixel column, inside and outside change places. In a fifth-grid of whole numbers the middle
/// of column c is 5c + 2, so that everything after the walk is integer arithmetic.
/// </summary>
internal static class PolygonRaster
{
    // Beyond these nothing is a pixel of any picture, and the walk would take forever.
    private const double MaxCoordinate = 100_000;
    private const double MaxOutline = 10_000_000;

    private const int Scale = 5;
    private const int Middle = Scale / 2;

    /// <summary>Throws <see cref="FormatException"/> unless the numbers are a polygon's.</summary>
    public static void Check(ReadOnlySpan<double> xy)
    {
        if (xy.Length < 6 || xy.Length % 2 != 0)
        {
            throw new FormatException($"a polygon needs x, y of at least 3 points (an even count of numbers, 6 or more), not {xy.Length} numbers");
        }

        var outline = 0.0;
        for (var i = 0; i < xy.Length; i++)
        {
            // Written so that NaN fails too.
            if (!(Math.Abs(xy[i]) <= MaxCoordinate))
            {
                throw new FormatException($"the coordinate {xy[i]} is not a finite number of at most {MaxCoordinate:0} pixels");
            }

            outline += i < 2 ? 0 : Math.Abs(xy[i] - xy[i - 2]);
        }

        if (outline > MaxOutline)
        {
            throw new FormatException($"the outline of {xy.Length / 2} points is longer than {MaxOutline:0} pixels");
        }
    }

    /// <summary>Column-major run lengths of one polygon, outside first.</summary>
    public static uint[] Runs(ReadOnlySpan<double> xy, int height, int width)
    {
        Check(xy);
        var crossings = new List<uint>();
        var points = xy.Length / 2;
        for (var i = 0; i < points; i++)
        {
            AddCrossings(crossings, Point(xy, i), Point(xy, (i + 1) % points), height, width);
        }

        crossings.Add((uint)height * (uint)width);
        crossings.Sort();
        return Differences(crossings);
    }

    private static (int X, int Y) Point(ReadOnlySpan<double> xy, int i) =>
        ((int)(Scale * xy[2 * i] + 0.5), (int)(Scale * xy[2 * i + 1] + 0.5));

    // Where an edge goes from the middle of a column to the next point of the grid, the lower of the two rows counts.
    private static void AddCrossings(List<uint> crossings, (int X, int Y) from, (int X, int Y) to, int height, int width)
    {
        var (dx, dy) = (Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y));
        // Either direction of an edge must give the same points: walk from its lower end.
        var (start, end) = (dx >= dy ? from.X > to.X : from.Y > to.Y) ? (to, from) : (from, to);
        var right = Math.Max(from.X, to.X);
        var column = Math.Max(0, (Math.Min(from.X, to.X) - Middle + Scale - 1) / Scale);
        if (column >= width || MiddleOf(column) >= right)
        {
            return;
        }

        if (dx >= dy)
        {
            var slope = (double)(end.Y - start.Y) / dx;
            for (; column < width && MiddleOf(column) < right; column++)
            {
                var t = MiddleOf(column) - start.X;
                Add(column, Math.Min((int)(start.Y + slope * t + 0.5), (int)(start.Y + slope * (t + 1) + 0.5)));
            }
        }
        else
        {
            var slope = (double)(end.X - start.X) / dy;
            var previous = start.X;
            for (var t = 1; t <= dy; t++)
            {
                var u = (int)(start.X + slope * t + 0.5);
                var (crossed, offset) = Math.DivRem(Math.Min(u, previous) - Middle, Scale);
                if (u != previous && offset == 0 && crossed >= 0 && crossed < width)
                {
                    Add(crossed, start.Y + t - 1);
                }

                previous = u;
            }
        }

        void Add(int at, int v)
        {
            var row = v <= Middle ? 0 : Math.Min(height, (v - Middle + Scale - 1) / Scale);
            crossings.Add((uint)(at * height + row));
        }
    }

    private static int MiddleOf(int column) => Scale * column + Middle;

    // Two crossings at one place cancel each other: their run of 0 joins its neighbours.
    private static uint[] Differences(List<uint> crossings)
    {
        var runs = new List<uint> { crossings[0] };
        for (var i = 1; i < crossings.Count; i++)
        {
            var run = crossings[i] - crossings[i - 1];
            if (run > 0)
            {
                runs.Add(run);
            }
            else if (++i < crossings.Count)
            {
                runs[^1] += crossings[i] - crossings[i - 1];
            }
        }

        return [.. runs];
    }
}
