using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anhu.Tests.Clients;

namespace Anhu.Tests.Organisation;

public sealed class UnitEndpointTests(RunningCity city) : IClassFixture<RunningCity>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_ByAgencyAndRegion_ListsThemWithJurisdictions()
    {
        var token = await city.TokenAsync(await city.AddClientAsync("cases.read"));

        var first = await ReadAsync("/api/v1/units?agency=police&region=340104000000", token);

        var items = first.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(13, items.Count);
        Assert.False(first.TryGetProperty("next", out _));
        Assert.Equal("340104-police", items[0].GetProperty("code").GetString());
        Assert.Equal("340100-police", items[0].GetProperty("superior").GetString());
        Assert.Equal("county", items[0].GetProperty("level").GetString());
        Assert.Equal("340104001000", items[1].GetProperty("jurisdictions")[0].GetString());
    }

    [Fact]
    public async Task Get_PageByPage_GivesEachUnitOnce()
    {
        var token = await city.TokenAsync(await city.AddClientAsync("cases.read"));
        var codes = new List<string>();
        var next = string.Empty;
        while (next is not null)
        {
            var page = await ReadAsync($"/api/v1/units?agency=womens-federation&limit=50&after={next}", token);
            codes.AddRange(page.GetProperty("items").EnumerateArray().Select(u => u.GetProperty("code").GetString()!));
            next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }

        Assert.Equal(1 + 12 + 160, codes.Count);
        Assert.Equal(codes.Count, codes.Distinct().Count());
    }

    [Fact]
    public async Task Get_WithWrongFilters_NamesEach()
    {
        var token = await city.TokenAsync(await city.AddClientAsync("cases.read"));

        using var response = await city.GetAsync("/api/v1/units?agency=fire&region=999999000000&limit=0", token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(["agency", "limit", "region"], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order());
    }

    private async Task<JsonElement> ReadAsync(string path, string token)
    {
        using var response = await city.GetAsync(path, token);
        var json = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.True(response.IsSuccessStatusCode, json.ToString());
        return json;
    }
}
