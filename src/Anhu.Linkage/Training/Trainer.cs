using Anhu.Linkage.Blocking;
using Anhu.Linkage.Comparing;
using Anhu.Linkage.Records;

namespace Anhu.Linkage.Training;

/// <summary>
/// Estimates the weights without labels: u from random pairs and the frequencies of values; kin from pairs that stand in
/// one report; m by expectation maximisation within each blocking rule over the comparisons that the rule doesn't fix, then
/// averaged; and last over all pairs together. I. P. Fellegi and A. B. Sunter, 1969; W. E. Winkler, 1988 and 2000.
/// </summary>
/// <param name="table">The records.</param>
/// <param name="candidates">The pairs that were compared.</param>
/// <param name="kin">Patterns of pairs that are known to be two people.</param>
/// <param name="kinFound">Share of them that the blocking rules bring together.</param>
/// <param name="threads">Threads to use.</param>
internal sealed class Trainer(RecordTable table, Candidates candidates, PatternTable kin, double kinFound, int threads)
{
    private const int Rounds = 60;

    /// <summary>Known pairs of kin below which nothing is said of kin.</summary>
    private const int FewestKin = 200;

    /// <summary>Share of kin found below which it can't be told how many there are in all.</summary>
    private const double LeastKinFound = 0.01;

    private readonly Comparison[] comparisons = [.. table.Plan.Comparisons];
    private readonly RandomPairs randomPairs = new(table, threads);

    /// <summary>Estimates the weights.</summary>
    public Weights Train()
    {
        var weights = new Weights(comparisons);
        var random = randomPairs.Strangers(weights);
        var kinInReports = Kin(weights);
        Matches(weights);
        AcrossReports(kinInReports, weights);
        Together(weights, random, kinInReports);
        return weights;
    }

    private double[][] Kin(Weights weights)
    {
        double total = 0;
        var counts = comparisons.Select(c => new double[c.Levels.Count]).ToArray();
        for (var pattern = 0; pattern < kin.Count; pattern++)
        {
            total += kin.Total(pattern);
            Add(counts, kin[pattern], kin.Total(pattern));
        }

        for (var i = 0; i < comparisons.Length; i++)
        {
            Weights.Share(comparisons[i], counts[i], weights.Kin[i], 1, weights.Stranger[i]);
        }

        weights.KinPerRecord = total < FewestKin ? 0 : total / table.Count;
        return [.. weights.Kin.Select(k => k.ToArray())];
    }

    /// <summary>
    /// Kin in one report told their phone and address once. In two reports what they share has changed or been miswritten
    /// as often as a person's own: the part of a level that is sharing becomes as m is.
    /// </summary>
    private void AcrossReports(double[][] inReports, Weights weights)
    {
        for (var i = 0; i < comparisons.Length; i++)
        {
            var levels = comparisons[i].Levels;
            var counts = new double[levels.Count];
            for (var from = 0; from < levels.Count;)
            {
                var to = from;
                while (to < levels.Count && Weights.Group(levels[to]) == Weights.Group(levels[from]))
                {
                    to++;
                }

                var shared = levels[from].IsEqual ? Math.Min(1, inReports[i][from] / weights.Match[i][from]) : 0;
                double rest = 0;
                for (var level = from; level < to; level++)
                {
                    rest += counts[level] = Math.Max(0, inReports[i][level] - (shared * weights.Match[i][level]));
                }

                for (var level = from; level < to; level++)
                {
                    counts[level] = (shared * weights.Match[i][level]) + (rest > 0 ? (1 - shared) * counts[level] / rest : 0);
                }

                from = to;
            }

            Weights.Share(comparisons[i], counts, weights.Kin[i], 1e-4, weights.Stranger[i]);
        }
    }

    private void Matches(Weights weights)
    {
        var sums = comparisons.Select(c => new double[c.Levels.Count]).ToArray();
        var times = new int[comparisons.Length];
        var sources = comparisons.Select(c => c.FieldsSeen().SelectMany(f => table.Plan.Fields[f].Sources.SelectMany(s => s.Columns)).ToHashSet()).ToArray();
        var found = new (int[] Free, double[][]? Match)[table.Plan.Rules.Count];
        Parallel.For(0, found.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, rule =>
        {
            var fixedColumns = table.Plan.Rules[rule].Parts.SelectMany(p => table.Plan.Fields[p.Field].Sources.SelectMany(s => s.Columns)).ToHashSet();
            var free = Enumerable.Range(0, comparisons.Length).Where(i => !sources[i].Overlaps(fixedColumns)).ToArray();
            found[rule] = (free, free.Length < 2 ? null : Within(rule, free, weights));
        });
        foreach (var (free, match) in found)
        {
            foreach (var i in match is null ? [] : free)
            {
                times[i]++;
                for (var level = 0; level < sums[i].Length; level++)
                {
                    sums[i][level] += match![i][level];
                }
            }
        }

        for (var i = 0; i < comparisons.Length; i++)
        {
            for (var level = 0; level < sums[i].Length; level++)
            {
                weights.Match[i][level] = times[i] > 0 ? sums[i][level] / times[i] : 0;
            }

            if (times[i] == 0)
            {
                Begin(i, weights.Match[i]);
            }
        }
    }

    /// <summary>Expectation maximisation within the pairs that one rule brings together.</summary>
    private double[][]? Within(int rule, int[] free, Weights weights)
    {
        var patterns = new List<(int Pattern, double Count)>();
        for (var p = 0; p < candidates.Patterns.Count; p++)
        {
            long count = 0;
            foreach (var (rules, times) in candidates.Patterns.Counts(p))
            {
                count += (rules & (1u << rule)) != 0 ? times : 0;
            }

            if (count > 0)
            {
                patterns.Add((p, count));
            }
        }

        var total = patterns.Sum(p => p.Count);
        if (total < 50)
        {
            return null;
        }

        var match = comparisons.Select(c => new double[c.Levels.Count]).ToArray();
        foreach (var i in free)
        {
            Begin(i, match[i]);
        }

        var withKin = weights.KinPerRecord > 0;
        double shareM = 0.4, shareK = withKin ? 0.3 : 0, shareU = 1 - shareM - shareK;
        for (var round = 0; round < Rounds; round++)
        {
            var counts = comparisons.Select(c => new double[c.Levels.Count]).ToArray();
            double sumM = 0, sumK = 0;
            foreach (var (pattern, count) in patterns)
            {
                var levels = candidates.Patterns[pattern];
                double m = shareM, k = shareK, u = shareU;
                foreach (var i in free)
                {
                    m *= match[i][levels[i]];
                    k *= weights.Kin[i][levels[i]];
                    u *= weights.Stranger[i][levels[i]];
                }

                var all = m + k + u;
                if (all <= 0)
                {
                    continue;
                }

                var expected = count * m / all;
                sumM += expected;
                sumK += count * k / all;
                foreach (var i in free)
                {
                    counts[i][levels[i]] += expected;
                }
            }

            foreach (var i in free)
            {
                Weights.Share(comparisons[i], counts[i], match[i], 1);
            }

            (shareM, shareK) = (sumM / total, sumK / total);
            shareU = Math.Max(1e-12, 1 - shareM - shareK);
        }

        return shareM * total < 20 ? null : match;
    }

    /// <summary>All comparisons over all pairs: how many matches and kin there are, and m once more. How many strangers show a pattern is known, since there are so many pairs in all.</summary>
    private void Together(Weights weights, double[][] random, double[][] kinInReports)
    {
        var patterns = candidates.Patterns;
        var withKin = weights.KinPerRecord > 0;
        double matches = table.Count * 0.5, related = withKin ? table.Count * 0.5 : 0;
        for (var round = 0; round < Rounds; round++)
        {
            var counts = comparisons.Select(c => new double[c.Levels.Count]).ToArray();
            double sumM = 0, sumK = 0;
            for (var pattern = 0; pattern < patterns.Count; pattern++)
            {
                var levels = patterns[pattern];
                double m = matches, k = related, u = randomPairs.All;
                for (var i = 0; i < comparisons.Length; i++)
                {
                    m *= weights.Match[i][levels[i]];
                    k *= weights.Kin[i][levels[i]];
                    u *= weights.Stranger[i][levels[i]];
                }

                var all = m + k + u;
                if (all <= 0)
                {
                    continue;
                }

                double count = patterns.Total(pattern);
                sumM += count * m / all;
                sumK += count * k / all;
                Add(counts, levels, count * m / all);
            }

            (matches, related) = (Math.Max(1, sumM), withKin ? Math.Max(1, sumK / Math.Max(kinFound, LeastKinFound)) : 0);
            for (var i = 0; i < comparisons.Length; i++)
            {
                Weights.Share(comparisons[i], counts[i], weights.Match[i], 1);
            }

            AcrossReports(kinInReports, weights);

            // In a small file the matches are no small part of all pairs: what they show is no stranger's doing.
            for (var i = 0; i < comparisons.Length; i++)
            {
                var rest = new double[counts[i].Length];
                for (var level = 0; level < rest.Length; level++)
                {
                    rest[level] = Math.Max(random[i][level] * 0.01 * randomPairs.All, (random[i][level] * randomPairs.All) - counts[i][level]);
                }

                Weights.Share(comparisons[i], rest, weights.Stranger[i], 0.5 * randomPairs.PerPair);
            }
        }

        weights.MatchesPerRecord = matches / table.Count;
        weights.KinPerRecord = related / table.Count;
    }

    /// <summary>Where m begins: equality most likely, each weaker level less so.</summary>
    private void Begin(int comparison, double[] match)
    {
        var levels = comparisons[comparison].Levels;
        var counts = new double[levels.Count];
        for (var level = 0; level < levels.Count; level++)
        {
            var before = level == 0 || Weights.Group(levels[level]) != Weights.Group(levels[level - 1]);
            counts[level] = before ? 1 : counts[level - 1] * (before ? 1 : level > 0 && levels[level - 1].IsEqual ? 0.15 : 0.6);
        }

        Weights.Share(comparisons[comparison], counts, match, 1e-6);
    }

    private static void Add(double[][] counts, ReadOnlySpan<byte> levels, double count)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i][levels[i]] += count;
        }
    }
}
