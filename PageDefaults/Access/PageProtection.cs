using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Maskwright.PageDefaults.Access;

/// <summary>What browsers are told and asked, so that pages run nothing but their own scripts and obey nobody but their own origin.</summary>
public static class PageProtection
{
    private const string Policy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Sets the headers of every answer, and refuses requests of other origins.</summary>
    public static void UsePageProtection(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        // With none at all, browsers would send forms without the origin that is asked for below.
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        // Pages of other ports of this machine count as the same site and bring the cookie along: only this origin may act.
        if (context.Request.Headers.Origin is [{ } origin] && origin != $"{context.Request.Scheme}://{context.Request.Host}")
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return next(context);
    });
}
