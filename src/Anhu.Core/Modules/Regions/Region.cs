namespace Anhu.Modules.Regions;

/// <summary>The level of a region in the 12-digit statistical area code (handbook §5.1), grids below.</summary>
public enum RegionLevel
{
    /// <summary>Province (省).</summary>
    Province,

    /// <summary>City (市).</summary>
    City,

    /// <summary>District, county or county-level city or zone (区、县).</summary>
    County,

    /// <summary>Street, town or township (街道、镇、乡).</summary>
    Township,

    /// <summary>Community or village (社区、村).</summary>
    Community,

    /// <summary>Grid (网格), 15 digits.</summary>
    Grid,
}

/// <summary>A node of the area-code tree (区划).</summary>
public sealed class Region
{
    /// <summary>The 12-digit area code; 15 digits for a grid. Kept as text; the prefix is the ancestry.</summary>
    public required string RegionCode { get; init; }

    /// <summary>The official name.</summary>
    public required string Name { get; set; }

    /// <summary>The level.</summary>
    public required RegionLevel Level { get; init; }

    /// <summary>The code of the region above; null for the province.</summary>
    public string? ParentCode { get; init; }

    /// <summary>False for codes that only statistics use (development zones, handbook §5.1): areas, but no prefix of an ID number.</summary>
    public required bool IsStatutory { get; init; }

    /// <summary>Longitude of the centre in degrees, where known.</summary>
    public double? Longitude { get; init; }

    /// <summary>Latitude of the centre in degrees, where known.</summary>
    public double? Latitude { get; init; }
}

/// <summary>Arithmetic on area codes.</summary>
public static class RegionCodes
{
    private static ReadOnlySpan<int> Lengths => [2, 4, 6, 9, 12];

    /// <summary>The digits that carry meaning: the code without trailing zero groups (2, 4, 6, 9, 12 or 15 digits).</summary>
    /// <param name="code">A 12- or 15-digit code, or one already cut.</param>
    /// <returns>The significant prefix, which is also the first part of a unit's code, except that a city keeps six digits there.</returns>
    public static string Prefix(string code)
    {
        var length = PrefixLength(code);
        return length == code.Length ? code : code[..length];
    }

    /// <summary>How many digits of a code carry meaning; see <see cref="Prefix"/>.</summary>
    /// <param name="code">A 12- or 15-digit code, or one already cut.</param>
    /// <returns>2, 4, 6, 9, 12 or 15, or the length of a shorter code.</returns>
    public static int PrefixLength(ReadOnlySpan<char> code)
    {
        if (code.Length == 15)
        {
            return 15;
        }

        foreach (var length in Lengths)
        {
            if (code.Length <= length || code[length..].IndexOfAnyExcept('0') < 0)
            {
                return Math.Min(length, code.Length);
            }
        }

        return code.Length;
    }

    /// <summary>How many digits a level's codes have without trailing zero groups: 2, 4, 6, 9, 12 or 15.</summary>
    /// <param name="level">The level.</param>
    public static int LengthOf(RegionLevel level) => level switch
    {
        RegionLevel.Province => 2,
        RegionLevel.City => 4,
        RegionLevel.County => 6,
        RegionLevel.Township => 9,
        RegionLevel.Community => 12,
        RegionLevel.Grid => 15,
    };

    /// <summary>Fills a prefix up with zeros to the 12 digits of the statistical code; a grid keeps its 15.</summary>
    /// <param name="prefix">A prefix or full code.</param>
    public static string Full(string prefix) => prefix.PadRight(12, '0');

    /// <summary>The bounds between which the codes within a region lie as text, for queries: from (inclusive) and to (exclusive). Digits only, so that every collation agrees.</summary>
    /// <param name="code">The region.</param>
    public static (string From, string To) Range(string code)
    {
        var prefix = Prefix(code);
        return (prefix, (long.Parse(prefix, System.Globalization.CultureInfo.InvariantCulture) + 1)
            .ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(prefix.Length, '0'));
    }

    /// <summary>The level that a prefix of this length names.</summary>
    /// <param name="prefix">A significant prefix.</param>
    /// <returns>The level.</returns>
    public static RegionLevel LevelOf(string prefix) => prefix.Length switch
    {
        <= 2 => RegionLevel.Province,
        <= 4 => RegionLevel.City,
        <= 6 => RegionLevel.County,
        <= 9 => RegionLevel.Township,
        <= 12 => RegionLevel.Community,
        _ => RegionLevel.Grid,
    };

    /// <summary>Cuts a code to the prefix of a level, or null when the code does not reach down to it.</summary>
    /// <param name="code">A full code or prefix.</param>
    /// <param name="level">The wanted level.</param>
    /// <returns>The prefix of that level, or null.</returns>
    public static string? At(string code, RegionLevel level)
    {
        var prefix = Prefix(code);
        var length = LengthOf(level);
        return prefix.Length >= length ? prefix[..length] : null;
    }

    /// <summary>True when <paramref name="inner"/> lies in <paramref name="outer"/> or is it.</summary>
    /// <param name="outer">The larger region's code.</param>
    /// <param name="inner">The smaller region's code.</param>
    public static bool Contains(string outer, string inner) => inner.AsSpan().StartsWith(outer.AsSpan(0, PrefixLength(outer)), StringComparison.Ordinal);
}
