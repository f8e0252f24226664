namespace Anhu.Components.Ui;

/// <summary>One line that tells, on the next page, that something was done ("Saved."). Survives exactly one redirect.</summary>
public sealed class Flash(IHttpContextAccessor http)
{
    private const string CookieName = "anhu.said";
    private const int MaxLength = 300;

    /// <summary>Sets the line; call it before <c>NavigateTo</c>.</summary>
    /// <param name="text">Words in the reader's language, without personal data.</param>
    public void Say(string text)
    {
        var context = http.HttpContext!;
        context.Response.Cookies.Append(CookieName, Uri.EscapeDataString(text.Length > MaxLength ? text[..MaxLength] : text), Options(context));
    }

    /// <summary>Takes the line, so that it is shown once.</summary>
    /// <returns>The line; null when there is none.</returns>
    public string? Take()
    {
        var context = http.HttpContext;
        if (context?.Request.Cookies[CookieName] is not { Length: > 0 } text)
        {
            return null;
        }

        if (!context.Response.HasStarted)
        {
            context.Response.Cookies.Delete(CookieName, Options(context));
        }

        var said = Uri.UnescapeDataString(text);
        return said.Length > MaxLength ? said[..MaxLength] : said;
    }

    private static CookieOptions Options(HttpContext context) =>
        new() { HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps };
}
