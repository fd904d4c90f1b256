using System.ComponentModel.DataAnnotations;

namespace Maskwright.Evaluator;

/// <summary>How models are kept for prediction: the section <c>Prediction</c> of the configuration.</summary>
internal sealed class PredictionOptions
{
    public const string Section = "Prediction";

    /// <summary>Models kept loaded; each takes the memory of its weights and of a forward pass.</summary>
    [Range(1, 64)]
    public int WarmModels { get; set; } = 2;
}
