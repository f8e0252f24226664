using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;

namespace Anhu.Modules.Intake;

/// <summary>What an incident is known to be when several reports and their revisions speak of it.</summary>
internal static class IncidentMerge
{
    /// <summary>Lets a report say what it knows of an incident.</summary>
    /// <param name="incident">The incident.</param>
    /// <param name="report">The report.</param>
    /// <param name="overwrite">True when the incident has no other report: what this one no longer says is gone.</param>
    /// <param name="map">Regions, for where the report plays and whether its point lies in the city.</param>
    public static void Merge(Incident incident, AlarmReport report, bool overwrite, OrganisationMap map)
    {
        var location = report.Location;
        var i = report.Indicators;
        var injury = report.People.Count == 0 ? Injury.Unknown : report.People.Max(p => p.Injury);
        incident.Category = overwrite || Severity(report.Category) < Severity(incident.Category) ? report.Category : incident.Category;
        incident.OccurredAt = overwrite || report.ReceivedAt < incident.OccurredAt ? report.ReceivedAt : incident.OccurredAt;
        incident.RegionCode = overwrite ? RegionOf(report, map) : incident.RegionCode ?? RegionOf(report, map);
        incident.Address = overwrite ? location?.Address : incident.Address ?? location?.Address;
        incident.PlaceKey = overwrite ? PlaceKeys.Of(location) : incident.PlaceKey ?? PlaceKeys.Of(location);
        if (overwrite || incident.Longitude is null)
        {
            incident.Longitude = location?.Longitude;
            incident.Latitude = location?.Latitude;
            incident.IsDrawable = location is { Longitude: { } lon, Latitude: { } lat } && map.IsInside(lon, lat);
        }

        incident.Summary = overwrite || incident.Summary is null ? report.Summary
            : report.Summary is null || incident.Summary.Contains(report.Summary, StringComparison.Ordinal) ? incident.Summary
            : $"{incident.Summary}\n{report.Summary}";
        incident.Injury = overwrite || injury > incident.Injury ? injury : incident.Injury;
        incident.IsMandatoryReport = (!overwrite && incident.IsMandatoryReport) || report.Channel == AlarmChannel.MandatoryReport;
        incident.PoliceOpinion = overwrite ? report.PoliceOpinion
            : report.PoliceOpinion < (incident.PoliceOpinion ?? int.MaxValue) ? report.PoliceOpinion : incident.PoliceOpinion;
        incident.Weapon = Fact(incident.Weapon, i.Weapon);
        incident.ThreatToKill = Fact(incident.ThreatToKill, i.ThreatToKill);
        incident.Strangulation = Fact(incident.Strangulation, i.Strangulation);
        incident.ChildPresent = Fact(incident.ChildPresent, i.ChildPresent ?? (report.People.Any(p => p.Role == PartyRole.Child) ? true : null));
        incident.Pregnant = Fact(incident.Pregnant, i.Pregnant);
        incident.Alcohol = Fact(incident.Alcohol, i.Alcohol);
        incident.SexualViolence = Fact(incident.SexualViolence, i.SexualViolence);
        incident.Separation = Fact(incident.Separation, i.Separation);

        bool? Fact(bool? before, bool? reported) => overwrite ? reported : before == true || reported == true ? true : before ?? reported;
    }

    private static int Severity(AlarmCategory category) => category switch
    {
        AlarmCategory.ProtectionOrderBreach => 0,
        AlarmCategory.DomesticViolence => 1,
        AlarmCategory.FamilyDispute => 2,
        AlarmCategory.MissingPerson => 3,
        AlarmCategory.Other => 4,
    };

    /// <summary>Where a report plays: the place it names, or that of the unit that was sent.</summary>
    /// <param name="report">The report.</param>
    /// <param name="map">Units.</param>
    public static string? RegionOf(AlarmReport report, OrganisationMap map) =>
        report.Location?.RegionCode ?? (report.Dispatch?.Unit is { } unit ? map.Find(unit)?.RegionCode : null);
}
