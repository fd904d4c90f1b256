using SkiaSharp;

namespace Maskwright.Datasets;

/// <summary>An airplane, one unit long, its middle at (0, 0), nose to the right, y downwards.</summary>
internal static class Airplane
{
    private static readonly SKColor Window = new(50, 70, 95);

    public static void Draw(Brush brush, SceneRandom random)
    {
        var hull = SKColor.FromHsl(215, random.Between(0, 15), random.Between(72, 95));
        var livery = random.Colour(80, 42);
        if (random.Chance(0.35f))
            FromBelow(brush, random, hull, livery);
        else
            FromTheSide(brush, random, hull, livery);
    }

    private static void FromTheSide(Brush brush, SceneRandom random, SKColor hull, SKColor livery)
    {
        var wing = random.Vary(new SKColor(158, 166, 178), 8);
        brush.Shape("M.13,-.05 L-.06,-.29 L-.17,-.29 L-.08,-.05 Z", random.Vary(wing, 6));
        brush.Shape("M-.42,-.04 L-.52,-.31 L-.4,-.31 L-.25,-.07 Z", livery);
        brush.Shape("M-.5,-.05 C-.42,-.09 -.3,-.1 -.1,-.1 L.3,-.1 C.42,-.095 .49,-.04 .5,0 C.49,.045 .42,.08 .3,.085 L-.1,.085 C-.28,.08 -.44,.02 -.5,-.03 Z", hull);
        brush.Shape("M-.47,-.035 C-.3,.01 .2,.02 .495,.01 C.49,.03 .48,.04 .47,.05 C.2,.055 -.28,.05 -.44,-.005 Z", livery);
        for (var i = 0; i < 12; i++)
            brush.Box(-0.27f + i * 0.053f, -0.055f, -0.245f + i * 0.053f, -0.022f, 0.008f, Window);
        brush.Shape("M.4,-.075 C.44,-.06 .46,-.045 .475,-.025 L.41,-.025 Z", Window);
        brush.Shape("M-.32,-.02 L-.47,.1 L-.55,.1 L-.45,-.02 Z", wing);
        brush.Oval(0.02f, 0.145f, 0.08f, 0.045f, livery);
        brush.Shape("M.14,.035 L-.13,.33 L-.26,.33 L-.11,.035 Z", wing);
        brush.Shape("M-.13,.33 L-.26,.33 L-.28,.27 L-.16,.3 Z", livery);
    }

    private static void FromBelow(Brush brush, SceneRandom random, SKColor hull, SKColor livery)
    {
        var wing = random.Vary(new SKColor(168, 175, 186), 8);
        foreach (var side in (ReadOnlySpan<float>)[-1, 1])
        {
            brush.Polygon(wing, new(0.16f, side * 0.04f), new(-0.1f, side * 0.46f), new(-0.2f, side * 0.46f), new(-0.1f, side * 0.04f));
            brush.Polygon(livery, new(-0.072f, side * 0.42f), new(-0.1f, side * 0.46f), new(-0.2f, side * 0.46f), new(-0.19f, side * 0.42f));
            brush.Polygon(livery, new(-0.34f, side * 0.02f), new(-0.46f, side * 0.19f), new(-0.53f, side * 0.19f), new(-0.47f, side * 0.02f));
            brush.Oval(0.06f, side * 0.19f, 0.075f, 0.035f, random.Vary(livery, 10));
        }

        brush.Shape("M-.5,0 C-.46,-.05 -.3,-.075 -.1,-.08 L.3,-.08 C.42,-.075 .49,-.035 .5,0 C.49,.035 .42,.075 .3,.08 L-.1,.08 C-.3,.075 -.46,.05 -.5,0 Z", hull);
        brush.Limb(livery, 0.02f, new(-0.45f, 0), new(0.4f, 0));
        brush.Shape("M.42,-.05 C.46,-.03 .46,.03 .42,.05 L.4,.04 L.4,-.04 Z", Window);
    }
}
