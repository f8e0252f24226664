namespace Anhu.Modules.Alarms;

/// <summary>What the city knows by code; asked for every alarm, so it answers from memory.</summary>
public interface IAlarmVocabulary
{
    /// <summary>True when the 12-digit area code or 15-digit grid code exists in the city.</summary>
    /// <param name="code">The code.</param>
    bool RegionExists(string code);

    /// <summary>True when a unit of this code exists, such as <c>340104001-police</c>.</summary>
    /// <param name="code">The code.</param>
    bool UnitExists(string code);

    /// <summary>True when the six digits name a zone that only statistics use (340176 to 340178 in Hefei): an area, but never the start of an ID number (handbook §5.1).</summary>
    /// <param name="countyPrefix">Six digits.</param>
    bool IsStatisticalZone(ReadOnlySpan<char> countyPrefix) => false;
}
