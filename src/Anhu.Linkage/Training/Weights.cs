using Anhu.Linkage.Comparing;
using Anhu.Linkage.Records;

namespace Anhu.Linkage.Training;

/// <summary>
/// How often each level occurs among pairs of one person (m), among strangers (u), and among kin: people of one household,
/// known from reports that name several. Kin share phone, address and surname, so that a linker without them joins couples.
/// </summary>
internal sealed class Weights
{
    public Weights(IReadOnlyList<Comparison> comparisons)
    {
        Match = [.. comparisons.Select(c => new double[c.Levels.Count])];
        Stranger = [.. comparisons.Select(c => new double[c.Levels.Count])];
        Kin = [.. comparisons.Select(c => new double[c.Levels.Count])];
    }

    /// <summary>m by comparison and level.</summary>
    public double[][] Match { get; }

    /// <summary>u by comparison and level.</summary>
    public double[][] Stranger { get; }

    /// <summary>The share among kin by comparison and level.</summary>
    public double[][] Kin { get; }

    /// <summary>Expected matching pairs per record.</summary>
    public double MatchesPerRecord { get; set; }

    /// <summary>Expected pairs of kin per record; 0 when nothing is known of kin.</summary>
    public double KinPerRecord { get; set; }

    /// <summary>
    /// Makes shares of counts. Each group of levels in which equally much was known is a whole of its own, and knowing
    /// nothing is no evidence: a missing value neither speaks for a match nor against.
    /// </summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="counts">Counts by level.</param>
    /// <param name="shares">Takes the shares.</param>
    /// <param name="floor">Counts added to each group, spread by <paramref name="like"/>.</param>
    /// <param name="like">How they are spread; null spreads evenly.</param>
    public static void Share(Comparison comparison, ReadOnlySpan<double> counts, Span<double> shares, double floor, ReadOnlySpan<double> like = default)
    {
        var levels = comparison.Levels;
        for (var from = 0; from < levels.Count;)
        {
            var group = Group(levels[from]);
            var to = from;
            double sum = 0;
            while (to < levels.Count && Group(levels[to]) == group)
            {
                sum += counts[to++];
            }

            for (var level = from; level < to; level++)
            {
                var spread = like.IsEmpty ? 1.0 / (to - from) : like[level];
                shares[level] = levels[level].IsMissing ? 1 : (counts[level] + (floor * spread)) / (sum + floor);
            }

            from = to;
        }
    }

    /// <summary>How many values in a row were missing before the first that was compared.</summary>
    public static int Group(ComparisonStep level) => level.Own is not null ? 0 : level.Then is null ? 1 : 1 + Group(level.Then);

    /// <summary>What training found, to be kept.</summary>
    public TrainedModel ToModel(LinkagePlan plan, long records) => new()
    {
        Records = records, MatchesPerRecord = MatchesPerRecord, KinPerRecord = KinPerRecord,
        Comparisons = [.. plan.Comparisons.Select((c, i) => new TrainedComparison([.. c.Levels.Select(l => l.Name)], Match[i], Stranger[i], Kin[i]))],
    };

    /// <summary>Weights that were kept.</summary>
    /// <exception cref="LinkageModelException">They don't belong to these comparisons.</exception>
    public static Weights From(TrainedModel trained, LinkagePlan plan)
    {
        var weights = new Weights(plan.Comparisons) { MatchesPerRecord = trained.MatchesPerRecord, KinPerRecord = trained.KinPerRecord };
        if (trained.Comparisons.Count != plan.Comparisons.Count)
        {
            throw new LinkageModelException("'trained' holds another number of comparisons than the model: train again.");
        }

        for (var i = 0; i < plan.Comparisons.Count; i++)
        {
            var said = trained.Comparisons[i];
            var levels = plan.Comparisons[i].Levels;
            if (!levels.Select(l => l.Name).SequenceEqual(said.Levels) || said.Match.Count != levels.Count || said.Stranger.Count != levels.Count || said.Kin.Count != levels.Count)
            {
                throw new LinkageModelException($"'trained' holds other levels of '{plan.Comparisons[i].Name}' than its comparator gives: train again.");
            }

            if (said.Match.Concat(said.Stranger).Concat(said.Kin).Any(share => share is not (> 0 and <= 1)))
            {
                throw new LinkageModelException($"'trained' holds a share of '{plan.Comparisons[i].Name}' that is not between 0 and 1.");
            }

            said.Match.ToArray().CopyTo(weights.Match[i], 0);
            said.Stranger.ToArray().CopyTo(weights.Stranger[i], 0);
            said.Kin.ToArray().CopyTo(weights.Kin[i], 0);
        }

        return weights;
    }
}
