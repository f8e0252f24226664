namespace Anhu.Modules.Measures;

/// <summary>
/// What an authority imposes because of one incident (措施): a warning letter, later a protection order or a penalty. Its case is the case of its
/// incident, and its people are the people of their records: so it goes where recognition takes them, without being touched.
/// </summary>
public sealed class Measure
{
    /// <summary>Longest number.</summary>
    public const int NumberMaxLength = 60;

    /// <summary>Key.</summary>
    public required Guid MeasureId { get; init; }

    /// <summary>Kind, such as <c>warning-letter</c> (<see cref="MeasureKind.Id"/>).</summary>
    public required string Kind { get; init; }

    /// <summary>The incident that it answers.</summary>
    public required Guid IncidentId { get; init; }

    /// <summary>A record of the person against whom it is.</summary>
    public required Guid AgainstRecordId { get; init; }

    /// <summary>A record of the person whom it protects.</summary>
    public required Guid ProtectsRecordId { get; init; }

    /// <summary>The one unit that answers for it: the issuing unit.</summary>
    public required Guid UnitId { get; set; }

    /// <summary>State of its kind's table.</summary>
    public required string State { get; set; }

    /// <summary>True while the table knows a further step that somebody has to take.</summary>
    public required bool IsOpen { get; set; }

    /// <summary>What holds beside the state, such as <c>late</c>.</summary>
    public IReadOnlyList<string> Overlays { get; set; } = [];

    /// <summary>The authority's own number, as it writes it; never parsed.</summary>
    public string? Number { get; set; }

    /// <summary><see cref="Number"/> with one width of brackets and without blanks, for look-ups; unique within a kind.</summary>
    public string? NumberKey { get; set; }

    /// <summary>When its clock began to run, UTC: for a letter when the report was accepted.</summary>
    public required DateTimeOffset StartsAt { get; set; }

    /// <summary>When it was proposed, UTC.</summary>
    public required DateTimeOffset ProposedAt { get; init; }

    /// <summary>Who drafted it; null for a system.</summary>
    public Guid? DraftedByWorkerId { get; set; }

    /// <summary>Which deadline runs (a key of its rules); null when none does.</summary>
    public string? DeadlineKey { get; set; }

    /// <summary>By when the next step must be taken, UTC; null when no deadline runs.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Who decided on it; never who drafted it.</summary>
    public Guid? DecidedByWorkerId { get; set; }

    /// <summary>When it was issued, UTC.</summary>
    public DateTimeOffset? IssuedAt { get; set; }

    /// <summary>When it was delivered, UTC.</summary>
    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>When it came to its end, UTC.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The last day on which it holds, city date; null for what does not lapse.</summary>
    public DateOnly? ValidUntil { get; set; }

    /// <summary>The unit that decides on it where that is not the unit that answers for it: the court; null for none.</summary>
    public Guid? DecidingUnitId { get; set; }

    /// <summary>When whom it is against will be released from custody, UTC, as far as known; null when nobody is locked up or the day is not known.</summary>
    public DateTimeOffset? ReleaseAt { get; set; }

    /// <summary>When he was released, UTC; null while he is in custody or never was.</summary>
    public DateTimeOffset? ReleasedAt { get; set; }

    /// <summary>When time alone demands something of it next, UTC; null when never.</summary>
    public DateTimeOffset? NextCheckAt { get; set; }

    /// <summary>What was filled in, by field of its kind.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; set; }

    /// <summary>Version of the rules under which it was proposed.</summary>
    public required string RulesVersion { get; init; }

    /// <summary>Concurrency token; the ETag of the API.</summary>
    public long Version { get; set; }

    /// <summary>A number in the form in which numbers are compared.</summary>
    /// <param name="number">As written.</param>
    public static string KeyOf(string number) =>
        string.Concat(number.Normalize(System.Text.NormalizationForm.FormKC).Where(c => !char.IsWhiteSpace(c)).Select(c => c switch
        {
            '[' or '【' => '〔',
            ']' or '】' => '〕',
            _ => char.ToUpperInvariant(c),
        }));
}
