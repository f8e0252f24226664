namespace Anhu.Linkage;

/// <summary>Precision, recall and their harmonic mean.</summary>
/// <param name="Precision">Share of what was found that is right, 0 to 1.</param>
/// <param name="Recall">Share of what is right that was found, 0 to 1.</param>
public readonly record struct Accuracy(double Precision, double Recall)
{
    /// <summary>2PR / (P + R).</summary>
    public double F1 => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;

    internal static Accuracy Of(double right, double found, double there) => new(found > 0 ? right / found : 0, there > 0 ? right / there : 0);
}

/// <summary>How good links are, against a truth that linking never read.</summary>
public sealed record LinkageEvaluation
{
    /// <summary>Pairs that are one person's in truth.</summary>
    public required long TruePairs { get; init; }

    /// <summary>Of these, the share that blocking brought together.</summary>
    public required double Compared { get; init; }

    /// <summary>The pairs that were joined, before groups are formed, by the records alone at a probability of one half.</summary>
    public required Accuracy RecordsAlone { get; init; }

    /// <summary>The pairs of all groups.</summary>
    public required Accuracy Clusters { get; init; }

    /// <summary>A. Bagga and B. Baldwin's B-cubed over records.</summary>
    public required Accuracy BCubed { get; init; }

    /// <summary>The log-odds from which the compared pairs alone would have the best F1, known by the truth only.</summary>
    public required double BestLogOdds { get; init; }

    /// <summary>That best.</summary>
    public required Accuracy Best { get; init; }

    /// <summary>Groups that hold two records of one report; 0 by construction.</summary>
    public required int MustDifferJoined { get; init; }

    /// <summary>Scores a result.</summary>
    /// <param name="result">What was found.</param>
    /// <param name="truth">Of each record who it is.</param>
    public static LinkageEvaluation Of(LinkageResult result, IReadOnlyList<int> truth)
    {
        var split = result.Table.Split;
        bool Across(int a, int b) => split < 0 || (a < split) != (b < split);
        long PairsOf(IEnumerable<int> records)
        {
            var (left, right) = (0L, 0L);
            foreach (var record in records)
            {
                (left, right) = record < split ? (left + 1, right) : (left, right + 1);
            }

            return split < 0 ? right * (right - 1) / 2 : left * right;
        }

        var people = Enumerable.Range(0, truth.Count).GroupBy(i => truth[i]).ToList();
        var groups = Enumerable.Range(0, truth.Count).GroupBy(i => result.Clusters[i]).ToList();
        var there = people.Sum(PairsOf);
        var (right, found) = (0L, groups.Sum(PairsOf));
        var (cubedPrecision, cubedRecall) = (0.0, 0.0);
        var sizes = people.ToDictionary(p => p.Key, p => p.Count());
        foreach (var group in groups)
        {
            var size = group.Count();
            foreach (var person in group.GroupBy(i => truth[i]))
            {
                double count = person.Count();
                right += PairsOf(person);
                cubedPrecision += count * count / size;
                cubedRecall += count * count / sizes[person.Key];
            }
        }

        var pairs = new (double LogOdds, bool Same)[result.PairCount];
        for (var i = 0; i < pairs.Length; i++)
        {
            var pair = result.Compared(i);
            pairs[i] = (pair.LogOdds, truth[pair.Left] == truth[pair.Right] && Across(pair.Left, pair.Right));
        }

        Array.Sort(pairs, static (x, y) => y.LogOdds.CompareTo(x.LogOdds));
        var (hits, alone, best, bestAt) = (0L, default(Accuracy), default(Accuracy), 0.0);
        for (var i = 0; i < pairs.Length; i++)
        {
            hits += pairs[i].Same ? 1 : 0;
            if (i + 1 < pairs.Length && pairs[i + 1].LogOdds == pairs[i].LogOdds)
            {
                continue;
            }

            var here = Accuracy.Of(hits, i + 1, there);
            alone = pairs[i].LogOdds >= 0 ? here : alone;
            (best, bestAt) = here.F1 > best.F1 ? (here, pairs[i].LogOdds) : (best, bestAt);
        }

        return new LinkageEvaluation
        {
            TruePairs = there, Compared = there > 0 ? (double)hits / there : 0, RecordsAlone = alone, Clusters = Accuracy.Of(right, found, there),
            BCubed = new Accuracy(cubedPrecision / Math.Max(1, truth.Count), cubedRecall / Math.Max(1, truth.Count)), Best = best, BestLogOdds = bestAt,
            MustDifferJoined = groups.Count(g => result.Table.Plan.Apart.Any(field => g.Select(i => result.Table.Value(i, field)).Where(v => v != 0).GroupBy(v => v).Any(v => v.Count() > 1))),
        };
    }
}
