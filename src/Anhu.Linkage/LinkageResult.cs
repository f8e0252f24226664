using Anhu.Linkage.Blocking;
using Anhu.Linkage.Records;
using Anhu.Linkage.Scoring;
using Anhu.Linkage.Training;

namespace Anhu.Linkage;

/// <summary>What linking found.</summary>
public sealed class LinkageResult
{
    /// <summary>What belonging to one group of three or more adds to a pair's log-odds: the group's other records vouch for it.</summary>
    private const double Vouched = 3;

    private readonly Candidates candidates;
    private readonly double[] scores;
    private readonly Scorer scorer;
    private readonly Weights weights;

    internal LinkageResult(RecordTable table, Candidates candidates, double[] scores, Scorer scorer, int[] clusters, Weights weights)
    {
        (Table, this.candidates, this.scores, this.scorer, Clusters, this.weights) = (table, candidates, scores, scorer, clusters, weights);
    }

    /// <summary>The records.</summary>
    public RecordTable Table { get; }

    /// <summary>Of each record the first record of its group, in the order of the table.</summary>
    public IReadOnlyList<int> Clusters { get; }

    /// <summary>How many pairs were compared.</summary>
    public int PairCount => candidates.Count;

    /// <summary>Share of the joined pairs that are expected to be right, by the probabilities of the records alone: needs no truth. 1 when none was joined.</summary>
    public double ExpectedPrecision
    {
        get
        {
            var (sum, count) = (0.0, 0);
            for (var i = 0; i < candidates.Count; i++)
            {
                if (Clusters[candidates.A[i]] == Clusters[candidates.B[i]])
                {
                    sum += new ScoredPair(0, 0, scores[i]).Probability;
                    count++;
                }
            }

            return count == 0 ? 1 : sum / count;
        }
    }

    /// <summary>The model with what training found.</summary>
    public LinkageModel Trained => Table.Model with { Trained = weights.ToModel(Table.Plan, Table.Count) };

    /// <summary>A compared pair, with what the two records alone say.</summary>
    /// <param name="index">Which, from 0.</param>
    public ScoredPair Compared(int index) => new(candidates.A[index], candidates.B[index], scores[index]);

    /// <summary>
    /// All pairs within groups, first those that were compared, with log-odds that take their group into account; across two lists only
    /// pairs across. Pairs that were compared and stand in two groups are left out.
    /// </summary>
    public IEnumerable<ScoredPair> Links()
    {
        var compared = new HashSet<(int, int)>();
        var size = new Dictionary<int, int>();
        foreach (var group in Clusters)
        {
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(size, group, out _)++;
        }

        for (var i = 0; i < candidates.Count; i++)
        {
            var (a, b) = (candidates.A[i], candidates.B[i]);
            if (Clusters[a] == Clusters[b])
            {
                var large = size[Clusters[a]] > 2;
                if (large)
                {
                    compared.Add((Math.Min(a, b), Math.Max(a, b)));
                }

                yield return new ScoredPair(a, b, large ? Vouched + Logs.SoftPlus(scores[i]) : scores[i]);
            }
        }

        foreach (var group in Clusters.Select((c, i) => (Group: c, Record: i)).Where(x => size[x.Group] > 2).GroupBy(x => x.Group, x => x.Record))
        {
            var members = group.ToArray();
            for (var i = 0; i < members.Length; i++)
            {
                for (var j = i + 1; j < members.Length; j++)
                {
                    var across = Table.Split < 0 || (members[i] < Table.Split && members[j] >= Table.Split);
                    if (across && !compared.Contains((members[i], members[j])))
                    {
                        yield return new ScoredPair(members[i], members[j], Vouched + Logs.SoftPlus(scorer.Score(members[i], members[j])));
                    }
                }
            }
        }
    }
}

/// <summary>Two records and the evidence that they are one person's.</summary>
/// <param name="Left">The one, by its place in the table.</param>
/// <param name="Right">The other.</param>
/// <param name="LogOdds">Natural log-odds.</param>
public readonly record struct ScoredPair(int Left, int Right, double LogOdds)
{
    /// <summary>Probability that the two are one person's, 0 to 1.</summary>
    public double Probability => Logs.Probability(LogOdds);

    /// <summary>The log-odds in bits: 1 doubles the odds.</summary>
    public double Weight => LogOdds / Math.Log(2);
}
