using System.Globalization;
using Anhu.Common;
using Anhu.Modules.Cases;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Measures.Punishments;

/// <summary>
/// Somebody who is locked up comes back (issue: measures, §4; handbook §4.14): the day is known ahead, computed or entered, may change, and may come earlier. What must be done
/// before it, and on the day, is the playbook's; what both kinds of punishment share for it is here.
/// </summary>
internal static class Custody
{
    /// <summary>Duties that are due before a release; a new date asks for them anew.</summary>
    public static readonly (string, string)[] DateChanged = [("release-safety-plan", "date-changed"), ("release-contact", "date-changed")];

    /// <summary>What is more than this before the known release came unforeseen.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromHours(1);

    /// <summary>Steps about the release from states in which somebody may be locked up.</summary>
    /// <param name="from">The states.</param>
    /// <param name="to">The state after a release.</param>
    /// <param name="overlays">What holds beside the state while somebody is locked up, any of them; none where the state says it.</param>
    public static IEnumerable<MeasureRow> Rows(IReadOnlyList<string> from, string to, params string[] overlays)
    {
        var held = new MeasureGuard("in-custody", c => overlays.Length == 0 || c.Measure.Overlays.Intersect(overlays, StringComparer.Ordinal).Any()
            ? null : new Failure(FailureKind.NotAllowed, "measures.not-in-custody"));
        yield return new MeasureRow
        {
            Action = "set-release", From = from, To = MeasureRow.Stays, Who = MeasureWho.Anyone, Required = ["releaseAt", "reason"], Guards = [held, ReleaseIsAhead], Keeps = true,
            MayStay = true, Effect = SetRelease, Ends = DateChanged, Playbook = PlaybookEvent.ReleaseKnown,
        };
        yield return new MeasureRow
        {
            Action = "release", From = from, To = to, Who = MeasureWho.Anyone, Required = ["releasedAt", "releasedBecause"], Guards = [held, NotInFuture("releasedAt"), AfterDetention],
            Keeps = true, Removes = overlays, Effect = Release, Playbook = PlaybookEvent.Released, PlaybookAlso = (PlaybookEvent.ReleasedEarly, IsUnforeseen),
            Ends = [("penalty-execution", "executed")],
        };
    }

    /// <summary>Begins: from when, and until when where that is known.</summary>
    /// <param name="c">The step, with <c>detainedAt</c>.</param>
    public static void Begin(MeasureContext c)
    {
        c.Measure.DeliveredAt = At(c, "detainedAt");
        c.Measure.ReleasedAt = null;
        c.Measure.ReleaseAt = c["releaseAt"].Length > 0 ? At(c, "releaseAt")
            : c["detentionDays"].Length > 0 ? At(c, "detainedAt").AddDays(Number(c, "detentionDays")) : null;
    }

    /// <summary>Who the two are, as known at this step.</summary>
    public static void People(MeasureContext c) => c.Measure.Fields = WarningLetters.WarningLetterTexts.WithPeople(c);

    /// <summary>A decision that does not stand any more is none for later incidents, nor for what else is due on this one: the police have not disposed of it.</summary>
    /// <param name="c">The step that takes it back.</param>
    /// <param name="disposition">The disposition that it was.</param>
    public static void Undo(MeasureContext c, string disposition)
    {
        c.Incident.PunishedAt = c.Beside.Count > 0 ? c.Beside[0].At : null;
        if (c.Incident.Disposition == disposition && c.Beside.All(b => b.Disposition != disposition))
        {
            // What else was imposed for it stands.
            c.Incident.Disposition = c.Beside.Count > 0 ? c.Beside[0].Disposition : null;
            c.Incident.DisposedAt = c.Incident.PunishedAt;
        }
    }

    /// <summary>Which disposition a punishment is; null for one that was never imposed or does not stand any more.</summary>
    /// <param name="m">A penalty or a criminal case.</param>
    public static string? DispositionOf(Measure m) => m.Kind == CriminalCase.KindId
        ? m.State is CriminalCase.Withdrawn or CriminalCase.NotFiled || m.Fields.GetValueOrDefault("verdict") == "not-guilty" ? null : "criminal"
        : m.IssuedAt is null || m.State == AdministrativePenalty.Revoked ? null : "penalty";

    /// <summary>When time demands something: on the day of the release.</summary>
    public static DateTimeOffset? NextCheck(Measure m, DateTimeOffset after) => m.ReleasedAt is null && m.ReleaseAt is { } at && at > after ? at : null;

    /// <summary>The day has come, whether or not somebody has said so.</summary>
    public static void Tick(MeasureContext context, CaseRules rules, IChangeSink sink, string family)
    {
        var m = context.Measure;
        m.NextCheckAt = NextCheck(m, context.At);
        if (m.ReleasedAt is null && m.ReleaseAt <= context.At)
        {
            sink.Record(new PendingEvent($"{family}.release-due", context.At, context.File.Case.CaseId, null, m.UnitId, context.File.Case.Class, EventData.Of(
                ("measure", m.MeasureId), ("releaseAt", m.ReleaseAt))));
            MeasureMachine.Plan(context, [PlaybookEvent.ReleaseDay], rules, sink);
        }
    }

    /// <summary>Whether a release date is known from here on.</summary>
    public static bool IsReleaseKnown(MeasureContext c) => c.Measure.ReleaseAt is not null;

    /// <summary>The release was not known, or came before the day that was.</summary>
    public static bool IsUnforeseen(MeasureContext c) =>
        c.Measure.ReleasedAt is { } released && (c.Measure.ReleaseAt is not { } known || released < known - Tolerance);

    /// <summary>An instant that a field holds; its form was checked.</summary>
    public static DateTimeOffset At(MeasureContext c, string field) => c.Rules.Instant(c[field])!.Value;

    /// <summary>A number that a field holds.</summary>
    public static int Number(MeasureContext c, string field) => int.TryParse(c[field], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? Math.Min(n, 10_000) : 0;

    /// <summary>What happened did not happen in the future.</summary>
    /// <param name="field">The field.</param>
    public static MeasureGuard NotInFuture(string field) => new($"{field}-not-in-future", c => At(c, field) > c.At ? new Failure(FailureKind.Invalid, "measures.in-the-future", field) : null);

    /// <summary>What happens later does not come before what it follows.</summary>
    /// <param name="field">The field.</param>
    /// <param name="earlier">The field before it.</param>
    public static MeasureGuard NotBefore(string field, string earlier) => new($"{field}-not-before-{earlier}", c =>
        c[earlier].Length > 0 && At(c, field) < At(c, earlier) ? new Failure(FailureKind.Invalid, "measures.punishment-before", field) : null);

    /// <summary>A release that is entered lies after the beginning; of one that is over, the release itself is entered.</summary>
    public static MeasureGuard ReleaseIsAhead { get; } = new("release-is-ahead", c =>
        c["releaseAt"].Length > 0 && (At(c, "releaseAt") <= c.At || (c["detainedAt"].Length > 0 && At(c, "releaseAt") <= At(c, "detainedAt")))
            ? new Failure(FailureKind.Invalid, "measures.release-not-ahead", "releaseAt") : null);

    private static MeasureGuard AfterDetention { get; } = new("after-detention", c =>
        c.Measure.DeliveredAt is { } since && At(c, "releasedAt") < since ? new Failure(FailureKind.Invalid, "measures.punishment-before", "releasedAt") : null);

    private static void SetRelease(MeasureContext c) => c.Measure.ReleaseAt = At(c, "releaseAt");

    private static void Release(MeasureContext c) => c.Measure.ReleasedAt = At(c, "releasedAt");
}
