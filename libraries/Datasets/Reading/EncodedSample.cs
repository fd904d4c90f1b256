using System.Text.Json.Serialization;

namespace Maskwright.Datasets;

/// <summary>One sample as its shard holds it.</summary>
/// <param name="Key">Its name, unique in the dataset.</param>
/// <param name="Jpeg">The source's own JPEG bytes; encoded anew where a resize was asked for or the source is no JPEG.</param>
/// <param name="MaskPng">The 8-bit palette PNG whose pixel value is the class index, 255 = ignore.</param>
/// <param name="Info">Where it comes from.</param>
public sealed record EncodedSample(string Key, byte[] Jpeg, byte[] MaskPng, SampleInfo Info);

/// <summary>Where a sample comes from.</summary>
/// <param name="ImageId">The COCO image id.</param>
/// <param name="FileName">The COCO file name.</param>
/// <param name="Width">Width in pixels, upright as EXIF says and after any resize.</param>
/// <param name="Height">Height in pixels, likewise.</param>
/// <param name="License">Id of the licence; 0 when none is given.</param>
/// <param name="Objects">Its objects in the source's order; null when the source tells none apart, or the dataset is of a time before they were kept.</param>
public sealed record SampleInfo(
    long ImageId,
    string FileName,
    int Width,
    int Height,
    int License,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<SampleObject>? Objects = null);
