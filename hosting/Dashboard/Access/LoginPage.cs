using System.Net;
using Maskwright.Dashboard.Assets;
using Microsoft.AspNetCore.Http;

namespace Maskwright.Dashboard.Access;

/// <summary>The one page that is shown without the token: it asks for it.</summary>
internal static class LoginPage
{
    public static IResult Show(string? returnUrl, bool failed)
    {
        var action = string.IsNullOrEmpty(returnUrl) ? "/login" : $"/login?returnUrl={Uri.EscapeDataString(returnUrl)}";
        var error = failed ? """<p class="error" role="alert">That is not this dashboard's token.</p>""" : "";
        return Results.Content(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>Log in · Maskwright dashboard</title>
              <link rel="icon" href="{EmbeddedAssets.Url("icon.svg")}">
              <link rel="stylesheet" href="{EmbeddedAssets.Url("login.css")}">
            </head>
            <body>
              <main>
                <h1>Maskwright dashboard</h1>
                <p>The AppHost printed a login address with a token when it started. Open that address, or enter the token here.</p>
                <form method="post" action="{WebUtility.HtmlEncode(action)}">
                  <label for="t">Token</label>
                  <input id="t" name="t" type="password" autocomplete="off" required autofocus>
                  {error}
                  <button type="submit">Log in</button>
                </form>
                <p class="note">This dashboard belongs to Maskwright's embedded engine. It is not Microsoft's Aspire dashboard.</p>
              </main>
            </body>
            </html>
            """,
            "text/html; charset=utf-8",
            statusCode: failed ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK);
    }
}
