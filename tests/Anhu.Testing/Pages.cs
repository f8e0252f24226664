using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Xunit;

namespace Anhu.Testing;

/// <summary>Reads pages and sends their forms as a browser without script does.</summary>
public static class Pages
{
    /// <summary>Opens a page and asserts that it is there.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">Path and query.</param>
    public static async Task<IHtmlDocument> GetPageAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {(int)response.StatusCode} {response.Headers.Location}");
        return await response.ReadPageAsync();
    }

    /// <summary>Parses the page of an answer.</summary>
    /// <param name="response">The answer.</param>
    public static async Task<IHtmlDocument> ReadPageAsync(this HttpResponseMessage response)
    {
        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var page = await new HtmlParser().ParseDocumentAsync(html, TestContext.Current.CancellationToken);
        page.DocumentElement.SetAttribute("data-test-url", response.RequestMessage!.RequestUri!.PathAndQuery);
        return page;
    }

    /// <summary>Fills a form of a page and sends it, with what the page filled in already.</summary>
    /// <param name="client">The client that opened the page.</param>
    /// <param name="page">The page.</param>
    /// <param name="form">The form's name (<c>FormName</c>), or the address that it posts to.</param>
    /// <param name="fields">Names and values; null leaves a field out.</param>
    public static async Task<HttpResponseMessage> SubmitAsync(
        this HttpClient client, IHtmlDocument page, string form, Dictionary<string, string?>? fields = null)
    {
        var element = page.Forms.FirstOrDefault(f => f.QuerySelector("input[name=_handler]")?.GetAttribute("value") == form || f.GetAttribute("action") == form);
        Assert.True(element is not null, $"The page has no form {form}.");
        var values = new List<KeyValuePair<string, string>>();
        foreach (var input in element.QuerySelectorAll("input[name], textarea[name], select[name]").Where(i => fields?.ContainsKey(i.GetAttribute("name")!) != true))
        {
            if (Value(input) is { } value)
            {
                values.Add(new(input.GetAttribute("name")!, value));
            }
        }

        values.AddRange(fields?.Where(f => f.Value is not null).Select(f => new KeyValuePair<string, string>(f.Key, f.Value!)) ?? []);
        var action = element.GetAttribute("action") is { Length: > 0 } address ? address : page.DocumentElement.GetAttribute("data-test-url")!;
        using var content = new FormUrlEncodedContent(values);
        return await client.PostAsync(action, content, TestContext.Current.CancellationToken);
    }

    /// <summary>The text of the first element that a selector finds, without the white space around it; null when there is none.</summary>
    /// <param name="page">The page.</param>
    /// <param name="selector">CSS selector.</param>
    public static string? TextOf(this IParentNode page, string selector) => page.QuerySelector(selector)?.TextContent.Trim();

    private static string? Value(IElement input) => input switch
    {
        IHtmlInputElement { Type: "checkbox" or "radio" } box => box.HasAttribute("checked") ? box.GetAttribute("value") ?? "on" : null,
        IHtmlInputElement { Type: "submit" or "button" } => null,
        IHtmlInputElement text => text.GetAttribute("value") ?? "",
        IHtmlTextAreaElement area => area.TextContent,
        IHtmlSelectElement select => select.Value,
        _ => null,
    };
}
