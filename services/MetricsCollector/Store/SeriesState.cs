namespace Maskwright.MetricsCollector;

/// <summary>One metric of one run as its writer knows it: its number and its figures.</summary>
/// <param name="run">Number of the run.</param>
/// <param name="name">Name of the metric.</param>
internal sealed class SeriesState(long run, string name)
{
    /// <summary>Number of the run.</summary>
    public long Run { get; } = run;

    /// <summary>Name of the metric.</summary>
    public string Name { get; } = name;

    /// <summary>Number in the database; 0 before it is there.</summary>
    public long Number { get; set; }

    /// <summary>Points kept.</summary>
    public long Points { get; set; }

    /// <summary>Highest step; -1 before the first point.</summary>
    public long LastStep { get; set; } = -1;

    /// <summary>Value at <see cref="LastStep"/>.</summary>
    public double Last { get; set; } = double.NaN;

    /// <summary>Smallest value; NaN where there is none but NaN.</summary>
    public double Minimum { get; set; } = double.NaN;

    /// <summary>Lowest step that has it.</summary>
    public long MinimumStep { get; set; }

    /// <summary>Largest value; NaN where there is none but NaN.</summary>
    public double Maximum { get; set; } = double.NaN;

    /// <summary>Lowest step that has it.</summary>
    public long MaximumStep { get; set; }

    /// <summary>Small blocks written since blocks were last put together.</summary>
    public long SmallBlocks { get; set; }

    /// <summary>Takes a point into the figures that is not among them yet.</summary>
    public void Add(in StoredPoint point)
    {
        Points++;
        if (point.Step > LastStep)
            (LastStep, Last) = (point.Step, point.Value);
        AddExtreme(point);
    }

    /// <summary>Takes a point into the smallest and largest value only.</summary>
    public void AddExtreme(in StoredPoint point)
    {
        if (double.IsNaN(point.Value))
            return;
        if (!(point.Value > Minimum) && (point.Value != Minimum || point.Step < MinimumStep))
            (Minimum, MinimumStep) = (point.Value, point.Step);
        if (!(point.Value < Maximum) && (point.Value != Maximum || point.Step < MaximumStep))
            (Maximum, MaximumStep) = (point.Value, point.Step);
    }

    /// <summary>Forgets the figures, to count them again.</summary>
    public void Clear()
    {
        Points = 0;
        (LastStep, Last) = (-1, double.NaN);
        (Minimum, MinimumStep) = (double.NaN, 0);
        (Maximum, MaximumStep) = (double.NaN, 0);
    }
}
