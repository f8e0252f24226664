using System.Globalization;

namespace Anhu.Modules.Alarms.Mapping;

/// <summary>How a field's value is written in JSON.</summary>
internal enum TargetKind
{
    Text,
    Time,
    Date,
    Number,
    TrueOrFalse,
}

/// <summary>A field of the contract that a mapping can fill.</summary>
/// <param name="Name">Name within its object.</param>
/// <param name="Section">The object, or null at the top.</param>
/// <param name="Kind">How its value is written.</param>
/// <param name="Words">The words allowed, or null.</param>
internal sealed record MappingTarget(string Name, string? Section, TargetKind Kind, IReadOnlyList<string>? Words = null)
{
    public string Path => Section is null ? Name : $"{Section}.{Name}";
}

/// <summary>The fields that a mapping can fill, in the order in which they are written.</summary>
internal static class MappingTargets
{
    public static readonly IReadOnlyList<MappingTarget> Alarm =
    [
        new("sourceId", null, TargetKind.Text),
        new("revision", null, TargetKind.Number),
        new("receivedAt", null, TargetKind.Time),
        new("channel", null, TargetKind.Text, [.. AlarmNames.All<AlarmChannel>()]),
        new("category", null, TargetKind.Text, [.. AlarmNames.All<AlarmCategory>()]),
        new("summary", null, TargetKind.Text),
        new("policeOpinion", null, TargetKind.Number),
        .. AlarmFields.Reporter.Select(name => new MappingTarget(name.Value, "reporter", TargetKind.Text)),
        new("address", "location", TargetKind.Text),
        new("regionCode", "location", TargetKind.Text),
        new("longitude", "location", TargetKind.Number),
        new("latitude", "location", TargetKind.Number),
        .. AlarmFields.Indicators.Select(name => new MappingTarget(name.Value, "indicators", TargetKind.TrueOrFalse)),
        new("unit", "dispatch", TargetKind.Text),
        new("dispatchedAt", "dispatch", TargetKind.Time),
    ];

    public static readonly IReadOnlyList<MappingTarget> Person =
    [
        new("role", null, TargetKind.Text, [.. AlarmNames.All<PartyRole>()]),
        new("name", null, TargetKind.Text),
        new("sex", null, TargetKind.Text, [.. AlarmNames.All<Sex>()]),
        new("birthDate", null, TargetKind.Date),
        new("idNumber", null, TargetKind.Text),
        new("phone", null, TargetKind.Text),
        new("address", null, TargetKind.Text),
        new("injury", null, TargetKind.Text, [.. AlarmNames.All<Injury>()]),
        new("relationToVictim", null, TargetKind.Text),
    ];

    public static MappingTarget? Find(string path) => Alarm.FirstOrDefault(t => t.Path == path);

    /// <summary>The person's field that a path such as <c>people[0].name</c> names.</summary>
    public static MappingTarget? FindPerson(string path, out int index)
    {
        index = -1;
        var end = path.IndexOf("].", StringComparison.Ordinal);
        return path.StartsWith("people[", StringComparison.Ordinal) && end > 0
            && int.TryParse(path.AsSpan(7, end - 7), NumberStyles.None, CultureInfo.InvariantCulture, out index) && index < AlarmLimits.People
            ? Person.FirstOrDefault(t => path.AsSpan(end + 2).SequenceEqual(t.Name))
            : null;
    }
}
