using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Anhu.Bench.Load;

/// <summary>Finds out over the API what there is to be asked for.</summary>
internal static partial class CaseListing
{
    /// <summary>Ids of cases, the newest open first, then older ones.</summary>
    public static async Task<List<string>> IdsAsync(ClosedLoop driver, string header, int count)
    {
        var ids = new List<string>();
        string? after = null;
        do
        {
            var page = await AskAsync(driver, header, $"/api/v1/cases?limit=200{(after is null ? "" : $"&after={after}")}");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!));

            // A tenth of each page and then far back: what is opened is not always new.
            after = page.TryGetProperty("next", out var next) && next.ValueKind == JsonValueKind.String ? next.GetString() : null;
            after = after is null ? null : ((long)(long.Parse(after, System.Globalization.CultureInfo.InvariantCulture) * 0.7)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        while (after is not null && ids.Count < count);

        return ids;
    }

    /// <summary>Phones of people in cases.</summary>
    public static async Task<List<string>> PhonesAsync(ClosedLoop driver, string header, IEnumerable<string> ids)
    {
        var phones = new List<string>();
        foreach (var id in ids)
        {
            var file = await AskAsync(driver, header, $"/api/v1/cases/{id}");
            phones.AddRange(file.GetProperty("people").EnumerateArray()
                .Select(p => p.TryGetProperty("phone", out var phone) ? phone.GetString() : null).OfType<string>());
        }

        return phones;
    }

    /// <summary>Duties that can be handed over, with their units.</summary>
    public static async Task<List<(string Id, string Unit)>> DutiesAsync(ClosedLoop driver, string header, int count)
    {
        var duties = new List<(string, string)>();
        string? after = null;
        do
        {
            var page = await AskAsync(driver, header, $"/api/v1/duties?limit=200&state=assigned{(after is null ? "" : $"&after={after}")}");
            duties.AddRange(page.GetProperty("items").EnumerateArray()
                .Where(d => !(d.TryGetProperty("handOverTo", out var to) && to.ValueKind == JsonValueKind.String))
                .Select(d => (Id: d.GetProperty("id").GetString()!, Unit: d.GetProperty("unit").GetString()!))
                .Where(d => d.Unit.EndsWith("-womens-federation", StringComparison.Ordinal)));
            after = page.TryGetProperty("next", out var next) && next.ValueKind == JsonValueKind.String ? next.GetString() : null;
        }
        while (after is not null && duties.Count < count);

        return duties;
    }

    private static async Task<JsonElement> AskAsync(ClosedLoop driver, string header, string path)
    {
        var status = await driver.First.SendAsync(KeptConnection.Request("GET", path, header));
        var body = Encoding.UTF8.GetString(driver.First.Body);
        if (status != 200)
        {
            throw new InvalidOperationException($"{path}: {status} {body}");
        }

        return JsonDocument.Parse(ChunkLine().Replace(body, "")).RootElement;
    }

    /// <summary>The lines between the chunks of an answer; JSON of the API has no line ends of its own.</summary>
    [GeneratedRegex(@"(^|\r\n)[0-9a-fA-F]+\r\n|\r\n")]
    private static partial Regex ChunkLine();
}
