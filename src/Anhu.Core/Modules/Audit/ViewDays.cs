using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Audit;

/// <summary>What is unusual about what a worker looked at.</summary>
public enum PatternKind
{
    /// <summary>The worker searched for the own name, numbers or family.</summary>
    OwnName,

    /// <summary>Cases of the community where the worker or the family lives, without a duty of the unit on them.</summary>
    Neighbours,

    /// <summary>Cases of people with the worker's surname, without a duty of the unit on them.</summary>
    Surname,

    /// <summary>One and the same file opened again and again, without a duty of the unit on it.</summary>
    Again,

    /// <summary>Files that had been closed, without a duty of the unit on them.</summary>
    AfterClosing,

    /// <summary>Many searches after which nothing was opened.</summary>
    SearchOnly,

    /// <summary>Far more case files in a day than colleagues open.</summary>
    ManyFiles,

    /// <summary>Case files at night, in an agency that does not work at night.</summary>
    AtNight,

    /// <summary>Many files by stated reasons or in emergencies.</summary>
    ByLeave,

    /// <summary>Many requests for what was not shown.</summary>
    Refused,

    /// <summary>Many case files printed.</summary>
    Prints,
}

/// <summary>Something unusual.</summary>
/// <param name="Kind">What.</param>
/// <param name="WorkerId">The worker.</param>
/// <param name="WorkerName">The worker's name.</param>
/// <param name="UnitId">The unit.</param>
/// <param name="Day">The day, in the city's time zone; the last one where several were added up.</param>
/// <param name="Count">How many.</param>
/// <param name="Usual">What is usual; 0 for none.</param>
public sealed record ViewPattern(PatternKind Kind, Guid WorkerId, string WorkerName, Guid? UnitId, DateOnly Day, int Count, int Usual);

/// <summary>Counts what workers looked at, day by day, and finds what is unusual. The numbers are for a person to look into, not a judgement.</summary>
public sealed class ViewDays(IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    /// <summary>Days that are looked back on.</summary>
    public const int Window = 7;

    /// <summary>Files in a day from which on a worker can be unusual.</summary>
    public const int ManyFiles = 30;

    /// <summary>How many times what colleagues of the agency open in a day (median) is unusual.</summary>
    public const int ManyTimes = 3;

    /// <summary>Files at night in the window that are unusual.</summary>
    public const int ManyAtNight = 5;

    /// <summary>Files by leave in the window that are unusual.</summary>
    public const int ManyByLeave = 10;

    /// <summary>Refused requests in a day that are unusual.</summary>
    public const int ManyRefused = 20;

    /// <summary>Printed files in a day that are unusual.</summary>
    public const int ManyPrints = 10;

    /// <summary>Cases of people of one's surname in the window that are unusual. Some surnames are common: one or two say nothing.</summary>
    public const int ManyOfSurname = 5;

    /// <summary>Openings of one file in a day that are unusual without a duty on it.</summary>
    public const int ManyAgain = 5;

    /// <summary>Closed files in the window that are unusual.</summary>
    public const int ManyAfterClosing = 5;

    /// <summary>Searches in a day after which nothing was opened that are unusual.</summary>
    public const int ManySearchOnly = 15;

    private const string Cursor = "audit:view-days";
    private const int Portion = 5000;
    private static readonly TimeOnly NightFrom = new(22, 0);
    private static readonly TimeOnly NightUntil = new(6, 0);

    private CityZone Zone => rules.Clock.Zone;

    /// <summary>Counts what came since the last time. Safe on two nodes: a day is counted anew as a whole.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task CountAsync(CancellationToken ct)
    {
        while (await CountPortionAsync(ct))
        {
        }
    }

    /// <summary>What is unusual in the last <see cref="Window"/> days, the gravest first: all for the data-protection officer, the own unit and below for a supervisor.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<ViewPattern>> UnusualAsync(Caller caller, CancellationToken ct)
    {
        if (!ViewQueries.May(caller))
        {
            return [];
        }

        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var since = Zone.DateOf(time.Now).AddDays(1 - Window);
        var rows = await (
            from d in db.ViewDays.AsNoTracking()
            join w in db.Workers on d.WorkerId equals w.Id
            where d.Day >= since
            select new { Day = d, w.DisplayName }).ToListAsync(ct);
        Agency? AgencyOf(ViewDay day) => day.UnitId is { } unit ? map.Find(unit)?.Agency : null;
        var usual = rows.Where(r => r.Day.Cases > 0).GroupBy(r => AgencyOf(r.Day)).ToLookup(g => g.Key, g => Median([.. g.Select(r => r.Day.Cases)]));

        var found = new List<ViewPattern>();
        foreach (var worker in rows.Where(r => r.Day.WorkerId != caller.WorkerId && ViewQueries.MaySee(caller, r.Day.UnitId, map)).GroupBy(r => r.Day.WorkerId))
        {
            var days = worker.Select(r => r.Day).OrderBy(d => d.Day).ToList();
            var (name, unit, agency) = (worker.First().DisplayName, days[^1].UnitId, AgencyOf(days[^1]));
            var ordinary = usual[agency].FirstOrDefault();
            Sum(PatternKind.OwnName, d => d.OwnSearches, 1);
            Sum(PatternKind.Neighbours, d => d.Neighbours, 1);
            Sum(PatternKind.Surname, d => d.OfSurname, ManyOfSurname);
            Most(PatternKind.Again, d => d.Again, ManyAgain, 0);
            Sum(PatternKind.AfterClosing, d => d.AfterClosing, ManyAfterClosing);
            Most(PatternKind.SearchOnly, d => d.SearchOnly, ManySearchOnly, 0);
            Most(PatternKind.ManyFiles, d => d.Cases, Math.Max(ManyFiles, ManyTimes * ordinary), ordinary);
            if (agency is not (Agency.Police or Agency.Health))
            {
                Sum(PatternKind.AtNight, d => d.AtNight, ManyAtNight);
            }

            Sum(PatternKind.ByLeave, d => d.ByLeave, ManyByLeave);
            Most(PatternKind.Refused, d => d.Refused, ManyRefused, 0);
            Most(PatternKind.Prints, d => d.Prints, ManyPrints, 0);

            void Sum(PatternKind kind, Func<ViewDay, int> of, int from)
            {
                if (days.Sum(of) is var sum && sum >= from)
                {
                    found.Add(new ViewPattern(kind, worker.Key, name, unit, days.FindLast(d => of(d) > 0)!.Day, sum, 0));
                }
            }

            void Most(PatternKind kind, Func<ViewDay, int> of, int from, int normal)
            {
                if (days.MaxBy(of) is { } most && of(most) >= from)
                {
                    found.Add(new ViewPattern(kind, worker.Key, name, unit, most.Day, of(most), normal));
                }
            }
        }

        return [.. found.OrderBy(p => p.Kind).ThenByDescending(p => p.Count).ThenBy(p => p.WorkerName, StringComparer.Ordinal)];
    }

    private static int Median(List<int> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private async Task<bool> CountPortionAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var cursor = await db.Set<Counter>().SingleOrDefaultAsync(c => c.Name == Cursor, ct);
        var from = cursor?.Value ?? 0;
        var seen = await db.Views.AsNoTracking().Where(v => v.Sequence > from).OrderBy(v => v.Sequence).Take(Portion)
            .Select(v => new { v.Sequence, v.WorkerId, v.At }).ToListAsync(ct);
        if (seen.Count == 0)
        {
            return false;
        }

        foreach (var (day, worker) in seen.Where(v => v.WorkerId is not null).Select(v => (Zone.DateOf(v.At), v.WorkerId!.Value)).Distinct())
        {
            await CountAsync(db, day, worker, ct);
        }

        if (cursor is null)
        {
            db.Add(new Counter { Name = Cursor, Value = seen[^1].Sequence });
        }
        else
        {
            cursor.Value = seen[^1].Sequence;
        }

        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (db.Store.Provider.IsConstraint(e))
        {
            // Another node counted the same; what is left is counted the next time.
            return false;
        }

        return seen.Count == Portion;
    }

    private async Task CountAsync(AnhuDbContext db, DateOnly day, Guid workerId, CancellationToken ct)
    {
        var (from, to) = (Zone.StartOf(day), Zone.StartOf(day.AddDays(1)));
        var views = await db.Views.AsNoTracking().Where(v => v.WorkerId == workerId && v.At >= from && v.At < to).OrderBy(v => v.Sequence)
            .Select(v => new { v.Type, v.At, v.CaseId, v.UnitId, v.Data }).ToListAsync(ct);
        var row = await db.ViewDays.FindAsync([day, workerId], ct);
        if (row is null)
        {
            db.Add(row = new ViewDay { Day = day, WorkerId = workerId });
        }

        var opened = views.Where(v => v.CaseId is not null && ViewTypes.OfCases.Contains(v.Type)).ToList();
        int Cases(Func<DateTimeOffset, string, bool> which) => opened.Where(v => which(v.At, v.Data)).Select(v => v.CaseId).Distinct().Count();
        row.UnitId = views.MaxBy(v => v.At)?.UnitId;
        row.Cases = Cases((_, _) => true);
        row.AtNight = Cases((at, _) => Zone.TimeOf(at) is var clock && (clock >= NightFrom || clock < NightUntil));
        row.ByLeave = Cases((_, data) => Has(data, "leave"));
        row.Searches = views.Count(v => v.Type == ViewTypes.Search);
        row.OwnSearches = views.Count(v => v.Type == ViewTypes.Search && Has(v.Data, "own"));
        row.Refused = views.Count(v => v.Type == ViewTypes.Refused);
        row.Prints = views.Count(v => v.Type == ViewTypes.Print);
        var curious = opened.Where(v => !IsWorking(v.Data)).ToList();
        List<Guid> others = [.. curious.Select(v => v.CaseId!.Value).Distinct()];
        row.Neighbours = await NeighboursAsync(db, workerId, others, ct);
        row.OfSurname = await OfSurnameAsync(db, workerId, others, ct);
        row.Again = curious.Where(v => v.Type == ViewTypes.Case).GroupBy(v => v.CaseId).Select(g => g.Count()).DefaultIfEmpty().Max();
        var closed = await db.Cases.AsNoTracking().Where(c => others.Contains(c.CaseId) && c.State == CaseState.Closed && c.ClosedAt != null).ToDictionaryAsync(c => c.CaseId, c => c.ClosedAt!.Value, ct);
        row.AfterClosing = curious.Where(v => closed.TryGetValue(v.CaseId!.Value, out var at) && v.At > at).Select(v => v.CaseId).Distinct().Count();
        row.SearchOnly = SearchOnly([.. views.Select(v => (v.Type, v.CaseId is not null))]);
    }

    /// <summary>Searches before the next of which no case was opened; the last of the day may still lead to one and does not count.</summary>
    private static int SearchOnly(List<(string Type, bool OfCase)> views)
    {
        var (count, waits) = (0, false);
        foreach (var (type, ofCase) in views)
        {
            if (type == ViewTypes.Search)
            {
                (count, waits) = (waits ? count + 1 : count, true);
            }
            else if (ofCase && ViewTypes.OfCases.Contains(type))
            {
                waits = false;
            }
        }

        return count;
    }

    /// <summary>Cases with a victim, child or other party whose name begins as the worker's does.</summary>
    private static async Task<int> OfSurnameAsync(AnhuDbContext db, Guid workerId, List<Guid> cases, CancellationToken ct)
    {
        if (cases.Count == 0 || await db.Workers.AsNoTracking().Where(w => w.Id == workerId).Select(w => w.DisplayName).FirstOrDefaultAsync(ct) is not { } own || own.TrimStart() is not [var surname, ..])
        {
            return 0;
        }

        var names = await (
            from party in db.CaseParties.AsNoTracking()
            join person in db.People on party.PersonId equals person.PersonId
            where cases.Contains(party.CaseId) && party.Role != PartyRole.Witness && person.Name != null
            select new { party.CaseId, person.Name }).ToListAsync(ct);
        return names.Where(n => n.Name!.TrimStart() is [var first, ..] && first == surname).Select(n => n.CaseId).Distinct().Count();
    }

    private static async Task<int> NeighboursAsync(AnhuDbContext db, Guid workerId, List<Guid> cases, CancellationToken ct)
    {
        var homes = await db.WorkerTies.AsNoTracking().Where(t => t.WorkerId == workerId && t.RegionCode != null).Select(t => t.RegionCode!).ToListAsync(ct);
        if (homes.Count == 0 || cases.Count == 0)
        {
            return 0;
        }

        var places = await db.Cases.AsNoTracking().Where(c => cases.Contains(c.CaseId)).Select(c => c.RegionCode).ToListAsync(ct);
        return places.Count(p => homes.Exists(h => p.StartsWith(Regions.RegionCodes.Prefix(h), StringComparison.Ordinal)));
    }

    private static bool Has(string data, string name)
    {
        using var json = JsonDocument.Parse(data);
        return json.RootElement.TryGetProperty(name, out _);
    }

    private static bool IsWorking(string data)
    {
        using var json = JsonDocument.Parse(data);
        return json.RootElement.TryGetProperty("tie", out var tie) && tie.ValueEquals("working");
    }
}
