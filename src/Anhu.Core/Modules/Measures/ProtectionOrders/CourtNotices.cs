using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Measures.ProtectionOrders;

/// <summary>The answer to a notice.</summary>
/// <param name="Id">Its key here.</param>
/// <param name="IsNew">False when the same was reported before.</param>
/// <param name="State">What became of it, as far as the court may know: a case that it may not see answers as none.</param>
public sealed record CourtNoticeReceipt(Guid Id, bool IsNew, CourtNoticeState State);

/// <summary>Takes what courts' systems report of protection orders, in whatever order it comes.</summary>
public sealed class CourtNotices(
    IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, CaseSights sights, MeasureBook book, ActOnMeasureHandler act, TimeProvider time)
{
    /// <summary>Notices of a page.</summary>
    public const int PageSize = 50;

    private readonly CaseTurn turn = new(contexts, sights, organisation);

    /// <summary>Takes a notice. Safe to repeat: the same again changes nothing, another content under the same name is refused with the fields that differ.</summary>
    /// <param name="source">The system, as it calls itself.</param>
    /// <param name="sourceId">The notice's name in it.</param>
    /// <param name="report">What it says; checked.</param>
    /// <param name="caller">The court's system.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result<CourtNoticeReceipt>> ReceiveAsync(string source, string sourceId, CourtNoticeReport report, Caller caller, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        if (caller is not { ClientId: not null, UnitId: { } unitId } || map.Find(unitId) is not { Agency: Agency.Court })
        {
            return MeasureFailures.CourtOnly;
        }

        var content = JsonSerializer.Serialize(report, JsonText.Options);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        var taken = await db.ExclusivelyAsync<Result<(CourtNotice Notice, bool IsNew)>>(
            async () =>
            {
                if (await db.CourtNotices.SingleOrDefaultAsync(n => n.UnitId == unitId && n.Source == source && n.SourceId == sourceId, ct) is { } known)
                {
                    return known.Content.Length == 0 || known.Content == content ? (known, false) : MeasureFailures.NoticeConflict(Differing(known.Content, content));
                }

                var now = time.Now;
                var notice = new CourtNotice
                {
                    CourtNoticeId = Guid.CreateVersion7(now), UnitId = unitId, Source = source, SourceId = sourceId, OrderKey = Measure.KeyOf(report.CaseNumber), Event = report.Event,
                    HappenedAt = Clock.CutToMicroseconds(report.At.ToUniversalTime()), ReceivedAt = now, Content = content,
                };
                db.Add(notice);
                await SettleAsync(db, map, notice.OrderKey, unitId, null, now, ct);
                return (notice, true);
            },
            ct);
        if (!taken.IsOk)
        {
            return taken.Failure!;
        }

        var (kept, isNew) = taken.Value;
        var caseId = await db.Incidents.AsNoTracking().Where(i => i.IncidentId == kept.IncidentId).Select(i => (Guid?)i.CaseId).SingleOrDefaultAsync(ct);
        var seen = caseId is { } about && await sights.FindAsync(db, caller, about, ct) is not null;
        return new CourtNoticeReceipt(kept.CourtNoticeId, isNew, seen ? kept.State : CourtNoticeState.Waiting);
    }

    /// <summary>Notices that a person has to look at, oldest first: for who supervises the court, or the women's federation of its place.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="after">Key of the last notice of the page before; null for the first page.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>A page, and where the next begins; null at the end.</returns>
    public async Task<(IReadOnlyList<(CourtNotice Notice, CourtNoticeReport Report)> Items, Guid? Next)> WaitingAsync(Caller caller, Guid? after, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        List<Guid> courts = [.. map.Units.Where(u => u.Agency == Agency.Court && MayLook(caller, u.UnitId, map)).Select(u => u.UnitId)];
        if (courts.Count == 0)
        {
            return ([], null);
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var open = db.CourtNotices.AsNoTracking().Where(n => n.MeasureId == null && (n.State == CourtNoticeState.Waiting || n.State == CourtNoticeState.Refused) && courts.Contains(n.UnitId));
        if (after is { } last)
        {
            open = open.Where(n => n.CourtNoticeId.CompareTo(last) > 0);
        }

        // Keys are made at receipt and rise with time.
        var page = await open.OrderBy(n => n.CourtNoticeId).Take(PageSize + 1).ToListAsync(ct);
        return ([.. page.Take(PageSize).Select(n => (n, JsonSerializer.Deserialize<CourtNoticeReport>(n.Content, JsonText.Options)!))], page.Count > PageSize ? page[PageSize - 1].CourtNoticeId : null);
    }

    /// <summary>Says which case notices of an order belong to; all that wait of the same number take effect.</summary>
    /// <param name="noticeId">One of them.</param>
    /// <param name="caseNumber">Number of the case; the caller must work on it.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result<CourtNotice>> JoinAsync(Guid noticeId, string caseNumber, Caller caller, CancellationToken ct)
    {
        Guid caseId;
        await using (var read = await contexts.CreateDbContextAsync(ct))
        {
            caseId = await read.Cases.Where(c => c.CaseNumber == caseNumber.Trim()).Select(c => c.CaseId).SingleOrDefaultAsync(ct);
        }

        return await turn.TakeAsync(caseId, caller, async (db, file, map) =>
        {
            if (await db.CourtNotices.SingleOrDefaultAsync(n => n.CourtNoticeId == noticeId, ct) is not { MeasureId: null } notice || !MayLook(caller, notice.UnitId, map))
            {
                return (Result<CourtNotice>)MeasureFailures.NotFound;
            }

            await SettleAsync(db, map, notice.OrderKey, notice.UnitId, file, time.Now, ct);
            return notice.MeasureId is null ? new Failure(FailureKind.NotAllowed, notice.Reason ?? "measures.notice-no-pair") : notice;
        }, ct);
    }

    /// <summary>Says that a notice concerns no case here: its content is deleted.</summary>
    /// <param name="noticeId">Which.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result<CourtNotice>> DismissAsync(Guid noticeId, Caller caller, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync<Result<CourtNotice>>(
            async () =>
            {
                if (await db.CourtNotices.SingleOrDefaultAsync(n => n.CourtNoticeId == noticeId, ct) is not { MeasureId: null, State: not CourtNoticeState.Dismissed } notice
                    || !MayLook(caller, notice.UnitId, map))
                {
                    return MeasureFailures.NotFound;
                }

                (notice.State, notice.Content) = (CourtNoticeState.Dismissed, "");
                return notice;
            },
            ct);
    }

    /// <summary>Everything that waits for an order takes effect as far as the order's table lets it, until nothing moves any more.</summary>
    private async Task SettleAsync(AnhuDbContext db, OrganisationMap map, string key, Guid court, CaseFile? chosen, DateTimeOffset now, CancellationToken ct)
    {
        var (kind, rules) = book[ProtectionOrder.KindId];
        var stored = await db.CourtNotices.Where(n => n.OrderKey == key && n.UnitId == court && n.State == CourtNoticeState.Waiting).ToListAsync(ct);
        var waiting = stored.Union(db.CourtNotices.Local.Where(n => n.OrderKey == key && n.UnitId == court && n.State == CourtNoticeState.Waiting))
            .Select(n => (Notice: n, Report: JsonSerializer.Deserialize<CourtNoticeReport>(n.Content, JsonText.Options)!)).OrderBy(w => w.Notice.HappenedAt).ThenBy(w => w.Notice.ReceivedAt).ToList();
        if (await OrderAsync(db, key, waiting, chosen, kind, rules, court, now, ct) is not (var measure, var file, var isNew))
        {
            return;
        }

        var caller = new Caller { ClientId = waiting[0].Notice.Source, UnitId = court };
        var incident = file.Incidents.Find(i => i.IncidentId == measure.IncidentId)!;
        for (var moved = true; moved;)
        {
            moved = false;
            foreach (var (notice, report) in waiting.Where(w => w.Notice.State == CourtNoticeState.Waiting))
            {
                (notice.MeasureId, notice.IncidentId) = (measure.MeasureId, measure.IncidentId);
                notice.Reason = await ApplyAsync(report, notice);
                moved |= notice.State != CourtNoticeState.Waiting;
            }
        }

        async Task<string?> ApplyAsync(CourtNoticeReport report, CourtNotice notice)
        {
            // What is ruled on was accepted: a protection may not wait for the message that says so.
            var before = isNew || measure.State is ProtectionOrder.Drafting or ProtectionOrder.Filed;
            if (before && (report.Event is "accepted" or "issued" or "rejected" or "withdrawn" or "deemed-withdrawn" or "terminated"))
            {
                var accepting = kind.Find(isNew ? "register" : "accept", isNew ? null : measure.State)!;
                if ((await TakeAsync(accepting, report)).Failure is { } failure)
                {
                    notice.State = CourtNoticeState.Refused;
                    return failure.Code;
                }

                isNew = false;
            }

            var action = CourtNoticeReport.Actions[report.Event];
            if (action == "accept")
            {
                // The last to come where the ruling was faster.
                notice.State = before || !isNew ? CourtNoticeState.Applied : CourtNoticeState.Waiting;
                return null;
            }

            if (isNew || kind.Find(action, measure.State) is not { } row || !MeasureKind.Fits(row, measure))
            {
                return "measures.not-from-here";
            }

            var done = await TakeAsync(row, report);
            if (action == "serve" && done.Failure?.Code == "measures.order-not-all-served")
            {
                done = await TakeAsync(kind.Find("serve-part", measure.State)!, report);
            }

            notice.State = done.IsOk ? CourtNoticeState.Applied : CourtNoticeState.Refused;
            return done.Failure?.Code;
        }

        Task<Result<Measure>> TakeAsync(MeasureRow row, CourtNoticeReport report) => act.TakeAsync(
            kind, rules, row, measure, JsonSerializer.Serialize(report.Fields(row, rules), JsonText.Options), caller, db, file, map, incident, now, ct);
    }

    /// <summary>The order of a number: the one that has it, the one that was applied for by the same two, or a new one in their case.</summary>
    private static async Task<(Measure Order, CaseFile File, bool IsNew)?> OrderAsync(
        AnhuDbContext db, string key, List<(CourtNotice Notice, CourtNoticeReport Report)> waiting, CaseFile? chosen, MeasureKind kind, MeasureRules rules, Guid court, DateTimeOffset now, CancellationToken ct)
    {
        if (waiting.Count == 0)
        {
            return null;
        }

        if (await db.Measures.SingleOrDefaultAsync(m => m.Kind == kind.Id && m.NumberKey == key, ct) is { } known)
        {
            return (known, await FileAsync(await db.Incidents.Where(i => i.IncidentId == known.IncidentId).Select(i => i.CaseId).SingleAsync(ct)), false);
        }

        // A step that comes after acceptance says nothing of who the two are and where: it waits.
        if (!waiting.Exists(w => w.Report.Event is "accepted" or "issued" or "rejected" or "withdrawn" or "deemed-withdrawn" or "terminated")
            || (chosen is not null ? PairOf(chosen) : await PairAsync()) is not (var file, var incident, var victim, var abuser))
        {
            return null;
        }

        Guid[] incidents = [.. file.Incidents.Select(i => i.IncidentId)];
        var drafts = await db.Measures.Where(m => m.Kind == kind.Id && incidents.Contains(m.IncidentId) && m.NumberKey == null && (m.State == ProtectionOrder.Drafting || m.State == ProtectionOrder.Filed)).ToListAsync(ct);
        if (drafts is [var draft])
        {
            return (draft, file, false);
        }

        var records = await db.PersonRecords.AsNoTracking().Where(r => r.IncidentId == incident.IncidentId).OrderBy(r => r.RecordSequence).Select(r => new { r.RecordId, r.PersonId }).ToListAsync(ct);
        Guid RecordOf(Guid person) => records.Find(r => r.PersonId == person)?.RecordId ?? person;
        return (new Measure
        {
            MeasureId = Guid.CreateVersion7(now), Kind = kind.Id, IncidentId = incident.IncidentId, AgainstRecordId = RecordOf(abuser), ProtectsRecordId = RecordOf(victim), UnitId = court,
            DecidingUnitId = court, State = "", IsOpen = true, StartsAt = now, ProposedAt = now, Fields = new Dictionary<string, string>(), RulesVersion = rules.Version,
        }, file, true);

        async Task<CaseFile> FileAsync(Guid caseId) => chosen is not null && chosen.Case.CaseId == caseId ? chosen : (await CaseFile.LoadAsync(db, [caseId], ct))[caseId];

        static (CaseFile, Incident, Guid, Guid)? PairOf(CaseFile file) =>
            file.With(PartyRole.Victim).ToList() is [var victim, ..] && file.With(PartyRole.Perpetrator).FirstOrDefault(p => p.PersonId != victim.PersonId) is { } abuser && file.Incidents.MaxBy(i => i.OccurredAt) is { } latest
                ? (file, latest, victim.PersonId, abuser.PersonId) : null;

        // By both ID numbers, and only where one case alone has the two in these parts.
        async Task<(CaseFile, Incident, Guid, Guid)?> PairAsync()
        {
            if (waiting.Select(w => w.Report).FirstOrDefault(r => r is { Applicant.IdNumber.Length: > 0, Respondent.IdNumber.Length: > 0 }) is not { } named)
            {
                return null;
            }

            var (one, other) = (PersonKeys.IdNumber(db.Keys, named.Applicant!.IdNumber!), PersonKeys.IdNumber(db.Keys, named.Respondent!.IdNumber!));
            var found = await (from a in db.PersonKeys
                               join pa in db.CaseParties on a.PersonId equals pa.PersonId
                               join pb in db.CaseParties on pa.CaseId equals pb.CaseId
                               join b in db.PersonKeys on pb.PersonId equals b.PersonId
                               where one.Contains(a.Value) && other.Contains(b.Value) && pa.Role == PartyRole.Victim && pb.Role == PartyRole.Perpetrator
                               select new { pa.CaseId, Victim = pa.PersonId, Abuser = pb.PersonId }).Distinct().Take(2).ToListAsync(ct);
            if (found is not [var pair])
            {
                return null;
            }

            var its = await FileAsync(pair.CaseId);
            return its.Incidents.MaxBy(i => i.OccurredAt) is { } latest ? (its, latest, pair.Victim, pair.Abuser) : null;
        }
    }

    private static bool MayLook(Caller caller, Guid courtId, OrganisationMap map) =>
        caller is { WorkerId: not null, UnitId: { } own } && caller.May(Permissions.Supervise) && map.Find(own) is { } unit && map.Find(courtId) is { } court
        && (unit.UnitId == court.UnitId || map.WithSuperiors(court).Contains(unit) || (unit.Agency == Agency.WomensFederation && RegionCodes.Contains(unit.RegionCode, court.RegionCode)));

    private static string Differing(string stored, string sent)
    {
        using var a = JsonDocument.Parse(stored);
        using var b = JsonDocument.Parse(sent);
        return string.Join(", ", a.RootElement.EnumerateObject().Select(p => p.Name).Union(b.RootElement.EnumerateObject().Select(p => p.Name))
            .Where(n => Text(a, n) != Text(b, n)));

        static string Text(JsonDocument json, string name) => json.RootElement.TryGetProperty(name, out var value) ? value.GetRawText() : "";
    }
}
