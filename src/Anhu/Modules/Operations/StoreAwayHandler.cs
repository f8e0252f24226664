using System.Globalization;
using Anhu.Data;
using Anhu.Web;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Options;

namespace Anhu.Modules.Operations;

/// <summary>
/// While the store is away, nobody is told that something broke: programs are told to come again, people get a calm page
/// that opens what they wanted as soon as it can, and holds what they typed. Stands alone, since all else may need the store.
/// </summary>
internal sealed class StoreAwayHandler(
    CityStore store, IProblemDetailsService problems, IServiceScopeFactory scopes, ILoggerFactory loggers, IOptions<RequestLocalizationOptions> languages)
    : IExceptionHandler
{
    private const string Code = "store.away";

    /// <summary>What is posted there are passwords and codes: typed again rather than kept in a page.</summary>
    private static readonly PathString[] Secret = ["/sign-in", "/profile"];

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!store.IsAway(exception))
        {
            return false;
        }

        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        httpContext.Response.Headers.RetryAfter = "5";
        if (!Requests.IsApi(httpContext))
        {
            await WritePageAsync(httpContext, cancellationToken);
            return true;
        }

        var problem = new ProblemDetailsContext { HttpContext = httpContext };
        problem.ProblemDetails.Type = $"urn:anhu:{Code}";
        problem.ProblemDetails.Detail = "The store does not answer now. Nothing was stored; send it again.";
        problem.ProblemDetails.Extensions["code"] = Code;
        return await problems.TryWriteAsync(problem);
    }

    private async Task WritePageAsync(HttpContext http, CancellationToken ct)
    {
        // The request's own path is that of the error page by now.
        PathString path = http.Features.Get<IExceptionHandlerPathFeature>()?.Path ?? http.Request.Path;
        var isSecret = Array.Exists(Secret, s => path.StartsWithSegments(s));
        var kept = HttpMethods.IsPost(http.Request.Method) && !isSecret ? await FormAsync(http, ct) : null;
        var culture = await CultureAsync(http);
        await using var scope = scopes.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, loggers);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, culture);
            var page = await renderer.RenderComponentAsync<StoreAwayPage>(ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(StoreAwayPage.Address)] = isSecret ? path.Value : path + http.Request.QueryString, [nameof(StoreAwayPage.Kept)] = kept,
            }));
            return page.ToHtmlString();
        });
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(html, ct);
    }

    private static async Task<IReadOnlyList<KeyValuePair<string, string>>?> FormAsync(HttpContext http, CancellationToken ct)
    {
        if (!http.Request.HasFormContentType)
        {
            return null;
        }

        var form = await http.Request.ReadFormAsync(ct);
        return [.. form.SelectMany(f => f.Value, (f, value) => KeyValuePair.Create(f.Key, value ?? ""))];
    }

    /// <summary>The language of the request; asked for here when the store was missed before that was settled.</summary>
    private async Task<CultureInfo> CultureAsync(HttpContext http)
    {
        if (http.Features.Get<IRequestCultureFeature>() is { } settled)
        {
            return settled.RequestCulture.UICulture;
        }

        foreach (var provider in languages.Value.RequestCultureProviders)
        {
            if ((await provider.DetermineProviderCultureResult(http))?.UICultures is [{ Value: { } name }, ..] && CityLanguages.All.Contains(name))
            {
                return CultureInfo.GetCultureInfo(name);
            }
        }

        return languages.Value.DefaultRequestCulture.UICulture;
    }
}
