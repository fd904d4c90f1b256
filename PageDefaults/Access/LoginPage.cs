using System.Net;
using Maskwright.PageDefaults.Assets;
using Microsoft.AspNetCore.Http;

namespace Maskwright.PageDefaults.Access;

/// <summary>The one page that is shown without the token: it asks for it.</summary>
internal static class LoginPage
{
    public static IResult Show(LoginText text, EmbeddedAssets assets, string? returnUrl, bool failed)
    {
        var action = string.IsNullOrEmpty(returnUrl) ? "/login" : $"/login?returnUrl={Uri.EscapeDataString(returnUrl)}";
        var error = failed ? """<p class="error" role="alert">That is not the token.</p>""" : "";
        return Results.Content(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>Log in · {WebUtility.HtmlEncode(text.Name)}</title>
              <link rel="icon" href="{assets.Url("icon.svg")}">
              <link rel="stylesheet" href="{assets.Url("login.css")}">
            </head>
            <body>
              <main>
                <h1>{WebUtility.HtmlEncode(text.Name)}</h1>
                <p>{WebUtility.HtmlEncode(text.Hint)}</p>
                <form method="post" action="{WebUtility.HtmlEncode(action)}">
                  <label for="t">Token</label>
                  <input id="t" name="t" type="password" autocomplete="off" required autofocus>
                  {error}
                  <button type="submit">Log in</button>
                </form>
                <p class="note">{WebUtility.HtmlEncode(text.Note)}</p>
              </main>
            </body>
            </html>
            """,
            "text/html; charset=utf-8",
            statusCode: failed ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK);
    }
}
