namespace Anhu.Web;

/// <summary>Where "leave this page" leads, settings section <c>Anhu:Exit</c>.</summary>
public sealed class ExitSettings
{
    /// <summary>The program's own page that tells nothing: a calendar. For networks without the internet.</summary>
    public const string LocalPage = "/calendar";

    /// <summary>A site that anybody might have open, without content made for the reader; <c>local</c> for <see cref="LocalPage"/>.</summary>
    public string Url { get; set; } = "https://www.weather.com.cn/";

    /// <summary>The address to go to.</summary>
    /// <exception cref="InvalidOperationException">The setting is no address.</exception>
    public string Target => Url == "local" ? LocalPage
        : Uri.TryCreate(Url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address.AbsoluteUri
        : throw new InvalidOperationException("Anhu:Exit:Url is a web address, or local.");
}
