using SkiaSharp;

namespace Maskwright.Datasets;

/// <summary>Draws a silhouette in its own units.</summary>
internal delegate void DrawSilhouette(Brush brush, SceneRandom random);

/// <summary>One annotated object of a scene: a COCO category and how to draw it where.</summary>
/// <param name="CategoryId">The COCO category id.</param>
/// <param name="IsCrowd">Whether it is a group annotated as one region with <c>iscrowd = 1</c>.</param>
/// <param name="Members">Where each member stands; one unless it is a crowd.</param>
/// <param name="Silhouette">How one member is drawn.</param>
/// <param name="ShadowRadius">Half width of the shadow on the ground in the silhouette's units; 0 = in the air.</param>
internal sealed record SceneObject(
    int CategoryId, bool IsCrowd, IReadOnlyList<SKMatrix> Members, DrawSilhouette Silhouette, float ShadowRadius)
{
    public void Draw(Brush brush, SceneRandom random, int instance)
    {
        foreach (var placement in Members)
        {
            brush.Place(placement, instance);
            if (ShadowRadius > 0)
                brush.Shadow(0, -0.01f, ShadowRadius, ShadowRadius * 0.16f);
            Silhouette(brush, random);
        }
    }
}
