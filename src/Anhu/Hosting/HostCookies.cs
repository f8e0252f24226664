using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;

namespace Anhu.Hosting;

/// <summary>
/// Over TLS every cookie of the program is named <c>__Host-…</c>, which browsers take only from this very host, over TLS and for the whole site; others are
/// not read. So nobody who holds a neighbouring name, or the way without TLS, can plant one. Without TLS (on the own machine) names stay as they are.
/// </summary>
internal static class HostCookies
{
    /// <summary>What such names begin with.</summary>
    public const string Prefix = "__Host-";

    /// <summary>Renames cookies of requests that came over TLS.</summary>
    /// <param name="app">The program.</param>
    public static void UseHostCookies(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (context.Request.IsHttps)
        {
            context.Features.Set<IRequestCookiesFeature>(new RequestCookiesFeature(new Asked(context.Request.Cookies)));
            context.Features.Set<IResponseCookiesFeature>(new Answered(context.Response.Cookies));
        }

        return next(context);
    });

    private sealed class Asked(IRequestCookieCollection all) : IRequestCookieCollection
    {
        public int Count => Own().Count();

        public ICollection<string> Keys => [.. Own().Select(c => c.Key)];

        public string? this[string key] => all[Prefix + key];

        public bool ContainsKey(string key) => all.ContainsKey(Prefix + key);

        public bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => all.TryGetValue(Prefix + key, out value);

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => Own().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private IEnumerable<KeyValuePair<string, string>> Own() => all
            .Where(c => c.Key.StartsWith(Prefix, StringComparison.Ordinal)).Select(c => KeyValuePair.Create(c.Key[Prefix.Length..], c.Value));
    }

    private sealed class Answered(IResponseCookies all) : IResponseCookiesFeature, IResponseCookies
    {
        public IResponseCookies Cookies => this;

        public void Append(string key, string value) => Append(key, value, new CookieOptions());

        public void Append(string key, string value, CookieOptions options) => all.Append(Prefix + key, value, Strict(options));

        public void Delete(string key) => Delete(key, new CookieOptions());

        public void Delete(string key, CookieOptions options) => all.Delete(Prefix + key, Strict(options));

        /// <summary>What the prefix demands; a browser drops the cookie otherwise.</summary>
        private static CookieOptions Strict(CookieOptions options) => new(options) { Secure = true, Path = "/", Domain = null };
    }
}
