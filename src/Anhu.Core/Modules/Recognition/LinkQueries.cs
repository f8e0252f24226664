using System.Globalization;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.People;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Recognition;

/// <summary>Which pairs are asked for.</summary>
public enum LinkList
{
    /// <summary>To be decided.</summary>
    Open,

    /// <summary>Decided by one, waiting for the second person.</summary>
    Waiting,

    /// <summary>Looked at, but it could not be told.</summary>
    Unsure,
}

/// <summary>A place in the order of pairs.</summary>
/// <param name="Rank">Rank of the last pair shown.</param>
/// <param name="LinkPairId">Its key.</param>
public sealed record LinkCursor(long Rank, Guid LinkPairId)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="text">The text; null for the first page.</param>
    public static LinkCursor? Parse(string? text) =>
        text?.Split('~') is [var rank, var id] && long.TryParse(rank, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && Guid.TryParseExact(id, "N", out var key)
            ? new LinkCursor(at, key) : null;

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rank}~{LinkPairId:N}");
}

/// <summary>One record of a pair, as the caller may see it.</summary>
/// <param name="RecordId">The record.</param>
/// <param name="PersonId">Who that is now.</param>
/// <param name="Source">The sending system, or the list.</param>
/// <param name="ReceivedAt">When the source received it, UTC.</param>
/// <param name="CaseId">The case; null for a row of a list.</param>
/// <param name="CaseNumber">Its number.</param>
/// <param name="Class">Its class.</param>
/// <param name="Role">The part played.</param>
/// <param name="IsFull">False when only the family name may be shown.</param>
/// <param name="TellsStory">Whether what was said about it in words may be shown.</param>
/// <param name="Name">Name, or the family name.</param>
/// <param name="Sex">Sex.</param>
/// <param name="BirthDate">Birth date.</param>
/// <param name="IdNumber">ID number.</param>
/// <param name="Phone">Phone; never of somebody who must be safe.</param>
/// <param name="Address">Address; never of somebody who must be safe.</param>
public sealed record LinkSide(
    Guid RecordId, Guid PersonId, string Source, DateTimeOffset ReceivedAt, Guid? CaseId, string? CaseNumber, int? Class, PartyRole? Role, bool IsFull, bool TellsStory,
    string? Name, Sex Sex, DateOnly? BirthDate, string? IdNumber, string? Phone, string? Address);

/// <summary>How one field of a pair compares. Tells nothing of the values.</summary>
/// <param name="Field">Name of the field, such as <c>idNumber</c>.</param>
/// <param name="Differs">True when both say something, and not the same.</param>
/// <param name="Bits">Weight of the evidence in bits, for one person when positive; null when it is not known.</param>
/// <param name="ReasonZh">The reason in Chinese.</param>
/// <param name="ReasonEn">The reason in English.</param>
public sealed record LinkField(string Field, bool Differs, double? Bits, string? ReasonZh, string? ReasonEn);

/// <summary>A pair to look at.</summary>
/// <param name="LinkPairId">The pair.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Class">The gravest class of the cases of both.</param>
/// <param name="Incidents">How many incidents name either.</param>
/// <param name="Probability">How probable it is that both are one person.</param>
/// <param name="FoundAt">When found, UTC.</param>
/// <param name="Left">One record.</param>
/// <param name="Right">The other.</param>
/// <param name="Fields">Field by field.</param>
/// <param name="Waiting">The statement that waits for the second person; null when none does.</param>
public sealed record LinkPairView(
    Guid LinkPairId, LinkPairState State, int Class, int Incidents, double Probability, DateTimeOffset FoundAt, LinkSide Left, LinkSide Right,
    IReadOnlyList<LinkField> Fields, LinkStatementLine? Waiting);

/// <summary>A statement about who is who, for lists.</summary>
/// <param name="LinkStatementId">The statement.</param>
/// <param name="Sequence">Its place in the order of statements.</param>
/// <param name="Kind">Kind.</param>
/// <param name="At">When, UTC.</param>
/// <param name="WorkerId">Who; null for the platform.</param>
/// <param name="WorkerName">The worker's name.</param>
/// <param name="Reason">Why; only for those who may read the story of a case of it.</param>
/// <param name="Left">One record.</param>
/// <param name="Right">The other.</param>
/// <param name="Waits">It waits for the second person.</param>
/// <param name="MayUndo">It holds, and can be taken back.</param>
public sealed record LinkStatementLine(
    Guid LinkStatementId, long Sequence, LinkStatementKind Kind, DateTimeOffset At, Guid? WorkerId, string? WorkerName, string? Reason, LinkSide Left, LinkSide Right, bool Waits, bool MayUndo);

/// <summary>
/// Reads pairs and statements, as far as a caller may see: of a pair only where the caller may see of both cases who is concerned.
/// Each side shows no more than its own case does.
/// </summary>
public sealed class LinkQueries(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, PersonIndex index)
{
    /// <summary>Pairs at most on one page.</summary>
    public const int Most = 50;

    /// <summary>Pairs at most that are looked at for one page: most of the list may be of cases whose people the caller does not see.</summary>
    internal const int MostRead = 500;

    /// <summary>Pairs, the most important first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="list">Which.</param>
    /// <param name="after">Only pairs after this one.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The pairs, and where the next page starts; a page may be short, or empty, though others follow.</returns>
    public async Task<(IReadOnlyList<LinkPairView> Pairs, LinkCursor? Next)> ListAsync(Caller caller, LinkList list, LinkCursor? after, int limit, CancellationToken ct)
    {
        if (!caller.May(Permissions.LinkPeople))
        {
            return ([], null);
        }

        limit = Math.Clamp(limit, 1, Most);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        var state = list switch { LinkList.Open => LinkPairState.Open, LinkList.Waiting => LinkPairState.Waiting, LinkList.Unsure => LinkPairState.Unsure };
        var found = new List<LinkPairView>(limit + 1);
        for (var read = 0; found.Count <= limit;)
        {
            var (rank, key, take) = (after?.Rank ?? -1, after?.LinkPairId ?? Guid.Empty, Math.Min(Math.Max(limit + 1, Most), MostRead - read));
            var some = await Visible(db, caller).Where(p => p.State == state && (p.Rank > rank || (p.Rank == rank && p.LinkPairId.CompareTo(key) > 0)))
                .OrderBy(p => p.Rank).ThenBy(p => p.LinkPairId).Take(take).ToListAsync(ct);
            found.AddRange(await ViewAsync(db, caller, some, ct));
            if (some.Count < take)
            {
                break;
            }

            after = new LinkCursor(some[^1].Rank, some[^1].LinkPairId);
            if ((read += take) >= MostRead && found.Count <= limit)
            {
                return (found, after);
            }
        }

        if (found.Count <= limit)
        {
            return (found, null);
        }

        var page = found[..limit];
        var lastId = page[^1].LinkPairId;
        var last = await db.LinkPairs.Where(p => p.LinkPairId == lastId).Select(p => p.Rank).SingleAsync(ct);
        return (page, new LinkCursor(last, lastId));
    }

    /// <summary>How many pairs wait, for the navigation; counted up to 100.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<int> CountAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Visible(db, caller).Where(p => p.State == LinkPairState.Open).Take(100).CountAsync(ct);
    }

    /// <summary>One pair.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="linkPairId">Which.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is none that the caller may see.</returns>
    public async Task<LinkPairView?> FindAsync(Caller caller, Guid linkPairId, CancellationToken ct)
    {
        if (!caller.May(Permissions.LinkPeople))
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        var pair = await Visible(db, caller).Where(p => p.LinkPairId == linkPairId).ToListAsync(ct);
        return (await ViewAsync(db, caller, pair, ct)).FirstOrDefault();
    }

    /// <summary>What was said about who is who, newest first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="before">Only statements before this sequence.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<KeysetPage<LinkStatementLine>> StatementsAsync(Caller caller, long? before, int limit, CancellationToken ct)
    {
        if (!caller.May(Permissions.LinkPeople))
        {
            return new KeysetPage<LinkStatementLine>([], null);
        }

        limit = Math.Clamp(limit, 1, Most);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        var visible = db.Cases.VisibleTo(caller, db);
        var seen = from record in db.PersonRecords
                   join incident in db.Incidents on record.IncidentId equals incident.IncidentId
                   where visible.Any(c => c.CaseId == incident.CaseId)
                   select record.RecordId;
        var from = before ?? long.MaxValue;
        var some = await db.LinkStatements.Where(s => s.StatementSequence < from && seen.Contains(s.LeftRecordId) && seen.Contains(s.RightRecordId))
            .OrderByDescending(s => s.StatementSequence).Take(limit + 1).ToListAsync(ct);
        var more = some.Count > limit;
        var page = more ? some[..limit] : some;
        return new KeysetPage<LinkStatementLine>(await LinesAsync(db, caller, page, ct), more ? page[^1].StatementSequence : null);
    }

    /// <summary>Pairs of which the caller finds all cases; whether it sees enough of them is asked of each.</summary>
    private static IQueryable<LinkPair> Visible(AnhuDbContext db, Caller caller)
    {
        var visible = db.Cases.VisibleTo(caller, db);
        return db.LinkPairs.Where(p => (p.LeftCaseId != null || p.RightCaseId != null)
            && (p.LeftCaseId == null || visible.Any(c => c.CaseId == p.LeftCaseId)) && (p.RightCaseId == null || visible.Any(c => c.CaseId == p.RightCaseId)));
    }

    private async Task<List<LinkPairView>> ViewAsync(AnhuDbContext db, Caller caller, List<LinkPair> pairs, CancellationToken ct)
    {
        var sides = await SidesAsync(db, caller, pairs.SelectMany(p => new[] { p.LeftRecordId, p.RightRecordId }).ToHashSet(), ct);
        var waiting = pairs.Where(p => p.State == LinkPairState.Waiting).Select(p => p.LeftRecordId).ToList();
        var statements = waiting.Count == 0 ? [] : await db.LinkStatements.Where(s => waiting.Contains(s.LeftRecordId) || waiting.Contains(s.RightRecordId)).ToListAsync(ct);
        var views = new List<LinkPairView>(pairs.Count);
        foreach (var pair in pairs)
        {
            if (sides.GetValueOrDefault(pair.LeftRecordId) is ({ } left, { } one) && sides.GetValueOrDefault(pair.RightRecordId) is ({ } right, { } other))
            {
                var waits = statements.Find(s => s.NeedsSecond && Names(s, pair) && !statements.Exists(a => a.TargetId == s.LinkStatementId && a.Kind is LinkStatementKind.Seconded or LinkStatementKind.Refused));
                views.Add(new LinkPairView(
                    pair.LinkPairId, pair.State, pair.Class, pair.Incidents, pair.Probability, pair.FoundAt, left, right, Fields(one, other),
                    waits is null ? null : new LinkStatementLine(
                        waits.LinkStatementId, waits.StatementSequence, waits.Kind, waits.At, waits.WorkerId, null, Told(waits, left, right), left, right, true, false)));
            }
        }

        return views;
    }

    /// <summary>All that was said of some statements or records: taken back, agreed to, and what was said of that in turn.</summary>
    internal static async Task<List<LinkStatement>> AboutAsync(AnhuDbContext db, IEnumerable<Guid> targets, CancellationToken ct)
    {
        var about = new List<LinkStatement>();
        for (var ids = targets.ToList(); ids.Count > 0;)
        {
            var said = await db.LinkStatements.AsNoTracking().Where(s => s.TargetId != null && ids.Contains(s.TargetId.Value)).ToListAsync(ct);
            about.AddRange(said);
            ids = [.. said.Select(s => s.LinkStatementId)];
        }

        return about;
    }

    private async Task<List<LinkStatementLine>> LinesAsync(AnhuDbContext db, Caller caller, List<LinkStatement> statements, CancellationToken ct)
    {
        var sides = await SidesAsync(db, caller, statements.SelectMany(s => new[] { s.LeftRecordId, s.RightRecordId }).ToHashSet(), ct);
        var about = await AboutAsync(db, statements.Select(s => s.LinkStatementId), ct);
        var (inForce, undone) = WhoIsWho.Weigh(statements.Concat(about).DistinctBy(s => s.LinkStatementId));
        var workers = statements.Select(s => s.WorkerId).OfType<Guid>().Distinct().ToList();
        var names = await db.Workers.Where(w => workers.Contains(w.Id)).ToDictionaryAsync(w => w.Id, w => w.DisplayName, ct);
        var lines = new List<LinkStatementLine>(statements.Count);
        foreach (var s in statements)
        {
            if (sides.GetValueOrDefault(s.LeftRecordId) is ({ } left, _) && sides.GetValueOrDefault(s.RightRecordId) is ({ } right, _))
            {
                var waits = s.NeedsSecond && !about.Exists(a => a.TargetId == s.LinkStatementId && a.Kind is LinkStatementKind.Seconded or LinkStatementKind.Refused);
                lines.Add(new LinkStatementLine(
                    s.LinkStatementId, s.StatementSequence, s.Kind, s.At, s.WorkerId, s.WorkerId is { } who ? names.GetValueOrDefault(who) : null, Told(s, left, right), left, right, waits,
                    (s.TargetId is null || s.Kind == LinkStatementKind.Undone) && inForce.Contains(s.LinkStatementId) && !undone.Contains(s.LinkStatementId)));
            }
        }

        return lines;
    }

    /// <summary>Records as the caller may see them; those of cases of which too little is seen are missing.</summary>
    internal async Task<Dictionary<Guid, (LinkSide Side, PersonRecord Record)>> SidesAsync(
        AnhuDbContext db, Caller caller, IReadOnlyCollection<Guid> recordIds, CancellationToken ct)
    {
        if (recordIds.Count == 0)
        {
            return [];
        }

        var rows = await (
            from record in db.PersonRecords.AsNoTracking()
            join incident in db.Incidents on record.IncidentId equals incident.IncidentId into incidents
            from incident in incidents.DefaultIfEmpty()
            join dvCase in db.Cases on incident.CaseId equals dvCase.CaseId into cases
            from dvCase in cases.DefaultIfEmpty()
            where recordIds.Contains(record.RecordId)
            select new { Record = record, CaseId = (Guid?)dvCase.CaseId, dvCase.CaseNumber, Class = (int?)dvCase.Class }).ToListAsync(ct);
        var ids = rows.Select(r => r.CaseId).OfType<Guid>().Distinct().ToList();
        var seen = await db.Cases.VisibleTo(caller, db).Where(c => ids.Contains(c.CaseId)).Select(c => c.CaseId).ToListAsync(ct);
        var sight = await sights.OfAsync(db, caller, seen, null, ct);
        var shown = new Dictionary<Guid, (LinkSide, PersonRecord)>(rows.Count);
        foreach (var row in rows)
        {
            if (row.CaseId is not { } caseId)
            {
                shown.Add(row.Record.RecordId, (Side(row.Record, null, null, null, sight.Values.Any(s => s.Shows(FieldClass.Personal)), sight.Values.Any(s => s.Shows(FieldClass.Story))), row.Record));
            }
            else if (sight.TryGetValue(caseId, out var view) && view.View >= CaseView.Card)
            {
                var full = view.Shows(FieldClass.Personal) && (row.Record.Role != PartyRole.Child || view.Shows(FieldClass.Minors));
                shown.Add(row.Record.RecordId, (Side(row.Record, caseId, row.CaseNumber, row.Class, full, view.Shows(FieldClass.Story)), row.Record));
            }
        }

        return shown;
    }

    private static LinkSide Side(PersonRecord r, Guid? caseId, string? number, int? @class, bool full, bool story)
    {
        // Where somebody who must be safe lives or is reached decides nothing that the comparison does not tell without it.
        var reach = full && r.Role is { } role && !CaseSecrets.IsProtected(role);
        return new LinkSide(
            r.RecordId, r.PersonId, AlarmNames.Told(r.Source), r.ReceivedAt, caseId, number, @class, r.Role, full, story, full ? r.Name : CaseQueries.MaskedName(r.Name), r.Sex,
            full ? r.BirthDate : null, full ? r.IdNumber : null, reach ? r.Phone : null, reach ? r.Address : null);
    }

    private IReadOnlyList<LinkField> Fields(PersonRecord left, PersonRecord right)
    {
        var reasons = index.Explain(left, right);
        return
        [
            Of("name", left.Name, right.Name), Of("sex", Known(left.Sex), Known(right.Sex)), Of("birthDate", left.BirthDate?.ToString("O", CultureInfo.InvariantCulture), right.BirthDate?.ToString("O", CultureInfo.InvariantCulture)),
            Of("idNumber", left.IdNumber, right.IdNumber), Of("phone", left.Phone is { } a ? PersonKeys.Digits(a) : null, right.Phone is { } b ? PersonKeys.Digits(b) : null),
            Of("address", left.Address, right.Address),
        ];

        LinkField Of(string field, string? one, string? other)
        {
            var reason = reasons.FirstOrDefault(r => r.Field == field);
            return new LinkField(
                field, one is not null && other is not null && !string.Equals(PersonKeys.NormaliseName(one), PersonKeys.NormaliseName(other), StringComparison.Ordinal),
                reason?.Bits, reason?.Zh, reason?.En);
        }

        static string? Known(Sex sex) => sex == Sex.Unknown ? null : sex.ToString();
    }

    private static string? Told(LinkStatement s, LinkSide left, LinkSide right) => left.TellsStory && right.TellsStory ? s.Reason : null;

    private static bool Names(LinkStatement s, LinkPair pair) =>
        (s.LeftRecordId == pair.LeftRecordId && s.RightRecordId == pair.RightRecordId) || (s.LeftRecordId == pair.RightRecordId && s.RightRecordId == pair.LeftRecordId);
}
