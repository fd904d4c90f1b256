using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>From COCO category ids to class indices 1, 2, ….</summary>
internal sealed class ClassMap
{
    private readonly Dictionary<int, byte> _indices;

    private ClassMap(Dictionary<int, byte> indices) => _indices = indices;

    /// <summary>Finds the categories by name.</summary>
    /// <exception cref="DatasetException">A name is no category, or stands for two.</exception>
    public static ClassMap Create(IReadOnlyList<string> classes, IReadOnlyList<CocoCategory> categories, string annotationPath)
    {
        var indices = new Dictionary<int, byte>();
        for (var i = 0; i < classes.Count; i++)
        {
            var named = categories.Where(category => category.Name == classes[i]).ToList();
            if (named.Count > 1)
                throw new DatasetException(DatasetFailure.BadAnnotations, $"{annotationPath}: the categories {string.Join(" and ", named.Select(category => category.Id))} are both named '{classes[i]}'. Rename one.");
            if (named.Count == 0)
            {
                var known = string.Join(", ", categories.Select(category => category.Name).Order(StringComparer.Ordinal).Take(100));
                throw new DatasetException(DatasetFailure.InvalidOptions, $"{annotationPath} has no category '{classes[i]}'. It has: {known}. Correct the option {nameof(PreparationOptions.Classes)}.");
            }

            indices.Add(named[0].Id, (byte)(i + 1));
        }

        return new ClassMap(indices);
    }

    /// <summary>The class index of a category; false for one that was not asked for.</summary>
    public bool TryGet(int categoryId, out byte classIndex) => _indices.TryGetValue(categoryId, out classIndex);
}
