using System.Text;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;

namespace Anhu.Modules.Alarms;

/// <summary>Finds regions by what a call taker types: a code, a name, or parts of the way down such as 蜀山 三里庵.</summary>
public static class EntryRegions
{
    /// <summary>Suggestions shown at most.</summary>
    public const int MaxSuggestions = 12;

    /// <summary>Maps the suggestions that the page asks for while someone types.</summary>
    /// <param name="app">Routes.</param>
    public static void MapAlarmEntry(this IEndpointRouteBuilder app) =>
        app.MapGet("/alarms/new/regions", SuggestAsync).RequireAuthorization(Permissions.WriteAlarms).ExcludeFromDescription();

    /// <summary>The region that the words mean, when they mean one.</summary>
    /// <param name="map">The city.</param>
    /// <param name="words">What was typed.</param>
    /// <param name="candidates">When they mean several: the likeliest.</param>
    public static Region? Resolve(OrganisationMap map, string words, out IReadOnlyList<Region> candidates)
    {
        candidates = [];
        var code = words.Trim();
        if (code.Length is 12 or 15 && code.All(char.IsAsciiDigit))
        {
            return map.Region(code) is { } region && region.RegionCode == code ? region : null;
        }

        var found = Find(map, words, MaxSuggestions);
        if (found.Count == 0)
        {
            return null;
        }

        // A street whose name its own communities repeat is right for all of them: less exact, never wrong.
        var first = found[0];
        if (found.Skip(1).All(other => RegionCodes.Contains(first.RegionCode, other.RegionCode)))
        {
            return first;
        }

        candidates = found;
        return null;
    }

    /// <summary>Regions below the city whose full name contains the words in their order; those whose own name fits best first.</summary>
    /// <param name="map">The city.</param>
    /// <param name="words">What was typed.</param>
    /// <param name="limit">How many at most.</param>
    public static IReadOnlyList<Region> Find(OrganisationMap map, string words, int limit)
    {
        var parts = Parts(words);
        if (parts.Length == 0)
        {
            return [];
        }

        return
        [
            .. Below(map, map.CityCode)
                .Select(region => (Region: region, Rank: Rank(OneWidth(region.Name), OneWidth(map.RegionFullName(region.RegionCode)!), parts)))
                .Where(r => r.Rank is not null)
                .OrderBy(r => r.Rank).ThenBy(r => r.Region.Level).ThenBy(r => r.Region.RegionCode, StringComparer.Ordinal)
                .Take(limit).Select(r => r.Region),
        ];
    }

    /// <summary>A region as the page writes it, and reads it again: county, street and community apart.</summary>
    /// <param name="map">The city.</param>
    /// <param name="region">The region.</param>
    public static string Name(OrganisationMap map, Region region)
    {
        List<string> names = [];
        for (var at = region; at is not null && at.Level > RegionLevel.City; at = at.ParentCode is { } parent ? map.Region(parent) : null)
        {
            names.Insert(0, at.Name);
        }

        return names.Count == 0 ? region.Name : string.Join(' ', names);
    }

    private static async Task<IResult> SuggestAsync(string? q, OrganisationDirectory organisation, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        return TypedResults.Ok(Find(map, q is { Length: <= 80 } ? q : "", MaxSuggestions).Select(region => Name(map, region)));
    }

    private static string[] Parts(string words) =>
        OneWidth(words).Split([' ', '\t', '　', ',', '，', '/', '-', '、', '>'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Brackets and digits come in two widths, in names as in what is typed.</summary>
    private static string OneWidth(string words) => words.Normalize(NormalizationForm.FormKC);

    private static IEnumerable<Region> Below(OrganisationMap map, string code) =>
        map.Children(code).SelectMany(child => Below(map, child.RegionCode).Prepend(child));

    /// <summary>0: the name; 1: its beginning; 2: within it; 3: only on the way down to it. Null: does not fit.</summary>
    private static int? Rank(string name, string fullName, string[] parts)
    {
        var at = 0;
        foreach (var part in parts)
        {
            at = fullName.IndexOf(part, at, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
            {
                return null;
            }

            at += part.Length;
        }

        var last = parts[^1];
        return name.Equals(last, StringComparison.OrdinalIgnoreCase) || fullName.EndsWith(last, StringComparison.OrdinalIgnoreCase) ? 0
            : name.StartsWith(last, StringComparison.OrdinalIgnoreCase) ? 1
            : name.Contains(last, StringComparison.OrdinalIgnoreCase) ? 2
            : 3;
    }
}
