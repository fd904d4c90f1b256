using SkiaSharp;

namespace Maskwright.Datasets;

/// <summary>Objects of other COCO categories, about one unit tall with their foot on y = 0 (the kite around its middle).</summary>
internal static class Distractors
{
    public static void Dog(Brush brush, SceneRandom random)
    {
        var coat = SKColor.FromHsl(random.Between(18, 40), random.Between(15, 50), random.Between(22, 68));
        foreach (var x in (ReadOnlySpan<float>)[-0.38f, -0.26f, 0.22f, 0.34f])
            brush.Limb(random.Vary(coat, 7), 0.11f, new(x, -0.4f), new(x + 0.02f, -0.06f));
        brush.Limb(coat, 0.08f, new(-0.45f, -0.55f), new(-0.6f, -0.8f));
        brush.Oval(0, -0.5f, 0.48f, 0.2f, coat);
        brush.Oval(0.5f, -0.72f, 0.19f, 0.16f, coat);
        brush.Oval(0.66f, -0.67f, 0.12f, 0.075f, random.Vary(coat, 6));
        brush.Disc(0.76f, -0.69f, 0.035f, new SKColor(25, 20, 20));
        brush.Disc(0.55f, -0.76f, 0.025f, new SKColor(25, 20, 20));
        brush.Oval(0.41f, -0.74f, 0.075f, 0.15f, random.Vary(coat, 18));
    }

    public static void Bench(Brush brush, SceneRandom random)
    {
        var wood = SKColor.FromHsl(random.Between(22, 38), 45, random.Between(28, 48));
        var iron = new SKColor(48, 50, 54);
        foreach (var x in (ReadOnlySpan<float>)[-0.75f, 0.75f])
        {
            brush.Limb(iron, 0.08f, new(x, -0.95f), new(x, -0.45f), new(x, -0.04f));
            brush.Limb(iron, 0.08f, new(x - 0.12f, -0.03f), new(x + 0.12f, -0.03f));
        }

        brush.Box(-0.95f, -0.98f, 0.95f, -0.82f, 0.03f, wood);
        brush.Box(-0.95f, -0.76f, 0.95f, -0.6f, 0.03f, wood);
        brush.Box(-1, -0.52f, 1, -0.36f, 0.03f, random.Vary(wood, 6));
    }

    public static void Kite(Brush brush, SceneRandom random)
    {
        var left = random.Colour(85, 52);
        var right = random.Colour(85, 52);
        brush.Limb(new SKColor(240, 240, 240), 0.03f, new(0, 0.48f), new(0.12f, 0.62f), new(-0.05f, 0.75f), new(0.08f, 0.9f));
        brush.Polygon(left, new(0, -0.5f), new(-0.36f, -0.1f), new(0, 0.5f));
        brush.Polygon(right, new(0, -0.5f), new(0.36f, -0.1f), new(0, 0.5f));
        brush.Oval(-0.01f, 0.64f, 0.09f, 0.035f, left);
        brush.Oval(0.05f, 0.82f, 0.09f, 0.035f, right);
    }

    public static void TrafficLight(Brush brush, SceneRandom random)
    {
        brush.Box(-0.035f, -0.6f, 0.035f, 0, 0.01f, new SKColor(92, 96, 100));
        brush.Box(-0.13f, -1, 0.13f, -0.52f, 0.04f, new SKColor(32, 34, 30));
        var lit = random.Whole(0, 2);
        brush.Disc(0, -0.915f, 0.06f, lit == 0 ? new SKColor(255, 50, 40) : new SKColor(90, 30, 28));
        brush.Disc(0, -0.76f, 0.06f, lit == 1 ? new SKColor(255, 200, 40) : new SKColor(92, 76, 26));
        brush.Disc(0, -0.605f, 0.06f, lit == 2 ? new SKColor(70, 240, 110) : new SKColor(26, 80, 42));
    }

    public static void StopSign(Brush brush, SceneRandom random)
    {
        brush.Box(-0.03f, -0.7f, 0.03f, 0, 0.01f, random.Vary(new SKColor(130, 134, 138), 8));
        Octagon(brush, 0.25f, new SKColor(240, 240, 240));
        Octagon(brush, 0.225f, new SKColor(196, 30, 36));
        brush.Box(-0.15f, -0.79f, 0.15f, -0.71f, 0.01f, new SKColor(240, 240, 240));
    }

    private static void Octagon(Brush brush, float radius, SKColor colour)
    {
        Span<SKPoint> corners = stackalloc SKPoint[8];
        for (var i = 0; i < corners.Length; i++)
        {
            var (sin, cos) = MathF.SinCos((i + 0.5f) * MathF.PI / 4);
            corners[i] = new SKPoint(radius * cos, -0.75f + radius * sin);
        }

        brush.Polygon(colour, corners);
    }
}
