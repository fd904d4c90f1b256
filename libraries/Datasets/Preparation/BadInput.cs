namespace Maskwright.Datasets;

/// <summary>What kind of input is bad.</summary>
internal enum BadInputKind
{
    /// <summary>An image, or the only mask of one.</summary>
    Image,

    /// <summary>An annotation of an image that is kept, or of none.</summary>
    Annotation,
}

/// <summary>
/// Gathers the input that cannot be used, for one error that names the first of many, or, under
/// <see cref="BadInputPolicy.Skip"/>, for the statistics. Any number of threads may add.
/// </summary>
/// <param name="policy">What becomes of it.</param>
/// <param name="maxSkippedShare">The largest share that may be skipped, above 0, at most 1.</param>
internal sealed class BadInput(BadInputPolicy policy, double maxSkippedShare)
{
    private const int Named = 20;
    private const int Listed = 1000;

    private readonly Lock _lock = new();
    private readonly List<string> _causes = [];
    private readonly long[] _counts = new long[2];
    private readonly long[] _totals = new long[2];
    private long _offenders;
    private (DatasetFailure Kind, string Heading)? _first;

    /// <summary>Whether bad input is left out.</summary>
    public bool IsSkipped => policy == BadInputPolicy.Skip;

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty => _causes.Count == 0;

    /// <summary>What was left out, for the statistics; null when nothing was.</summary>
    public SkippedInput? Skipped
    {
        get
        {
            lock (_lock)
                return _causes.Count == 0 ? null : new SkippedInput(_counts[0], _counts[1], [.. _causes]);
        }
    }

    /// <summary>Says how many there are, of which some may be bad.</summary>
    public void Expect(BadInputKind input, long total) => _totals[(int)input] = total;

    /// <summary>Adds one.</summary>
    /// <param name="input">What it is.</param>
    /// <param name="failure">What kind of failure it would be.</param>
    /// <param name="heading">What begins the error, where this is the first: what is wrong with all of them, and the cure.</param>
    /// <param name="problem">Which one, and its cause.</param>
    /// <param name="count">How many of one cause it stands for.</param>
    public void Add(BadInputKind input, DatasetFailure failure, string heading, string problem, int count = 1)
    {
        lock (_lock)
        {
            _first ??= (failure, heading);
            _offenders++;
            _counts[(int)input] += count;
            if (_causes.Count < Listed)
                _causes.Add(problem);
        }
    }

    /// <summary>Adds a line to the list without counting it.</summary>
    public void Note(string problem)
    {
        lock (_lock)
            _causes.Add(problem);
    }

    /// <summary>Throws what was gathered, unless it may be skipped.</summary>
    /// <exception cref="DatasetException">There is bad input, or more of it than may be skipped.</exception>
    public void ThrowIfTooMuch()
    {
        lock (_lock)
        {
            if (_first is not { } first)
                return;
            if (!IsSkipped)
                throw new DatasetException(first.Kind, List(first.Heading));
            foreach (var input in Enum.GetValues<BadInputKind>())
            {
                var (count, total) = (_counts[(int)input], Math.Max(_totals[(int)input], 1));
                if (count > maxSkippedShare * total)
                    throw new DatasetException(first.Kind, List(FormattableString.Invariant($"{count} of {total} {input.ToString().ToLowerInvariant()}s cannot be used, more than the share of {maxSkippedShare} that may be skipped ({nameof(PreparationOptions.MaxSkippedShare)}). {first.Heading}")));
            }
        }
    }

    private string List(string heading)
    {
        var more = _offenders > Named ? $"\n  … and {_offenders - Named} more" : "";
        return $"{heading}\n  {string.Join("\n  ", _causes.Take(Named))}{more}";
    }
}
