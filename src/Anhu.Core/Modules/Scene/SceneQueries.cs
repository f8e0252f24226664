using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Scene;

/// <summary>The scene of one duty as the caller may see it.</summary>
/// <param name="DutyId">The duty.</param>
/// <param name="IncidentId">The incident that it is about.</param>
/// <param name="State">Where the duty stands.</param>
/// <param name="OwnerUnitId">The unit that answers for it.</param>
/// <param name="CreatedAt">When the duty arose, UTC.</param>
/// <param name="Record">What holds there now.</param>
/// <param name="Joint">The federation's work group, newest first.</param>
/// <param name="IsSupportOnly">A work group that is asked for now may give support only.</param>
public sealed record SceneOfDuty(
    Guid DutyId, Guid? IncidentId, DutyState State, Guid OwnerUnitId, DateTimeOffset CreatedAt, SceneRecord Record, IReadOnlyList<JointLine> Joint, bool IsSupportOnly);

/// <summary>Scenes of a case.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="CaseNumber">Its number.</param>
/// <param name="Class">Its class.</param>
/// <param name="Sight">What the caller may see of it.</param>
/// <param name="Scenes">The scenes, newest first.</param>
/// <param name="Workers">Names of the officers.</param>
/// <param name="OnDuty">Who is on the roster now, by unit of a work group that is under way.</param>
public sealed record CaseScenes(
    Guid CaseId, string CaseNumber, int Class, CaseSight Sight, IReadOnlyList<SceneOfDuty> Scenes, IReadOnlyDictionary<Guid, string> Workers,
    IReadOnlyDictionary<Guid, IReadOnlyList<string>> OnDuty);

/// <summary>Something in a family's history, with where it is known from.</summary>
/// <param name="What">The code of what it is, such as <c>weapon</c>.</param>
/// <param name="At">When, UTC.</param>
/// <param name="CaseId">The case that it stands in.</param>
/// <param name="CaseNumber">Its number.</param>
public sealed record HistoryPoint(string What, DateTimeOffset At, Guid CaseId, string CaseNumber);

/// <summary>What the record holds of a family, as far as the caller may see (risk-instruments §6). It is computed, not asked; what is not recorded is not known.</summary>
public sealed record SceneHistory
{
    /// <summary>Earlier incidents of this case, newest first, UTC.</summary>
    public required IReadOnlyList<DateTimeOffset> Earlier { get; init; }

    /// <summary>Incidents in the last 3, 12 and 36 months, the present one included.</summary>
    public required (int Months3, int Months12, int Months36) Counts { get; init; }

    /// <summary>Days since the incident before; null when there is none.</summary>
    public int? DaysSinceLast { get; init; }

    /// <summary>The gaps between the last three incidents shrink.</summary>
    public bool GapsShrink { get; init; }

    /// <summary>The injury of this incident is worse than that of the one before.</summary>
    public bool InjuryRises { get; init; }

    /// <summary>Letters, criticisms, penalties, orders, breaches, weapons and lethal acts on record.</summary>
    public required IReadOnlyList<HistoryPoint> Points { get; init; }

    /// <summary>Incidents of the alleged abusers in other cases that the caller may see.</summary>
    public int ElsewhereCount { get; init; }
}

/// <summary>Reads scenes; every query asks the access policy.</summary>
public sealed class SceneQueries(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, CaseQueries cases, SceneBook book, RuleBook rules, TimeProvider time)
{
    private const int MostScenes = 20;

    /// <summary>The scenes of a case.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">Which case.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is no such case for the caller, or it may not see what happened.</returns>
    public async Task<CaseScenes?> OfCaseAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await sights.FindAsync(db, caller, caseId, ct) is (var dvCase, var sight) && Shows(sight) ? await LoadAsync(db, dvCase, sight, null, ct) : null;
    }

    /// <summary>The scene of a duty.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="dutyId">Which duty.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is no such scene for the caller.</returns>
    public async Task<CaseScenes?> OfDutyAsync(Caller caller, Guid dutyId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var duty = await db.Duties.AsNoTracking().VisibleTo(caller, db).Where(d => d.DutyId == dutyId).Select(d => new { d.CaseId, d.Kind }).SingleOrDefaultAsync(ct);
        return duty is not null && book.IsScene(duty.Kind) && await sights.FindAsync(db, caller, duty.CaseId, ct) is (var dvCase, var sight) && Shows(sight)
            ? await LoadAsync(db, dvCase, sight, dutyId, ct) : null;
    }

    /// <summary>What the record holds of the family.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="file">The case as the caller may see it.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<SceneHistory> HistoryAsync(Caller caller, CaseDetails file, CancellationToken ct)
    {
        var now = time.Now;
        List<CaseIncident> incidents = [.. file.Incidents.OrderByDescending(i => i.OccurredAt)];
        List<DateTimeOffset> times = [.. incidents.Select(i => i.OccurredAt)];
        var points = new List<HistoryPoint>();
        foreach (var incident in incidents)
        {
            Point("breach", incident.Category == AlarmCategory.ProtectionOrderBreach);
            Point("weapon", incident.Weapon == true);
            Point("strangulation", incident.Strangulation == true);
            Point("threat-to-kill", incident.ThreatToKill == true);

            void Point(string what, bool isSo)
            {
                if (isSo)
                {
                    points.Add(new HistoryPoint(what, incident.OccurredAt, file.Case.CaseId, file.Case.CaseNumber));
                }
            }
        }

        foreach (var duty in file.EndedDuties.Where(d => d is { Kind: "police-disposition", DoneAt: not null, Outcome: "warning-letter" or "criticism" or "penalty" or "criminal" }))
        {
            points.Add(new HistoryPoint(duty.Outcome!, duty.DoneAt!.Value, duty.CaseId, duty.CaseNumber));
        }

        var elsewhere = new HashSet<Guid>();
        foreach (var abuser in file.People.Where(p => p.Role == PartyRole.Perpetrator).Select(p => p.PersonId).Distinct().Take(5))
        {
            foreach (var incident in await cases.PersonHistoryAsync(caller, abuser, ct) ?? [])
            {
                if (incident.CaseId != file.Case.CaseId && incident.Role == PartyRole.Perpetrator && elsewhere.Add(incident.IncidentId))
                {
                    points.Add(new HistoryPoint("elsewhere", incident.OccurredAt, incident.CaseId, incident.CaseNumber));
                }
            }
        }

        var day = rules.Clock.Zone;
        return new SceneHistory
        {
            Earlier = [.. times.Skip(1)], Counts = (Within(3), Within(12), Within(36)),
            DaysSinceLast = times.Count < 2 ? null : day.DateOf(times[0]).DayNumber - day.DateOf(times[1]).DayNumber,
            GapsShrink = times.Count >= 3 && times[0] - times[1] < times[1] - times[2],
            InjuryRises = incidents.Count >= 2 && incidents[0].Injury is { } last && incidents[1].Injury is { } before && last > before && before != Injury.Unknown,
            Points = [.. points.OrderByDescending(p => p.At)], ElsewhereCount = elsewhere.Count,
        };

        int Within(int months) => times.Count(t => t >= now.AddMonths(-months));
    }

    /// <summary>What is tapped tells of health, danger and children: only who works on the case or sees all of it may read it.</summary>
    private static bool Shows(CaseSight sight) => sight.Shows(FieldClass.Health) && sight.Shows(FieldClass.Personal);

    private async Task<CaseScenes> LoadAsync(AnhuDbContext db, DvCase dvCase, CaseSight sight, Guid? dutyId, CancellationToken ct)
    {
        List<string> kinds = [.. book.Checklists.SelectMany(c => c.Duties).Distinct()];
        var duties = await db.Duties.AsNoTracking().Where(d => d.CaseId == dvCase.CaseId && (dutyId == null ? kinds.Contains(d.Kind) : d.DutyId == dutyId))
            .OrderByDescending(d => d.CreatedAt).Take(MostScenes).Select(d => new { d.DutyId, d.IncidentId, d.State, d.OwnerUnitId, d.CreatedAt }).ToListAsync(ct);
        var ids = duties.ConvertAll(d => d.DutyId);
        var entries = (await db.SceneEntries.AsNoTracking().Where(e => ids.Contains(e.DutyId)).ToListAsync(ct)).ToLookup(e => e.DutyId);
        var workers = entries.SelectMany(e => e).Select(e => e.WorkerId).OfType<Guid>().Distinct().ToList();
        var names = workers.Count == 0 ? [] : await db.Workers.AsNoTracking().Where(w => workers.Contains(w.Id)).ToDictionaryAsync(w => w.Id, w => w.DisplayName, ct);
        var told = sight.Shows(FieldClass.Story);
        var joint = (await db.Duties.AsNoTracking().Where(d => d.CaseId == dvCase.CaseId && (d.Kind == JointResponse.Kind || d.Kind == JointResponse.SupportKind))
            .OrderByDescending(d => d.CreatedAt).Take(MostScenes).ToListAsync(ct)).ToLookup(d => d.IncidentId, RequestJointResponseHandler.LineOf);
        var incidents = duties.Select(d => d.IncidentId).OfType<Guid>().ToList();
        var high = (await db.Incidents.AsNoTracking().Where(i => incidents.Contains(i.IncidentId)).ToListAsync(ct))
            .Where(i => JointResponse.IsSupportOnly(IncidentKnowledge.Of(i))).Select(i => (Guid?)i.IncidentId).ToHashSet();
        return new CaseScenes(dvCase.CaseId, dvCase.CaseNumber, dvCase.Class, sight, [.. duties.Select(d => new SceneOfDuty(
            d.DutyId, d.IncidentId, d.State, d.OwnerUnitId, d.CreatedAt, SceneRecord.Of(entries[d.DutyId].Where(e => told || e.Part != ScenePart.Note)), [.. joint[d.IncidentId]],
            high.Contains(d.IncidentId)))], names, await OnDutyAsync(db, [.. joint.SelectMany(j => j).Where(j => j.State < JointState.HandedBack).Select(j => j.UnitId).Distinct()], ct));
    }

    private async Task<IReadOnlyDictionary<Guid, IReadOnlyList<string>>> OnDutyAsync(AnhuDbContext db, IReadOnlyList<Guid> units, CancellationToken ct)
    {
        var now = time.Now;
        var rows = units.Count == 0 ? [] : await (
            from e in db.DutyRoster.AsNoTracking()
            join w in db.Workers.AsNoTracking() on e.WorkerId equals w.Id
            where units.Contains(e.UnitId) && e.StartsAt <= now && e.EndsAt > now
            orderby e.StartsAt
            select new { e.UnitId, w.DisplayName }).Take(20).ToListAsync(ct);
        return rows.GroupBy(r => r.UnitId).ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.Select(r => r.DisplayName).Distinct()]);
    }
}
