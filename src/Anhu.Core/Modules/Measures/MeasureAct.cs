namespace Anhu.Modules.Measures;

/// <summary>A step on a measure whose content is kept for ever, since a later one of the same name would write over it: the chain of rulings on a protection order, reports of its breach. Never changed.</summary>
public sealed class MeasureAct
{
    /// <summary>Key.</summary>
    public required Guid MeasureActId { get; init; }

    /// <summary>The measure.</summary>
    public required Guid MeasureId { get; init; }

    /// <summary>Its incident.</summary>
    public required Guid IncidentId { get; init; }

    /// <summary>Place in the chain, from 0.</summary>
    public required int Ordinal { get; init; }

    /// <summary>The action, as in the table of its kind.</summary>
    public required string Action { get; init; }

    /// <summary>When it was recorded, UTC.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Who recorded it; null for a system.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>Number of the paper, in the form in which numbers are compared (<see cref="Measure.KeyOf"/>); null when it has none.</summary>
    public string? NumberKey { get; init; }

    /// <summary>The last day on which the measure held after it, city date.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>What was filled in for this step, by field of its kind.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>Makes it of a step that was just taken.</summary>
    internal static MeasureAct Of(MeasureRow row, MeasureContext c, int ordinal) => new()
    {
        MeasureActId = Guid.CreateVersion7(c.At), MeasureId = c.Measure.MeasureId, IncidentId = c.Measure.IncidentId, Ordinal = ordinal, Action = row.Action, RecordedAt = c.At,
        WorkerId = c.Caller.WorkerId, NumberKey = c["rulingNumber"] is { Length: > 0 } number && row.Required.Concat(row.Optional).Contains("rulingNumber") ? Measure.KeyOf(number) : null,
        ValidUntil = c.Measure.ValidUntil,
        Fields = row.Required.Concat(row.Optional).Where(f => c[f].Length > 0).ToDictionary(f => f, f => c[f], StringComparer.Ordinal),
    };
}
