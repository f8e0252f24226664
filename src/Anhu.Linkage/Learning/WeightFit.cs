using Anhu.Linkage.Comparing;
using Anhu.Linkage.Scoring;
using Anhu.Linkage.Training;

namespace Anhu.Linkage.Learning;

/// <summary>
/// Moves the weights so that the probability of what was decided becomes greatest, and no further from those before than
/// decisions carry (maximum a posteriori). People decide pairs that the model brought before them, mostly of the grey band;
/// so it is not asked how often a level occurs among confirmed pairs, which that choice distorts, but how probable the
/// decision is given the pair, which it does not.
/// </summary>
internal sealed class WeightFit
{
    private const int MostRounds = 200;

    /// <summary>A weight may move by about one nat (1.4 bits) on little evidence, however rare its level.</summary>
    private const double Ridge = 1;

    /// <summary>Pairs that show a level, below which strangers' share of it stays: random pairs know it better. That of equality always stays: frequencies know it.</summary>
    private const int FewestForStrangers = 30;

    private readonly DecidedPairs pairs;
    private readonly double[][][] before;
    private readonly (int From, int To)[][] wholes;
    private readonly double priorMatch;
    private readonly double priorKin;
    private readonly double priorStranger;
    private readonly int[][] offsets;
    private readonly int parameters;
    private readonly bool withKin;
    private readonly bool[] mayMove;

    /// <summary>Prepares.</summary>
    /// <param name="comparisons">The comparisons.</param>
    /// <param name="weights">Weights before.</param>
    /// <param name="records">How many records there are, or are taken to be.</param>
    /// <param name="pairs">Decided pairs.</param>
    public WeightFit(IReadOnlyList<Comparison> comparisons, Weights weights, double records, DecidedPairs pairs)
    {
        this.pairs = pairs;
        before = [weights.Match, weights.Kin, weights.Stranger];
        withKin = weights.KinPerRecord > 0;
        priorMatch = Math.Log(weights.MatchesPerRecord);
        priorKin = withKin ? Math.Log(weights.KinPerRecord) : double.NegativeInfinity;
        priorStranger = Math.Log(Math.Max(1, records - 1) / 2);
        wholes = [.. comparisons.Select(Wholes)];
        offsets = new int[before.Length][];
        for (var table = 0; table < before.Length; table++)
        {
            offsets[table] = new int[comparisons.Count];
            for (var i = 0; i < comparisons.Count; i++)
            {
                offsets[table][i] = parameters;
                parameters += comparisons[i].Levels.Count;
            }
        }

        // Last how many matches and kin there are to be expected.
        parameters += 2;
        mayMove = new bool[parameters];
        mayMove[^2] = true;
        mayMove[^1] = withKin;
        for (var i = 0; i < comparisons.Count; i++)
        {
            var seen = new int[comparisons[i].Levels.Count];
            for (var pair = 0; pair < pairs.Count; pair++)
            {
                seen[pairs[pair][i]]++;
            }

            for (var level = 0; level < seen.Length; level++)
            {
                mayMove[offsets[0][i] + level] = true;
                mayMove[offsets[1][i] + level] = withKin;
                mayMove[offsets[2][i] + level] = seen[level] >= FewestForStrangers && !comparisons[i].Levels[level].IsEqual;
            }
        }
    }

    /// <summary>Parameters that change nothing.</summary>
    public double[] Nothing => new double[parameters];

    /// <summary>Finds how far each weight moves.</summary>
    /// <param name="which">The pairs to learn from.</param>
    /// <param name="strength">Pairs that the weights before count for.</param>
    /// <param name="ct">Cancels.</param>
    public double[] Fit(ReadOnlySpan<int> which, double strength, CancellationToken ct)
    {
        var at = Nothing;
        var (gradient, curvature) = (Nothing, Nothing);
        var value = Evaluate(at, which, strength, gradient, curvature);
        var step = 1.0;
        var tried = Nothing;
        for (var round = 0; round < MostRounds; round++)
        {
            ct.ThrowIfCancellationRequested();
            double better;
            while (true)
            {
                for (var i = 0; i < parameters; i++)
                {
                    tried[i] = mayMove[i] ? at[i] + (step * gradient[i] / curvature[i]) : 0;
                }

                better = Evaluate(tried, which, strength, [], []);
                if (better >= value || step < 1e-6)
                {
                    break;
                }

                step /= 2;
            }

            if (better - value < 1e-7 * (1 + which.Length))
            {
                break;
            }

            (at, tried) = (tried, at);
            value = Evaluate(at, which, strength, gradient, curvature);
            step = Math.Min(1, step * 2);
        }

        return at;
    }

    /// <summary>Log-odds of a pair.</summary>
    /// <param name="shares">What <see cref="Shares"/> made of the parameters.</param>
    /// <param name="pair">The pair.</param>
    public double LogOdds(LogShares shares, int pair)
    {
        var (m, k, u) = Sums(shares, pair);
        return m - Logs.Sum(k, u);
    }

    /// <summary>The log-shares that parameters stand for.</summary>
    public LogShares Shares(ReadOnlySpan<double> at)
    {
        var logs = new double[before.Length][][];
        for (var table = 0; table < before.Length; table++)
        {
            logs[table] = new double[wholes.Length][];
            for (var i = 0; i < wholes.Length; i++)
            {
                var old = before[table][i];
                var moved = at.Slice(offsets[table][i], old.Length);
                var result = logs[table][i] = new double[old.Length];
                foreach (var (from, to) in wholes[i])
                {
                    double sum = 0, whole = 0;
                    for (var level = from; level < to; level++)
                    {
                        whole += old[level];
                        sum += old[level] * Math.Exp(moved[level]);
                    }

                    for (var level = from; level < to; level++)
                    {
                        result[level] = Math.Log(Math.Max(old[level], 1e-12)) + moved[level] - Math.Log(sum / whole);
                    }
                }
            }
        }

        return new LogShares(logs[0], logs[1], logs[2], at[^2], at[^1]);
    }

    /// <summary>Weights after learning.</summary>
    public Weights ToWeights(IReadOnlyList<Comparison> comparisons, LogShares shares)
    {
        var result = new Weights(comparisons)
        {
            MatchesPerRecord = Math.Exp(priorMatch + shares.Matches), KinPerRecord = withKin ? Math.Exp(priorKin + shares.KinPairs) : 0,
        };
        foreach (var (to, from) in new[] { (result.Match, shares.Match), (result.Kin, shares.Kin), (result.Stranger, shares.Stranger) })
        {
            for (var i = 0; i < to.Length; i++)
            {
                for (var level = 0; level < to[i].Length; level++)
                {
                    to[i][level] = Math.Clamp(Math.Exp(from[i][level]), 1e-12, 1);
                }
            }
        }

        return result;
    }

    /// <summary>Levels that are one whole, as <see cref="Weights.Share"/> makes them.</summary>
    private static (int From, int To)[] Wholes(Comparison comparison)
    {
        var found = new List<(int, int)>();
        var levels = comparison.Levels;
        for (var from = 0; from < levels.Count;)
        {
            var to = from + 1;
            while (to < levels.Count && Weights.Group(levels[to]) == Weights.Group(levels[from]))
            {
                to++;
            }

            found.Add((from, to));
            from = to;
        }

        return [.. found];
    }

    private (double Match, double Kin, double Stranger) Sums(LogShares shares, int pair)
    {
        var levels = pairs[pair];
        var (m, k, u) = (priorMatch + shares.Matches, withKin ? priorKin + shares.KinPairs : double.NegativeInfinity, priorStranger + pairs.Frequency[pair]);
        for (var i = 0; i < levels.Length; i++)
        {
            m += shares.Match[i][levels[i]];
            k += shares.Kin[i][levels[i]];
            u += shares.Stranger[i][levels[i]];
        }

        return (m, k, u);
    }

    /// <summary>Log-probability of the decisions and of the weights; with where it rises and how it bends, when room is given for that.</summary>
    private double Evaluate(ReadOnlySpan<double> at, ReadOnlySpan<int> which, double strength, Span<double> gradient, Span<double> curvature)
    {
        var shares = Shares(at);
        var wanted = !gradient.IsEmpty;
        gradient.Clear();
        curvature.Fill(Ridge);
        double value = 0;
        foreach (var pair in which)
        {
            var (m, k, u) = Sums(shares, pair);
            var odds = m - Logs.Sum(k, u);
            value -= Logs.SoftPlus(pairs.Same[pair] ? -odds : odds);
            if (!wanted)
            {
                continue;
            }

            var probability = Logs.Probability(odds);
            var kin = withKin ? Math.Exp(k - Logs.Sum(k, u)) : 0;
            var wrong = (pairs.Same[pair] ? 1 : 0) - probability;
            var bend = probability * (1 - probability);
            var levels = pairs[pair];
            for (var i = 0; i < levels.Length; i++)
            {
                Add(offsets[0][i] + levels[i], 1, gradient, curvature);
                Add(offsets[1][i] + levels[i], -kin, gradient, curvature);
                Add(offsets[2][i] + levels[i], kin - 1, gradient, curvature);
            }

            Add(parameters - 2, 1, gradient, curvature);
            Add(parameters - 1, -kin, gradient, curvature);
            void Add(int parameter, double share, Span<double> rise, Span<double> bends)
            {
                rise[parameter] += wrong * share;
                bends[parameter] += bend * share * share;
            }
        }

        double[][][] logs = [shares.Match, shares.Kin, shares.Stranger];
        for (var table = 0; table < logs.Length; table++)
        {
            for (var i = 0; i < wholes.Length; i++)
            {
                foreach (var (from, to) in wholes[i])
                {
                    value += Hold(logs[table][i], before[table][i], from, to, offsets[table][i], strength, gradient, curvature);
                }
            }
        }

        for (var parameter = parameters - 2; parameter < parameters; parameter++)
        {
            value -= Ridge / 2 * at[parameter] * at[parameter];
            if (wanted)
            {
                gradient[parameter] -= Ridge * at[parameter];
            }
        }

        return value;
    }

    /// <summary>
    /// The prior of one whole: Dirichlet's, its middle where the shares were before, so that frequent levels move little; and
    /// the square of how far each weight moved, so that a rare one doesn't move for nothing. And the way from shares to parameters.
    /// </summary>
    private static double Hold(double[] logs, double[] old, int from, int to, int offset, double strength, Span<double> gradient, Span<double> curvature)
    {
        double whole = 0, value = 0, sum = 0;
        for (var level = from; level < to; level++)
        {
            whole += old[level];
        }

        for (var level = from; level < to; level++)
        {
            var moved = logs[level] - Math.Log(Math.Max(old[level], 1e-12));
            value += (strength * old[level] / whole * moved) - (Ridge / 2 * moved * moved);
            if (!gradient.IsEmpty)
            {
                gradient[offset + level] += (strength * old[level] / whole) - (Ridge * moved);
                sum += gradient[offset + level];
            }
        }

        for (var level = from; level < to && !gradient.IsEmpty; level++)
        {
            var share = Math.Exp(logs[level]) / whole;
            gradient[offset + level] -= share * sum;
            curvature[offset + level] += strength * share * (1 - share);
        }

        return value;
    }
}

/// <summary>Log-shares by comparison and level, and how far the expected numbers of matches and kin moved.</summary>
internal sealed record LogShares(double[][] Match, double[][] Kin, double[][] Stranger, double Matches, double KinPairs);
