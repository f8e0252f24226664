using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Measures;

/// <summary>A line of a list of measures; no personal data.</summary>
public sealed record MeasureLine(
    Guid MeasureId, string Kind, Guid CaseId, string CaseNumber, int Class, string State, bool IsOpen, IReadOnlyList<string> Overlays, string? Number, Guid UnitId,
    DateTimeOffset ProposedAt, DateTimeOffset? DueAt, DateTimeOffset? IssuedAt, DateTimeOffset? DeliveredAt, DateTimeOffset? EndedAt, DateOnly? ValidUntil, long Version)
{
    /// <summary>It is in force for a time that has not ended; a job ends it soon after.</summary>
    public bool InForce => IsOpen && ValidUntil is not null && State is "issued" or "served";
}

/// <summary>One measure as the caller may see it.</summary>
/// <param name="Line">What a list shows of it.</param>
/// <param name="Sight">What the caller may see of its case.</param>
/// <param name="Measure">The measure; its fields are empty where the caller may not know the story.</param>
/// <param name="Against">Against whom.</param>
/// <param name="Protects">Whom it protects.</param>
/// <param name="Grounds">The grounds that speak for or against it.</param>
/// <param name="Visits">Outcomes of its visits, oldest first.</param>
/// <param name="Actions">What the caller may do next.</param>
/// <param name="Acts">What was done and is kept, oldest first; none where the caller may not know the story.</param>
/// <param name="PlaceFields">Fields that tell where she or her post is reached: for people alone.</param>
public sealed record MeasureDetails(
    MeasureLine Line, CaseSight Sight, Measure Measure, CasePerson? Against, CasePerson? Protects, IReadOnlyList<MeasureGround> Grounds, IReadOnlyList<string> Visits,
    IReadOnlyList<MeasureRow> Actions, IReadOnlyList<MeasureAct> Acts, IReadOnlyList<string> PlaceFields);

/// <summary>What a list of measures is asked for.</summary>
public sealed record MeasureListFilter
{
    /// <summary>Only of this unit; all that the caller may see when null.</summary>
    public Guid? UnitId { get; init; }

    /// <summary>Only this kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Only of this number, as somebody types it.</summary>
    public string? Number { get; init; }

    /// <summary>Only those that are open.</summary>
    public bool OnlyOpen { get; init; } = true;

    /// <summary>Only this state.</summary>
    public string? State { get; init; }

    /// <summary>Where the page begins; null for the first.</summary>
    public MeasureCursor? After { get; init; }
}

/// <summary>A place in the list: deadline and key.</summary>
/// <param name="DueAt">Deadline of the last line, UTC; the end of time for those without.</param>
/// <param name="MeasureId">Its key.</param>
public sealed record MeasureCursor(DateTimeOffset DueAt, Guid MeasureId)
{
    /// <summary>Reads it.</summary>
    /// <param name="text">As <see cref="ToString"/> writes it.</param>
    public static MeasureCursor? Parse(string? text) =>
        text?.Split('_') is [var ticks, var id] && long.TryParse(ticks, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var at)
            && at <= DateTimeOffset.MaxValue.UtcTicks && Guid.TryParse(id, out var key) ? new MeasureCursor(new DateTimeOffset(at, TimeSpan.Zero), key) : null;

    /// <inheritdoc />
    public override string ToString() => $"{DueAt.UtcTicks}_{MeasureId:N}";
}

/// <summary>Reads measures; every query asks the access policy.</summary>
public sealed class MeasureQueries(IDbContextFactory<AnhuDbContext> contexts, CaseQueries cases, MeasureBook book, OrganisationDirectory organisation, TimeProvider time)
{
    /// <summary>Lines of a page.</summary>
    public const int PageSize = 50;

    /// <summary>Measures of one case, newest first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when the caller may not see the case; none where the caller sees too little of it.</returns>
    public async Task<(CaseSight Sight, IReadOnlyList<MeasureLine> Lines)?> OfCaseAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        if (await cases.SightAsync(caller, caseId, ct) is not { } sight)
        {
            return null;
        }

        if (!sight.Shows(FieldClass.Personal))
        {
            return (sight, []);
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var lines = await Lines(db, db.Measures.AsNoTracking(), db.Cases.AsNoTracking().VisibleTo(caller, db).Where(c => c.CaseId == caseId)).ToListAsync(ct);
        return (sight, [.. lines.OrderByDescending(l => l.ProposedAt)]);
    }

    /// <summary>Measures of the cases that the caller may read, soonest deadline first; those without a deadline last. Who gets a card only is told of no measure.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(IReadOnlyList<MeasureLine> Items, MeasureCursor? Next)> ListAsync(Caller caller, MeasureListFilter filter, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        if (caller.UnitId is not { } own || map.Find(own) is not { } unit || !AccessPolicy.HearsStory(unit.Agency))
        {
            return ([], null);
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = db.Measures.AsNoTracking();
        if (filter.UnitId is { } of)
        {
            found = found.Where(m => m.UnitId == of || m.DecidingUnitId == of);
        }

        if (filter.Kind is { } kind)
        {
            found = found.Where(m => m.Kind == kind);
        }

        if (filter.Number is { Length: > 0 } number)
        {
            var key = Measure.KeyOf(number);
            found = found.Where(m => m.NumberKey == key || db.MeasureActs.Any(a => a.MeasureId == m.MeasureId && a.NumberKey == key));
        }
        else if (filter.OnlyOpen)
        {
            found = found.Where(m => m.IsOpen);
        }

        if (filter.State is { } state)
        {
            found = found.Where(m => m.State == state);
        }

        if (filter.After is { } after)
        {
            var (at, id) = (after.DueAt, after.MeasureId);
            found = at == DateTimeOffset.MaxValue
                ? found.Where(m => m.DueAt == null && m.MeasureId.CompareTo(id) > 0)
                : found.Where(m => m.DueAt == null || m.DueAt > at || (m.DueAt == at && m.MeasureId.CompareTo(id) > 0));
        }

        // Sealed cases have no rows of access; who has a seat in one reads it.
        var readable = db.CaseAccess.AsNoTracking().VisibleTo(caller, db).FoundByPerson(caller, unit.Agency, db).Select(a => a.CaseId);
        var page = await Lines(db, found, db.Cases.AsNoTracking().VisibleTo(caller, db).Where(c => c.IsSealed || readable.Contains(c.CaseId))).Take(PageSize + 1).ToListAsync(ct);
        var more = page.Count > PageSize;
        if (more)
        {
            page.RemoveAt(PageSize);
        }

        return (page, more ? new MeasureCursor(page[^1].DueAt ?? DateTimeOffset.MaxValue, page[^1].MeasureId) : null);
    }

    /// <summary>Measures by their number, or by that of a ruling on them, of those whose cases the caller may read.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="number">The number as somebody types it.</param>
    /// <param name="kind">Only this kind; any when null.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Each with what the caller sees of its case.</returns>
    public async Task<IReadOnlyList<(MeasureLine Line, CaseSight Sight)>> FindAsync(Caller caller, string number, string? kind, CancellationToken ct)
    {
        var (lines, _) = await ListAsync(caller, new MeasureListFilter { Number = number, Kind = kind }, ct);
        List<(MeasureLine, CaseSight)> found = [];
        foreach (var line in lines)
        {
            // A seat in a sealed case shows as much as the agency may see of it.
            if (await cases.SightAsync(caller, line.CaseId, ct) is { } sight && sight.Shows(FieldClass.Personal))
            {
                found.Add((line, sight));
            }
        }

        return found;
    }

    /// <summary>One measure.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="measureId">Which.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is none that the caller may see.</returns>
    public async Task<MeasureDetails?> GetAsync(Caller caller, Guid measureId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var line = await Lines(db, db.Measures.AsNoTracking().Where(m => m.MeasureId == measureId), db.Cases.AsNoTracking().VisibleTo(caller, db)).SingleOrDefaultAsync(ct);
        if (line is null || await cases.GetAsync(caller, line.CaseId, ct) is not { } details || !details.Sight.Shows(FieldClass.Personal))
        {
            return null;
        }

        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        var measure = await db.Measures.SingleAsync(m => m.MeasureId == measureId, ct);
        var file = (await CaseFile.LoadAsync(db, [line.CaseId], ct))[line.CaseId];
        var map = await organisation.GetAsync(ct);
        var (kind, rules) = book[measure.Kind];
        var context = await MeasureContexts.OfAsync(
            db, kind, rules, measure, file, file.Incidents.Find(i => i.IncidentId == measure.IncidentId)!, measure.Fields, caller, map, time.Now, ct);
        var story = details.Sight.Shows(FieldClass.Story);
        var grounds = context.Grounds;
        if (!story)
        {
            measure.Fields = new Dictionary<string, string>();
        }
        else if (kind.PlaceFields.Count > 0 && await LeakHolds.ShutOutAsync(db, caller, line.CaseId, ct))
        {
            // After a leak only its circle is told where papers reach her.
            measure.Fields = measure.Fields.Where(f => !kind.PlaceFields.Contains(f.Key)).ToDictionary(StringComparer.Ordinal);
        }

        return new MeasureDetails(
            line, details.Sight, measure, details.People.FirstOrDefault(p => p.PersonId == context.Against),
            details.People.FirstOrDefault(p => p.PersonId == context.Protected), story ? grounds : [], story ? context.Visits : [],
            !details.Sight.MayWork || !caller.May(Permissions.WorkDuties) ? [] : [.. kind.Rows.Where(r => MeasureKind.Fits(r, measure) && ActOnMeasureHandler.MayNot(r, measure, caller, map) is null)],
            story ? context.Acts : [], kind.PlaceFields);
    }

    /// <summary>What a measure's document says, for a template (handbook §6).</summary>
    /// <param name="caller">Who asks; must see the story of its case.</param>
    /// <param name="measureId">Which.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Texts by name; null when there is no measure that the caller may read in full.</returns>
    public async Task<IReadOnlyDictionary<string, string>?> TextsAsync(Caller caller, Guid measureId, CancellationToken ct)
    {
        if (await GetAsync(caller, measureId, ct) is not { } details || !details.Sight.Shows(FieldClass.Story))
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var (kind, rules) = book[details.Measure.Kind];
        var unit = (await organisation.GetAsync(ct)).Find(details.Measure.UnitId)!;
        return kind.Texts(details.Measure, (await CaseFile.LoadAsync(db, [details.Line.CaseId], ct))[details.Line.CaseId], unit, rules);
    }

    /// <summary>The measure that a duty is worked on by, with its case; null when there is none.</summary>
    /// <param name="caller">Who asks; must see the duty.</param>
    /// <param name="dutyId">The duty.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(Guid CaseId, Guid? IncidentId, string Kind, Guid? MeasureId)?> OfDutyAsync(Caller caller, Guid dutyId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var duty = await db.Duties.AsNoTracking().VisibleTo(caller, db).Where(d => d.DutyId == dutyId).Select(d => new { d.CaseId, d.IncidentId, d.Kind }).SingleOrDefaultAsync(ct);
        if (duty is null)
        {
            return null;
        }

        var kind = (book.All.FirstOrDefault(k => k.Kind.Rows.Any(r => r.Ends.Any(e => e.Kind == duty.Kind))).Kind ?? book.All.First().Kind).Id;
        return (duty.CaseId, duty.IncidentId, kind, await db.Measures.AsNoTracking().Where(m => m.IncidentId == duty.IncidentId && m.Kind == kind)
            .OrderByDescending(m => m.IsOpen).ThenByDescending(m => m.MeasureId).Select(m => (Guid?)m.MeasureId).FirstOrDefaultAsync(ct));
    }

    private static IQueryable<MeasureLine> Lines(AnhuDbContext db, IQueryable<Measure> measures, IQueryable<DvCase> visible) =>
        from m in measures
        join i in db.Incidents.AsNoTracking() on m.IncidentId equals i.IncidentId
        join c in visible on i.CaseId equals c.CaseId
        orderby m.DueAt == null, m.DueAt, m.MeasureId
        select new MeasureLine(
            m.MeasureId, m.Kind, c.CaseId, c.CaseNumber, c.Class, m.State, m.IsOpen, m.Overlays, m.Number, m.UnitId, m.ProposedAt, m.DueAt, m.IssuedAt, m.DeliveredAt, m.EndedAt,
            m.ValidUntil, m.Version);
}
