using System.Globalization;
using System.Text.Json;

namespace Anhu.Tests.Operations;

/// <summary>A live feed that a test reads.</summary>
internal sealed class OpenFeed : IDisposable
{
    private readonly HttpResponseMessage response;
    private readonly StreamReader reader;

    private OpenFeed(HttpResponseMessage response, StreamReader reader)
    {
        this.response = response;
        this.reader = reader;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Opens it and waits until it is live.</summary>
    public static async Task<OpenFeed> OpenAsync(HttpClient http)
    {
        var response = await http.GetAsync("/api/v1/feed", HttpCompletionOption.ResponseHeadersRead, Ct);
        response.EnsureSuccessStatusCode();
        var feed = new OpenFeed(response, new StreamReader(await response.Content.ReadAsStreamAsync(Ct)));
        while (await feed.LineAsync() != ": live")
        {
            // What was before.
        }

        return feed;
    }

    /// <summary>Reads until each of the cases was heard of.</summary>
    /// <returns>The sequences of all events on the way.</returns>
    public async Task<List<long>> ReadUntilAsync(IEnumerable<string> cases)
    {
        var wanted = cases.ToHashSet(StringComparer.Ordinal);
        var seen = new List<long>();
        while (wanted.Count > 0)
        {
            var line = await LineAsync();
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                seen.Add(long.Parse(line[4..], CultureInfo.InvariantCulture));
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal) && JsonDocument.Parse(line[6..]).RootElement.TryGetProperty("caseId", out var id))
            {
                wanted.Remove(id.GetString()!);
            }
        }

        return seen;
    }

    /// <summary>Reads until the feed is ended by the other side.</summary>
    public async Task ReadToEndAsync()
    {
        while (await reader.ReadLineAsync(Ct) is not null)
        {
            // Whatever still comes.
        }
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
    }

    private async Task<string> LineAsync() => await reader.ReadLineAsync(Ct) ?? throw new InvalidOperationException("The feed ended.");
}
