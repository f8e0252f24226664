using System.Globalization;
using Microsoft.AspNetCore.Localization;

namespace Anhu.Web;

/// <summary>The languages of the pages.</summary>
public static class CityLanguages
{
    /// <summary>Languages of the pages; the first is the city's.</summary>
    public static IReadOnlyList<string> All { get; } = ["zh-CN", "en"];
}

/// <summary>The cookie that keeps the language where nobody is signed in.</summary>
internal static class LanguageCookie
{
    public static CookieRequestCultureProvider Provider { get; } = new() { CookieName = "anhu.language" };

    public static void Write(HttpContext context, string culture) => context.Response.Cookies.Append(
        Provider.CookieName,
        CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(CultureInfo.GetCultureInfo(culture))),
        new CookieOptions
        {
            HttpOnly = true, IsEssential = true, MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps,
        });
}
