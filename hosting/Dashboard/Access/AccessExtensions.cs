using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maskwright.Dashboard.Access;

/// <summary>Nobody sees anything without the token: it is given once, at <c>/login</c>, for a cookie that lasts as long as this process.</summary>
internal static class AccessExtensions
{
    private const string LoginPath = "/login";

    public static void AddAccess(this IServiceCollection services, DashboardSettings settings)
    {
        // Keys of cookies live and die with the process: nothing is written, and an old cookie opens nothing.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            // Browsers share cookies between the ports of a host; several dashboards must not log each other out.
            cookie.Cookie.Name = $"maskwright-dashboard-{Guid.NewGuid():N}";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.LoginPath = LoginPath;
            cookie.ReturnUrlParameter = "returnUrl";
        });
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        if (IPAddress.IsLoopback(settings.Frontend.Address))
            services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["localhost", "127.0.0.1", "[::1]", settings.Frontend.Address.ToString()]);
    }

    public static void UseAccess(this WebApplication app, DashboardSettings settings)
    {
        // A name that leads to this machine only by a trick of DNS is not answered.
        if (IPAddress.IsLoopback(settings.Frontend.Address))
            app.UseHostFiltering();
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-store";
            // Pages of other ports of this machine count as the same site and bring the cookie along: only this origin may act.
            if (context.Request.Headers.Origin is [{ } origin] && origin != $"{context.Request.Scheme}://{context.Request.Host}")
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            }

            return next(context);
        });
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
    }

    public static void MapLogin(this IEndpointRouteBuilder routes, DashboardSettings settings)
    {
        var token = Encoding.UTF8.GetBytes(settings.BrowserToken);
        routes.MapGet(LoginPath, (HttpContext context, string? t, string? returnUrl) => LoginAsync(context, t, returnUrl)).AllowAnonymous();
        routes.MapPost(LoginPath, async (HttpContext context, string? returnUrl) =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return await LoginAsync(context, form["t"], returnUrl);
        }).AllowAnonymous().DisableAntiforgery();

        async Task<IResult> LoginAsync(HttpContext context, string? given, string? returnUrl)
        {
            if (string.IsNullOrEmpty(given))
                return LoginPage.Show(returnUrl, failed: false);
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given.Trim()), token))
                return LoginPage.Show(returnUrl, failed: true);
            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, "browser")], CookieAuthenticationDefaults.AuthenticationScheme);
            await context.SignInAsync(new ClaimsPrincipal(identity));
            return Results.LocalRedirect(IsLocal(returnUrl) ? returnUrl! : "/");
        }
    }

    /// <summary>Whether an address leads to this dashboard and not, with two slashes or a backslash, to another host.</summary>
    private static bool IsLocal(string? url) => url is ['/', ..] && url is not ['/', '/' or '\\', ..] && !url.Any(char.IsControl);
}
