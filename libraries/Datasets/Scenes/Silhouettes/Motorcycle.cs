using SkiaSharp;

namespace Maskwright.Datasets;

/// <summary>A motorcycle, about one unit long, tyres on y = 0, y downwards.</summary>
internal static class Motorcycle
{
    private static readonly SKColor Chrome = new(178, 182, 190);
    private static readonly SKColor Engine = new(92, 95, 102);
    private static readonly SKColor Black = new(26, 26, 28);

    public static void Draw(Brush brush, SceneRandom random)
    {
        var paint = random.Chance(0.2f) ? SKColor.FromHsl(220, 8, random.Between(18, 35)) : random.Colour(85, 42);
        Wheel(brush, -0.32f);
        Wheel(brush, 0.33f);

        brush.Limb(Engine, 0.06f, new(-0.32f, -0.2f), new(-0.05f, -0.22f));
        brush.Shape("M-.16,-.1 L-.2,-.3 L-.1,-.4 L.17,-.4 L.2,-.2 L.12,-.08 Z", Engine);
        brush.Disc(0, -0.21f, 0.085f, Chrome);
        brush.Disc(0, -0.21f, 0.05f, Engine);
        brush.Limb(Black, 0.012f, new(0.06f, -0.36f), new(0.16f, -0.36f));
        brush.Limb(Black, 0.012f, new(0.07f, -0.32f), new(0.17f, -0.32f));
        brush.Limb(Chrome, 0.06f, new(0.12f, -0.14f), new(-0.1f, -0.09f), new(-0.42f, -0.13f));

        brush.Limb(Chrome, 0.055f, new(0.33f, -0.2f), new(0.2f, -0.55f));
        brush.Shape("M.14,-.22 C.16,-.44 .46,-.48 .54,-.24 C.46,-.38 .24,-.36 .2,-.22 Z", paint);
        brush.Shape("M-.5,-.34 C-.42,-.43 -.24,-.4 -.16,-.3 L-.1,-.42 L-.46,-.5 Z", paint);
        brush.Shape("M-.14,-.39 C-.12,-.53 .02,-.57 .12,-.55 C.2,-.53 .24,-.46 .22,-.38 Z", paint);
        brush.Shape("M-.08,-.46 C-.02,-.52 .06,-.53 .12,-.51 L.1,-.47 Z", random.Vary(paint, 22));
        brush.Shape("M-.5,-.53 C-.4,-.5 -.3,-.53 -.2,-.49 C-.14,-.47 -.12,-.43 -.1,-.39 L-.34,-.39 C-.4,-.42 -.46,-.46 -.5,-.53 Z", Black);
        brush.Box(-0.52f, -0.47f, -0.47f, -0.42f, 0.01f, new SKColor(205, 32, 38));

        brush.Limb(Black, 0.04f, new(0.2f, -0.55f), new(0.17f, -0.64f), new(0.08f, -0.64f));
        brush.Disc(0.27f, -0.52f, 0.062f, Black);
        brush.Disc(0.285f, -0.52f, 0.045f, new SKColor(255, 246, 205));
        if (random.Chance(0.4f))
            brush.Shape("M.22,-.54 L.18,-.73 C.26,-.7 .31,-.62 .32,-.56 Z", new SKColor(170, 200, 220, 170));
    }

    private static void Wheel(Brush brush, float x)
    {
        brush.Disc(x, -0.2f, 0.2f, Black);
        brush.Disc(x, -0.2f, 0.118f, Chrome);
        brush.Disc(x, -0.2f, 0.085f, new SKColor(70, 72, 78));
        brush.Disc(x, -0.2f, 0.035f, Chrome);
    }
}
