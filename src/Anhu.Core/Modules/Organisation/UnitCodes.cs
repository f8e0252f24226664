using System.Collections.Frozen;
using System.Text.Json;
using Anhu.Modules.Regions;

namespace Anhu.Modules.Organisation;

/// <summary>Codes of agencies and units as the contract writes them.</summary>
public static class UnitCodes
{
    private static readonly FrozenDictionary<Agency, string> Codes =
        Enum.GetValues<Agency>().ToFrozenDictionary(a => a, a => JsonNamingPolicy.KebabCaseLower.ConvertName(a.ToString()));

    private static readonly FrozenDictionary<string, Agency> Agencies = Codes.ToFrozenDictionary(c => c.Value, c => c.Key, StringComparer.Ordinal);

    /// <summary>An agency's code, such as <c>womens-federation</c>.</summary>
    /// <param name="agency">The agency.</param>
    public static string Of(Agency agency) => Codes[agency];

    /// <summary>A unit's code, such as <c>340104-womens-federation</c>: the seat without trailing zero groups (city and province keep six digits), a hyphen, the agency.</summary>
    /// <param name="regionCode">The seat.</param>
    /// <param name="agency">The agency.</param>
    public static string Of(string regionCode, Agency agency) => $"{RegionCodes.Prefix(regionCode).PadRight(6, '0')}-{Codes[agency]}";

    /// <summary>Reads an agency's code.</summary>
    /// <param name="code">The code.</param>
    /// <param name="agency">The agency.</param>
    public static bool TryParse(string? code, out Agency agency) => Agencies.TryGetValue(code ?? string.Empty, out agency);
}
