using Maskwright.Dataset.V1;
using Maskwright.Evaluation.V1;
using Maskwright.MetricsCollector.Pages.Media;
using Maskwright.MetricsCollector.Pages.Run;
using Maskwright.MetricsCollector.Pages.Run.Charts;
using Maskwright.MetricsCollector.Pages.Run.Details;
using Maskwright.MetricsCollector.Pages.Orders;
using Maskwright.PageDefaults;
using Maskwright.PageDefaults.Access;
using Maskwright.Training.V1;
using Microsoft.Extensions.Options;

namespace Maskwright.MetricsCollector.Pages;

/// <summary>Puts the pages into the collector.</summary>
internal static class PagesExtensions
{
    private static readonly LoginText LoginText = new(
        "Maskwright",
        "Enter the collector's token (Metrics__Token).",
        "These pages are asked for the token because they are served beyond this machine.");

    /// <summary>Adds the pages, their login and the clients of the services that they give orders to.</summary>
    public static void AddPages(this IServiceCollection services)
    {
        services.AddLogin("collector");
        services.AddPageDefaults(typeof(PagesExtensions).Assembly);
        services.AddSingleton<RunArtifacts>();
        services.AddSingleton<SampleLinks>();
        services.AddSingleton<TrainerOrders>();
        services.AddSingleton<DatasetOrders>();
        // The names are resolved by service discovery: services__trainer__grpc__0 and so on in the environment.
        services.AddGrpcClient<TrainingService.TrainingServiceClient>(client => client.Address = new Uri("http://_grpc.trainer"));
        services.AddGrpcClient<DatasetService.DatasetServiceClient>(client => client.Address = new Uri("http://_grpc.datasets"));
        services.AddGrpcClient<EvaluationService.EvaluationServiceClient>(client => client.Address = new Uri("http://_grpc.evaluator"));
    }

    /// <summary>Maps the pages, and where the collector has a token, their login.</summary>
    public static void MapPages(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<MetricsOptions>>().Value.Token is { Length: > 0 } token)
            app.MapLogin(token, LoginText);
        app.MapMedia();
        app.MapSeries();
        app.MapExport();
        app.MapPageDefaults<App>();
    }
}
