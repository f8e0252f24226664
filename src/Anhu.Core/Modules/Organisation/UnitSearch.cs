using Anhu.Modules.Regions;

namespace Anhu.Modules.Organisation;

/// <summary>A search among the units in memory: a city has some thousands.</summary>
public sealed record UnitSearch
{
    /// <summary>Part of a name or code.</summary>
    public string? Text { get; init; }

    /// <summary>Only units of this agency.</summary>
    public Agency? Agency { get; init; }

    /// <summary>Only units with their seat in this region.</summary>
    public string? RegionCode { get; init; }

    /// <summary>Whether dissolved units are wanted too.</summary>
    public bool WithDissolved { get; init; } = true;

    /// <summary>Code of the last unit of the page before.</summary>
    public string? After { get; init; }

    /// <summary>Most units wanted.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Finds a page of units, by code.</summary>
    /// <param name="map">The organisation.</param>
    /// <returns>The units, and what to ask as <see cref="After"/> for the next page, or null on the last.</returns>
    public (IReadOnlyList<Unit> Units, string? Next) Run(OrganisationMap map)
    {
        var text = Text?.Trim();
        var found = new List<Unit>(Math.Min(Limit, 200));
        for (var i = Start(map.Units); i < map.Units.Count; i++)
        {
            var unit = map.Units[i];
            if ((Agency is null || unit.Agency == Agency)
                && (WithDissolved || unit.IsActive)
                && (RegionCode is null || RegionCodes.Contains(RegionCode, unit.RegionCode))
                && (string.IsNullOrEmpty(text) || unit.Name.Contains(text, StringComparison.OrdinalIgnoreCase)
                    || unit.Code.Contains(text, StringComparison.OrdinalIgnoreCase)))
            {
                if (found.Count == Limit)
                {
                    return (found, found[^1].Code);
                }

                found.Add(unit);
            }
        }

        return (found, null);
    }

    /// <summary>Binary search for the first unit after <see cref="After"/>.</summary>
    private int Start(IReadOnlyList<Unit> units)
    {
        if (After is null)
        {
            return 0;
        }

        var (low, high) = (0, units.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(units[middle].Code, After) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
