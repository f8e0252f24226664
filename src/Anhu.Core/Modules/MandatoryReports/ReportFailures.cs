using Anhu.Common;

namespace Anhu.Modules.MandatoryReports;

/// <summary>What can go wrong.</summary>
public static class ReportFailures
{
    /// <summary>The answer holds a shielded place, phone, or who reported.</summary>
    public static Failure TellsPlace { get; } = new(FailureKind.NotAllowed, "reports.tells-place", "feedback");

    /// <summary>Nobody may see it, or it is not there.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "reports.not-found");

    /// <summary>The incident is not of the case.</summary>
    public static Failure NoIncident { get; } = new(FailureKind.Invalid, "reports.no-incident", "incidentId");

    /// <summary>A field is missing.</summary>
    /// <param name="field">Which.</param>
    public static Failure Missing(string field) => new(FailureKind.Invalid, "reports.missing", field);

    /// <summary>A field is not among what it can be.</summary>
    /// <param name="field">Which.</param>
    public static Failure Wrong(string field) => new(FailureKind.Invalid, "reports.wrong", field);

    /// <summary>A text is too long.</summary>
    /// <param name="field">Which.</param>
    public static Failure TooLong(string field) => new(FailureKind.Invalid, "reports.too-long", field);
}
