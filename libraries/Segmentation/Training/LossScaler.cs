namespace Maskwright.Segmentation;

/// <summary>
/// Keeps small gradients within the range of 16-bit floats: the loss is multiplied before the backward pass, as much as
/// gradients bear without leaving the range (Micikevicius et al. 2018, section 3.2; PyTorch's constants).
/// </summary>
internal sealed class LossScaler(bool enabled)
{
    private const double Growth = 2;
    private const int StepsToGrow = 2_000;

    /// <summary>Whether there is a scale that changes.</summary>
    public bool IsEnabled => enabled;

    /// <summary>What the loss is to be multiplied by.</summary>
    public double Scale { get; private set; } = enabled ? 65_536 : 1;

    /// <summary>Steps within the range since it last changed.</summary>
    public int GoodSteps { get; private set; }

    /// <summary>Whether a step whose gradients left the range is passed over instead of ending the run.</summary>
    public bool Forgives => enabled && Scale > 1;

    /// <summary>Goes on from where another stood.</summary>
    public void Restore(double scale, int goodSteps) => (Scale, GoodSteps) = (scale, goodSteps);

    /// <summary>Learns whether a step's gradients were finite.</summary>
    public void Update(bool finite)
    {
        if (!enabled)
        {
            return;
        }

        if (!finite)
        {
            (Scale, GoodSteps) = (Math.Max(1, Scale / Growth), 0);
        }
        else if (++GoodSteps == StepsToGrow)
        {
            (Scale, GoodSteps) = (Scale * Growth, 0);
        }
    }
}
