using SkiaSharp;

namespace Maskwright.Datasets;

/// <summary>
/// Decides what stands where in a scene. People are the commonest class, then cars; bicycles, motorcycles and
/// airplanes are rare, as in COCO. The result is ordered from back to front.
/// </summary>
internal sealed class SceneComposer(SceneRandom random, int width, int height, float horizon)
{
    private readonly List<(float Depth, SceneObject Object)> _objects = [];
    private readonly List<float> _taken = [];

    public static IReadOnlyList<(int Id, string Name, string Supercategory)> Categories { get; } =
    [
        (1, "person", "person"), (2, "bicycle", "vehicle"), (3, "car", "vehicle"), (4, "motorcycle", "vehicle"),
        (5, "airplane", "vehicle"), (10, "traffic light", "outdoor"), (13, "stop sign", "outdoor"),
        (15, "bench", "outdoor"), (18, "dog", "animal"), (38, "kite", "sports"),
    ];

    public IReadOnlyList<SceneObject> Compose()
    {
        var (person, car, bicycle, motorcycle, airplane) =
            (random.Chance(0.70f), random.Chance(0.45f), random.Chance(0.21f), random.Chance(0.18f), random.Chance(0.17f));
        // A few scenes show none of the five classes: a preparation has to leave them out.
        if (!(person || car || bicycle || motorcycle || airplane))
            person = random.Chance(0.6f);

        if (airplane)
            Fly(5, Airplane.Draw, random.Between(0.55f, 1f) * width);
        if (car)
            Repeat(random.Chance(0.35f) ? 2 : 1, () => Stand(3, Car.Draw, random.Between(0.42f, 0.8f) * width, shadow: 0.52f, tilt: 4));
        if (bicycle)
            Repeat(random.Chance(0.2f) ? 2 : 1, () => Stand(2, Bicycle.Draw, random.Between(0.5f, 0.85f) * width, shadow: 0.5f, tilt: 6));
        if (motorcycle)
            Repeat(random.Chance(0.2f) ? 2 : 1, () => Stand(4, Motorcycle.Draw, random.Between(0.5f, 0.85f) * width, shadow: 0.5f, tilt: 6));
        if (person)
            Repeat(random.Pick(1, 1, 1, 2, 2, 3), () => Stand(1, Person.Draw, random.Between(0.42f, 0.9f) * height, shadow: 0.26f, tilt: 5));

        if (random.Chance(0.07f))
            Crowd(1, Person.Draw, random.Whole(8, 16), 0.15f * height, spacing: 0.36f);
        if (random.Chance(0.03f))
            Crowd(2, Bicycle.Draw, random.Whole(4, 7), 0.2f * height, spacing: 0.5f);
        var others = (random.Chance(0.35f) ? 1 : 0) + (person || car || bicycle || motorcycle || airplane ? 0 : 1);
        Repeat(others, Other);

        return [.. _objects.OrderBy(placed => placed.Depth).Select(placed => placed.Object)];
    }

    private static void Repeat(int times, Action place)
    {
        for (var i = 0; i < times; i++)
            place();
    }

    private void Other()
    {
        switch (random.Whole(0, 4))
        {
            case 0: Stand(18, Distractors.Dog, random.Between(0.18f, 0.34f) * height, shadow: 0.5f, tilt: 4); break;
            case 1: Stand(15, Distractors.Bench, random.Between(0.2f, 0.32f) * height, shadow: 0.95f, tilt: 2); break;
            case 2: Stand(10, Distractors.TrafficLight, random.Between(0.5f, 0.9f) * height, shadow: 0.1f, tilt: 2); break;
            case 3: Stand(13, Distractors.StopSign, random.Between(0.4f, 0.75f) * height, shadow: 0.1f, tilt: 4); break;
            default: Fly(38, Distractors.Kite, random.Between(0.18f, 0.34f) * height); break;
        }
    }

    /// <summary>On the ground; the larger, the nearer. Some are cut by the border of the picture.</summary>
    private void Stand(int category, DrawSilhouette silhouette, float size, float shadow, float tilt)
    {
        var near = Math.Clamp(size / (category is 2 or 3 or 4 ? width : height), 0, 1);
        var foot = horizon + (height - horizon) * Math.Clamp(near + random.Between(-0.15f, 0.15f), 0.15f, 1.08f);
        var across = random.Chance(0.15f) ? random.Pick(random.Between(-0.08f, 0.08f), random.Between(0.92f, 1.08f)) : FreerPlace();
        _taken.Add(across);
        var stretch = random.Between(0.92f, 1.1f);
        Add(foot, category, silhouette, Placement(across * width, foot, size * stretch, size, random.Between(-tilt, tilt)), shadow);
    }

    /// <summary>Of two places across the picture the one farther from what stands already: objects overlap, but seldom cover each other.</summary>
    private float FreerPlace()
    {
        var (one, other) = (random.Between(0.14f, 0.86f), random.Between(0.14f, 0.86f));
        return Room(one) >= Room(other) ? one : other;
        float Room(float place) => _taken.Count == 0 ? 1 : _taken.Min(taken => Math.Abs(taken - place));
    }

    /// <summary>In the air.</summary>
    private void Fly(int category, DrawSilhouette silhouette, float size)
    {
        var (x, y) = (random.Between(0.2f, 0.8f) * width, random.Between(0.18f, 0.55f) * height);
        Add(0, category, silhouette, Placement(x, y, size, size, random.Between(-24, 24)), shadow: 0);
    }

    /// <summary>A group of small members side by side far away, annotated as one region.</summary>
    private void Crowd(int category, DrawSilhouette silhouette, int count, float size, float spacing)
    {
        var left = random.Between(0.02f, 0.6f) * width;
        var foot = horizon + random.Between(0.03f, 0.1f) * height;
        var members = new List<SKMatrix>();
        for (var i = 0; i < count; i++)
        {
            var member = size * random.Between(0.85f, 1.15f);
            members.Add(Placement(left + i * size * spacing, foot + random.Between(0, 0.03f) * height, member, member, 0));
        }

        _objects.Add((1, new SceneObject(category, IsCrowd: true, members, silhouette, ShadowRadius: 0.3f)));
    }

    private SKMatrix Placement(float x, float y, float scaleX, float scaleY, float degrees) =>
        SKMatrix.CreateScale(scaleX * random.Sign(), scaleY)
            .PostConcat(SKMatrix.CreateRotationDegrees(degrees))
            .PostConcat(SKMatrix.CreateTranslation(x, y));

    private void Add(float depth, int category, DrawSilhouette silhouette, SKMatrix placement, float shadow) =>
        _objects.Add((depth, new SceneObject(category, IsCrowd: false, [placement], silhouette, shadow)));
}
