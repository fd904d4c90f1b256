using SkiaSharp;

namespace Maskwright.Datasets;

/// <summary>
/// A bicycle, about one unit long, tyres on y = 0, y downwards. Wheels count as whole discs, as COCO's annotators
/// outline them; the triangles of the frame let the background through.
/// </summary>
internal static class Bicycle
{
    private const float WheelX = 0.285f;
    private const float WheelY = -0.235f;

    public static void Draw(Brush brush, SceneRandom random)
    {
        var frame = random.Colour(80, 45);
        var tyre = random.Vary(new SKColor(35, 32, 32), 8);
        Wheel(brush, -WheelX, tyre);
        Wheel(brush, WheelX, tyre);

        SKPoint rear = new(-WheelX, WheelY), front = new(WheelX, WheelY);
        SKPoint bracket = new(-0.04f, -0.22f), seat = new(-0.13f, -0.55f), head = new(0.19f, -0.55f);
        brush.Limb(frame, 0.05f, rear, seat, bracket, rear);
        brush.Limb(frame, 0.05f, bracket, head, seat);
        brush.Limb(random.Vary(frame, 8), 0.05f, new(0.17f, -0.62f), front);
        brush.Limb(tyre, 0.04f, seat, new(-0.145f, -0.61f));
        brush.Oval(-0.15f, -0.635f, 0.1f, 0.033f, tyre);
        if (random.Chance(0.5f))
            brush.Limb(tyre, 0.042f, new(0.08f, -0.68f), new(0.17f, -0.655f), new(0.27f, -0.67f));
        else
            brush.Limb(tyre, 0.042f, new(0.16f, -0.655f), new(0.25f, -0.655f), new(0.28f, -0.6f), new(0.22f, -0.565f));
        if (random.Chance(0.35f))
        {
            brush.Box(0.19f, -0.62f, 0.37f, -0.47f, 0.02f, random.Vary(new SKColor(150, 110, 70), 8));
            brush.Limb(new SKColor(95, 66, 40), 0.012f, new(0.2f, -0.55f), new(0.36f, -0.55f));
        }

        brush.Disc(bracket.X, bracket.Y, 0.06f, new SKColor(140, 142, 148));
        brush.Limb(tyre, 0.03f, bracket, new(0.02f, -0.12f), new(0.07f, -0.12f));
    }

    private static void Wheel(Brush brush, float x, SKColor tyre)
    {
        brush.Disc(x, WheelY, 0.2f, new SKColor(205, 208, 212, 120));
        for (var spoke = 0; spoke < 6; spoke++)
        {
            var (sin, cos) = MathF.SinCos(spoke * MathF.PI / 6 + 0.2f);
            brush.Limb(new SKColor(225, 226, 230), 0.008f, new(x - 0.19f * cos, WheelY - 0.19f * sin), new(x + 0.19f * cos, WheelY + 0.19f * sin));
        }

        brush.Disc(x, WheelY, 0.207f, tyre, stroke: 0.055f);
        brush.Disc(x, WheelY, 0.03f, tyre);
    }
}
