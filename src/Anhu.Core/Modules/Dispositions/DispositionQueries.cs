using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Measures;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Dispositions;

/// <summary>What stands around the choice of a disposition.</summary>
/// <param name="Duty">The duty that it closes.</param>
/// <param name="IncidentId">The incident.</param>
/// <param name="Sight">What the caller may see of the case.</param>
/// <param name="Advice">What the facts say.</param>
/// <param name="Facts">What was looked at.</param>
public sealed record DispositionDesk(DutyLine Duty, Guid IncidentId, CaseSight Sight, DispositionAdvice Advice, DispositionFacts Facts);

/// <summary>A line of the list of dispositions; no personal data but the reason.</summary>
/// <param name="DispositionId">Key; its order is that of time.</param>
/// <param name="CaseId">The case.</param>
/// <param name="CaseNumber">Its number.</param>
/// <param name="DutyId">The duty.</param>
/// <param name="UnitId">The unit that decided.</param>
/// <param name="Outcome">The choice.</param>
/// <param name="Suggested">What the facts pointed to.</param>
/// <param name="Deviates">Another choice than that, or one that a leader opened.</param>
/// <param name="FromAbove">A leader from above opened it.</param>
/// <param name="DecidedAt">When, UTC.</param>
/// <param name="OccurredAt">When the incident was reported, UTC.</param>
/// <param name="Reason">Why; null where none was given or the caller may not know the story.</param>
public sealed record DispositionLine(
    Guid DispositionId, Guid CaseId, string CaseNumber, Guid DutyId, Guid UnitId, string Outcome, string? Suggested, bool Deviates, bool FromAbove, DateTimeOffset DecidedAt,
    DateTimeOffset OccurredAt, string? Reason);

/// <summary>What a list of dispositions is asked for.</summary>
public sealed record DispositionListFilter
{
    /// <summary>Only this choice, such as <c>criticism</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>Only those that differ from what the facts pointed to.</summary>
    public bool OnlyDeviating { get; init; }

    /// <summary>Only of this unit.</summary>
    public Guid? UnitId { get; init; }

    /// <summary>Only about this abuser: name, phone or ID number in full; or of this case number.</summary>
    public string? Words { get; init; }

    /// <summary>Only older ones than the one at this place; null for the newest.</summary>
    public MeasureCursor? Before { get; init; }
}

/// <summary>Reads dispositions; every query asks the access policy.</summary>
public sealed class DispositionQueries(
    IDbContextFactory<AnhuDbContext> contexts, CaseQueries cases, CaseSights sights, DispositionBook book, MeasureBook measures, RuleBook rules)
{
    /// <summary>Lines of a page.</summary>
    public const int PageSize = 50;

    /// <summary>What the facts say of the disposition that a duty asks for.</summary>
    /// <param name="caller">Who asks; must see the story of the case.</param>
    /// <param name="dutyId">The duty.</param>
    /// <param name="form">What is filled in so far; null to begin with what a letter about the incident says.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is no such duty for the caller.</returns>
    public async Task<DispositionDesk?> AdviceAsync(Caller caller, Guid dutyId, DispositionForm? form, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        var duty = await db.Duties.VisibleTo(caller, db).SingleOrDefaultAsync(d => d.DutyId == dutyId, ct);
        if (duty is not { IncidentId: { } incidentId } || rules.Current.Playbook.Kinds.GetValueOrDefault(duty.Kind) is not { Form: DispositionRules.FormName }
            || await cases.SightAsync(caller, duty.CaseId, ct) is not { } sight || !sight.Shows(FieldClass.Story) || !sight.Shows(FieldClass.Health))
        {
            return null;
        }

        var file = (await CaseFile.LoadAsync(db, [duty.CaseId], ct))[duty.CaseId];
        if (file.Incidents.Find(i => i.IncidentId == incidentId) is not { } incident)
        {
            return null;
        }

        var zone = rules.Clock.Zone;
        var facts = await DispositionReading.FactsAsync(db, file, incident, form ?? DispositionForm.Empty, measures[DispositionRules.Letter].Rules, zone, ct);
        var line = await CaseQueries.Lines(db.Duties.Where(d => d.DutyId == dutyId), db).SingleAsync(ct);
        return new DispositionDesk(line, incidentId, sight, book.Rules.Advise(facts, zone.DateOf(incident.OccurredAt), incident.OccurredAt), facts);
    }

    /// <summary>Dispositions that the caller may hear of, newest first: criticism is found here for ever.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(IReadOnlyList<DispositionLine> Items, MeasureCursor? Next)> ListAsync(Caller caller, DispositionListFilter filter, CancellationToken ct)
    {
        if (await sights.AgencyAsync(caller, ct) is not { } agency || !AccessPolicy.HearsStory(agency))
        {
            return ([], null);
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = db.Dispositions.AsNoTracking();
        if (filter.Outcome is { } outcome)
        {
            found = found.Where(d => d.Outcome == outcome);
        }

        if (filter.OnlyDeviating)
        {
            found = found.Where(d => d.Deviates);
        }

        if (filter.UnitId is { } unit)
        {
            found = found.Where(d => d.UnitId == unit);
        }

        var access = db.CaseAccess.AsNoTracking().VisibleTo(caller, db);
        if (filter.Words?.Trim() is { Length: > 0 } words)
        {
            if (CaseQueries.IsCaseNumber(words))
            {
                var ids = CaseQueries.CasesOf(words, db);
                access = access.Where(a => ids.Contains(a.CaseId));
            }
            else
            {
                // By the person, not by the alarm: all that is one person by now.
                access = access.FoundByPerson(caller, agency, db);
                var people = CaseQueries.PeopleOf(words, db);
                found = found.Where(d => db.IncidentParties.Any(p => p.IncidentId == d.IncidentId && p.Role == PartyRole.Perpetrator && people.Contains(p.PersonId)));
            }
        }

        if (filter.Before is { } before)
        {
            var (at, id) = (before.DueAt, before.MeasureId);
            found = found.Where(d => d.DecidedAt < at || (d.DecidedAt == at && d.DispositionId.CompareTo(id) < 0));
        }

        var page = await (
            from d in found
            join i in db.Incidents.AsNoTracking() on d.IncidentId equals i.IncidentId
            join a in access on i.CaseId equals a.CaseId
            join c in db.Cases.AsNoTracking() on i.CaseId equals c.CaseId
            orderby d.DecidedAt descending, d.DispositionId descending
            select new DispositionLine(
                d.DispositionId, c.CaseId, c.CaseNumber, d.DutyId, d.UnitId, d.Outcome, d.Suggested, d.Deviates, d.FromAbove, d.DecidedAt, i.OccurredAt, d.Reason))
            .Take(PageSize + 1).ToListAsync(ct);
        var more = page.Count > PageSize;
        var lines = new List<DispositionLine>(page.Count);
        foreach (var line in page.Take(PageSize))
        {
            var told = line.Reason is null || (await sights.FindAsync(db, caller, line.CaseId, ct) is (_, var sight) && sight.Shows(FieldClass.Story));
            lines.Add(told ? line : line with { Reason = null });
        }

        return (lines, more ? new MeasureCursor(lines[^1].DecidedAt, lines[^1].DispositionId) : null);
    }
}
