using System.Runtime.InteropServices;
using Anhu.Linkage.Blocking;
using Anhu.Linkage.Clustering;
using Anhu.Linkage.Live;
using Anhu.Linkage.Records;
using Anhu.Linkage.Scoring;
using Anhu.Linkage.Training;

namespace Anhu.Linkage;

/// <summary>
/// Records in memory, in which one record is looked up, added, changed and taken out without building anything anew.
/// Any thread may use it; one works at a time, for some microseconds to milliseconds.
/// </summary>
public sealed partial class LinkageIndex
{
    /// <summary>Records of one key that are walked through at most when only those count that agree in another field as well.</summary>
    private const int LongestWalk = 20_000;

    private readonly Lock gate = new();
    private readonly RecordTable table;
    private readonly Scorer scorer;
    private readonly Postings[] postings;
    private readonly int[] dividing;
    private readonly Dictionary<Guid, int> places = [];
    private readonly List<Guid> ids = [];
    private Clusterer? groups;

    /// <summary>An empty index.</summary>
    /// <param name="model">A trained model.</param>
    /// <exception cref="LinkageModelException">The model is not trained, or can't be used.</exception>
    public LinkageIndex(LinkageModel model)
    {
        table = new RecordTable(model, 1);
        scorer = new Scorer(table, Weights.From(model.Trained ?? throw new LinkageModelException("The model is not trained: it has no 'trained'."), table.Plan));
        postings = [.. table.Plan.Rules.Select(rule => new Postings(table, rule))];
        dividing = [.. table.Plan.Comparisons.SelectMany(c => c.FieldsSeen()).Distinct()];
    }

    /// <summary>The model.</summary>
    public LinkageModel Model => table.Model;

    /// <summary>The columns of a record, in the order in which <see cref="Upsert"/> and <see cref="Find"/> take them.</summary>
    public IReadOnlyList<string> Columns => table.Columns;

    /// <summary>How many records it holds.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return places.Count;
            }
        }
    }

    /// <summary>Adds a record, or puts it in the place of the one with the same key.</summary>
    /// <param name="id">Key; not the empty one.</param>
    /// <param name="values">By <see cref="Columns"/>; null or empty is missing.</param>
    public void Upsert(Guid id, ReadOnlySpan<string?> values)
    {
        CheckLength(values);
        ArgumentOutOfRangeException.ThrowIfEqual(id, default);
        lock (gate)
        {
            RemoveLocked(id);
            var record = table.Count;
            table.BeginNameless();
            for (var column = 0; column < values.Length; column++)
            {
                table.Set(column, values[column]);
            }

            table.End();
            table.MakeKeys(1);
            places.Add(id, record);
            CollectionsMarshal.SetCount(ids, record + 1);
            ids[record] = id;
            foreach (var posting in postings)
            {
                posting.Add(record);
            }

            groups?.Grow();
        }
    }

    /// <summary>Takes a record out.</summary>
    /// <param name="id">Key.</param>
    /// <returns>False when there was none.</returns>
    public bool Remove(Guid id)
    {
        lock (gate)
        {
            return RemoveLocked(id);
        }
    }

    /// <summary>Finds the records that may be the same person's.</summary>
    /// <param name="values">By <see cref="Columns"/>; null or empty is missing.</param>
    /// <param name="limit">Most that are wanted.</param>
    /// <param name="atLeast">Least probability that is wanted.</param>
    /// <returns>Most likely first; of equally likely ones the earlier key.</returns>
    public IReadOnlyList<LinkageCandidate> Find(ReadOnlySpan<string?> values, int limit = 20, double atLeast = 0.01)
    {
        CheckLength(values);
        lock (gate)
        {
            Span<int> row = stackalloc int[table.Fields.Length];
            var tried = table.Try(values, row);
            try
            {
                scorer.Refresh(places.Count + 1);
                var found = new List<LinkageCandidate>();
                foreach (var record in Candidates(row))
                {
                    var odds = scorer.Score(row, table.Row(record));
                    var pair = new ScoredPair(0, 0, odds);
                    if (pair.Probability >= atLeast && !table.MustDiffer(row, table.Row(record)))
                    {
                        found.Add(new LinkageCandidate(ids[record], pair.Probability, pair.Weight));
                    }
                }

                found.Sort(static (x, y) => y.Weight.CompareTo(x.Weight) is var order && order != 0 ? order : x.Id.CompareTo(y.Id));
                return found.Count > limit ? found.GetRange(0, limit) : found;
            }
            finally
            {
                table.Withdraw(tried);
            }
        }
    }

    /// <summary>Joins all records into groups, each a person, as <see cref="Linker"/> does. What comes later is joined by <see cref="GroupAdded"/>.</summary>
    /// <param name="threads">Threads to use; all cores unless said.</param>
    public void GroupAll(int? threads = null)
    {
        lock (gate)
        {
            var finder = new PairFinder(table, threads ?? Environment.ProcessorCount);
            var candidates = finder.Find(null, default);
            scorer.Refresh(places.Count);
            groups = new Clusterer(table, scorer, Model.LeastLogOdds);
            groups.Join(candidates.A, candidates.B, scorer.Scores(candidates, threads ?? Environment.ProcessorCount));
        }
    }

    /// <summary>Joins records that came after <see cref="GroupAll"/> into the groups that are there, or into new ones.</summary>
    /// <param name="added">Their keys; unknown ones are passed over.</param>
    /// <param name="threads">Threads to use; all cores unless said.</param>
    /// <exception cref="InvalidOperationException"><see cref="GroupAll"/> was never called.</exception>
    public void GroupAdded(IReadOnlyCollection<Guid> added, int? threads = null)
    {
        lock (gate)
        {
            var joined = groups ?? throw new InvalidOperationException("The records were not grouped yet.");
            scorer.Refresh(places.Count);
            JoinLocked(joined, [.. added.Select(id => places.GetValueOrDefault(id, -1)).Where(record => record >= 0).Order()], threads ?? Environment.ProcessorCount);
        }
    }

    /// <summary>The keys of the records of a record's group, that of the earliest first; only itself when nothing was grouped.</summary>
    /// <param name="id">Its key.</param>
    /// <exception cref="KeyNotFoundException">There is no such record.</exception>
    public IReadOnlyList<Guid> GroupOf(Guid id)
    {
        lock (gate)
        {
            var record = places.TryGetValue(id, out var at) ? at : throw new KeyNotFoundException($"There is no record {id}.");
            return groups is null ? [id] : [.. groups.Members(record).Select(member => ids[member])];
        }
    }

    /// <summary>Why two records are or are not one person's, field by field.</summary>
    /// <param name="left">The one, by <see cref="Columns"/>.</param>
    /// <param name="right">The other.</param>
    public LinkageExplanation Explain(ReadOnlySpan<string?> left, ReadOnlySpan<string?> right)
    {
        CheckLength(left);
        CheckLength(right);
        lock (gate)
        {
            Span<int> a = stackalloc int[table.Fields.Length];
            Span<int> b = stackalloc int[table.Fields.Length];
            var tried = table.Try(left, a);
            try
            {
                var second = table.Try(right, b);
                try
                {
                    scorer.Refresh(places.Count + 1);
                    return scorer.Explain(a, b);
                }
                finally
                {
                    table.Withdraw(second);
                }
            }
            finally
            {
                table.Withdraw(tried);
            }
        }
    }

    private bool RemoveLocked(Guid id)
    {
        if (!places.Remove(id, out var record))
        {
            return false;
        }

        foreach (var posting in postings)
        {
            posting.Remove(record);
        }

        var group = groups?.Members(record) ?? [];
        table.Forget(record);
        ids[record] = default;

        // What it held together may fall apart.
        group.ForEach(member => groups!.Part(member));
        if (group.Count > 2)
        {
            JoinLocked(groups!, [.. group.Where(member => member != record)], 1);
        }

        return true;
    }

    private void JoinLocked(Clusterer joined, int[] records, int threads)
    {
        var found = new List<(int Other, double Odds)>[records.Length];
        Parallel.For(0, records.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            var row = table.Row(records[i]);
            var pairs = new List<(int, double)>();
            foreach (var other in Candidates(row))
            {
                if (other != records[i] && scorer.Score(row, table.Row(other)) is var odds && odds >= Model.LeastLogOdds && !table.MustDiffer(row, table.Row(other)))
                {
                    pairs.Add((other, odds));
                }
            }

            found[i] = pairs;
        });
        int[] ones = [.. found.SelectMany((pairs, i) => Enumerable.Repeat(records[i], pairs.Count))];
        joined.Join(ones, [.. found.SelectMany(pairs => pairs.Select(p => p.Other))], [.. found.SelectMany(pairs => pairs.Select(p => p.Odds))]);
    }

    /// <summary>The records that share a block with a row, each once, in the order of the table.</summary>
    private ReadOnlySpan<int> Candidates(ReadOnlySpan<int> row)
    {
        var found = new List<int>();
        foreach (var posting in postings)
        {
            var (from, steps) = (found.Count, 0);
            for (var record = posting.Newest(row); record >= 0 && steps < LongestWalk; record = posting.Before(record), steps++)
            {
                // A key that too many have counts only with another field that agrees.
                if (steps == table.Model.MaxBlock)
                {
                    var kept = from;
                    for (var i = from; i < found.Count; i++)
                    {
                        if (AgreesBesides(row, table.Row(found[i])))
                        {
                            found[kept++] = found[i];
                        }
                    }

                    found.RemoveRange(kept, found.Count - kept);
                }

                if (steps < table.Model.MaxBlock || AgreesBesides(row, table.Row(record)))
                {
                    found.Add(record);
                }
            }
        }

        found.Sort();
        var all = CollectionsMarshal.AsSpan(found);
        var count = 0;
        foreach (var record in all)
        {
            if (count == 0 || all[count - 1] != record)
            {
                all[count++] = record;
            }
        }

        return all[..count];
    }

    private bool AgreesBesides(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        var agreeing = 0;
        foreach (var field in dividing)
        {
            agreeing += a[field] != 0 && a[field] == b[field] ? 1 : 0;
        }

        return agreeing > 1;
    }

    private void CheckLength(ReadOnlySpan<string?> values)
    {
        if (values.Length != table.Columns.Count)
        {
            throw new ArgumentException($"A record has {table.Columns.Count} values: {string.Join(", ", table.Columns)}.", nameof(values));
        }
    }
}

/// <summary>A record that may be the same person's.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Probability">Probability that it is, 0 to 1.</param>
/// <param name="Weight">The evidence in bits: 1 doubles the odds.</param>
public readonly record struct LinkageCandidate(Guid Id, double Probability, double Weight);
