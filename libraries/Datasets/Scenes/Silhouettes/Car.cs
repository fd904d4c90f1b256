using SkiaSharp;

namespace Maskwright.Datasets;

/// <summary>A car, one unit long seen from the side (half a unit wide from the front), wheels on y = 0, y downwards.</summary>
internal static class Car
{
    private static readonly SKColor Tyre = new(28, 28, 30);
    private static readonly SKColor Rim = new(185, 188, 195);
    private static readonly SKColor Dark = new(22, 24, 28);

    public static void Draw(Brush brush, SceneRandom random)
    {
        var body = random.Chance(0.3f) ? SKColor.FromHsl(220, 5, random.Pick(20f, 55f, 78f, 92f)) : random.Colour(75, 46);
        var glass = SKColor.FromHsl(205, random.Between(25, 45), random.Between(28, 62));
        switch (random.Whole(0, 4))
        {
            case 0: Front(brush, random, body, glass); break;
            case 1 or 2: Sedan(brush, random, body, glass); break;
            case 3: Wagon(brush, random, body, glass); break;
            default: Van(brush, random, body, glass); break;
        }
    }

    private static void Sedan(Brush brush, SceneRandom random, SKColor body, SKColor glass)
    {
        brush.Shape("M-.5,-.11 L-.49,-.2 C-.47,-.235 -.42,-.25 -.33,-.26 C-.27,-.33 -.21,-.385 -.11,-.395 L.11,-.395 C.21,-.385 .26,-.32 .32,-.26 C.42,-.25 .48,-.23 .5,-.18 L.5,-.1 C.5,-.08 .48,-.07 .46,-.07 L-.46,-.07 C-.48,-.07 -.5,-.09 -.5,-.11 Z", body);
        brush.Shape("M-.285,-.26 C-.23,-.325 -.18,-.36 -.11,-.368 L-.015,-.368 L-.015,-.26 Z", glass);
        brush.Shape("M.02,-.26 L.02,-.368 L.11,-.368 C.19,-.36 .225,-.315 .27,-.26 Z", glass);
        Side(brush, random, body);
    }

    private static void Wagon(Brush brush, SceneRandom random, SKColor body, SKColor glass)
    {
        brush.Shape("M-.5,-.11 L-.49,-.22 C-.47,-.255 -.4,-.27 -.31,-.28 L-.2,-.41 C-.18,-.43 -.15,-.435 -.12,-.435 L.36,-.435 C.43,-.435 .45,-.41 .46,-.36 L.5,-.22 L.5,-.1 C.5,-.08 .48,-.07 .46,-.07 L-.46,-.07 C-.48,-.07 -.5,-.09 -.5,-.11 Z", body);
        brush.Shape("M-.26,-.28 L-.17,-.395 L-.02,-.4 L-.02,-.28 Z", glass);
        brush.Shape("M.015,-.28 L.015,-.4 L.2,-.4 L.2,-.28 Z", glass);
        brush.Shape("M.235,-.28 L.235,-.4 L.38,-.4 C.41,-.395 .41,-.37 .42,-.28 Z", glass);
        Side(brush, random, body);
    }

    private static void Van(Brush brush, SceneRandom random, SKColor body, SKColor glass)
    {
        brush.Shape("M-.5,-.11 L-.49,-.25 C-.47,-.28 -.44,-.29 -.42,-.3 L-.33,-.47 C-.31,-.495 -.28,-.5 -.25,-.5 L.44,-.5 C.48,-.5 .5,-.48 .5,-.45 L.5,-.1 C.5,-.08 .48,-.07 .46,-.07 L-.46,-.07 C-.48,-.07 -.5,-.09 -.5,-.11 Z", body);
        brush.Shape("M-.38,-.3 L-.3,-.455 L-.17,-.46 L-.17,-.3 Z", glass);
        brush.Shape("M-.13,-.3 L-.13,-.46 L.12,-.46 L.12,-.3 Z", glass);
        brush.Shape("M.16,-.3 L.16,-.46 L.45,-.46 L.45,-.3 Z", glass);
        Side(brush, random, body);
    }

    private static void Side(Brush brush, SceneRandom random, SKColor body)
    {
        var seam = random.Vary(new SKColor(60, 60, 65), 5).WithAlpha(150);
        brush.Shape("M0,-.25 L0,-.1 M-.24,-.24 L-.2,-.1 M.25,-.24 L.2,-.1", seam, 0.007f);
        brush.Box(0.03f, -0.225f, 0.08f, -0.21f, 0.006f, seam);
        brush.Box(-0.49f, -0.125f, 0.49f, -0.1f, 0.01f, random.Vary(body, 14));
        brush.Oval(-0.462f, -0.185f, 0.03f, 0.026f, new SKColor(255, 246, 205));
        brush.Box(0.455f, -0.215f, 0.495f, -0.165f, 0.01f, new SKColor(205, 32, 38));
        foreach (var x in (ReadOnlySpan<float>)[-0.3f, 0.3f])
        {
            brush.Disc(x, -0.1f, 0.118f, Dark);
            brush.Disc(x, -0.095f, 0.095f, Tyre);
            brush.Disc(x, -0.095f, 0.055f, Rim);
            brush.Disc(x, -0.095f, 0.02f, Tyre);
        }
    }

    private static void Front(Brush brush, SceneRandom random, SKColor body, SKColor glass)
    {
        brush.Box(-0.27f, -0.14f, -0.16f, 0, 0.03f, Tyre);
        brush.Box(0.16f, -0.14f, 0.27f, 0, 0.03f, Tyre);
        brush.Shape("M-.3,-.09 L-.3,-.24 C-.3,-.29 -.27,-.31 -.25,-.32 L-.19,-.46 C-.18,-.49 -.15,-.5 -.1,-.5 L.1,-.5 C.15,-.5 .18,-.49 .19,-.46 L.25,-.32 C.27,-.31 .3,-.29 .3,-.24 L.3,-.09 C.3,-.07 .28,-.06 .26,-.06 L-.26,-.06 C-.28,-.06 -.3,-.07 -.3,-.09 Z", body);
        brush.Shape("M-.21,-.325 L-.165,-.445 C-.16,-.465 -.14,-.47 -.1,-.47 L.1,-.47 C.14,-.47 .16,-.465 .165,-.445 L.21,-.325 Z", glass);
        brush.Box(-0.14f, -0.21f, 0.14f, -0.14f, 0.02f, Dark);
        var lamp = random.Chance(0.6f) ? new SKColor(255, 246, 205) : new SKColor(205, 32, 38);
        brush.Oval(-0.225f, -0.21f, 0.055f, 0.04f, lamp);
        brush.Oval(0.225f, -0.21f, 0.055f, 0.04f, lamp);
        brush.Box(-0.07f, -0.125f, 0.07f, -0.08f, 0.01f, new SKColor(235, 235, 225));
    }
}
