using Maskwright.Artifacts;
using EvaluationResource = Maskwright.Evaluation.V1.Evaluation;

namespace Maskwright.Evaluator;

/// <summary>Adds presigned URLs to evaluations on their way out; they are never recorded, for they expire.</summary>
internal sealed class EvaluationLinks(ObjectStorage storage)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public EvaluationResource Add(EvaluationResource evaluation)
    {
        if (evaluation.FigureKey.Length == 0)
            return evaluation;
        var linked = evaluation.Clone();
        linked.FigureUrl = storage.PresignGet(evaluation.FigureKey, Lifetime).OriginalString;
        if (evaluation.HtmlKey.Length > 0)
            linked.HtmlUrl = storage.PresignGet(evaluation.HtmlKey, Lifetime).OriginalString;
        return linked;
    }
}
