using Anhu.Modules.Organisation;

namespace Anhu.Modules.Alarms;

/// <summary>The codes of one city, as its organisation map knows them.</summary>
/// <param name="map">The map; kept for one use case.</param>
public sealed class CityVocabulary(OrganisationMap map) : IAlarmVocabulary
{
    /// <inheritdoc/>
    public bool RegionExists(string code) => map.Region(code)?.RegionCode == code;

    /// <inheritdoc/>
    public bool UnitExists(string code) => map.Find(code) is not null;

    /// <inheritdoc/>
    public bool IsStatisticalZone(ReadOnlySpan<char> countyPrefix) => map.Region(countyPrefix.ToString()) is { IsStatutory: false };
}
