using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>
/// Images, categories and annotations of COCO files, without the annotations' regions, which go to a
/// <see cref="RegionStore"/> as they stream by: memory grows by some 50 bytes an annotation, whatever its outline.
/// </summary>
internal sealed class CocoIndex(RegionStore regions, BadInput bad) : CocoVisitor
{
    private readonly Dictionary<int, CocoCategory> _categories = [];
    private readonly List<CocoAnnotationEntry> _annotations = [];
    private readonly List<(CocoImage Image, string? Split)> _images = [];
    // How many annotations came before each file: their ids need only be unique within one.
    private readonly Queue<int> _starts = [];
    private string _file = "";
    private string? _split;

    /// <summary>The categories, in the files' order.</summary>
    public IReadOnlyCollection<CocoCategory> Categories => _categories.Values;

    /// <summary>The images by ascending id, each id once, with the split that their file stands for.</summary>
    public IReadOnlyList<(CocoImage Image, string? Split)> Images => _images;

    /// <summary>Hands out, once, the annotations by ascending id of their image, those of one image in the files' order; each id once, image and category known.</summary>
    /// <param name="isWanted">Which of them.</param>
    public CocoAnnotationEntry[] TakeAnnotations(Predicate<CocoAnnotationEntry> isWanted)
    {
        _annotations.RemoveAll(entry => !isWanted(entry));
        var taken = _annotations.ToArray();
        _annotations.Clear();
        _annotations.TrimExcess();
        return taken;
    }

    /// <summary>Regions are read when their images are known, on all cores and of the classes only.</summary>
    public override bool DefersOutlines => true;

    /// <summary>Reads one file after the other, then this once more orders and checks what holds between their elements.</summary>
    /// <param name="json">The file; read to its end.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="split">The split its name stands for; null when it stands for none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="CocoFormatException">It is not JSON, or not COCO.</exception>
    public Task ReadAsync(Stream json, string name, string? split, CancellationToken cancellationToken)
    {
        (_file, _split) = (name, split);
        _starts.Enqueue(_annotations.Count);
        return CocoInstances.VisitAsync(json, name, this, cancellationToken);
    }

    /// <summary>Orders what was read, and leaves out what contradicts the rest.</summary>
    public void Complete()
    {
        regions.Flush();
        bad.Expect(BadInputKind.Image, _images.Count);
        bad.Expect(BadInputKind.Annotation, _annotations.Count);
        OrderImages();
        OrderAnnotations();
    }

    public override void Image(CocoImage image) => _images.Add((image, _split));

    public override void Category(CocoCategory category)
    {
        if (!_categories.TryAdd(category.Id, category) && _categories[category.Id].Name != category.Name)
            throw new CocoFormatException(_file, "categories", $"the id {category.Id} is both '{_categories[category.Id].Name}' and '{category.Name}'. Ids must be unique.");
    }

    public override void Annotation(in CocoAnnotationElement annotation) => _annotations.Add(new CocoAnnotationEntry(
        annotation.Id,
        annotation.ImageId,
        annotation.Area,
        regions.Append(annotation.Segmentation),
        annotation.Segmentation.Length,
        annotation.CategoryId,
        annotation.IsCrowd));

    public override void Reject(CocoFormatException problem)
    {
        var isAnnotation = problem.Place.StartsWith("annotations", StringComparison.Ordinal);
        if (!isAnnotation && !problem.Place.StartsWith("images", StringComparison.Ordinal))
            throw problem;
        Add(isAnnotation ? BadInputKind.Annotation : BadInputKind.Image, problem.Message);
    }

    private void OrderImages()
    {
        var ordered = _images.OrderBy(image => image.Image.Id).ToList();
        var names = new HashSet<string>(ordered.Count, StringComparer.Ordinal);
        _images.Clear();
        foreach (var entry in ordered)
        {
            var (id, fileName) = (entry.Image.Id, entry.Image.FileName);
            if (_images.Count > 0 && _images[^1].Image.Id == id)
                Add(BadInputKind.Image, $"image {id} ({fileName}): the id occurs more than once, also for {_images[^1].Image.FileName}");
            else if (!names.Add(fileName))
                Add(BadInputKind.Image, $"image {id}: the file_name '{fileName}' is another image's already; every image needs a file of its own");
            else
                _images.Add(entry);
        }
    }

    private void OrderAnnotations()
    {
        var known = _images.Select(image => image.Image.Id).ToHashSet();
        var ids = new HashSet<long>(_annotations.Count);
        var homeless = new SortedDictionary<long, (long First, int Count)>();
        var at = 0;
        _annotations.RemoveAll(entry =>
        {
            if (_starts.TryPeek(out var start) && start == at++)
            {
                _starts.Dequeue();
                ids.Clear();
            }

            var problem = !ids.Add(entry.Id) ? "the id occurs more than once"
                : !_categories.ContainsKey(entry.CategoryId) ? $"its category_id {entry.CategoryId} is not in categories"
                : null;
            if (problem is not null)
            {
                Add(BadInputKind.Annotation, $"annotation {entry.Id} (image {entry.ImageId}): {problem}");
                return true;
            }

            if (known.Contains(entry.ImageId))
                return false;
            homeless[entry.ImageId] = homeless.TryGetValue(entry.ImageId, out var found) ? (found.First, found.Count + 1) : (entry.Id, 1);
            return true;
        });
        // One line an image, behind all else: they mostly follow from what was said of the image.
        foreach (var (image, (first, count)) in homeless)
            Add(BadInputKind.Annotation, count == 1
                ? $"annotation {first} (image {image}): its image_id {image} is not in images, or that image cannot be used"
                : $"annotation {first} and {count - 1} more (image {image}): their image_id {image} is not in images, or that image cannot be used", count);
        // In place, for there may be a million; offsets grow in the files' order.
        _annotations.Sort((a, b) => (a.ImageId, a.Offset).CompareTo((b.ImageId, b.Offset)));
    }

    private void Add(BadInputKind kind, string problem, int count = 1) =>
        bad.Add(kind, DatasetFailure.BadAnnotations, $"{_file} has elements that cannot be used. Correct or remove them, or skip bad input:", problem, count);
}
