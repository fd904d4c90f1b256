using System.Globalization;

namespace Maskwright.Datasets;

/// <summary>From the categories of a source to class indices 1, 2, ….</summary>
internal sealed class ClassMap
{
    private readonly Dictionary<int, byte> _indices;

    private ClassMap(IReadOnlyList<string> names, Dictionary<int, byte> indices) => (Names, _indices) = (names, indices);

    /// <summary>Names of the class indices, the background first.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Finds the categories of each class.</summary>
    /// <param name="options">Which classes, and what they are made of.</param>
    /// <param name="defaults">The classes when none are asked for.</param>
    /// <param name="categories">Ids and names of the source's categories.</param>
    /// <param name="source">What to call the source in a message.</param>
    /// <exception cref="DatasetException">A class is no category, stands for two, or takes another's.</exception>
    public static ClassMap Create(
        PreparationOptions options, IReadOnlyList<string> defaults, IReadOnlyCollection<(int Id, string Name)> categories, string source)
    {
        var indices = new Dictionary<int, byte>();
        var names = new List<string> { "background" };
        foreach (var asked in options.Classes.Count > 0 ? options.Classes : defaults)
        {
            var isComposed = options.Categories.TryGetValue(asked, out var composed);
            var members = (composed ?? [asked]).Select(category => Find(category, categories, source)).ToList();
            foreach (var (id, name) in members)
                if (!indices.TryAdd(id, (byte)names.Count))
                    throw new DatasetException(DatasetFailure.InvalidOptions, $"The category '{name}' ({id}) of {source} would belong to both '{names.ElementAtOrDefault(indices[id]) ?? asked}' and '{asked}'. Give it to one class, once.");
            names.Add(isComposed ? asked : members[0].Name);
        }

        return new ClassMap(names, indices);
    }

    /// <summary>The class index of a category; false for one that was not asked for.</summary>
    public bool TryGet(int categoryId, out byte classIndex) => _indices.TryGetValue(categoryId, out classIndex);

    // By name first: a category may be named by a number.
    private static (int Id, string Name) Find(string asked, IReadOnlyCollection<(int Id, string Name)> categories, string source)
    {
        var named = categories.Where(category => category.Name == asked).ToList();
        if (named.Count == 0 && int.TryParse(asked, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id))
            named = [.. categories.Where(category => category.Id == id)];
        if (named.Count > 1)
            throw new DatasetException(DatasetFailure.BadAnnotations, $"{source}: the categories {string.Join(" and ", named.Select(category => category.Id))} are both named '{asked}'. Ask for one by its id.");
        if (named.Count == 1)
            return named[0];
        var known = string.Join(", ", categories.Select(category => category.Name).Order(StringComparer.Ordinal).Take(100));
        throw new DatasetException(DatasetFailure.InvalidOptions, $"{source} has no category '{asked}'. It has: {known}. Correct the option {nameof(PreparationOptions.Classes)}.");
    }
}
