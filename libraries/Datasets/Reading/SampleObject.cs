using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>One object of a sample that its source told apart from others. Crowds are none.</summary>
/// <param name="Class">Its class index, from 1.</param>
/// <param name="Area">Its area as the source says, in pixels of the source's picture: what COCO calls small, medium and large goes by it.</param>
/// <param name="Box">Around it, in pixels of the sample's picture.</param>
public sealed record SampleObject(int Class, double Area, PixelBox Box);
