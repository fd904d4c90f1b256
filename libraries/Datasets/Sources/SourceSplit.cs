namespace Maskwright.Datasets;

/// <summary>The split that a name stands for.</summary>
internal static class SourceSplit
{
    /// <summary>The only one of train, val and test that the name contains; null when it contains none or several.</summary>
    public static string? OfName(string name)
    {
        var found = SplitAssignment.Names.Where(split => name.Contains(split, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count == 1 ? found[0] : null;
    }
}
