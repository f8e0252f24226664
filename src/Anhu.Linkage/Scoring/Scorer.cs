using Anhu.Linkage.Blocking;
using Anhu.Linkage.Comparing;
using Anhu.Linkage.Records;
using Anhu.Linkage.Training;

namespace Anhu.Linkage.Scoring;

/// <summary>Turns levels into evidence: natural log-odds that two records are one person, against both strangers and kin.</summary>
internal sealed class Scorer
{
    private readonly RecordTable table;
    private readonly Comparison[] comparisons;
    private readonly double[][] match;
    private readonly double[][] stranger;
    private readonly double[][] kin;
    private readonly int[][] frequencyField;
    private readonly bool[][] equal;
    private readonly double[] meanFrequency;
    private readonly double priorMatch;
    private readonly double priorKin;
    private double priorStranger;
    private double[] patternMatch = [];
    private double[] patternKin = [];
    private double[] patternStranger = [];
    private bool[] weighed = [];

    public Scorer(RecordTable table, Weights weights)
    {
        this.table = table;
        comparisons = [.. table.Plan.Comparisons];
        match = InLogs(weights.Match);
        stranger = InLogs(weights.Stranger);
        kin = InLogs(weights.Kin);
        frequencyField = [.. comparisons.Select(c => c.Levels.Select(l => l.FrequencyField).ToArray())];
        equal = [.. comparisons.Select(c => c.Levels.Select(l => l.IsEqual).ToArray())];
        meanFrequency = new double[table.Fields.Length];
        priorMatch = Math.Log(weights.MatchesPerRecord);
        priorKin = weights.KinPerRecord > 0 ? Math.Log(weights.KinPerRecord) : double.NegativeInfinity;
        Refresh(table.Count);
    }

    /// <summary>Takes note of how many records there are and how frequent their values.</summary>
    /// <param name="records">How many records.</param>
    public void Refresh(int records)
    {
        priorStranger = Math.Log(Math.Max(1, records - 1) / 2.0);
        for (var field = 0; field < meanFrequency.Length; field++)
        {
            meanFrequency[field] = table.Fields[field].MeanFrequency;
        }
    }

    /// <summary>Sums what patterns alone say.</summary>
    private void Learn(PatternTable patterns)
    {
        patternMatch = new double[patterns.Count];
        patternKin = new double[patterns.Count];
        patternStranger = new double[patterns.Count];
        weighed = new bool[patterns.Count];
        for (var p = 0; p < patterns.Count; p++)
        {
            var levels = patterns[p];
            (patternMatch[p], patternKin[p], patternStranger[p]) = (priorMatch, priorKin, priorStranger);
            for (var i = 0; i < comparisons.Length; i++)
            {
                patternMatch[p] += match[i][levels[i]];
                patternKin[p] += kin[i][levels[i]];
                patternStranger[p] += stranger[i][levels[i]];
                weighed[p] |= frequencyField[i][levels[i]] >= 0;
            }
        }
    }

    /// <summary>Log-odds of a pair whose pattern is known.</summary>
    private double Score(int a, int b, int pattern, ReadOnlySpan<byte> levels)
    {
        var u = patternStranger[pattern];
        if (weighed[pattern])
        {
            var rowA = table.Row(a);
            var rowB = table.Row(b);
            for (var i = 0; i < comparisons.Length; i++)
            {
                u += Frequency(i, levels[i], rowA, rowB);
            }
        }

        return patternMatch[pattern] - Logs.Sum(patternKin[pattern], u);
    }

    /// <summary>Log-odds of all pairs that were compared.</summary>
    public double[] Scores(Candidates candidates, int threads)
    {
        const int Piece = 1 << 16;
        const int Distance = 12;
        Learn(candidates.Patterns);
        var scores = new double[candidates.Count];
        Parallel.For(0, (candidates.Count + Piece - 1) / Piece, new ParallelOptions { MaxDegreeOfParallelism = threads }, piece =>
        {
            for (var i = piece * Piece; i < Math.Min(candidates.Count, (piece + 1) * Piece); i++)
            {
                if (i + Distance < candidates.Count && weighed[candidates.Pattern[i + Distance]])
                {
                    table.AskForRow(candidates.A[i + Distance]);
                    table.AskForRow(candidates.B[i + Distance]);
                }

                scores[i] = Score(candidates.A[i], candidates.B[i], candidates.Pattern[i], candidates.Patterns[candidates.Pattern[i]]);
            }
        });
        return scores;
    }

    /// <summary>Log-odds of any pair.</summary>
    public double Score(int a, int b) => Score(table.Row(a), table.Row(b));

    /// <summary>Log-odds of any two records, by their values.</summary>
    public double Score(ReadOnlySpan<int> rowA, ReadOnlySpan<int> rowB)
    {
        var (m, k, u) = (priorMatch, priorKin, priorStranger);
        for (var i = 0; i < comparisons.Length; i++)
        {
            var level = comparisons[i].Compare(table.Fields, rowA, rowB);
            m += match[i][level];
            k += kin[i][level];
            u += stranger[i][level] + Frequency(i, level, rowA, rowB);
        }

        return m - Logs.Sum(k, u);
    }

    /// <summary>The levels of any two records.</summary>
    /// <returns>What the frequencies of their values add to the log-share among strangers.</returns>
    public double Levels(ReadOnlySpan<int> rowA, ReadOnlySpan<int> rowB, Span<byte> levels)
    {
        double frequency = 0;
        for (var i = 0; i < comparisons.Length; i++)
        {
            levels[i] = (byte)comparisons[i].Compare(table.Fields, rowA, rowB);
            frequency += Frequency(i, levels[i], rowA, rowB);
        }

        return frequency;
    }

    /// <summary>The evidence field by field, each weighed against whom the pair would be if it were not one person: strangers or kin.</summary>
    public LinkageExplanation Explain(ReadOnlySpan<int> rowA, ReadOnlySpan<int> rowB)
    {
        const double Bit = 0.6931471805599453;
        var levels = new int[comparisons.Length];
        var strangers = new double[comparisons.Length];
        var (k, u) = (priorKin, priorStranger);
        for (var i = 0; i < comparisons.Length; i++)
        {
            levels[i] = comparisons[i].Compare(table.Fields, rowA, rowB);
            strangers[i] = stranger[i][levels[i]] + Frequency(i, levels[i], rowA, rowB);
            k += kin[i][levels[i]];
            u += strangers[i];
        }

        var kinShare = double.IsNegativeInfinity(k) ? 0 : Math.Exp(k - Logs.Sum(k, u));
        var fields = new List<LinkageEvidence>(comparisons.Length);
        double sum = 0;
        for (var i = 0; i < comparisons.Length; i++)
        {
            var (m, s) = (match[i][levels[i]], strangers[i]);
            var other = kinShare > 0 ? (kinShare * kin[i][levels[i]]) + ((1 - kinShare) * s) : s;
            var step = comparisons[i].Levels[levels[i]];
            while (step.Then is { } then && !(then.IsMissing && step.Own is not null))
            {
                step = then;
            }

            fields.Add(new LinkageEvidence(
                comparisons[i].Name, table.Plan.Fields[step.Of.Field].Column, step.Of.Comparer.Name, step.Own?.Name ?? "missing", (m - other) / Bit,
                kinShare > 0 && m - s > 4 * Bit && m - kin[i][levels[i]] < (m - s) / 2));
            sum += m - other;
        }

        var odds = Score(rowA, rowB);
        var pair = new ScoredPair(0, 0, odds);
        return new LinkageExplanation(pair.Probability, pair.Weight, (odds - sum) / Bit, fields);
    }

    /// <summary>What a value's frequency adds to the log-share among strangers: agreeing on a rare value is rarer than agreeing on any.</summary>
    private double Frequency(int comparison, int level, ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        var field = frequencyField[comparison][level];
        if (field < 0 || meanFrequency[field] <= 0)
        {
            return 0;
        }

        var column = table.Fields[field];
        var count = Math.Max(Count(column, a[field]), Count(column, b[field]));
        var adjusted = Math.Log(Math.Max(1, count) / (double)Math.Max(1, column.Known) / meanFrequency[field]);
        return equal[comparison][level] ? adjusted : adjusted / 2;
    }

    private static int Count(FieldColumn column, int value) => value < column.Counts.Length ? column.Counts[value] : 0;

    private static double[][] InLogs(double[][] shares) => [.. shares.Select(s => s.Select(x => Math.Log(Math.Max(x, 1e-12))).ToArray())];
}
