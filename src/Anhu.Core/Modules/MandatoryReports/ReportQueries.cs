using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.MandatoryReports;

/// <summary>Where a mandatory report stands.</summary>
public enum ReportState
{
    /// <summary>The receipt was given.</summary>
    Received,

    /// <summary>The police have taken it on.</summary>
    Accepted,

    /// <summary>It was answered.</summary>
    FedBack,
}

/// <summary>A mandatory report as a caller may see it.</summary>
/// <param name="AlarmId">Its alarm.</param>
/// <param name="Number">Its number.</param>
/// <param name="ReceivedAt">When the receipt was given, UTC.</param>
/// <param name="UnitId">The police unit that answers for it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="DueAt">By when the answer is due, UTC.</param>
/// <param name="IsOverdue">Not answered, and the term is over.</param>
/// <param name="FedBackAt">When it was answered, UTC.</param>
/// <param name="Outcome">What came of it; for the reporting body and who may know the story.</param>
/// <param name="Feedback">The answers, for the same.</param>
/// <param name="Case">Its case; null for the reporting body.</param>
/// <param name="DutyId">The open duty to answer; null for the reporting body and where none is open.</param>
/// <param name="OriginUnitId">The unit that reported; null for all but that unit and the receiving police.</param>
public sealed record ReportLine(
    Guid AlarmId, string Number, DateTimeOffset ReceivedAt, Guid UnitId, ReportState State, DateTimeOffset? DueAt, bool IsOverdue, DateTimeOffset? FedBackAt, string? Outcome,
    string? Feedback, (Guid CaseId, string Number)? Case, Guid? DutyId, Guid? OriginUnitId);

/// <summary>A report that was not made, as supervisors see it.</summary>
public sealed record OmissionLine(Guid ReportOmissionId, Guid CaseId, string CaseNumber, string BodyKind, string BodyName, DateOnly? KnewOn, string Findings, DateTimeOffset FoundAt, Guid? DutyId, string? Outcome, DateTimeOffset? DecidedAt);

/// <summary>Reads mandatory reports: for who made them their own, without the case; for who sees the story of the case the rest.</summary>
public sealed class ReportQueries(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, TimeProvider time)
{
    /// <summary>Lines of a list at most.</summary>
    public const int MostLines = 200;

    private sealed record Row(MandatoryReport Report, Guid CaseId, Duty? Open);

    /// <summary>Reports that the caller's unit, or the caller's system, made; newest first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<ReportLine>> MadeAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return [.. (await RowsAsync(db, Made(db, caller).OrderByDescending(r => r.ReceivedAt).Take(MostLines), ct)).Select(r => Line(r, null, null, true))];
    }

    /// <summary>Reports of cases whose story the caller hears: what waits first by its term, then what was answered.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="onlyOverdue">Only those whose term is over and that are not answered.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<ReportLine>> ReceivedAsync(Caller caller, bool onlyOverdue, CancellationToken ct)
    {
        if (!await sights.HearsStoryAsync(caller, ct))
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = time.GetUtcNow();
        var access = db.CaseAccess.AsNoTracking().VisibleTo(caller, db);
        var found = db.MandatoryReports.AsNoTracking().Where(r => db.Alarms.Any(a => a.AlarmId == r.AlarmId && access.Any(c => c.CaseId == a.CaseId)));
        if (onlyOverdue)
        {
            found = found.Where(r => r.FedBackAt == null && r.DueAt < now);
        }

        // That there is a report is part of the story: who sees no more than a card of a case is not told, and what they are not told takes no line from what they are.
        var ordered = found.OrderBy(r => r.FedBackAt != null).ThenBy(r => r.FedBackAt == null ? r.DueAt : null).ThenByDescending(r => r.ReceivedAt).ThenBy(r => r.AlarmId);
        var lines = new List<ReportLine>();
        for (var (skip, count) = (0, MostLines); lines.Count < MostLines && count == MostLines; skip += MostLines)
        {
            var rows = await RowsAsync(db, ordered.Skip(skip).Take(MostLines), ct);
            count = rows.Count;
            lines.AddRange(await LinesAsync(db, caller, rows, ct));
        }

        return [.. lines.Take(MostLines)];
    }

    /// <summary>Reports of one case; none where the caller does not know its story.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(IReadOnlyList<ReportLine> Reports, IReadOnlyList<OmissionLine> Omissions)> OfCaseAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await sights.FindAsync(db, caller, caseId, ct) is not (var of, var sight) || !sight.Shows(FieldClass.Story))
        {
            return ([], []);
        }

        var rows = await RowsAsync(
            db, db.MandatoryReports.AsNoTracking().Where(r => db.Alarms.Any(a => a.AlarmId == r.AlarmId && a.CaseId == caseId)).OrderByDescending(r => r.ReceivedAt).Take(MostLines), ct);
        var omissions = await Omissions(db, db.Cases.AsNoTracking().Where(c => c.CaseId == caseId)).ToListAsync(ct);
        return ([.. rows.Select(r => Line(r, (caseId, of.CaseNumber), sight, false))], omissions);
    }

    /// <summary>One report by its number: for who made it, and who knows the story of its case.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="number">The number.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is none that the caller may see; the sight is null for who made it.</returns>
    public async Task<(ReportLine Line, Guid CaseId, CaseSight? Sight)?> GetAsync(Caller caller, string number, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if ((await RowsAsync(db, db.MandatoryReports.AsNoTracking().Where(r => r.Number == number), ct)).FirstOrDefault() is not { } row)
        {
            return null;
        }

        if (await sights.FindAsync(db, caller, row.CaseId, ct) is (var of, var sight) && sight.Shows(FieldClass.Story))
        {
            return (Line(row, (row.CaseId, of.CaseNumber), sight, false), row.CaseId, sight);
        }

        return await Made(db, caller).AnyAsync(r => r.Number == number, ct) ? (Line(row, null, null, true), row.CaseId, null) : null;
    }

    /// <summary>Reports that were not made, the latest first; for supervisors who see the story of their cases.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<OmissionLine>> OmissionsAsync(Caller caller, CancellationToken ct)
    {
        if (!await sights.HearsStoryAsync(caller, ct))
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = Omissions(db, db.Cases.AsNoTracking().VisibleTo(caller, db));
        var lines = new List<OmissionLine>();
        for (var (skip, count) = (0, MostLines); lines.Count < MostLines && count == MostLines; skip += MostLines)
        {
            // As above: what they are not told takes no line from what they are.
            var page = await found.Skip(skip).Take(MostLines).ToListAsync(ct);
            count = page.Count;
            var sight = await sights.OfAsync(db, caller, [.. page.Select(l => l.CaseId).Distinct()], null, ct);
            lines.AddRange(page.Where(l => sight.TryGetValue(l.CaseId, out var s) && s.Shows(FieldClass.Story)));
        }

        return [.. lines.Take(MostLines)];
    }

    private static IQueryable<MandatoryReport> Made(AnhuDbContext db, Caller caller)
    {
        var (unit, client) = (caller.ClientId is null && caller.May(Permissions.WriteAlarms) ? caller.UnitId : null, caller.May(Permissions.WriteAlarms) ? caller.ClientId : null);
        return db.MandatoryReports.AsNoTracking().Where(r => (unit != null && r.OriginUnitId == unit) || (client != null && r.OriginClientId == client));
    }

    private static async Task<List<Row>> RowsAsync(AnhuDbContext db, IQueryable<MandatoryReport> reports, CancellationToken ct)
    {
        var found = await reports.ToListAsync(ct);
        Guid[] ids = [.. found.Select(r => r.AlarmId)];
        var cases = await db.Alarms.AsNoTracking().Where(a => ids.Contains(a.AlarmId)).ToDictionaryAsync(a => a.AlarmId, a => a.CaseId, ct);
        Guid[] caseIds = [.. cases.Values.Distinct()];
        var open = (await db.Duties.AsNoTracking().Where(d => caseIds.Contains(d.CaseId) && d.Kind == MandatoryReport.DutyKind && Duty.OpenStates.Contains(d.State)).ToListAsync(ct))
            .GroupBy(d => d.CaseId).ToDictionary(g => g.Key, g => g.MinBy(d => d.DueAt));
        return [.. found.Where(r => cases.ContainsKey(r.AlarmId)).Select(r => new Row(r, cases[r.AlarmId], open.GetValueOrDefault(cases[r.AlarmId])))];
    }

    private async Task<IReadOnlyList<ReportLine>> LinesAsync(AnhuDbContext db, Caller caller, List<Row> rows, CancellationToken ct)
    {
        Guid[] ids = [.. rows.Select(r => r.CaseId).Distinct()];
        var numbers = await db.Cases.AsNoTracking().VisibleTo(caller, db).Where(c => ids.Contains(c.CaseId)).ToDictionaryAsync(c => c.CaseId, c => c.CaseNumber, ct);
        var sight = await sights.OfAsync(db, caller, ids, null, ct);
        return [.. rows.Where(r => numbers.ContainsKey(r.CaseId) && sight.TryGetValue(r.CaseId, out var s) && s.Shows(FieldClass.Story)).Select(r => Line(r, (r.CaseId, numbers[r.CaseId]), sight[r.CaseId], false))];
    }

    private ReportLine Line(Row row, (Guid, string)? of, CaseSight? sight, bool own)
    {
        var (r, told) = (row.Report, own || sight?.Shows(FieldClass.Story) == true);
        var state = r.FedBackAt is not null ? ReportState.FedBack
            : row.Open is { State: DutyState.Accepted or DutyState.InProgress } ? ReportState.Accepted : ReportState.Received;
        return new ReportLine(
            r.AlarmId, r.Number, r.ReceivedAt, row.Open?.OwnerUnitId ?? r.UnitId, state, r.DueAt, r.FedBackAt is null && r.DueAt < time.GetUtcNow(), r.FedBackAt,
            told ? r.Outcome : null, told ? r.Feedback : null, of, own ? null : row.Open?.DutyId, own || sight?.Shows(FieldClass.Reporter) == true ? r.OriginUnitId : null);
    }

    private static IQueryable<OmissionLine> Omissions(AnhuDbContext db, IQueryable<DvCase> cases) =>
        from o in db.ReportOmissions.AsNoTracking()
        join i in db.Incidents.AsNoTracking() on o.IncidentId equals i.IncidentId
        join c in cases on i.CaseId equals c.CaseId
        orderby o.FoundAt descending, o.ReportOmissionId
        select new OmissionLine(o.ReportOmissionId, c.CaseId, c.CaseNumber, o.BodyKind, o.BodyName, o.KnewOn, o.Findings, o.FoundAt, o.DecidingDutyId, o.Outcome, o.DecidedAt);
}
