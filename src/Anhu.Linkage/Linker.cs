using Anhu.Linkage.Blocking;
using Anhu.Linkage.Clustering;
using Anhu.Linkage.Records;
using Anhu.Linkage.Scoring;
using Anhu.Linkage.Training;

namespace Anhu.Linkage;

/// <summary>Links records: finds the pairs worth comparing, learns what agreement weighs, and joins records into people. The same records and model give the same links on any number of threads.</summary>
public static class Linker
{
    /// <summary>Finds the records that are the same person's: within the table, or across its two lists when it holds two.</summary>
    /// <param name="table">The records.</param>
    /// <param name="threads">Threads to use; all cores unless said.</param>
    /// <param name="report">Is told which step is under way and how much of it is done, 0 to 1.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="LinkageModelException">The model's weights belong to other comparisons.</exception>
    public static LinkageResult Link(RecordTable table, int? threads = null, Action<LinkageStep, double>? report = null, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads ?? 1);
        return Run(table, threads ?? Environment.ProcessorCount, report, ct);
    }

    private static LinkageResult Run(RecordTable table, int threads, Action<LinkageStep, double>? report, CancellationToken ct)
    {
        report?.Invoke(LinkageStep.Blocking, 0);
        table.Close();
        var finder = new PairFinder(table, threads);
        var candidates = finder.Find(report is null ? null : part => report(LinkageStep.Comparing, part), ct);
        report?.Invoke(LinkageStep.Training, 0);
        var weights = table.Model.Trained is { } trained
            ? Weights.From(trained, table.Plan)
            : new Trainer(table, candidates, finder.Kin(out var kinFound), kinFound, threads).Train();
        var scorer = new Scorer(table, weights);
        var scores = scorer.Scores(candidates, threads);
        report?.Invoke(LinkageStep.Joining, 0);
        var groups = new Clusterer(table, scorer, table.Model.LeastLogOdds);
        groups.Join(candidates.A, candidates.B, scores);
        return new LinkageResult(table, candidates, scores, scorer, groups.Groups(), weights);
    }
}

/// <summary>What linking is doing.</summary>
public enum LinkageStep
{
    /// <summary>Finding the blocks of each rule.</summary>
    Blocking,

    /// <summary>Comparing the pairs of each block.</summary>
    Comparing,

    /// <summary>Estimating the weights.</summary>
    Training,

    /// <summary>Joining records into groups.</summary>
    Joining,
}
