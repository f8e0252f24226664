using System.Globalization;

namespace Anhu.Linkage.Tests;

public sealed class DecisionLearnerTests
{
    private static readonly Lazy<LinkageModel> Trained = new(() => LinkageModel.Parse(People.Link(People.Table(People.Make(800, 11))).Trained.ToJson()));

    [Fact]
    public void WherePeopleAreOtherThanTheModelThinks_LearningForetellsDecisionsItNeverSaw()
    {
        var records = Restless(1_500, 12);
        var (known, unseen) = Decisions(records);
        var result = Learn(records, known);

        Assert.Equal(LearningVerdict.Better, result.Report.Verdict);
        Assert.InRange(result.Report.Chance, 0, 0.01);
        Assert.True(result.Report.After.LogLoss < result.Report.Before.LogLoss);

        // Not by its own figures only: on people that it had nothing to do with.
        var next = result.Next("parent", new DateOnly(2026, 11, 23));
        Assert.True(Loss(records, unseen, next) < 0.95 * Loss(records, unseen, Trained.Value));
    }

    [Fact]
    public void WhatPeopleNeverSaw_WeighsAsBefore()
    {
        var records = Restless(1_500, 12);
        var (known, _) = Decisions(records);
        var result = Learn(records, known);

        // Pairs with one number are mostly joined without asking; that few are among the decisions says nothing against numbers.
        var number = result.Report.Weights.Single(w => w is { Comparison: "identity", Level: "equal" });
        Assert.True(number.Confirmed < result.Report.Confirmed / 5);
        Assert.InRange(number.After - number.Before, -1.5, 1.5);
        Assert.All(result.Report.Weights.Where(w => w.Confirmed + w.Refused == 0), w => Assert.InRange(w.Moved, 0, 0.5));
        Assert.InRange(result.Report.BandFrom, 0.02, result.Report.BandTo);
        Assert.InRange(result.Report.BandTo, 0.5, 0.98);
    }

    [Fact]
    public void WhereTheModelIsRight_NothingIsBetterThanIt()
    {
        // Decided as often either way as the model expects.
        var records = People.Make(900, 13);
        var random = new Random(1);
        var (known, unseen) = Decisions(records);
        var decided = Probabilities(records, [.. known, .. unseen], Trained.Value).Select(p => p.Decision with { Same = random.NextDouble() < p.Probability }).ToList();
        Assert.True(decided.Count > 100);
        Assert.Equal(LearningVerdict.NotBeyondChance, Learn(records, decided).Report.Verdict);
    }

    [Fact]
    public void FewDecisions_NoneAndContrary_AreNoTrouble_AndNeverBetter()
    {
        var records = Restless(400, 14);
        var (known, _) = Decisions(records);
        Assert.Equal(LearningVerdict.TooFew, Learn(records, []).Report.Verdict);
        Assert.Equal(LearningVerdict.TooFew, Learn(records, [.. known.Take(15)]).Report.Verdict);
        Assert.Equal(LearningVerdict.TooFew, Learn(records, [.. known.Where(d => d.Same)]).Report.Verdict);

        // Of one pair the last decision counts, whichever record is named first.
        var pair = known[0];
        var twice = Learn(records, [pair with { Same = !pair.Same }, new LinkageDecision(pair.Right, pair.Left, pair.Same)]).Report;
        Assert.Equal((pair.Same ? 1 : 0, pair.Same ? 0 : 1), (twice.Confirmed, twice.Refused));
    }

    [Fact]
    public void TwoPeopleOfOneReport_AndARecordWithItself_TeachNothing()
    {
        var records = People.Make(50, 15);
        var kin = Enumerable.Range(1, records.Count - 1).First(i => records[i].Values[5] == records[i - 1].Values[5]);
        var report = Learn(records, [new LinkageDecision(kin - 1, kin, true), new LinkageDecision(3, 3, true)]).Report;
        Assert.Equal((0, 0, 2), (report.Confirmed, report.Refused, report.PassedOver));
    }

    [Fact]
    public void TheSameDecisions_GiveTheSameModel_WhichSaysWhereItComesFrom()
    {
        var records = Restless(500, 16);
        var (known, _) = Decisions(records);
        var first = Learn(records, known).Next("abc", new DateOnly(2026, 11, 23));
        Assert.Equal(first.ToJson(), Learn(records, [.. Enumerable.Reverse(known)]).Next("abc", new DateOnly(2026, 11, 23)).ToJson());
        Assert.Equal((1, 2), (Trained.Value.Version, first.Version));

        // It is a model like any other: kept, read, used, and learned from again.
        var read = LinkageModel.Parse(first.ToJson());
        var step = Assert.Single(read.Lineage!);
        Assert.Equal((2, "abc", new DateOnly(2026, 11, 23)), (step.Version, step.Parent, step.On));
        Assert.Equal(known.Count(d => d.Same), step.Confirmed);
        var again = DecisionLearner.Learn(People.Table(records, read), known, ct: TestContext.Current.CancellationToken).Next("def", new DateOnly(2026, 12, 1));
        Assert.Equal(["abc", "def"], again.Lineage!.Select(s => s.Parent));
        Assert.Equal(3, again.Version);
        Assert.NotEmpty(People.Link(People.Table(records, read)).Clusters);
    }

    [Fact]
    public void AnUntrainedModel_AndARecordThatIsNotThere_AreRefused()
    {
        var records = People.Make(20, 17);
        Assert.Throws<LinkageModelException>(() => DecisionLearner.Learn(People.Table(records), [], ct: TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => Learn(records, [new LinkageDecision(0, records.Count, true)]));
    }

    private static LearningResult Learn(List<(string[] Values, int Person)> records, IReadOnlyList<LinkageDecision> decisions) =>
        DecisionLearner.Learn(People.Table(records, Trained.Value), decisions, ct: TestContext.Current.CancellationToken);

    /// <summary>People who change their phone often, and whose birth date is seldom told rightly: not those the model was trained on.</summary>
    private static List<(string[] Values, int Person)> Restless(int households, int seed)
    {
        var random = new Random(seed);
        return [.. People.Make(households, seed).Select(r =>
        {
            var values = r.Values.ToArray();
            values[0] = random.Next(3) == 0 ? "" : values[0];
            values[3] = values[3].Length > 0 && random.Next(2) == 0 ? string.Create(CultureInfo.InvariantCulture, $"18{random.Next(100_000_000, 999_999_999)}") : values[3];
            return (values, r.Person);
        })];
    }

    /// <summary>What workers who know the truth decide of the pairs that the model can't tell; half of the people are kept back.</summary>
    private static (List<LinkageDecision> Known, List<LinkageDecision> Unseen) Decisions(List<(string[] Values, int Person)> records)
    {
        var result = People.Link(People.Table(records, Trained.Value));
        var grey = Enumerable.Range(0, result.PairCount).Select(result.Compared).Where(p => p.Probability is > 0.02 and < 0.98)
            .Select(p => new LinkageDecision(p.Left, p.Right, records[p.Left].Person == records[p.Right].Person)).ToList();
        bool Early(LinkageDecision d) => records[d.Left].Person % 4 < 2 && records[d.Right].Person % 4 < 2;
        bool Late(LinkageDecision d) => records[d.Left].Person % 4 >= 2 && records[d.Right].Person % 4 >= 2;
        return ([.. grey.Where(Early)], [.. grey.Where(Late)]);
    }

    private static List<(LinkageDecision Decision, double Probability)> Probabilities(List<(string[] Values, int Person)> records, List<LinkageDecision> decisions, LinkageModel model)
    {
        var result = People.Link(People.Table(records, model));
        var probability = Enumerable.Range(0, result.PairCount).Select(result.Compared).ToDictionary(p => (p.Left, p.Right), p => p.Probability);
        return [.. decisions.Select(d => (d, probability[(d.Left, d.Right)]))];
    }

    private static double Loss(List<(string[] Values, int Person)> records, List<LinkageDecision> decisions, LinkageModel model) =>
        Probabilities(records, decisions, model).Average(p => -Math.Log(p.Decision.Same ? p.Probability : 1 - p.Probability));
}
