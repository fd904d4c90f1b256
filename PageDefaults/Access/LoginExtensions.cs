using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Maskwright.PageDefaults.Assets;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maskwright.PageDefaults.Access;

/// <summary>A token is given once, at <c>/login</c>, for a cookie that lasts as long as the process.</summary>
public static class LoginExtensions
{
    /// <summary>Where people log in.</summary>
    public const string LoginPath = "/login";

    /// <summary>Adds the cookie. What it opens is the caller's to say.</summary>
    /// <param name="services">The services.</param>
    /// <param name="program">A word for the program, part of the cookie's name.</param>
    public static IServiceCollection AddLogin(this IServiceCollection services, string program)
    {
        // Keys of cookies live and die with the process: nothing is written, and an old cookie opens nothing.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            // Browsers share cookies between the ports of a host; several programs must not log each other out.
            cookie.Cookie.Name = $"maskwright-{program}-{Guid.NewGuid():N}";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.LoginPath = LoginPath;
            cookie.ReturnUrlParameter = "returnUrl";
        });
        return services;
    }

    /// <summary>Maps the login page.</summary>
    public static void MapLogin(this IEndpointRouteBuilder routes, string token, LoginText text)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var assets = routes.ServiceProvider.GetRequiredService<EmbeddedAssets>();
        var expected = Encoding.UTF8.GetBytes(token);
        routes.MapGet(LoginPath, (HttpContext context, string? t, string? returnUrl) => LoginAsync(context, t, returnUrl)).AllowAnonymous();
        routes.MapPost(LoginPath, async (HttpContext context, string? returnUrl) =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return await LoginAsync(context, form["t"], returnUrl);
        }).AllowAnonymous().DisableAntiforgery();

        async Task<IResult> LoginAsync(HttpContext context, string? given, string? returnUrl)
        {
            if (string.IsNullOrEmpty(given))
                return LoginPage.Show(text, assets, returnUrl, failed: false);
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given.Trim()), expected))
                return LoginPage.Show(text, assets, returnUrl, failed: true);
            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, "browser")], CookieAuthenticationDefaults.AuthenticationScheme);
            await context.SignInAsync(new ClaimsPrincipal(identity));
            return Results.LocalRedirect(IsLocal(returnUrl) ? returnUrl! : "/");
        }
    }

    /// <summary>Whether an address leads to this program and not, with two slashes or a backslash, to another host.</summary>
    private static bool IsLocal(string? url) => url is ['/', ..] && url is not ['/', '/' or '\\', ..] && !url.Any(char.IsControl);
}
