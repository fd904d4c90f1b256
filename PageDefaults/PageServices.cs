using System.Reflection;
using Maskwright.PageDefaults.Assets;
using Maskwright.PageDefaults.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;

namespace Maskwright.PageDefaults;

/// <summary>What every program with pages shares: interactive components, their library, scripts and styles from its own memory.</summary>
public static class PageServices
{
    /// <summary>Adds the components, and the assets of this library and of <paramref name="pages"/>, the assembly of the pages.</summary>
    public static IServiceCollection AddPageDefaults(this IServiceCollection services, Assembly pages)
    {
        services.AddSingleton(new EmbeddedAssets(typeof(PageServices).Assembly, pages));
        services.AddScoped<PageQuery>();
        services.AddRazorComponents().AddInteractiveServerComponents(options =>
        {
            options.DetailedErrors = true;
            options.DisconnectedCircuitMaxRetained = 4;
        });
        return services.AddMudServices(options => options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight);
    }

    /// <summary>Maps the pages below <typeparamref name="TApp"/> and their assets.</summary>
    public static void MapPageDefaults<TApp>(this WebApplication app)
        where TApp : IComponent
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseAntiforgery();
        app.Services.GetRequiredService<EmbeddedAssets>().Map(app);
        // Who may frame the pages is said for all answers at once.
        app.MapRazorComponents<TApp>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
        // Browsers are shown the pages, which say that there is none of that address; others are told so by the status alone.
        app.MapFallback(context => context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
            ? new RazorComponentResult<TApp> { StatusCode = StatusCodes.Status404NotFound }.ExecuteAsync(context)
            : Results.NotFound().ExecuteAsync(context));
    }
}
