namespace Anhu.Modules.Visits;

/// <summary>How a phone return visit ended (handbook §4.7, form d).</summary>
public enum VisitOutcome
{
    /// <summary>Spoke with the victim, alone.</summary>
    Reached,

    /// <summary>Nobody answered.</summary>
    NotReached,

    /// <summary>She does not want contact.</summary>
    Refused,

    /// <summary>Someone else answered or she could not speak; ended with a neutral phrase.</summary>
    UnsafeToTalk,
}

/// <summary>A phone return visit or an on-site visit, once recorded. Corrections are new visits.</summary>
public sealed class ReturnVisit
{
    /// <summary>Key.</summary>
    public required Guid ReturnVisitId { get; init; }

    /// <summary>The case; goes where its duty goes.</summary>
    public required Guid CaseId { get; set; }

    /// <summary>The duty that asked for it.</summary>
    public required Guid DutyId { get; init; }

    /// <summary>Who visited.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset VisitedAt { get; init; }

    /// <summary>True for a visit on site.</summary>
    public required bool OnSite { get; init; }

    /// <summary>Outcome.</summary>
    public required VisitOutcome Outcome { get; init; }

    /// <summary>Family relations now: code of the form, such as <c>living-together</c>.</summary>
    public string? FamilyRelations { get; init; }

    /// <summary>Result of the police's handling as she tells it: code of the form.</summary>
    public string? PoliceHandling { get; init; }

    /// <summary>Whether the dispute is settled: <c>yes</c>, <c>partly</c>, <c>no</c>, <c>unknown</c>.</summary>
    public string? DisputeSettled { get; init; }

    /// <summary>Needs: <c>legal</c>, <c>psychological</c>, <c>shelter</c>, <c>mediation</c>, <c>medical</c>, <c>school</c>.</summary>
    public List<string> Needs { get; init; } = [];

    /// <summary>Advice given.</summary>
    public string? Advice { get; init; }

    /// <summary>The worker's view of the risk as a class: 1, 2 or 3; null when none.</summary>
    public int? RiskView { get; init; }

    /// <summary>Notes.</summary>
    public string? Notes { get; init; }

    /// <summary>Further fields of the on-site form as JSON.</summary>
    public string? Details { get; init; }
}

/// <summary>A form being typed, kept on the server so that a lost connection loses nothing.</summary>
public sealed class FormDraft
{
    /// <summary>The worker.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>What is being filled, such as <c>duty:…</c>.</summary>
    public required string FormKey { get; init; }

    /// <summary>The fields as JSON.</summary>
    public required string Content { get; set; }

    /// <summary>Counter of the browser: an older save never overwrites a newer one.</summary>
    public required long Edit { get; set; }

    /// <summary>When saved last, UTC.</summary>
    public required DateTimeOffset SavedAt { get; set; }
}
