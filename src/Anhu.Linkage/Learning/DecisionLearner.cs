using Anhu.Linkage.Learning;
using Anhu.Linkage.Records;
using Anhu.Linkage.Scoring;
using Anhu.Linkage.Training;

namespace Anhu.Linkage;

/// <summary>
/// Refines a trained model by what people decided: a step that somebody takes, that is tried on decisions held out of it, and
/// that makes a new version. Nothing learns by itself. The same decisions give the same model.
/// </summary>
public static class DecisionLearner
{
    /// <summary>Decisions of either kind below which it can't be told whether a model is better.</summary>
    public const int FewestOfAKind = 20;

    /// <summary>Parts of the decisions, each held out once.</summary>
    private const int Parts = 5;

    /// <summary>Probability of chance below which a gain is taken for one.</summary>
    private const double MostChance = 0.05;

    private const int Shuffles = 10_000;

    /// <summary>How much the weights before may count, in pairs.</summary>
    private static readonly double[] Strengths = [30, 100, 300, 1000, 3000];

    /// <summary>Learns.</summary>
    /// <param name="table">The records, with a trained model: their frequencies weigh agreement.</param>
    /// <param name="decisions">What was decided, in the order in which it was.</param>
    /// <param name="population">Records that these are drawn from at least; with fewer, an agreement counts as if these were.</param>
    /// <param name="report">Is told how much is done, 0 to 1.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="LinkageModelException">The model is not trained.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A decision names a record that is not there.</exception>
    public static LearningResult Learn(
        RecordTable table, IReadOnlyList<LinkageDecision> decisions, long population = 0, Action<double>? report = null, CancellationToken ct = default)
    {
        table.Finish();
        foreach (var decision in decisions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(Math.Min(decision.Left, decision.Right), nameof(decisions));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Math.Max(decision.Left, decision.Right), table.Count, nameof(decisions));
        }

        var weights = Weights.From(table.Model.Trained ?? throw new LinkageModelException("The model is not trained: it has no 'trained'."), table.Plan);
        var pairs = new DecidedPairs(table, weights, decisions);
        var fit = new WeightFit(table.Plan.Comparisons, weights, Math.Max(table.Count, population), pairs);
        var parts = Divide(pairs);
        var finished = 0;
        void Done() => report?.Invoke((double)Interlocked.Increment(ref finished) / (Parts + 1));

        // Each part is foretold by what the others taught; how strongly to hold to the weights before is chosen without it too.
        var foretold = new double[pairs.Count];
        Parallel.For(0, Parts, new ParallelOptions { CancellationToken = ct }, held =>
        {
            var strength = Strength(fit, pairs, parts, held, ct);
            var shares = fit.Shares(fit.Fit(Others(parts, held, held), strength, ct));
            foreach (var pair in Of(parts, held))
            {
                foretold[pair] = fit.LogOdds(shares, pair);
            }

            Done();
        });
        var chosen = Strength(fit, pairs, parts, -1, ct);
        var at = fit.Fit(Others(parts, -1, -1), chosen, ct);
        Done();
        var (old, learned) = (fit.Shares(fit.Nothing), fit.Shares(at));
        var first = Enumerable.Range(0, pairs.Count).Select(pair => fit.LogOdds(old, pair)).ToArray();
        var (before, after) = (Accuracy(pairs, first, table.Model.LeastLogOdds), Accuracy(pairs, foretold, table.Model.LeastLogOdds));
        var chance = Chance(pairs, first, foretold);
        var confirmed = pairs.Same.Count(same => same);
        var band = first.Order().ToArray();
        return new LearningResult(table.Model, fit.ToWeights(table.Plan.Comparisons, learned).ToModel(table.Plan, table.Model.Trained.Records), new LearningReport
        {
            Confirmed = confirmed, Refused = pairs.Count - confirmed, PassedOver = pairs.PassedOver, People = pairs.PeopleCount,
            BandFrom = band.Length == 0 ? 0 : Logs.Probability(band[band.Length / 20]), BandTo = band.Length == 0 ? 0 : Logs.Probability(band[^((band.Length / 20) + 1)]),
            Before = before, After = after, Chance = chance, Strength = chosen,
            Verdict = Math.Min(confirmed, pairs.Count - confirmed) < FewestOfAKind || pairs.PeopleCount < 2 * FewestOfAKind ? LearningVerdict.TooFew
                : chance >= MostChance ? LearningVerdict.NotBeyondChance
                : after.Wrong > before.Wrong ? LearningVerdict.MoreWrong : LearningVerdict.Better,
            Weights = Moved(table.Plan, pairs, old, learned),
        });
    }

    /// <summary>Gives each set of people its part, so that the parts are about as large; the same on each run.</summary>
    private static int[] Divide(DecidedPairs pairs)
    {
        var sizes = new int[pairs.PeopleCount];
        foreach (var set in pairs.People)
        {
            sizes[set]++;
        }

        var filled = new int[Parts];
        var part = new int[sizes.Length];
        foreach (var set in Enumerable.Range(0, sizes.Length).OrderByDescending(set => sizes[set]).ThenBy(set => TextPool.Mix((ulong)set + 1)))
        {
            part[set] = Array.IndexOf(filled, filled.Min());
            filled[part[set]] += sizes[set];
        }

        return [.. pairs.People.Select(set => part[set])];
    }

    private static int[] Of(int[] parts, int part) => [.. Enumerable.Range(0, parts.Length).Where(pair => parts[pair] == part)];

    private static int[] Others(int[] parts, int one, int other) => [.. Enumerable.Range(0, parts.Length).Where(pair => parts[pair] != one && parts[pair] != other)];

    /// <summary>How strongly to hold to the weights before: what foretells best, each part by the others. One part is left out of it all.</summary>
    private static double Strength(WeightFit fit, DecidedPairs pairs, int[] parts, int leftOut, CancellationToken ct)
    {
        var (best, least) = (Strengths[^1], double.MaxValue);
        foreach (var strength in Strengths)
        {
            double loss = 0;
            foreach (var held in Enumerable.Range(0, Parts).Where(part => part != leftOut))
            {
                var shares = fit.Shares(fit.Fit(Others(parts, held, leftOut), strength, ct));
                loss += Of(parts, held).Sum(pair => Loss(fit.LogOdds(shares, pair), pairs.Same[pair]));
            }

            (best, least) = loss < least ? (strength, loss) : (best, least);
        }

        return best;
    }

    private static DecisionAccuracy Accuracy(DecidedPairs pairs, double[] odds, double threshold)
    {
        var (joined, right, same, wrong) = (0, 0, 0, 0);
        double loss = 0;
        for (var pair = 0; pair < odds.Length; pair++)
        {
            var joins = odds[pair] >= threshold;
            joined += joins ? 1 : 0;
            same += pairs.Same[pair] ? 1 : 0;
            right += joins && pairs.Same[pair] ? 1 : 0;
            wrong += joins != pairs.Same[pair] ? 1 : 0;
            loss += Loss(odds[pair], pairs.Same[pair]);
        }

        var accuracy = Linkage.Accuracy.Of(right, joined, same);
        return new DecisionAccuracy(loss / Math.Max(1, odds.Length), accuracy.Precision, accuracy.Recall, wrong);
    }

    /// <summary>How often the gain of each set of people, its sign thrown by a coin, sums to as much: a permutation test, with the same coins on each run.</summary>
    private static double Chance(DecidedPairs pairs, double[] before, double[] after)
    {
        var gains = new double[pairs.PeopleCount];
        for (var pair = 0; pair < before.Length; pair++)
        {
            gains[pairs.People[pair]] += Loss(before[pair], pairs.Same[pair]) - Loss(after[pair], pairs.Same[pair]);
        }

        var gain = gains.Sum();
        var asMuch = 1;
        ulong state = 0;
        for (var shuffle = 0; shuffle < Shuffles; shuffle++)
        {
            double sum = 0;
            ulong coins = 0;
            for (var set = 0; set < gains.Length; set++)
            {
                coins = set % 64 == 0 ? TextPool.Mix(state += 0x9E3779B97F4A7C15ul) : coins >> 1;
                sum += (coins & 1) == 0 ? gains[set] : -gains[set];
            }

            asMuch += sum >= gain ? 1 : 0;
        }

        return gain <= 0 ? 1 : (double)asMuch / (Shuffles + 1);
    }

    private static List<LearnedWeight> Moved(LinkagePlan plan, DecidedPairs pairs, LogShares old, LogShares learned)
    {
        const double Bit = 0.6931471805599453;
        var result = new List<LearnedWeight>();
        for (var i = 0; i < plan.Comparisons.Count; i++)
        {
            var levels = plan.Comparisons[i].Levels;
            var (confirmed, refused) = (new int[levels.Count], new int[levels.Count]);
            for (var pair = 0; pair < pairs.Count; pair++)
            {
                (pairs.Same[pair] ? confirmed : refused)[pairs[pair][i]]++;
            }

            for (var level = 0; level < levels.Count; level++)
            {
                result.Add(new LearnedWeight(
                    plan.Comparisons[i].Name, levels[level].Name, confirmed[level], refused[level],
                    (old.Match[i][level] - old.Stranger[i][level]) / Bit, (learned.Match[i][level] - learned.Stranger[i][level]) / Bit,
                    (old.Match[i][level] - old.Kin[i][level]) / Bit, (learned.Match[i][level] - learned.Kin[i][level]) / Bit));
            }
        }

        return [.. result.OrderByDescending(w => w.Moved)];
    }

    private static double Loss(double odds, bool same) => Logs.SoftPlus(same ? -odds : odds);
}

/// <summary>What was learned, and how good it is.</summary>
public sealed class LearningResult
{
    private readonly LinkageModel before;
    private readonly TrainedModel learned;

    internal LearningResult(LinkageModel before, TrainedModel learned, LearningReport report) => (this.before, this.learned, Report) = (before, learned, report);

    /// <summary>How good it is.</summary>
    public LearningReport Report { get; }

    /// <summary>The next version of the model, which says where it comes from.</summary>
    /// <param name="parent">SHA-256 of the file of the model before, lower case.</param>
    /// <param name="on">The day.</param>
    public LinkageModel Next(string parent, DateOnly on) => before with
    {
        Trained = learned,
        Lineage = [.. before.Lineage ?? [], new LearningStep
        {
            Version = before.Version + 1, Parent = parent, On = on, Confirmed = Report.Confirmed, Refused = Report.Refused, BandFrom = Round(Report.BandFrom), BandTo = Round(Report.BandTo),
            Before = Round(Report.Before), After = Round(Report.After), Chance = Round(Report.Chance), IsBetter = Report.Verdict == LearningVerdict.Better,
        }],
    };

    private static DecisionAccuracy Round(DecisionAccuracy figures) => figures with { LogLoss = Round(figures.LogLoss), Precision = Round(figures.Precision), Recall = Round(figures.Recall) };

    private static double Round(double figure) => Math.Round(figure, 4);
}
