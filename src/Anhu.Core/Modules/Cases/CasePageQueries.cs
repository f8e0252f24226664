using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>A line of the list of cases with what a worker looks for in it.</summary>
/// <param name="Line">The case.</param>
/// <param name="NextDueAt">Earliest deadline of its open duties, UTC; null when none is open.</param>
/// <param name="IsOverdue">True when an open duty is past its deadline.</param>
/// <param name="Victims">Names of the victims as the caller may see them; empty when none is known.</param>
public sealed record CaseRow(CaseLine Line, DateTimeOffset? NextDueAt, bool IsOverdue, IReadOnlyList<string> Victims);

/// <summary>What the live board is asked for.</summary>
public sealed record BoardFilter
{
    /// <summary>Only in this region.</summary>
    public string? Region { get; init; }

    /// <summary>Only this class.</summary>
    public int? Class { get; init; }

    /// <summary>Only cases on which an office of this agency has an open duty.</summary>
    public Agency? Agency { get; init; }
}

/// <summary>A case on the board.</summary>
/// <param name="Case">The case; never with names, since the board hangs on walls.</param>
/// <param name="Last">What happened on it last.</param>
public sealed record BoardRow(CaseRow Case, TimelineEvent Last);

/// <summary>The board as of one moment.</summary>
/// <param name="Rows">Cases, the one changed last first.</param>
/// <param name="OpenByClass">Number of open cases of the classes 1, 2 and 3.</param>
/// <param name="Sequence">Everything up to this event is in it; the live feed goes on from here.</param>
public sealed record Board(IReadOnlyList<BoardRow> Rows, IReadOnlyList<int> OpenByClass, long Sequence);

/// <summary>An alarm of a case with all its revisions, oldest first.</summary>
/// <param name="Alarm">The alarm.</param>
/// <param name="Revisions">What was reported, revision by revision; without the reporter where the caller may not know.</param>
public sealed record CaseAlarm(Alarm Alarm, IReadOnlyList<CaseAlarmRevision> Revisions);

/// <summary>One revision of an alarm.</summary>
/// <param name="Revision">Its number.</param>
/// <param name="StoredAt">When it came in, UTC.</param>
/// <param name="Report">What it says.</param>
public sealed record CaseAlarmRevision(int Revision, DateTimeOffset StoredAt, AlarmReport Report);

/// <summary>A page of a case's timeline, newest first.</summary>
/// <param name="Events">The events.</param>
/// <param name="Next">Where older ones begin; null when there are none.</param>
/// <param name="Workers">Names of the workers who act in them, by id.</param>
public sealed record CaseTimelinePage(IReadOnlyList<TimelineEvent> Events, long? Next, IReadOnlyDictionary<Guid, string> Workers);

/// <summary>What a case file shows beside <see cref="CaseDetails"/>.</summary>
/// <param name="Alarms">Its alarms; none for callers who see the card only.</param>
/// <param name="Timeline">A page of its timeline.</param>
/// <param name="CloseRequest">The wish to close that waits for a second person; null when there is none.</param>
/// <param name="JoinedInto">The case into which it was joined.</param>
/// <param name="Workers">Names of workers named on the page, by id.</param>
/// <param name="WithoutHolidays">Open duties whose deadline was counted without the year's holidays.</param>
public sealed record CaseExtras(
    IReadOnlyList<CaseAlarm> Alarms, CaseTimelinePage Timeline, TimelineEvent? CloseRequest, (Guid CaseId, string CaseNumber)? JoinedInto,
    IReadOnlyDictionary<Guid, string> Workers, IReadOnlySet<Guid> WithoutHolidays);

/// <summary>Reads cases for pages; every query asks the access policy.</summary>
public sealed class CasePageQueries(IDbContextFactory<AnhuDbContext> contexts, CaseQueries cases, CaseSights sights, TimeProvider time)
{
    /// <summary>How many rows the board holds.</summary>
    public const int BoardSize = 100;

    /// <summary>How far back the board looks for changes.</summary>
    public static readonly TimeSpan BoardTime = TimeSpan.FromHours(24);

    /// <summary>A day of the busiest city has fewer events; keeps the board from reading the whole record, which has no index by time.</summary>
    private const long BoardReach = 50_000;

    private static readonly DutyState[] Open = Duty.OpenStates;

    /// <summary>Cases, newest first, with deadlines and victims: three queries, however long the page.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<KeysetPage<CaseRow>> ListAsync(Caller caller, CaseListFilter filter, CancellationToken ct)
    {
        var page = await cases.ListAsync(caller, filter, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return new KeysetPage<CaseRow>(await RowsAsync(db, page.Items, caller, ct), page.Next);
    }

    /// <summary>The cases that changed in the last <see cref="BoardTime"/> and all open ones of class 1, as far as they fit.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Board> BoardAsync(Caller caller, BoardFilter filter, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);

        // The sequence first: what comes in while the rows are read is sent again by the feed, never missed.
        var head = await db.Head().Select(h => h.Sequence).SingleAsync(ct);
        var changed = await ChangedAsync(db, caller, filter, head, ct);
        var urgent = await OpenAccess(db, caller, filter).Where(a => a.Class == 1)
            .OrderByDescending(a => a.CaseSequence).Select(a => a.CaseId).Take(BoardSize).ToListAsync(ct);
        var ids = changed.Concat(urgent).Distinct().Take(BoardSize).ToList();
        return new Board(await BoardRowsAsync(db, caller, filter, ids, ct), await CountsAsync(db, caller, filter, ct), head);
    }

    /// <summary>Rows of the board for some cases; those that the caller may not see, or that the filter leaves out, are missing.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">The board's filter.</param>
    /// <param name="caseIds">Which; at most <see cref="BoardSize"/> are looked at.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Board> BoardRowsAsync(Caller caller, BoardFilter filter, IReadOnlyCollection<Guid> caseIds, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await BoardRowsAsync(db, caller, filter, [.. caseIds.Distinct().Take(BoardSize)], ct);
        return new Board(rows, await CountsAsync(db, caller, filter, ct), rows.Count == 0 ? 0 : rows.Max(r => r.Last.Sequence));
    }

    /// <summary>What a case file shows beside its details.</summary>
    /// <param name="file">The file, as <see cref="CaseQueries.GetAsync"/> gave it to the caller.</param>
    /// <param name="before">Only events before this sequence; null for the newest.</param>
    /// <param name="limit">How many events at most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<CaseExtras> ExtrasAsync(CaseDetails file, long? before, int limit, CancellationToken ct)
    {
        var caseId = file.Case.CaseId;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var sight = file.Sight;
        limit = Math.Clamp(limit, 1, 500);
        var read = Reads.Of(db);
        var events = await read.Events(db, caseId, before ?? long.MaxValue, limit + 1).ToListAsync(ct);
        var more = events.Count > limit;
        if (more)
        {
            events.RemoveAt(limit);
        }

        long? next = more ? events[^1].Sequence : null;
        events = await EventTexts.OpenAsync(db, CaseQueries.Told(events, sight), ct);
        var request = file.Case.State == CaseState.Closed ? null : await CloseCaseHandler.PendingRequestAsync(db, caseId, ct);
        Guid?[] named = [.. events.Select(e => e.WorkerId), request?.WorkerId, .. Named(file.Grade), .. Named(file.ProposedGrade), .. file.OpenDuties.Select(d => d.WorkerId)];
        var workers = (await read.Workers(db, [.. named.OfType<Guid>().Distinct()]).ToListAsync(ct)).ToDictionary(w => w.WorkerId, w => w.Name);
        (Guid, string)? joined = file.Case.JoinedIntoCaseId is { } into
            && await db.Cases.AsNoTracking().Where(c => c.CaseId == into).Select(c => c.CaseNumber).SingleOrDefaultAsync(ct) is { } number ? (into, number) : null;
        var alarms = sight.Shows(FieldClass.Story) ? await AlarmsAsync(db, file, ct) : [];
        return new CaseExtras(alarms, new CaseTimelinePage(events, next, workers), request, joined, workers, await WithoutHolidaysAsync(db, file, ct));
    }

    private static async Task<IReadOnlySet<Guid>> WithoutHolidaysAsync(AnhuDbContext db, CaseDetails file, CancellationToken ct)
    {
        var caseId = file.Case.CaseId;
        Guid[] open = [.. file.OpenDuties.Select(d => d.DutyId)];
        return open.Length == 0 ? new HashSet<Guid>() : (await Reads.Of(db).WithoutHolidays(db, caseId, open).ToListAsync(ct)).ToHashSet();
    }

    private static IEnumerable<Guid?> Named(Grading.Grade? grade) => [grade?.WorkerId, grade?.ApprovedByWorkerId];

    private static async Task<IReadOnlyList<CaseAlarm>> AlarmsAsync(AnhuDbContext db, CaseDetails file, CancellationToken ct)
    {
        var (caseId, withReporter) = (file.Case.CaseId, file.Sight.Shows(FieldClass.Reporter));
        var alarms = await Reads.Of(db).Alarms(db, caseId).ToListAsync(ct);
        var revisions = (await Reads.Of(db).Revisions(db, [.. alarms.Select(a => a.AlarmId)]).ToListAsync(ct)).OrderBy(r => r.Revision).ToLookup(r => r.AlarmId);
        var reporters = withReporter
            ? await Reads.Of(db).Reporters(db, [.. alarms.Select(a => a.AlarmId)]).ToDictionaryAsync(r => (r.AlarmId, r.Revision), r => r.Reported, cancellationToken: ct) : [];
        return [.. alarms.Select(a => Alarm(a, [.. revisions[a.AlarmId].Select(r => Revision(r, reporters.GetValueOrDefault((r.AlarmId, r.Revision)), file.Secrets))], withReporter))];
    }

    /// <summary>An alarm as shown. Which system or office a mandatory report came by tells who reported.</summary>
    private static CaseAlarm Alarm(Alarm alarm, IReadOnlyList<CaseAlarmRevision> revisions, bool withReporter) =>
        withReporter || revisions.All(r => r.Report.Channel != AlarmChannel.MandatoryReport) ? new CaseAlarm(alarm, revisions)
            : new CaseAlarm(
                new Alarm
                {
                    AlarmId = alarm.AlarmId, Source = "", SourceId = "", SourceKey = "", Revision = alarm.Revision, ContentHash = [], ReceivedAt = alarm.ReceivedAt,
                    StoredAt = alarm.StoredAt, IncidentId = alarm.IncidentId, CaseId = alarm.CaseId, Version = alarm.Version,
                },
                [.. revisions.Select(r => r with { Report = r.Report with { Source = "", SourceId = "" } })]);

    private static CaseAlarmRevision Revision(AlarmRevision stored, ReportedReporter? reporter, CaseSecrets secrets) =>
        new(stored.Revision, stored.StoredAt, secrets.Mask(AlarmReportReader.ReadStored(stored.Content) with { Reporter = reporter }));

    /// <summary>Of some cases those that the caller may see and the filter lets through. Joined by their keys: asked whether access exists, SQLite goes through all that the unit may see.</summary>
    private static IQueryable<DvCase> VisibleOf(AnhuDbContext db, Caller caller, BoardFilter filter, IReadOnlyList<Guid> ids)
    {
        var visible =
            from a in db.CaseAccess.AsNoTracking().VisibleTo(caller, db)
            join c in db.Cases.AsNoTracking() on a.CaseId equals c.CaseId
            where ids.Contains(a.CaseId) && c.JoinedIntoCaseId == null
            select c;
        if (filter.Class is { } @class)
        {
            visible = visible.Where(c => c.Class == @class);
        }

        if (!string.IsNullOrEmpty(filter.Region))
        {
            var prefix = Regions.RegionCodes.Prefix(filter.Region);
            visible = visible.Where(c => c.RegionCode.StartsWith(prefix));
        }

        return filter.Agency is { } agency
            ? visible.Where(c => db.Duties.Any(d => d.CaseId == c.CaseId && Open.Contains(d.State)
                && db.Units.Any(u => u.UnitId == d.OwnerUnitId && u.Agency == agency)))
            : visible;
    }

    /// <summary>Cases that changed lately, the last one first. Goes back through the record step by step: a busy city fills the board from its last minutes.</summary>
    private async Task<List<Guid>> ChangedAsync(AnhuDbContext db, Caller caller, BoardFilter filter, long head, CancellationToken ct)
    {
        var since = time.GetUtcNow() - BoardTime;
        var changed = new List<Guid>();
        var seen = new HashSet<Guid>();
        var before = head + 1;
        for (var step = 1000; changed.Count < BoardSize && before > head - BoardReach; step = Math.Min(step * 2, 16_000))
        {
            var events = await db.Timeline.AsNoTracking().Where(e => e.Sequence < before).OrderByDescending(e => e.Sequence).Take(step)
                .Select(e => new { e.Sequence, e.CaseId, e.At }).ToListAsync(ct);
            var found = events.Where(e => e.At >= since).Select(e => e.CaseId).OfType<Guid>().Where(seen.Add).ToList();
            foreach (var chunk in found.Chunk(1000))
            {
                var mine = (await VisibleOf(db, caller, filter, chunk).Select(c => c.CaseId).ToListAsync(ct)).ToHashSet();
                changed.AddRange(chunk.Where(mine.Contains));
            }

            if (events.Count < step || events.All(e => e.At < since))
            {
                break;
            }

            before = events[^1].Sequence;
        }

        return changed;
    }

    /// <summary>Open cases that the caller may see, as the index of open cases has them.</summary>
    private static IQueryable<CaseAccess> OpenAccess(AnhuDbContext db, Caller caller, BoardFilter filter)
    {
        var open = db.CaseAccess.AsNoTracking().VisibleTo(caller, db).Where(a => a.State == CaseState.Open);
        if (filter.Class is { } @class)
        {
            open = open.Where(a => a.Class == @class);
        }

        if (!string.IsNullOrEmpty(filter.Region))
        {
            var prefix = Regions.RegionCodes.Prefix(filter.Region);
            open = open.Where(a => db.Cases.Any(c => c.CaseId == a.CaseId && c.RegionCode.StartsWith(prefix)));
        }

        return filter.Agency is { } agency
            ? open.Where(a => db.Duties.Any(d => d.CaseId == a.CaseId && Open.Contains(d.State)
                && db.Units.Any(u => u.UnitId == d.OwnerUnitId && u.Agency == agency)))
            : open;
    }

    private static async Task<IReadOnlyList<int>> CountsAsync(AnhuDbContext db, Caller caller, BoardFilter filter, CancellationToken ct)
    {
        var counts = await OpenAccess(db, caller, filter with { Class = null })
            .GroupBy(c => c.Class).Select(g => new { Class = g.Key, Count = g.Count() }).ToListAsync(ct);
        return [.. Enumerable.Range(1, 3).Select(c => counts.Find(g => g.Class == c)?.Count ?? 0)];
    }

    private async Task<IReadOnlyList<BoardRow>> BoardRowsAsync(AnhuDbContext db, Caller caller, BoardFilter filter, List<Guid> ids, CancellationToken ct)
    {
        // What follows from something by rule says less than what happened. The last event of each case by itself: grouped, the
        // database would read all events of the cases, or of the whole record.
        var story = await sights.HearsStoryAsync(caller, ct);
        var told = story ? db.Timeline : db.Timeline.WithoutStory();
        var found = await VisibleOf(db, caller, filter, ids)
            .Select(c => new
            {
                Line = new CaseLine(
                    c.CaseId, c.CaseNumber, c.CaseSequence, c.State, c.Class, c.RegionCode, c.OpenedAt, c.LastAlarmAt, c.IncidentCount, c.OpenDutyCount),
                Last = told.Where(e => e.CaseId == c.CaseId && e.Type != EventTypes.UnitNotified && e.Type != EventTypes.DutyCreated)
                    .OrderByDescending(e => e.Sequence).Select(e => (long?)e.Sequence).FirstOrDefault(),
            })
            .ToListAsync(ct);
        var last = found.Select(f => f.Last).OfType<long>().ToList();
        var events = await db.Timeline.AsNoTracking().Where(e => last.Contains(e.Sequence)).ToDictionaryAsync(e => e.CaseId!.Value, ct);
        var rows = await RowsAsync(db, [.. found.Select(f => f.Line)], null, ct);
        return [.. rows.Where(r => events.ContainsKey(r.Line.CaseId)).Select(r => new BoardRow(r, CaseQueries.WithoutReporter(story ? events[r.Line.CaseId] : CaseQueries.WithoutDetails(events[r.Line.CaseId])))).OrderByDescending(r => r.Last.Sequence)];
    }

    /// <summary>Adds deadlines, and names as far as the caller may see them; none for nobody in particular.</summary>
    private async Task<IReadOnlyList<CaseRow>> RowsAsync(AnhuDbContext db, IReadOnlyList<CaseLine> lines, Caller? caller, CancellationToken ct)
    {
        Guid[] ids = [.. lines.Select(l => l.CaseId)];
        if (ids.Length == 0)
        {
            return [];
        }

        var now = time.GetUtcNow();
        var duties = await Reads.Of(db).OpenDuties(db, ids).ToListAsync(ct);
        var due = duties.GroupBy(d => d.CaseId).ToDictionary(g => g.Key, g => g.Min(d => d.DueAt));
        var victims = caller is null
            ? Enumerable.Empty<(Guid CaseId, string? Name)>().ToLookup(v => v.CaseId, v => v.Name)
            : await VictimsAsync(db, caller, ids, duties.Where(d => d.OwnerUnitId == caller.UnitId && !d.WithoutConsent).Select(d => d.CaseId).ToHashSet(), ct);
        return [.. lines.Select(l => new CaseRow(
            l, due.TryGetValue(l.CaseId, out var at) ? at : null, due.TryGetValue(l.CaseId, out var first) && first < now,
            [.. victims[l.CaseId].OfType<string>()]))];
    }

    private async Task<ILookup<Guid, string?>> VictimsAsync(AnhuDbContext db, Caller caller, Guid[] ids, HashSet<Guid> working, CancellationToken ct)
    {
        var sight = await sights.OfAsync(db, caller, ids, working, ct);
        Guid[] named = [.. ids.Where(id => sight.TryGetValue(id, out var s) && s.View >= CaseView.Card)];
        return (await Reads.Of(db).Victims(db, named).ToListAsync(ct))
            .ToLookup(v => v.CaseId, v => sight[v.CaseId].Shows(FieldClass.Personal) ? v.Name : CaseQueries.MaskedName(v.Name));
    }

    private static readonly CompiledReads<PageReads> Reads = new();

    private sealed record OpenDuty(Guid CaseId, DateTimeOffset DueAt, Guid OwnerUnitId, bool WithoutConsent);

    private sealed record NamedVictim(Guid CaseId, string? Name);

    private sealed record NamedWorker(Guid WorkerId, string Name);

    /// <summary>What is read beside cases of which it is known that the caller may see them.</summary>
    private sealed class PageReads
    {
        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<OpenDuty>> OpenDuties { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) =>
            db.Duties.Where(d => ids.Contains(d.CaseId)
                && (d.State == DutyState.Proposed || d.State == DutyState.Assigned || d.State == DutyState.Accepted || d.State == DutyState.InProgress))
            .Select(d => new OpenDuty(d.CaseId, d.DueAt, d.OwnerUnitId, d.WithoutConsent)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<NamedVictim>> Victims { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) =>
            from party in db.CaseParties
            join person in db.People on party.PersonId equals person.PersonId
            where ids.Contains(party.CaseId) && party.Role == PartyRole.Victim
            select new NamedVictim(party.CaseId, person.Name));

        public Func<AnhuDbContext, Guid, long, int, IAsyncEnumerable<TimelineEvent>> Events { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid caseId, long before, int limit) =>
            db.Timeline.AsNoTracking().Where(e => e.CaseId == caseId && e.Sequence < before).OrderByDescending(e => e.Sequence).Take(limit));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<NamedWorker>> Workers { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) =>
            db.Workers.Where(w => ids.Contains(w.Id)).Select(w => new NamedWorker(w.Id, w.DisplayName)));

        public Func<AnhuDbContext, Guid, Guid[], IAsyncEnumerable<Guid>> WithoutHolidays { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid caseId, Guid[] duties) =>
            db.Timeline.Where(e => e.CaseId == caseId && e.Type == EventTypes.DutyCreated && e.DutyId != null && duties.Contains(e.DutyId.Value)
                && e.Data.Contains("\"holidaysKnown\":false")).Select(e => e.DutyId!.Value));

        public Func<AnhuDbContext, Guid, IAsyncEnumerable<Alarm>> Alarms { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid caseId) =>
            db.Alarms.AsNoTracking().Where(a => a.CaseId == caseId).OrderByDescending(a => a.ReceivedAt).Take(200));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<AlarmRevision>> Revisions { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) =>
            db.AlarmRevisions.AsNoTracking().Where(r => ids.Contains(r.AlarmId)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<AlarmReporter>> Reporters { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) =>
            db.AlarmReporters.AsNoTracking().Where(r => ids.Contains(r.AlarmId)));
    }
}
