using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Work;

/// <summary>One thing that happened to a duty.</summary>
/// <param name="Sequence">Place in the record.</param>
/// <param name="Type">Event type, such as <c>duty.accepted</c>.</param>
/// <param name="At">When, UTC.</param>
/// <param name="WorkerName">Who; null for a system or the platform.</param>
/// <param name="ByClient">True when another system did it.</param>
/// <param name="Data">Details as JSON.</param>
public sealed record DutyHappening(long Sequence, string Type, DateTimeOffset At, string? WorkerName, bool ByClient, string Data);

/// <summary>A duty with what its page shows.</summary>
/// <param name="Line">The duty.</param>
/// <param name="Sight">What of the case the caller may see.</param>
/// <param name="CaseClass">Class of the case now.</param>
/// <param name="RegionCode">Where, as precise as known.</param>
/// <param name="Address">Where to go; only for who sees the places of the case, and for the unit that must go there.</param>
/// <param name="WorkerName">Who has taken it.</param>
/// <param name="Form">The filled form as JSON; only for the owning unit and who sees the case in full.</param>
/// <param name="Happenings">What happened to it, oldest first.</param>
/// <param name="IsShielded">The place is a secret: nobody is told where it is, but where she may be met.</param>
/// <param name="MeetAt">Where she may be met instead; null when nothing was agreed.</param>
public sealed record DutyDetails(
    DutyLine Line, CaseSight Sight, int CaseClass, string RegionCode, string? Address, string? WorkerName, string? Form, IReadOnlyList<DutyHappening> Happenings,
    bool IsShielded, string? MeetAt)
{
    /// <summary>How much of the case the caller sees.</summary>
    public CaseView View => Sight.View;
}

/// <summary>A task of a grid worker: that there is one, where, and until when. No story, no names.</summary>
/// <param name="DutyId">The duty.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Class">Class of the case.</param>
/// <param name="DueAt">Deadline, UTC.</param>
/// <param name="OverdueAt">When it fell overdue, UTC.</param>
/// <param name="RegionCode">Where.</param>
/// <param name="Address">Where to go, as the report names it; never where a victim now lives.</param>
/// <param name="IsShielded">The place is a secret (C7): the area is told no closer than the district.</param>
/// <param name="MeetAt">Where she may be met instead; null when the women's federation has to be asked.</param>
public sealed record TaskCard(
    Guid DutyId, string Kind, int Class, DateTimeOffset DueAt, DateTimeOffset? OverdueAt, string RegionCode, string? Address, bool IsShielded, string? MeetAt);

/// <summary>A task with what the one who goes must know, and no more.</summary>
/// <param name="Card">The task.</param>
/// <param name="IsOpen">Whether it is still to be done; where and whom is told only then.</param>
/// <param name="Version">Version of the duty.</param>
/// <param name="AskFor">Names to ask for at the door.</param>
public sealed record FieldTask(TaskCard Card, bool IsOpen, long Version, IReadOnlyList<string> AskFor)
{
    /// <summary>The case, for the record of views; told to nobody.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Guid CaseId { get; init; }
}

/// <summary>Open duties of one kind that a unit owns.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Open">How many are open; one above the bound stands for more.</param>
/// <param name="Overdue">How many of them are overdue; one above the bound stands for more.</param>
public sealed record DutyLoad(string Kind, int Open, int Overdue);

/// <summary>Reads single duties and task cards for pages; every query asks the access policy.</summary>
public sealed class DutyDetailsQueries(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights)
{
    private static readonly DutyState[] Open = Duty.OpenStates;

    /// <summary>A duty with what its page shows.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="dutyId">Which.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The duty, or null when there is none that the caller may see.</returns>
    public async Task<DutyDetails?> GetAsync(Caller caller, Guid dutyId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var visible = db.Duties.AsNoTracking().VisibleTo(caller, db).Where(d => d.DutyId == dutyId);
        if (await CaseQueries.Lines(visible, db).FirstOrDefaultAsync(ct) is not { } line
            || await sights.FindAsync(db, caller, line.CaseId, ct) is not (var dvCase, var sight))
        {
            return null;
        }

        var goes = line.OwnerUnitId == caller.UnitId;
        var extra = await visible.Select(d => new { d.Form, d.IncidentId, d.WithoutConsent }).FirstAsync(ct);
        var address = goes || sight.Shows(FieldClass.Location)
            ? await db.Incidents.Where(i => i.CaseId == line.CaseId && i.Address != null).OrderByDescending(i => i.OccurredAt).Select(i => i.Address).FirstOrDefaultAsync(ct)
            : null;
        var secrets = await CaseSecrets.LoadAsync(db, line.CaseId, ct);
        var isShielded = secrets.IsSecret(address);
        var story = sight.Shows(FieldClass.Story);

        // Who has it without her consent is not told what others wrote on it before.
        var worksOn = goes && !extra.WithoutConsent;
        var happenings = await (
            from e in db.Timeline.AsNoTracking()
            where e.CaseId == line.CaseId && e.DutyId == dutyId
            join w in db.Workers on e.WorkerId equals (Guid?)w.Id into workers
            from w in workers.DefaultIfEmpty()
            orderby e.Sequence descending
            select new DutyHappening(e.Sequence, e.Type, e.At, w == null ? null : w.DisplayName, e.ClientId != null, worksOn || story ? e.Data : "{}")).Take(100).ToListAsync(ct);
        happenings.Reverse();
        var told = await EventTexts.OpenDataAsync(db, [.. happenings.Select(h => h.Data)], ct);
        happenings = [.. happenings.Select((h, i) => h with { Data = told[i] }).Where(h => worksOn || story || !AccessPolicy.TellsStory(h.Type))];
        var worker = line.WorkerId is { } id ? await db.Workers.Where(w => w.Id == id).Select(w => w.DisplayName).FirstOrDefaultAsync(ct) : null;
        return new DutyDetails(
            CaseQueries.Masked(line, caller, story), sight, dvCase.Class, isShielded ? CaseSecrets.District(dvCase.RegionCode)! : dvCase.RegionCode, isShielded ? null : address, worker,
            worksOn || story ? extra.Form : null, happenings, isShielded, isShielded ? secrets.MeetAt : null);
    }

    /// <summary>What the caller's unit has to do, by kind; most first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="bound">Counts no further, of all open duties together.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<DutyLoad>> LoadAsync(Caller caller, int bound, CancellationToken ct)
    {
        if (!caller.May(Permissions.ReadCases) || caller.UnitId is not { } unit)
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        // State by state, as the index has them (see DutyQueries).
        var counted = await Open.Select(state => db.Duties.AsNoTracking().VisibleTo(caller, db).Where(d => d.OwnerUnitId == unit && d.State == state)
                .OrderBy(d => d.DueAt).Select(d => new { d.Kind, d.OverdueAt, d.DueAt }).Take(bound + 1))
            .Aggregate(Queryable.Concat).OrderBy(d => d.DueAt).Take(bound + 1)
            .GroupBy(d => d.Kind).Select(g => new { g.Key, Open = g.Count(), Overdue = g.Count(d => d.OverdueAt != null) }).ToListAsync(ct);
        return [.. counted.OrderByDescending(c => c.Open).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => new DutyLoad(c.Key, c.Open, c.Overdue))];
    }

    /// <summary>The task cards of a grid worker: the open ones of <see cref="AccessPolicy.TasksOf"/>, soonest deadline first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<TaskCard>> CardsAsync(Caller caller, int limit, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var duties = await (
            from d in db.Duties.AsNoTracking().TasksOf(caller, db)
            join c in db.Cases on d.CaseId equals c.CaseId
            where Open.Contains(d.State)
            orderby d.DueAt, d.DutyId
            select new { d.DutyId, d.CaseId, d.Kind, d.Class, d.DueAt, d.OverdueAt, c.RegionCode }).Take(limit).ToListAsync(ct);
        var cases = duties.Select(d => d.CaseId).Distinct().ToList();
        var addresses = (await db.Incidents.AsNoTracking().Where(i => cases.Contains(i.CaseId) && i.Address != null)
            .OrderBy(i => i.OccurredAt).Select(i => new { i.CaseId, i.Address }).ToListAsync(ct)).ToLookup(i => i.CaseId, i => i.Address);
        var secrets = await CaseSecrets.LoadAsync(db, cases, ct);
        return [.. duties.Select(d => Card(d.DutyId, d.Kind, d.Class, d.DueAt, d.OverdueAt, d.RegionCode, addresses[d.CaseId].LastOrDefault(), secrets[d.CaseId]))];
    }

    /// <summary>A task of a grid worker with what the one who goes must know.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="dutyId">Which.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The task, or null when it is none of the caller's.</returns>
    public async Task<FieldTask?> TaskAsync(Caller caller, Guid dutyId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = await (
            from d in db.Duties.AsNoTracking().TasksOf(caller, db)
            join c in db.Cases on d.CaseId equals c.CaseId
            where d.DutyId == dutyId
            select new { d.CaseId, d.Kind, d.Class, d.DueAt, d.OverdueAt, d.State, d.Version, c.RegionCode }).SingleOrDefaultAsync(ct);
        if (found is null)
        {
            return null;
        }

        // Who and where is told as long as somebody must go there.
        var isOpen = Open.Contains(found.State);
        var address = !isOpen ? null : await db.Incidents.AsNoTracking().Where(i => i.CaseId == found.CaseId && i.Address != null)
            .OrderByDescending(i => i.OccurredAt).Select(i => i.Address).FirstOrDefaultAsync(ct);
        var names = !isOpen ? [] : await (
            from party in db.CaseParties.AsNoTracking()
            join person in db.People on party.PersonId equals person.PersonId
            where party.CaseId == found.CaseId && party.Role == PartyRole.Victim && person.Name != null
            orderby person.PersonId
            select person.Name!).Take(3).ToListAsync(ct);
        var secrets = await CaseSecrets.LoadAsync(db, found.CaseId, ct);
        return new FieldTask(
            Card(dutyId, found.Kind, found.Class, found.DueAt, found.OverdueAt, found.RegionCode, address, secrets), isOpen, found.Version, names)
        {
            CaseId = found.CaseId,
        };
    }

    private static TaskCard Card(
        Guid dutyId, string kind, int @class, DateTimeOffset dueAt, DateTimeOffset? overdueAt, string regionCode, string? address, CaseSecrets secrets) =>
        secrets.IsSecret(address)
            ? new TaskCard(dutyId, kind, @class, dueAt, overdueAt, CaseSecrets.District(regionCode)!, null, true, secrets.MeetAt)
            : new TaskCard(dutyId, kind, @class, dueAt, overdueAt, regionCode, address, false, null);
}
