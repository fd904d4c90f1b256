using SkiaSharp;

namespace Maskwright.Datasets;

/// <summary>The scenery behind the objects: sky or wall above the horizon, ground or floor below it. It owns no pixel.</summary>
internal static class Backdrop
{
    /// <summary>Draws one of four sceneries.</summary>
    /// <returns>The height of the horizon in pixels from the top.</returns>
    public static float Draw(Brush brush, SceneRandom random)
    {
        var horizon = brush.Height * random.Between(0.42f, 0.62f);
        brush.Place(SKMatrix.Identity, instance: 0);
        switch (random.Whole(0, 4))
        {
            case 0 or 1: Street(brush, random, horizon); break;
            case 2: Park(brush, random, horizon); break;
            case 3: Beach(brush, random, horizon); break;
            default: Room(brush, random, horizon); break;
        }

        return horizon;
    }

    private static void Street(Brush brush, SceneRandom random, float horizon)
    {
        Sky(brush, random, horizon);
        Houses(brush, random, horizon);
        var asphalt = random.Between(26, 52);
        Ground(brush, horizon, SKColor.FromHsl(225, 5, asphalt + 10), SKColor.FromHsl(225, 5, asphalt));
        var paving = SKColor.FromHsl(35, 8, random.Between(52, 70));
        brush.Box(0, horizon, brush.Width, horizon + brush.Height * 0.05f, 0, paving);
        var line = horizon + (brush.Height - horizon) * random.Between(0.35f, 0.7f);
        for (var x = -random.Between(0, 40); x < brush.Width; x += brush.Width * 0.16f)
            brush.Box(x, line, x + brush.Width * 0.09f, line + brush.Height * 0.014f, 0, new SKColor(228, 226, 210));
    }

    private static void Park(Brush brush, SceneRandom random, float horizon)
    {
        Sky(brush, random, horizon);
        for (var i = 0; i < random.Whole(3, 7); i++)
        {
            var x = random.Between(0, brush.Width);
            var tall = brush.Height * random.Between(0.14f, 0.36f);
            var green = SKColor.FromHsl(random.Between(85, 140), random.Between(25, 45), random.Between(20, 38));
            brush.Box(x - tall * 0.05f, horizon - tall * 0.5f, x + tall * 0.05f, horizon + 3, 0, SKColor.FromHsl(28, 35, 26));
            for (var leaf = 0; leaf < 4; leaf++)
                brush.Disc(x + tall * random.Between(-0.2f, 0.2f), horizon - tall * random.Between(0.5f, 0.85f), tall * random.Between(0.18f, 0.3f), random.Vary(green, 6));
        }

        var hue = random.Between(75, 120);
        Ground(brush, horizon, SKColor.FromHsl(hue, 34, 46), SKColor.FromHsl(hue, 40, 30));
        Tufts(brush, random, horizon, SKColor.FromHsl(hue, 40, 28), SKColor.FromHsl(hue, 38, 48));
    }

    private static void Beach(Brush brush, SceneRandom random, float horizon)
    {
        Sky(brush, random, horizon);
        var shore = horizon + brush.Height * random.Between(0.06f, 0.14f);
        brush.Backdrop(horizon, shore, SKColor.FromHsl(205, 45, 38), SKColor.FromHsl(190, 45, 58));
        for (var i = 0; i < 6; i++)
        {
            var (x, y) = (random.Between(0, brush.Width), random.Between(horizon + 2, shore));
            brush.Limb(new SKColor(255, 255, 255, 120), 1.4f, new(x, y), new(x + random.Between(12, 50), y));
        }

        var sand = random.Between(30, 44);
        Ground(brush, shore, SKColor.FromHsl(sand, 45, 74), SKColor.FromHsl(sand, 38, 58));
        Tufts(brush, random, shore, SKColor.FromHsl(sand, 32, 52), SKColor.FromHsl(sand, 40, 72));
    }

    private static void Room(Brush brush, SceneRandom random, float horizon)
    {
        var wall = random.Colour(24, 62);
        brush.Backdrop(0, horizon, wall, random.Vary(wall, 10));
        var stripe = random.Vary(wall, 10).WithAlpha(120);
        var step = random.Between(14, 44);
        var thick = step * random.Between(0.2f, 0.5f);
        for (var x = random.Between(0, step); x < brush.Width; x += step)
            brush.Box(x, 0, x + thick, horizon, 0, stripe);
        var floor = SKColor.FromHsl(random.Between(15, 45), random.Between(10, 40), random.Between(30, 58));
        Ground(brush, horizon, floor, random.Vary(floor, 12));
        for (var y = horizon + 8; y < brush.Height; y += 4 + (y - horizon) * 0.25f)
            brush.Limb(random.Vary(floor, 4).WithAlpha(160), 1.6f, new(0, y), new(brush.Width, y + random.Between(-3, 3)));
        brush.Box(0, horizon - 4, brush.Width, horizon + 1, 0, SKColor.FromHsl(30, 10, 85));
    }

    private static void Sky(Brush brush, SceneRandom random, float horizon)
    {
        var hue = random.Chance(0.2f) ? random.Between(15, 40) : random.Between(195, 222);
        brush.Backdrop(0, horizon + 1, SKColor.FromHsl(hue, random.Between(30, 75), random.Between(48, 70)), SKColor.FromHsl(hue, random.Between(20, 55), random.Between(78, 90)));
        if (random.Chance(0.3f))
            brush.Disc(random.Between(0, brush.Width), horizon * random.Between(0.1f, 0.5f), brush.Height * 0.05f, new SKColor(255, 244, 196, 220));
        for (var cloud = 0; cloud < random.Whole(0, 4); cloud++)
        {
            var (x, y, wide) = (random.Between(0, brush.Width), horizon * random.Between(0.08f, 0.7f), brush.Width * random.Between(0.06f, 0.14f));
            for (var puff = 0; puff < 5; puff++)
                brush.Oval(x + wide * random.Between(-1, 1), y + wide * random.Between(-0.16f, 0.16f), wide * random.Between(0.35f, 0.7f), wide * random.Between(0.15f, 0.3f), new SKColor(255, 255, 255, 150));
        }
    }

    private static void Houses(Brush brush, SceneRandom random, float horizon)
    {
        for (var x = -random.Between(0, 40); x < brush.Width;)
        {
            var wide = brush.Width * random.Between(0.12f, 0.28f);
            if (random.Chance(0.75f))
                House(brush, random, x, wide, horizon);
            x += wide * random.Between(0.9f, 1.2f);
        }
    }

    private static void House(Brush brush, SceneRandom random, float x, float wide, float horizon)
    {
        var roof = horizon - brush.Height * random.Between(0.12f, 0.36f);
        var wall = SKColor.FromHsl(random.Between(8, 50), random.Between(8, 38), random.Between(40, 74));
        brush.Box(x, roof, x + wide, horizon + 1, 0, wall);
        brush.Box(x - 2, roof - 4, x + wide + 2, roof + 2, 0, random.Vary(wall, 18));
        var pane = SKColor.FromHsl(210, 25, random.Between(30, 70));
        var (stepX, stepY) = (wide / random.Whole(3, 5), brush.Height * 0.075f);
        for (var top = roof + stepY * 0.4f; top + stepY * 0.5f < horizon; top += stepY)
            for (var left = x + stepX * 0.25f; left + stepX * 0.5f < x + wide; left += stepX)
                brush.Box(left, top, left + stepX * 0.5f, top + stepY * 0.5f, 0.5f, random.Vary(pane, 8));
    }

    private static void Ground(Brush brush, float horizon, SKColor far, SKColor near) =>
        brush.Backdrop(horizon, brush.Height, far, near);

    private static void Tufts(Brush brush, SceneRandom random, float horizon, SKColor dark, SKColor light)
    {
        for (var i = 0; i < 90; i++)
        {
            var depth = random.Next();
            var (x, y, size) = (random.Between(0, brush.Width), horizon + (brush.Height - horizon) * depth, 1 + 4 * depth);
            brush.Limb((random.Chance(0.5f) ? dark : light).WithAlpha(150), 0.6f + depth, new(x, y), new(x + size * random.Between(-0.8f, 0.8f), y - size * random.Between(0.3f, 1)));
        }
    }
}
