using System.Text;
using Anhu.Data;
using Anhu.Linkage;
using Anhu.Linkage.Records;
using Anhu.Modules.People;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Recognition;

/// <summary>Refines the engine's model by what workers confirmed and refused. An operator asks for it; it changes nothing in the city.</summary>
public sealed class LearnFromDecisions(IDbContextFactory<AnhuDbContext> contexts, RecognitionSettings settings)
{
    private const int PageSize = 2000;

    /// <summary>Learns.</summary>
    /// <param name="model">The model that is in place.</param>
    /// <param name="progress">Told what is done, how much, of how much.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="LinkageModelException">The model can't be used.</exception>
    public async Task<LearningResult> LearnAsync(LinkageModel model, Action<string, long, long>? progress, CancellationToken ct)
    {
        const long Whole = 1000;
        var table = new RecordTable(model);
        var decided = await DecidedAsync(ct);
        var places = await ReadAsync(table, [.. decided.SelectMany(d => new[] { d.Left, d.Right })], progress, ct);

        // A record whose time to be kept is over teaches nothing any more.
        var decisions = decided.Where(d => places.ContainsKey(d.Left) && places.ContainsKey(d.Right)).Select(d => new LinkageDecision(places[d.Left], places[d.Right], d.Same)).ToList();
        return await Task.Run(() => DecisionLearner.Learn(table, decisions, settings.Population, part => progress?.Invoke("learning", (long)(part * Whole), Whole), ct), ct);
    }

    /// <summary>What workers said and nobody took back, in the order in which it was said; what waits for a second person is not said yet.</summary>
    private async Task<List<(Guid Left, Guid Right, bool Same)>> DecidedAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var statements = await db.LinkStatements.AsNoTracking().ToListAsync(ct);
        var (inForce, _) = WhoIsWho.Weigh(statements);
        return [.. statements.Where(s => s.Kind is LinkStatementKind.Confirmed or LinkStatementKind.Different && inForce.Contains(s.LinkStatementId))
            .OrderBy(s => s.StatementSequence).Select(s => (s.LeftRecordId, s.RightRecordId, s.Kind == LinkStatementKind.Confirmed))];
    }

    /// <summary>All records: how frequent a value is in the city weighs an agreement in it.</summary>
    private async Task<Dictionary<Guid, int>> ReadAsync(RecordTable table, HashSet<Guid> wanted, Action<string, long, long>? progress, CancellationToken ct)
    {
        var places = new Dictionary<Guid, int>();
        var values = new string?[table.Columns.Count];
        Span<char> Key(Guid id, char[] room) => id.TryFormat(room, out var length, "N") ? room.AsSpan(0, length) : throw new InvalidOperationException("A key has 32 characters.");
        var room = new char[32];
        await using var db = await contexts.CreateDbContextAsync(ct);
        var all = await db.PersonRecords.LongCountAsync(ct);
        for (var from = 0L; ;)
        {
            var page = await db.PersonRecords.AsNoTracking().Where(r => r.RecordSequence > from).OrderBy(r => r.RecordSequence).Take(PageSize).ToListAsync(ct);
            foreach (var record in page)
            {
                if (wanted.Contains(record.RecordId))
                {
                    places.Add(record.RecordId, table.Count);
                }

                PersonIndex.Fill(values, table.Columns, record.Name, record.Sex, record.BirthDate, record.IdNumber, record.Phone, record.Address, record.AlarmId ?? record.PersonListId);
                table.Begin(Key(record.RecordId, room));
                for (var column = 0; column < values.Length; column++)
                {
                    table.Set(column, values[column]);
                }

                table.End();
                from = record.RecordSequence;
            }

            progress?.Invoke("people on record", table.Count, all);
            if (page.Count < PageSize)
            {
                return places;
            }
        }
    }
}
