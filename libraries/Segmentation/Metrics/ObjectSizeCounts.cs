using System.Text.Json.Serialization;
using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>How large an object is, by its area in the source's picture (COCO's bounds).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ObjectSize>))]
public enum ObjectSize
{
    /// <summary>Less than 32 x 32 pixels.</summary>
    Small,

    /// <summary>At least 32 x 32 and less than 96 x 96 pixels.</summary>
    Medium,

    /// <summary>At least 96 x 96 pixels.</summary>
    Large,
}

/// <summary>
/// Scores by the size of objects. Pixels know their class and not their object, so the objects' boxes decide: of each class
/// and size, what lies within the boxes around such objects counts, truth and prediction alike, and the rest does not.
/// </summary>
/// <remarks>Not thread-safe: give each thread its own and <see cref="Merge"/> them.</remarks>
public sealed class ObjectSizeCounts
{
    private const double SmallBelow = 32 * 32;
    private const double MediumBelow = 96 * 96;
    private static readonly ObjectSize[] Sizes = Enum.GetValues<ObjectSize>();

    private readonly int _classes;
    private readonly Counts[] _counts;
    private bool _isComplete = true;

    /// <summary>No counts yet.</summary>
    /// <param name="classes">Number of classes, background included.</param>
    public ObjectSizeCounts(int classes)
    {
        _classes = classes;
        _counts = [.. Enumerable.Range(0, Sizes.Length * classes).Select(_ => new Counts())];
    }

    /// <summary>The size of an object.</summary>
    /// <param name="area">Its area in the source's picture, in pixels.</param>
    public static ObjectSize SizeOf(double area) =>
        area < SmallBelow ? ObjectSize.Small : area < MediumBelow ? ObjectSize.Medium : ObjectSize.Large;

    /// <summary>Counts one image.</summary>
    /// <param name="truth">The annotators' mask.</param>
    /// <param name="prediction">The network's, of the same size.</param>
    /// <param name="sample">Its size and objects; without objects no split has scores by size.</param>
    public void Add(IndexMask truth, IndexMask prediction, SampleInfo sample)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(sample);
        if (sample.Objects is not { } objects)
        {
            _isComplete = false;
            return;
        }

        var marks = new byte[truth.Pixels.Length];
        var (shown, said) = (new byte[marks.Length], new byte[marks.Length]);
        foreach (var alike in objects.Where(found => found.Class < _classes).GroupBy(found => (Size: SizeOf(found.Area), found.Class)))
        {
            marks.AsSpan().Clear();
            foreach (var found in alike)
                Mark(marks, truth, found.Box, sample);
            PixelSelection.KeepMarked(truth.Pixels, marks, shown);
            PixelSelection.KeepMarked(prediction.Pixels, marks, said);
            PixelSelection.KeepValid(said, shown, said);
            var (index, counts) = ((byte)alike.Key.Class, _counts[((int)alike.Key.Size * _classes) + alike.Key.Class]);
            counts.Objects += alike.Count();
            counts.Support += shown.AsSpan().Count(index);
            counts.Predicted += said.AsSpan().Count(index);
            PixelSelection.KeepEqual(shown, said, shown);
            counts.Hits += shown.AsSpan().Count(index);
        }
    }

    /// <summary>Adds other counts, of as many classes.</summary>
    public void Merge(ObjectSizeCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _isComplete &= other._isComplete;
        foreach (var (own, others) in _counts.Zip(other._counts))
        {
            own.Objects += others.Objects;
            own.Support += others.Support;
            own.Predicted += others.Predicted;
            own.Hits += others.Hits;
        }
    }

    /// <summary>The scores of each size; null when there was an image whose objects nobody told apart.</summary>
    public IReadOnlyList<SizeMetrics>? ToMetrics() => !_isComplete ? null :
    [
        .. Sizes.Zip(_counts.Chunk(_classes), (size, counts) =>
        {
            // Of a class without such objects nothing was counted: its scores have no meaning.
            ClassMetrics[] classes = [.. counts.Select((count, index) => ClassMetrics.From(index, count.Hits, count.Support, count.Predicted))];
            return new SizeMetrics(size, [.. counts.Select(count => count.Objects)], classes, classes.Average(scores => scores.IoU));
        }),
    ];

    // The box as it lies on an image of the measured size: every pixel that shows some of it.
    private static void Mark(byte[] marks, IndexMask image, PixelBox box, SampleInfo sample)
    {
        var (left, right) = Range(box.X, box.Width, sample.Width, image.Width);
        var (top, bottom) = Range(box.Y, box.Height, sample.Height, image.Height);
        for (var y = top; y < bottom; y++)
            marks.AsSpan((y * image.Width) + left, right - left).Fill(1);
    }

    private static (int From, int To) Range(int start, int length, int of, int to) =>
        ((int)((long)start * to / of), (int)Math.Min(to, ((((long)start + length) * to) + of - 1) / of));

    private sealed class Counts
    {
        public long Objects { get; set; }

        public long Support { get; set; }

        public long Predicted { get; set; }

        public long Hits { get; set; }
    }
}

/// <summary>Scores of the objects of one size.</summary>
/// <param name="Size">The size.</param>
/// <param name="Objects">How many objects, by class index.</param>
/// <param name="Classes">Scores within the boxes around them, by class index; the background has none.</param>
/// <param name="MeanIoU">Mean over the classes that have such objects; null when none has.</param>
public sealed record SizeMetrics(ObjectSize Size, IReadOnlyList<long> Objects, IReadOnlyList<ClassMetrics> Classes, double? MeanIoU);
