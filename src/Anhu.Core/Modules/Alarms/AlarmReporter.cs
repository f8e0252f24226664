namespace Anhu.Modules.Alarms;

/// <summary>
/// Who reported an alarm, in one of its revisions (handbook §4.15: a table of its own). Nothing but the case file reads it, for the receiving police only
/// (<c>FieldClass.Reporter</c>), and what guards outgoing texts. Never changed.
/// </summary>
public sealed class AlarmReporter
{
    /// <summary>The alarm.</summary>
    public required Guid AlarmId { get; init; }

    /// <summary>The revision that tells it.</summary>
    public required int Revision { get; init; }

    /// <summary>Name of the person or body.</summary>
    public string? Name { get; init; }

    /// <summary>Phone.</summary>
    public string? Phone { get; init; }

    /// <summary>Relation to the victim (<see cref="AlarmRelations.OfReporter"/>, or as the source wrote it).</summary>
    public string? Relation { get; init; }

    /// <summary>As the contract has it.</summary>
    public ReportedReporter Reported => new(Name, Phone, Relation);
}
