using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Anhu.Bench.Load;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Grading;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Protection;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Bench.Fill;

/// <summary>
/// Fills a city: some thousand alarms go through the platform's own intake, and what it wrote is copied with other people at other times until there are
/// as many cases as wanted. The last twentieth is open as the intake left it, with deadlines in the coming months; older cases are closed and their duties done.
/// The record is chained with the platform's own hash.
/// </summary>
internal sealed class CityFiller(Site site)
{
    private const int Years = 10;

    private readonly TimeProvider time = TimeProvider.System;
    private long recordSequence;

    /// <summary>Fills it.</summary>
    /// <param name="cases">How many cases, about.</param>
    /// <returns>How many there are.</returns>
    public async Task<int> RunAsync(int cases)
    {
        await using var services = await site.OpenAsync();
        var contexts = services.GetRequiredService<IDbContextFactory<AnhuDbContext>>();
        await TakeAlarmsAsync(services, Math.Clamp(cases / 20, 10, 2000));
        await using var db = await contexts.CreateDbContextAsync();
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        var rows = await BaseRows.ReadAsync(db, services);
        var tables = RawInserts.Entities.Select(e => db.Model.FindEntityType(e)!.GetTableName()!).ToList();
        var database = FillDatabase.Of(db);
        await db.Database.OpenConnectionAsync();
        await database.BeginAsync(tables);
        var copies = (cases + rows.Cases.Count - 1) / rows.Cases.Count;
        var span = TimeSpan.FromDays(365.0 * Years) / copies;
        var end = time.GetUtcNow().AddHours(-1);
        var next = Task.Run(() => Copy(rows, 0, copies, end - (span * copies), span));
        for (var n = 0; n < copies; n++)
        {
            var made = await next;
            var following = n + 1;
            next = Task.Run(() => following < copies ? Copy(rows, following, copies, end - (span * (copies - following)), span) : []);
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.Store.Provider.InsertAsync(db, made, default);
            await transaction.CommitAsync();
            Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{(long)following * rows.Cases.Count} cases"));
        }

        Console.Error.Write("\rindexes …           ");
        await db.Database.ExecuteSqlRawAsync("UPDATE timeline_head SET \"Sequence\" = {0}, \"Hash\" = {1} WHERE \"TimelineHeadId\" = 1", rows.Sequence, rows.Hash);
        foreach (var (area, highest) in rows.Origin.Numbers)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"case:{area}:{time.GetUtcNow().Year}");
            await db.Counters.Where(c => c.Name == name).ExecuteUpdateAsync(c => c.SetProperty(x => x.Value, highest * copies));
        }

        await db.Counters.Where(c => c.Name == PersonRecord.Counter).ExecuteUpdateAsync(c => c.SetProperty(x => x.Value, recordSequence));
        await database.EndAsync();
        Console.Error.Write("\r");
        return copies * rows.Cases.Count;
    }

    /// <summary>Lets the platform take alarms until there are about as many cases as wanted.</summary>
    private async Task TakeAlarmsAsync(IServiceProvider services, int cases)
    {
        var intake = services.GetRequiredService<AlarmIntake>();
        var maker = new AlarmMaker(1, await Site.CommunitiesAsync(services), child: false);
        var last = cases * 5 / 4;
        await Parallel.ForAsync(0, last, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (n, ct) =>
        {
            var report = maker.Make(n, time.GetUtcNow()) with { Source = "fill", SourceId = string.Create(CultureInfo.InvariantCulture, $"c0000-{n:000000}") };
            await intake.SubmitAsync(report, Actor.Platform, ct);
        });
    }

    private List<IReadOnlyList<object>> Copy(BaseRows rows, int n, int copies, DateTimeOffset start, TimeSpan length)
    {
        var copy = new CityCopy(rows.Origin, n, start, length);
        var isOpen = n >= copies - Math.Max(1, copies / 20);
        var sequence = (long)n * rows.CaseSequences;
        var people = rows.People.ConvertAll(copy.Of);
        var hashes = new Dictionary<Guid, byte[]>(rows.Revisions.Count);
        List<AlarmRevision> revisions = rows.Revisions.ConvertAll(r => Revision(copy.Of(r), hashes));
        List<Alarm> alarms = rows.Alarms.ConvertAll(r => { var a = copy.Of(r); a.ContentHash = hashes[a.AlarmId]; return a; });
        List<IncidentParty> parts = rows.IncidentParties.ConvertAll(copy.Of);
        return
        [
            revisions, alarms, people,
            people.SelectMany(p => PersonKeys.All(rows.Ring, p.Name, p.Phone, p.IdNumber).Distinct(), (p, key) => new PersonKey { Value = key, PersonId = p.PersonId, RecordId = p.PersonId }).ToList(),
            Records(alarms, people, parts), rows.Parties.ConvertAll(copy.Of), rows.Incidents.ConvertAll(copy.Of), parts, rows.Grades.ConvertAll(copy.Of),
            rows.Cases.ConvertAll(r => Case(copy.Of(r), sequence, isOpen)),
            rows.Access.ConvertAll(r => Access(copy.Of(r), sequence, isOpen)),
            rows.Duties.ConvertAll(r => Duty(r, copy.Of(r), isOpen)),
            rows.Events.ConvertAll(e => rows.Chain(copy.Of(e))),
        ];
    }

    /// <summary>What each report said of its people: all that is known of them.</summary>
    private List<PersonRecord> Records(List<Alarm> alarms, List<Person> people, List<IncidentParty> parts)
    {
        var (byIncident, byId, seen) = (alarms.DistinctBy(a => a.IncidentId).ToDictionary(a => a.IncidentId), people.ToDictionary(p => p.PersonId), new HashSet<Guid>());
        return parts.ConvertAll(part =>
        {
            var (alarm, person, isFirst) = (byIncident[part.IncidentId], byId[part.PersonId], seen.Add(part.PersonId));
            return new PersonRecord
            {
                RecordId = isFirst ? part.PersonId : Guid.CreateVersion7(alarm.StoredAt), RecordSequence = ++recordSequence, PersonId = part.PersonId,
                ArrivedAsPersonId = part.PersonId, FoundRecordId = isFirst ? null : part.PersonId, FoundBy = isFirst ? FoundBy.Nothing : FoundBy.IdNumber,
                AlarmId = alarm.AlarmId, IncidentId = part.IncidentId, Part = (int)part.Role, Revision = 1, Source = alarm.Source, Role = part.Role,
                RelationToVictim = part.RelationToVictim, Injury = part.Injury, Name = person.Name, Sex = person.Sex, BirthDate = person.BirthDate,
                IdNumber = person.IdNumber, Phone = person.Phone, Address = person.Address, ReceivedAt = alarm.ReceivedAt, StoredAt = alarm.StoredAt,
            };
        });
    }

    private static AlarmRevision Revision(AlarmRevision copy, Dictionary<Guid, byte[]> hashes)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(copy.Content));
        hashes[copy.AlarmId] = hash;
        return copy;
    }

    private static DvCase Case(DvCase copy, long sequence, bool isOpen)
    {
        Setters.CaseSequence(copy, copy.CaseSequence + sequence);
        if (!isOpen)
        {
            copy.State = CaseState.Closed;
            copy.ClosedAt = copy.LastAlarmAt.AddDays(30);
            copy.OpenDutyCount = 0;
        }

        return copy;
    }

    private static CaseAccess Access(CaseAccess copy, long sequence, bool isOpen)
    {
        Setters.AccessSequence(copy, copy.CaseSequence + sequence);
        copy.State = isOpen ? copy.State : CaseState.Closed;
        return copy;
    }

    private Duty Duty(Duty original, Duty copy, bool isOpen)
    {
        copy.DueAt = copy.CreatedAt + (original.DueAt - original.CreatedAt);
        if (isOpen)
        {
            // In the coming months, in the order of creation: nothing becomes overdue while it is measured.
            copy.DueAt = time.GetUtcNow().AddDays(90) + ((copy.CreatedAt - time.GetUtcNow()) / 60) + (original.DueAt - original.CreatedAt);
            copy.DueAt = copy.DueAt.AddTicks(-(copy.DueAt.Ticks % TimeSpan.TicksPerMicrosecond));
            copy.NextCheckAt = original.NextCheckAt is null ? null : copy.DueAt;
            return copy;
        }

        copy.State = DutyState.Done;
        copy.DoneAt = copy.CreatedAt + ((original.DueAt - original.CreatedAt) / 2);
        copy.NextCheckAt = null;
        copy.HandOverToUnitId = copy.DecidingUnitId = copy.EscalatedToUnitId = null;
        return copy;
    }
}

/// <summary>What the platform wrote for the alarms of the base.</summary>
internal sealed class BaseRows
{
    public required CityBase Origin { get; init; }

    public required long CaseSequences { get; init; }

    public required List<Alarm> Alarms { get; init; }

    public required List<AlarmRevision> Revisions { get; init; }

    public required List<Person> People { get; init; }

    public required KeyRing Ring { get; init; }

    public required List<DvCase> Cases { get; init; }

    public required List<CaseParty> Parties { get; init; }

    public required List<Incident> Incidents { get; init; }

    public required List<IncidentParty> IncidentParties { get; init; }

    public required List<CaseAccess> Access { get; init; }

    public required List<Grade> Grades { get; init; }

    public required List<Duty> Duties { get; init; }

    public required List<TimelineEvent> Events { get; init; }

    /// <summary>Sequence of the last event chained.</summary>
    public required long Sequence { get; set; }

    /// <summary>Its hash.</summary>
    public required byte[] Hash { get; set; }

    public static async Task<BaseRows> ReadAsync(AnhuDbContext db, IServiceProvider services)
    {
        var events = await db.Timeline.Where(e => !e.Type.StartsWith("organisation.")).OrderBy(e => e.Sequence).ToListAsync();
        var alarms = await db.Alarms.OrderBy(a => a.AlarmId).ToListAsync();
        var cases = await db.Cases.OrderBy(c => c.CaseSequence).ToListAsync();
        var map = await services.GetRequiredService<OrganisationDirectory>().GetAsync(default);
        var until = events.Max(e => e.At);
        return new BaseRows
        {
            Origin = new CityBase(
                alarms.Min(a => a.ReceivedAt).AddSeconds(-1), until.AddSeconds(1), map.Units.Select(u => u.UnitId).ToHashSet(),
                cases.GroupBy(c => c.CaseNumber[2..8]).ToDictionary(g => g.Key, g => g.Max(c => int.Parse(c.CaseNumber[^6..], CultureInfo.InvariantCulture)))),
            CaseSequences = cases[^1].CaseSequence,
            Alarms = alarms, Cases = cases, Events = events,
            Revisions = await db.AlarmRevisions.OrderBy(r => r.AlarmId).ToListAsync(), People = await db.People.OrderBy(p => p.PersonId).ToListAsync(),
            Ring = db.Keys, Parties = await db.CaseParties.OrderBy(p => p.CaseId).ToListAsync(),
            Incidents = await db.Incidents.OrderBy(i => i.IncidentId).ToListAsync(), IncidentParties = await db.IncidentParties.OrderBy(p => p.IncidentId).ToListAsync(),
            Access = await db.CaseAccess.OrderBy(a => a.CaseSequence).ToListAsync(), Grades = await db.Grades.OrderBy(g => g.GradeId).ToListAsync(),
            Duties = await db.Duties.OrderBy(d => d.DutyId).ToListAsync(),
            Sequence = events[0].Sequence - 1, Hash = events[0].PreviousHash,
        };
    }

    /// <summary>Puts an event at the end of the chain.</summary>
    /// <param name="e">The event.</param>
    public TimelineEvent Chain(TimelineEvent e)
    {
        Setters.EventSequence(e, ++Sequence);
        Setters.PreviousHash(e, Hash);
        Hash = TimelineHash.Compute(ChainHash.Sha256, e);
        Setters.EventHash(e, Hash);
        return e;
    }
}

/// <summary>Sets what is set once where it is made.</summary>
internal static class Setters
{
    public static Action<DvCase, long> CaseSequence { get; } = Of<DvCase, long>(nameof(DvCase.CaseSequence));

    public static Action<CaseAccess, long> AccessSequence { get; } = Of<CaseAccess, long>(nameof(CaseAccess.CaseSequence));

    public static Action<TimelineEvent, long> EventSequence { get; } = Of<TimelineEvent, long>(nameof(TimelineEvent.Sequence));

    public static Action<TimelineEvent, byte[]> PreviousHash { get; } = Of<TimelineEvent, byte[]>(nameof(TimelineEvent.PreviousHash));

    public static Action<TimelineEvent, byte[]> EventHash { get; } = Of<TimelineEvent, byte[]>(nameof(TimelineEvent.Hash));

    private static Action<T, TValue> Of<T, TValue>(string name) =>
        typeof(T).GetProperty(name)!.GetSetMethod()!.CreateDelegate<Action<T, TValue>>();
}
