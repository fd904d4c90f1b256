using SkiaSharp;

namespace Maskwright.Datasets;

/// <summary>A standing or walking person, one unit tall, feet at (0, 0), y downwards.</summary>
internal static class Person
{
    private static readonly SKColor[] Skins = [new(0xFFE0BD), new(0xF1C27D), new(0xC68642), new(0x8D5524), new(0x5C3A21)];
    private static readonly SKColor[] Hairs = [new(0x1B1B1B), new(0x4A2C17), new(0x8A5A2B), new(0xC9A227), new(0x9A9A9A)];

    public static void Draw(Brush brush, SceneRandom random)
    {
        var skin = Opaque(random.Pick<SKColor>(Skins));
        var hair = Opaque(random.Pick<SKColor>(Hairs));
        var shirt = random.Colour(65, 50);
        var trousers = random.Chance(0.5f) ? random.Colour(35, 28) : SKColor.FromHsl(218, 40, random.Between(22, 40));
        var shoe = random.Vary(new SKColor(45, 40, 40), 12);
        var lean = random.Between(-0.03f, 0.03f);

        if (random.Chance(0.2f))
            brush.Box(-0.25f, -0.8f, 0.02f, -0.5f, 0.06f, random.Colour(55, 35));

        Arm(brush, random, -1, shirt, skin);
        Legs(brush, random, trousers, shoe);
        if (random.Chance(0.25f))
            brush.Shape("M-.13,-.52 L-.2,-.24 Q0,-.2 .2,-.24 L.13,-.52 Z", random.Vary(shirt, 12));

        brush.Box(-0.045f, -0.86f, 0.045f, -0.76f, 0.02f, random.Vary(skin, 4));
        brush.Shape("M-.185,-.77 C-.19,-.62 -.15,-.53 -.14,-.43 L.14,-.43 C.15,-.53 .19,-.62 .185,-.77 C.12,-.83 -.12,-.83 -.185,-.77 Z", shirt);
        if (random.Chance(0.4f))
            brush.Shape("M-.165,-.66 L.165,-.66 L.155,-.59 L-.155,-.59 Z", random.Colour(50, 65));
        brush.Shape("M-.14,-.455 L.14,-.455 L.14,-.425 L-.14,-.425 Z", random.Vary(trousers, 10));
        Arm(brush, random, 1, shirt, skin);
        Head(brush, random, lean, skin, hair);
    }

    private static void Legs(Brush brush, SceneRandom random, SKColor trousers, SKColor shoe)
    {
        var stride = random.Between(0.07f, 0.19f);
        foreach (var side in (ReadOnlySpan<float>)[-1, 1])
        {
            var foot = side * stride + random.Between(-0.02f, 0.02f);
            var knee = side * 0.08f + (foot - side * 0.08f) * 0.45f + 0.02f;
            brush.Limb(random.Vary(trousers, 5), 0.145f, new(side * 0.065f, -0.42f), new(knee, -0.24f), new(foot, -0.09f));
            brush.Oval(foot + 0.025f, -0.035f, 0.085f, 0.037f, shoe);
        }
    }

    private static void Arm(Brush brush, SceneRandom random, float side, SKColor sleeve, SKColor skin)
    {
        var swing = random.Chance(0.15f) ? random.Between(2.2f, 2.8f) : random.Between(0.1f, 0.75f);
        var bend = swing + random.Between(-0.1f, 0.6f);
        SKPoint shoulder = new(side * 0.155f, -0.74f);
        SKPoint elbow = new(shoulder.X + side * 0.17f * MathF.Sin(swing), shoulder.Y + 0.17f * MathF.Cos(swing));
        SKPoint hand = new(elbow.X + side * 0.16f * MathF.Sin(bend), elbow.Y + 0.16f * MathF.Cos(bend));
        var shortSleeve = random.Chance(0.5f);
        brush.Limb(shortSleeve ? skin : random.Vary(sleeve, 6), 0.075f, elbow, hand);
        brush.Limb(random.Vary(sleeve, 6), 0.095f, shoulder, elbow);
        brush.Disc(hand.X, hand.Y, 0.042f, skin);
    }

    private static void Head(Brush brush, SceneRandom random, float lean, SKColor skin, SKColor hair)
    {
        var style = random.Whole(0, 3);
        if (style == 0)
            brush.Box(lean - 0.105f, -0.97f, lean + 0.105f, -0.77f, 0.07f, hair);
        brush.Oval(lean, -0.9f, 0.085f, 0.1f, skin);
        brush.Disc(lean - 0.03f, -0.9f, 0.011f, new SKColor(40, 30, 30));
        brush.Disc(lean + 0.035f, -0.9f, 0.011f, new SKColor(40, 30, 30));
        brush.Limb(new SKColor(150, 70, 70), 0.012f, new(lean - 0.025f, -0.85f), new(lean + 0.03f, -0.85f));
        if (style == 1)
        {
            var cap = random.Colour(70, 45);
            brush.Shape(FormattableString.Invariant($"M{lean - 0.09f},-.925 C{lean - 0.09f},-1.02 {lean + 0.09f},-1.02 {lean + 0.09f},-.925 L{lean + 0.16f},-.915 L{lean + 0.15f},-.935 Z"), cap);
        }
        else
        {
            brush.Shape(FormattableString.Invariant($"M{lean - 0.095f},-.89 C{lean - 0.11f},-1.03 {lean + 0.11f},-1.03 {lean + 0.095f},-.89 C{lean + 0.07f},-.95 {lean - 0.03f},-.96 {lean - 0.095f},-.89 Z"), hair);
        }
    }

    private static SKColor Opaque(SKColor colour) => colour.WithAlpha(255);
}
