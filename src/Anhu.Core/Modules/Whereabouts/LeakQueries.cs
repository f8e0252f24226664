using Anhu.Data;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Whereabouts;

/// <summary>Reads leaks: on their case for who works on it, all of them for the data-protection officer, and who saw what since.</summary>
public sealed class LeakQueries(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation)
{
    /// <summary>Looks that are counted at most.</summary>
    private const int MostViews = 20_000;

    /// <summary>How far back is looked when nobody knows since when.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(90);

    /// <summary>The leaks of a case.</summary>
    /// <param name="caller">Who works on the case.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when the caller does not work on it.</returns>
    public async Task<CaseLeakState?> OfCaseAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await sights.FindAsync(db, caller, caseId, ct) is not (var of, { MayWork: true } sight))
        {
            return null;
        }

        var map = await organisation.GetAsync(ct);
        var file = (await CaseFile.LoadAsync(db, [caseId], ct))[caseId];
        var supervises = AccessPolicy.MaySupervise(caller, file, map);
        var inCircle = !await LeakHolds.ShutOutAsync(db, caller, caseId, ct);
        var reached = !file.OpenDuties.Exists(d => d.Kind == LeakDesk.ContactKind);
        var leaks = await db.Exposures.AsNoTracking().Where(x => x.CaseId == caseId).OrderByDescending(x => x.ReportedAt).Take(20).ToListAsync(ct);
        var ids = leaks.Select(x => x.ExposureId).ToList();
        var circles = (await (from s in db.ExposureSeats.AsNoTracking() join w in db.Workers on s.WorkerId equals w.Id where ids.Contains(s.ExposureId) orderby s.Since, w.DisplayName select new { s.ExposureId, s.WorkerId, w.DisplayName })
            .ToListAsync(ct)).ToLookup(s => s.ExposureId);
        var details = new List<LeakDetails>(leaks.Count);
        foreach (var leak in leaks)
        {
            var told = leak.EndedAt is null && (supervises || (caller.WorkerId is { } own && circles[leak.ExposureId].Any(s => s.WorkerId == own)));
            details.Add(new LeakDetails(
                leak, [.. circles[leak.ExposureId].Select(s => s.DisplayName)], told ? await WitnessesAsync(db, caseId, leak, ct) : [], leak.EndedAt is not null || reached));
        }

        return new CaseLeakState(caseId, of.CaseNumber, sight, inCircle, supervises, details);
    }

    /// <summary>All leaks, newest first, for the data-protection officer.</summary>
    /// <param name="caller">The officer.</param>
    /// <param name="before">Only those reported before (keyset).</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<LeakLine>> ListAsync(Caller caller, DateTimeOffset? before, int limit, CancellationToken ct)
    {
        if (!caller.May(Permissions.ReviewAccess))
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var leaks = db.Exposures.AsNoTracking();
        if (before is { } at)
        {
            leaks = leaks.Where(x => x.ReportedAt < at);
        }

        return await (
            from x in leaks
            join c in db.Cases on x.CaseId equals c.CaseId
            join w in db.Workers on x.ReportedByWorkerId equals (Guid?)w.Id into workers
            from w in workers.DefaultIfEmpty()
            orderby x.ReportedAt descending
            select new LeakLine(
                x, c.CaseNumber, w == null ? null : w.DisplayName, !db.Duties.Any(d => d.CaseId == x.CaseId && d.Kind == LeakDesk.ContactKind && Duty.OpenStates.Contains(d.State))))
            .Take(Math.Clamp(limit, 1, 200)).ToListAsync(ct);
    }

    /// <summary>How many leaks wait for the officer.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<int> WaitingAsync(Caller caller, CancellationToken ct)
    {
        if (!caller.May(Permissions.ReviewAccess))
        {
            return 0;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Exposures.CountAsync(x => x.AnsweredAt == null, ct);
    }

    /// <summary>Who saw what of the case since: from the views, and from each time a place or number itself was shown.</summary>
    private static async Task<IReadOnlyList<LeakWitness>> WitnessesAsync(AnhuDbContext db, Guid caseId, Exposure leak, CancellationToken ct)
    {
        var since = leak.Since ?? leak.ReportedAt - LookBack;
        var views = await db.Views.AsNoTracking().Where(v => v.CaseId == caseId && v.At >= since && ViewTypes.OfCases.Contains(v.Type)).OrderByDescending(v => v.Sequence).Take(MostViews)
            .Select(v => new { v.WorkerId, v.ClientId, v.UnitId, v.At, v.Type }).ToListAsync(ct);
        var shown = await db.Timeline.AsNoTracking().Where(e => e.CaseId == caseId && e.At >= since && e.Type == WhereaboutsDesk.Shown)
            .Select(e => new { e.WorkerId, e.ClientId, e.UnitId, e.At, e.Type }).ToListAsync(ct);
        var ids = views.Concat(shown).Select(v => v.WorkerId).OfType<Guid>().Distinct().ToList();
        var workers = await db.Workers.AsNoTracking().Where(w => ids.Contains(w.Id)).Select(w => new { w.Id, w.DisplayName, w.UnitId }).ToDictionaryAsync(w => w.Id, ct);
        return [.. views.Concat(shown).GroupBy(v => (v.WorkerId, v.ClientId)).Select(g =>
        {
            var worker = g.Key.WorkerId is { } id ? workers.GetValueOrDefault(id) : null;
            var opened = g.Where(v => v.Type != WhereaboutsDesk.Shown).ToList();
            return new LeakWitness(
                g.Key.WorkerId, worker?.DisplayName ?? g.Key.ClientId ?? "", g.MaxBy(v => v.At)!.UnitId ?? worker?.UnitId, g.Min(v => v.At), g.Max(v => v.At), opened.Count,
                g.Count(v => v.Type == WhereaboutsDesk.Shown), [.. opened.Select(v => v.Type).Distinct().Order(StringComparer.Ordinal)]);
        }).OrderByDescending(w => w.Shown).ThenByDescending(w => w.Times).ThenBy(w => w.Name, StringComparer.Ordinal)];
    }
}
