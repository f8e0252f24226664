using System.Globalization;

namespace Anhu.Modules.Alarms;

/// <summary>One field that differs between two revisions.</summary>
/// <param name="Path">JSON path in the later revision, or in the earlier one for what was taken away.</param>
/// <param name="Before">The value before in the contract's words; null when it was not there.</param>
/// <param name="After">The value after; null when it was taken away.</param>
public sealed record FieldChange(string Path, string? Before, string? After);

/// <summary>What changed from one revision of an alarm to another, field by field.</summary>
public static class AlarmReportDiff
{
    /// <summary>Compares two revisions; revision numbers themselves are left out.</summary>
    /// <param name="before">The earlier one.</param>
    /// <param name="after">The later one.</param>
    /// <returns>Changes in the order of the contract's fields, people last.</returns>
    public static IReadOnlyList<FieldChange> Between(AlarmReport before, AlarmReport after)
    {
        List<FieldChange> changes = [];
        Compare(changes, "", Fields(before), Fields(after));
        var rest = before.People.Index().ToList();
        foreach (var (i, person) in after.People.Index())
        {
            var match = rest.FindIndex(old => SamePerson(old.Item, person));
            if (match < 0)
            {
                match = rest.FindIndex(old => old.Index == i && old.Item.Role == person.Role && !after.People.Any(other => SamePerson(old.Item, other)));
            }

            Compare(changes, $"people[{i}].", match < 0 ? [] : Fields(rest[match].Item), Fields(person));
            if (match >= 0)
            {
                rest.RemoveAt(match);
            }
        }

        foreach (var (i, person) in rest)
        {
            Compare(changes, $"people[{i}].", Fields(person), []);
        }

        return changes;
    }

    /// <summary>Two entries of one alarm mean one person: same ID number, or same role and name with no other ID number.</summary>
    private static bool SamePerson(ReportedPerson a, ReportedPerson b) =>
        a.IdNumber is not null && b.IdNumber is not null ? a.IdNumber == b.IdNumber : a.Role == b.Role && a.Name is not null && a.Name == b.Name;

    private static void Compare(List<FieldChange> changes, string prefix, List<(string Name, string? Value)> before, List<(string Name, string? Value)> after)
    {
        foreach (var name in before.Concat(after).Select(f => f.Name).Distinct())
        {
            var old = before.Find(f => f.Name == name).Value;
            var now = after.Find(f => f.Name == name).Value;
            if (old != now)
            {
                changes.Add(new FieldChange(prefix + name, old, now));
            }
        }
    }

    private static List<(string Name, string? Value)> Fields(AlarmReport r) =>
    [
        ("receivedAt", Time(r.ReceivedAt)),
        ("channel", AlarmNames.Of(r.Channel)),
        ("category", AlarmNames.Of(r.Category)),
        ("summary", r.Summary),
        ("reporter.name", r.Reporter?.Name),
        ("reporter.phone", r.Reporter?.Phone),
        ("reporter.relation", r.Reporter?.Relation),
        ("location.address", r.Location?.Address ?? r.Location?.AddressPlaceholder),
        ("location.regionCode", r.Location?.RegionCode),
        ("location.longitude", Number(r.Location?.Longitude)),
        ("location.latitude", Number(r.Location?.Latitude)),
        ("indicators.weapon", Answer(r.Indicators.Weapon)),
        ("indicators.threatToKill", Answer(r.Indicators.ThreatToKill)),
        ("indicators.strangulation", Answer(r.Indicators.Strangulation)),
        ("indicators.childPresent", Answer(r.Indicators.ChildPresent)),
        ("indicators.pregnant", Answer(r.Indicators.Pregnant)),
        ("indicators.alcohol", Answer(r.Indicators.Alcohol)),
        ("indicators.sexualViolence", Answer(r.Indicators.SexualViolence)),
        ("indicators.separation", Answer(r.Indicators.Separation)),
        ("dispatch.unit", r.Dispatch?.Unit),
        ("dispatch.dispatchedAt", r.Dispatch?.DispatchedAt is { } at ? Time(at) : null),
        ("policeOpinion", r.PoliceOpinion?.ToString(CultureInfo.InvariantCulture)),
    ];

    private static List<(string Name, string? Value)> Fields(ReportedPerson p) =>
    [
        ("role", AlarmNames.Of(p.Role)),
        ("name", p.Name),
        ("sex", p.Sex == Sex.Unknown ? null : AlarmNames.Of(p.Sex)),
        ("birthDate", p.BirthDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ("idNumber", p.IdNumber),
        ("phone", p.Phone),
        ("address", p.Address ?? p.AddressPlaceholder),
        ("injury", p.Injury == Injury.Unknown ? null : AlarmNames.Of(p.Injury)),
        ("relationToVictim", p.RelationToVictim),
    ];

    private static string Time(DateTimeOffset time)
    {
        Span<byte> utf8 = stackalloc byte[32];
        return System.Text.Encoding.UTF8.GetString(utf8[..Rfc3339.Format(time, utf8)]);
    }

    private static string? Number(double? number) => number?.ToString("R", CultureInfo.InvariantCulture);

    private static string? Answer(bool? answer) => answer switch { true => "true", false => "false", null => null };
}
