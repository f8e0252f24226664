using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Regions;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Organisation;

/// <summary>Where the reference data of the city lies.</summary>
/// <param name="Folder">Folder with <c>regions.csv</c> and <c>boundaries.geojson</c>.</param>
public sealed record CityFiles(string Folder);

/// <summary>
/// Gives a new store its regions and units. Safe to run at each start and on several nodes at once: it only adds regions
/// that are missing, with their units, and leaves alone what is there.
/// </summary>
public sealed class OrganisationSeeder(
    IDbContextFactory<AnhuDbContext> contexts, CityFiles files, CityBorders borders, OrganisationDirectory directory, TimeProvider time)
{
    /// <summary>Adds what is missing.</summary>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many units were added.</returns>
    public async Task<int> EnsureAsync(CancellationToken ct)
    {
        var regions = RegionFile.Read(Path.Combine(files.Folder, "regions.csv"), borders.Centres);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if ((await MissingAsync(db, regions, ct)).Count == 0)
        {
            return 0;
        }

        var added = await db.ExclusivelyAsync(() => AddAsync(db, regions, ct), ct);
        directory.Invalidate();
        return added;
    }

    private static async Task<List<Region>> MissingAsync(AnhuDbContext db, List<Region> regions, CancellationToken ct)
    {
        var known = (await db.Regions.AsNoTracking().Select(r => r.RegionCode).ToListAsync(ct)).ToHashSet(StringComparer.Ordinal);
        return [.. regions.Where(r => !known.Contains(r.RegionCode))];
    }

    private async Task<int> AddAsync(AnhuDbContext db, List<Region> regions, CancellationToken ct)
    {
        var missing = await MissingAsync(db, regions, ct);
        if (missing.Count == 0)
        {
            return 0;
        }

        var units = await db.Units.AsNoTracking().ToDictionaryAsync(u => u.Code, StringComparer.Ordinal, ct);
        var taken = (await db.Jurisdictions.AsNoTracking().Select(j => new { j.Agency, j.RegionPrefix }).ToListAsync(ct))
            .Select(j => (j.Agency, j.RegionPrefix)).ToHashSet();
        var cityName = regions.FirstOrDefault(r => r.Level == RegionLevel.City)?.Name ?? string.Empty;
        var newUnits = new List<object>(4000);
        var newJurisdictions = new List<object>(4000);

        // Regions come from the top down, so a unit's superior is there before it.
        foreach (var region in missing)
        {
            foreach (var agency in UnitPlan.AgenciesAt(region))
            {
                var code = UnitCodes.Of(region.RegionCode, agency);
                if (units.ContainsKey(code))
                {
                    continue;
                }

                var unit = new Unit
                {
                    UnitId = Guid.CreateVersion7(), Code = code, Agency = agency, Name = UnitPlan.NameOf(agency, region, cityName),
                    RegionCode = region.RegionCode, Level = region.Level, SuperiorUnitId = Superior(units, agency, region)?.UnitId,
                };
                units.Add(code, unit);
                newUnits.Add(unit);
                var prefix = RegionCodes.Prefix(region.RegionCode);
                if (taken.Add((agency, prefix)))
                {
                    newJurisdictions.Add(new UnitJurisdiction { Agency = agency, RegionPrefix = prefix, UnitId = unit.UnitId });
                }
            }
        }

        await db.Store.Provider.InsertAsync(db, [missing, newUnits, newJurisdictions], ct);
        await OrganisationDirectory.RaiseAsync(db, ct);
        db.Record(new PendingEvent(
            OrganisationEvents.Seeded, time.Now, Data: EventData.Of(("regions", missing.Count), ("units", newUnits.Count))));
        return newUnits.Count;
    }

    private static Unit? Superior(Dictionary<string, Unit> units, Agency agency, Region region)
    {
        for (var level = region.Level - 1; level >= RegionLevel.City; level--)
        {
            if (units.TryGetValue(UnitCodes.Of(RegionCodes.At(region.RegionCode, level)!, agency), out var unit) && unit.IsActive)
            {
                return unit;
            }
        }

        return null;
    }
}
