namespace Maskwright.Datasets;

/// <summary>Gathers what is wrong, so that one error can name the first of many.</summary>
internal sealed class ProblemList
{
    private const int Named = 20;
    private readonly List<string> _first = [];
    private int _count;

    public void Add(string problem)
    {
        _count++;
        if (_first.Count < Named)
            _first.Add(problem);
    }

    /// <summary>Throws when something was added: the heading, then the first 20.</summary>
    /// <exception cref="DatasetException">Something was added.</exception>
    public void ThrowIfAny(DatasetFailure kind, string heading)
    {
        if (_count == 0)
            return;
        var more = _count > Named ? $"\n  … and {_count - Named} more" : "";
        throw new DatasetException(kind, $"{heading}\n  {string.Join("\n  ", _first)}{more}");
    }
}
