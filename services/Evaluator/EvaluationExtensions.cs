using Maskwright.ServiceDefaults;
using EvaluationResource = Maskwright.Evaluation.V1.Evaluation;

namespace Maskwright.Evaluator;

/// <summary>Registration of evaluation and prediction.</summary>
internal static class EvaluationExtensions
{
    public static void AddEvaluation(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ModelStore>();
        builder.Services.AddSingleton<EvaluationRequests>();
        builder.Services.AddSingleton<EvaluationLinks>();
        builder.Services.AddSingleton<EvaluationComparison>();
        builder.Services.AddSingleton<ModelExport>();
        builder.Services.AddSingleton<WarmModels>();
        builder.Services.AddSingleton<ImagePrediction>();
        builder.Services.AddOptionsWithValidateOnStart<PredictionOptions>()
            .BindConfiguration(PredictionOptions.Section)
            .ValidateDataAnnotations();
        builder.Services.AddWorkQueue<EvaluationResource, EvaluationWork>(
            new WorkQueueOptions { Collection = "evaluations", Prefix = "evaluations", IdPrefix = "eval", Manifest = "report.json" },
            work => work.EvaluateAsync);
    }
}
