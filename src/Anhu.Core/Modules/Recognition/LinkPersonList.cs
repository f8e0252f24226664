using System.Globalization;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Recognition;

/// <summary>What linking a list comes to. Holds no personal data.</summary>
/// <param name="Rows">Rows that can be used.</param>
/// <param name="ByNumber">Of them, found by an ID number or by phone and name.</param>
/// <param name="Certain">Found by likeness, certain enough to join.</param>
/// <param name="Likely">Like somebody, for a worker to decide.</param>
/// <param name="Unknown">Like nobody.</param>
/// <param name="ExpectedPrecision">Share of the rows to be joined that are expected to be right; null where none is joined.</param>
/// <param name="Weights">How many rows have their best likeness at a weight: bits, in steps of two, with the number of rows.</param>
public sealed record ListReport(long Rows, long ByNumber, long Certain, long Likely, long Unknown, double? ExpectedPrecision, IReadOnlyDictionary<int, long> Weights);

/// <summary>
/// Links another agency's list with the people on record: first a report that changes nothing, then, when it is confirmed, each row goes
/// through the same door as people of alarms. A list is taken once; one that was interrupted goes on where it stopped.
/// </summary>
public sealed class LinkPersonListHandler(IDbContextFactory<AnhuDbContext> contexts, PersonIndex index, TimeProvider time)
{
    private const int PageSize = 200;

    /// <summary>An exact key is wrong as often as a number was mistyped into somebody else's, or two of one name share a phone. An assumption.</summary>
    private const double ExactProbability = 0.999;

    /// <summary>Loads the people on record into memory.</summary>
    /// <param name="progress">Told how many of how many.</param>
    /// <param name="ct">Cancels.</param>
    public async Task PrepareAsync(Action<long, long>? progress, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await index.FollowAsync(db, ct, progress);
    }

    /// <summary>Looks every row up; changes nothing.</summary>
    /// <param name="people">The rows.</param>
    /// <param name="progress">Told how many of how many.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<ListReport> LookAsync(IReadOnlyList<ReportedPerson> people, Action<long, long>? progress, CancellationToken ct)
    {
        long byNumber = 0, certain = 0, likely = 0;
        var right = 0.0;
        var weights = new SortedDictionary<int, long>();
        for (var from = 0; from < people.Count; from += PageSize)
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
            var page = people.Skip(from).Take(PageSize).ToList();
            var registry = new PersonRegistry(db.Keys, () => 0);
            await LikelyPeople.LoadByKeysAsync(db, registry, page, ct);
            var unknown = page.Where(person => !registry.IsKnown(person)).ToList();
            byNumber += page.Count - unknown.Count;
            right += ExactProbability * (page.Count - unknown.Count);
            var hits = unknown.Select(person => (Person: person, Hit: index.Best(person))).Where(h => h.Hit is not null).Select(h => (h.Person, Hit: h.Hit!.Value)).ToList();
            var ids = hits.Select(h => h.Hit.RecordId).Distinct().ToList();
            var records = await db.PersonRecords.Where(r => ids.Contains(r.RecordId)).ToDictionaryAsync(r => r.RecordId, ct);
            foreach (var (person, hit) in hits)
            {
                var bin = (int)Math.Floor(hit.Weight / 2) * 2;
                weights[bin] = weights.GetValueOrDefault(bin) + 1;
                if (records.GetValueOrDefault(hit.RecordId) is { } known && index.IsCertain(hit, known, person))
                {
                    certain++;
                    right += hit.Probability;
                }
                else if (hit.Probability >= index.Settings.Likely)
                {
                    likely++;
                }
            }

            progress?.Invoke(from + page.Count, people.Count);
        }

        var joined = byNumber + certain;
        return new ListReport(people.Count, byNumber, certain, likely, people.Count - joined - likely, joined == 0 ? null : right / joined, weights);
    }

    /// <summary>Takes the rows in.</summary>
    /// <param name="name">Name of the list.</param>
    /// <param name="agency">Whose list it is; null where nobody says.</param>
    /// <param name="hash">SHA-256 of its file.</param>
    /// <param name="people">The rows.</param>
    /// <param name="progress">Told how many of how many.</param>
    /// <param name="ct">Cancels between transactions.</param>
    /// <returns>Rows taken now; 0 when the list was taken before.</returns>
    public async Task<int> TakeAsync(string name, Agency? agency, byte[] hash, IReadOnlyList<ReportedPerson> people, Action<long, long>? progress, CancellationToken ct)
    {
        var taken = 0;
        while (true)
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            var (done, all) = await db.ExclusivelyAsync(() => TakePageAsync(db, name, agency, hash, people, ct), ct);
            taken += done;
            progress?.Invoke(all, people.Count);
            if (done == 0 || all >= people.Count)
            {
                return taken;
            }

            await index.FollowAsync(db, ct);
        }
    }

    private async Task<(int Done, int All)> TakePageAsync(AnhuDbContext db, string name, Agency? agency, byte[] hash, IReadOnlyList<ReportedPerson> people, CancellationToken ct)
    {
        var list = await db.PersonLists.FirstOrDefaultAsync(l => l.ContentHash == hash, ct);
        if (list is null)
        {
            list = new PersonList { PersonListId = Guid.CreateVersion7(time.Now), Name = name, Agency = agency, ContentHash = hash, Rows = 0, TakenAt = time.Now };
            db.Add(list);
            db.Record(new PendingEvent("people.list-taken", time.Now, Data: EventData.Of(("list", list.PersonListId), ("rows", people.Count))));
        }

        // Said later, or said better: the list itself is taken once.
        list.Agency = agency ?? list.Agency;
        var page = people.Skip(list.Rows).Take(PageSize).ToList();
        var counter = await db.Counters.FindAsync([PersonRecord.Counter], ct);
        if (counter is null)
        {
            db.Add(counter = new Counter { Name = PersonRecord.Counter, Value = 0 });
        }

        var registry = new PersonRegistry(db.Keys, () => ++counter.Value);
        var alike = new Dictionary<Guid, PersonRecord>();
        await LikelyPeople.LoadByKeysAsync(db, registry, page, ct);
        await LikelyPeople.LoadAsync(db, index, registry, page, alike, ct);
        var (sink, joined) = (new UniqueKeys(new TrackedSink(db), await KeysAsync(db, page, ct)), new List<PersonRecord>());
        foreach (var person in page)
        {
            var standsIn = new ReportedIn { PersonListId = list.PersonListId, Revision = 0, Source = list.Name, ReceivedAt = list.TakenAt, At = time.Now, Records = [] };
            var (_, record) = registry.Resolve(person, standsIn, sink, null, []);
            if (record is { FoundBy: not FoundBy.Nothing })
            {
                joined.Add(record);
            }
        }

        db.AddRange(await LikelyPairs.MakeAsync(db, [.. registry.TakePairs().Select(p => (alike[p.Like.RecordId], p.Record, p.Like))], [], time.Now, ct));
        await TellAsync(db, joined, ct);
        list.Rows += page.Count;
        return (page.Count, list.Rows);
    }

    /// <summary>In the record of each case of those whom a row turned out to be.</summary>
    private async Task TellAsync(AnhuDbContext db, List<PersonRecord> joined, CancellationToken ct)
    {
        var ids = joined.Select(r => r.PersonId).Distinct().ToList();
        var cases = (await db.CaseParties.AsNoTracking().Where(p => ids.Contains(p.PersonId)).Select(p => new { p.PersonId, p.CaseId }).ToListAsync(ct)).ToLookup(p => p.PersonId, p => p.CaseId);
        foreach (var record in joined)
        {
            foreach (var caseId in cases[record.PersonId])
            {
                db.Record(new PendingEvent(LinkPeopleHandler.EventPrefix + "joined", time.Now, caseId, Data: EventData.Of(
                    ("left", record.FoundRecordId), ("right", record.RecordId), ("list", record.PersonListId), ("by", record.FoundBy),
                    ("probability", record.Probability is { } p ? (int)Math.Floor(p * 1000) : null), ("model", record.ModelVersion))));
            }
        }
    }

    /// <summary>Keys of these people that are in the store already: the context can't leave them out by itself.</summary>
    private static async Task<HashSet<(string, Guid)>> KeysAsync(AnhuDbContext db, List<ReportedPerson> people, CancellationToken ct)
    {
        var values = people.SelectMany(p => PersonKeys.All(db.Keys, p.Name, p.Phone, p.IdNumber)).Distinct().ToList();
        return (await db.PersonKeys.AsNoTracking().Where(k => values.Contains(k.Value)).Select(k => new { k.Value, k.PersonId }).ToListAsync(ct))
            .Select(k => (k.Value, k.PersonId)).ToHashSet();
    }

    private sealed class UniqueKeys(IChangeSink below, HashSet<(string, Guid)> there) : IChangeSink
    {
        public void Add(object row)
        {
            if (row is not PersonKey key || there.Add((key.Value, key.PersonId)))
            {
                below.Add(row);
            }
        }

        public void Record(PendingEvent fact) => below.Record(fact);
    }
}

/// <summary>Draws a report's weights.</summary>
public static class ListPicture
{
    private const int Width = 640, Height = 260, Left = 50, Bottom = 40, Top = 20;

    /// <summary>The histogram as SVG: one bar for two bits.</summary>
    /// <param name="report">The report.</param>
    public static string Svg(ListReport report)
    {
        var bins = report.Weights.Count == 0 ? new SortedDictionary<int, long> { [0] = 0 } : new SortedDictionary<int, long>(report.Weights.ToDictionary());
        var (least, most) = (bins.Keys.First(), bins.Keys.Last() + 2);
        var highest = Math.Max(1, bins.Values.Max());
        var step = (double)(Width - Left - 20) / Math.Max(1, (most - least) / 2);
        var svg = new System.Text.StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"11\" role=\"img\">");
        svg.Append("<title>Rows by the weight of their best likeness, in bits</title><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>");
        foreach (var (bits, rows) in bins)
        {
            var (x, height) = (Left + ((bits - least) / 2 * step), (Height - Top - Bottom) * (double)rows / highest);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.#}\" y=\"{Height - Bottom - height:0.#}\" width=\"{Math.Max(1, step - 1):0.#}\" height=\"{height:0.#}\" fill=\"#206bc4\"><title>{bits} to {bits + 2} bits: {rows}</title></rect>");
            if (bits % 10 == 0)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{bits}</text>");
            }
        }

        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" y1=\"{Height - Bottom}\" x2=\"{Width - 20}\" y2=\"{Height - Bottom}\" stroke=\"#333\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{Top + 4}\" text-anchor=\"end\">{highest}</text><text x=\"{Left - 6}\" y=\"{Height - Bottom}\" text-anchor=\"end\">0</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">bits</text></svg>");
        return svg.ToString();
    }
}
