using System.Net;
using Maskwright.PageDefaults.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maskwright.Dashboard.Access;

/// <summary>Nobody sees anything without the token.</summary>
internal static class AccessExtensions
{
    private static readonly LoginText LoginText = new(
        "Maskwright dashboard",
        "The AppHost printed a login address with a token when it started. Open that address, or enter the token here.",
        "This dashboard belongs to Maskwright's embedded engine. It is not Microsoft's Aspire dashboard.");

    public static void AddAccess(this IServiceCollection services, DashboardSettings settings)
    {
        services.AddLogin("dashboard");
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        if (IPAddress.IsLoopback(settings.Frontend.Address))
            services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["localhost", "127.0.0.1", "[::1]", settings.Frontend.Address.ToString()]);
    }

    public static void UseAccess(this WebApplication app, DashboardSettings settings)
    {
        // A name that leads to this machine only by a trick of DNS is not answered.
        if (IPAddress.IsLoopback(settings.Frontend.Address))
            app.UseHostFiltering();
        app.UsePageProtection();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
    }

    public static void MapLogin(this IEndpointRouteBuilder routes, DashboardSettings settings) => routes.MapLogin(settings.BrowserToken, LoginText);
}
