using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Dispositions;
using Anhu.Modules.Measures;
using Anhu.Modules.Playbooks;
using Anhu.Testing;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Dispositions;

/// <summary>The decision order of the police (handbook §4.3, §4.10.3): pure rules.</summary>
public sealed class DispositionRulesTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static readonly string[] Order = ["criminal", "penalty", "police-mediation", "warning-letter", "criticism", "not-established"];
    private static readonly DateOnly Day = new(2026, 3, 1);
    private static readonly DateTimeOffset At = new(2026, 3, 1, 1, 0, 0, TimeSpan.Zero);

    private readonly DispositionRules rules = app.Services.GetRequiredService<DispositionBook>().Rules;
    private readonly MeasureRules letters = app.Services.GetRequiredService<MeasureBook>()["warning-letter"].Rules;

    [Fact]
    public void Choices_StandInDecisionOrder_WithTestBasisAndDocument_OnEveryDayOfTheLaw()
    {
        Assert.Equal(Order, rules.ChoiceIds);
        for (var day = new DateOnly(2016, 3, 1); day < new DateOnly(2027, 1, 1); day = day.AddDays(17))
        {
            var advice = rules.Advise(new DispositionFacts(), day, At);
            Assert.All(advice.Choices, c => Assert.True(c.Basis.Length > 0 && c.Test.Zh.Length > 0 && c.Document.En.Length > 0, $"{c.Id} on {day}"));
            Assert.Equal(Order, advice.Choices.Select(c => c.Id));
        }
    }

    [Theory]
    [InlineData("light", true, "", "criminal")]
    [InlineData("light", false, "", "criminal")]
    [InlineData("minor", true, "", "penalty")]
    [InlineData("minor", false, "", null)]
    [InlineData("minor", false, "both-willing", "police-mediation")]
    [InlineData("none", false, "not-forgiven", "warning-letter")]
    [InlineData("none", false, "victim-asks", "warning-letter")]
    [InlineData("none", false, "both-willing,disabled", "warning-letter")]
    [InlineData("none", false, "forgiven", "criticism")]
    [InlineData("none", false, "manifestly-minor,seriously-ill", "warning-letter")]
    [InlineData("none", false, "will-not-stop,not-forgiven", "penalty")]
    [InlineData("minor", false, "unlawful-detention", "criminal")]
    [InlineData("none", false, "not-dv", "not-established")]
    public void Facts_PointToTheFirstChoiceThatFits(string injury, bool appraised, string circumstances, string? expected) =>
        Assert.Equal(expected, Advise(Facts(DispositionForm.Degree(injury)!.Value, appraised, circumstances.Split(',', StringSplitOptions.RemoveEmptyEntries))).Suggested);

    [Fact]
    public void TrivialInjury_IsNotLightInjury()
    {
        var trivial = Advise(Facts(Injury.Minor, false, []));
        Assert.Contains(trivial.Hints, h => h.Rule == "trivial-is-not-light");
        Assert.Empty(trivial.Find("criminal")!.Points);

        // The degree that was appraised counts, whatever was reported.
        var appraised = Advise(Facts(Injury.Light, true, []));
        Assert.True(appraised.Find("criticism")!.IsClosed);
        Assert.Equal("dispositions.barred", DispositionRules.Check(appraised, "penalty", [], "理由", fromAbove: true)?.Code);
        var reported = Advise(Facts(Injury.Light, false, []));
        Assert.Equal("dispositions.needs-above", DispositionRules.Check(reported, "penalty", [], "理由", fromAbove: false)?.Code);
        Assert.Null(DispositionRules.Check(reported, "penalty", [], "理由", fromAbove: true));
        Assert.Equal("dispositions.reason-missing", DispositionRules.Check(reported, "penalty", [], " ", fromAbove: true)?.Code);
    }

    [Fact]
    public void SecondCriticism_InAnhuiSince2022_NeedsALeaderFromAbove()
    {
        var facts = Facts(Injury.None, false, ["forgiven"], new MeasureHistory(1, 0, 0), Day);
        var now = rules.Advise(facts, Day, At);
        Assert.Equal("warning-letter", now.Suggested);
        Assert.Equal("dispositions.needs-above", DispositionRules.Check(now, "criticism", [], "已谅解", false)?.Code);

        var before = new DateOnly(2022, 10, 31);
        var then = rules.Advise(Facts(Injury.None, false, ["forgiven"], new MeasureHistory(1, 0, 0), before), before, At);
        Assert.Equal("criticism", then.Suggested);
        Assert.Null(DispositionRules.Check(then, "criticism", [], null, false));
    }

    [Fact]
    public void Disobeying_ALetter_IsPunishableSince2026_AndALetterDoesNotFollowIt()
    {
        var advice = Advise(Facts(Injury.None, false, ["both-willing"], new MeasureHistory(0, 1, 0)));
        Assert.Equal("penalty", advice.Suggested);
        Assert.Contains(advice.Find("penalty")!.Points, p => p.Rule == "letter-disobeyed");
        Assert.All((string[])["police-mediation", "warning-letter", "criticism"], c => Assert.True(advice.Find(c)!.IsClosed, c));
        var earlier = rules.Advise(Facts(Injury.None, false, [], new MeasureHistory(0, 1, 0), new DateOnly(2025, 12, 31)), new DateOnly(2025, 12, 31), At);
        Assert.DoesNotContain(earlier.Find("penalty")!.Points, p => p.Rule == "letter-disobeyed");
    }

    [Fact]
    public void NoContactOrder_CanBeAdded_Since2026_Only()
    {
        Assert.Null(DispositionRules.Check(rules.Advise(new DispositionFacts(), Day, At), "criminal", ["no-contact-order"], "x", false));
        var before = rules.Advise(new DispositionFacts(), new DateOnly(2025, 12, 31), At);
        Assert.Equal("additions", DispositionRules.Check(before, "criminal", ["no-contact-order"], "x", false)?.Field);
    }

    [Fact]
    public void Advice_HoldsItsPromises_ForRandomFacts()
    {
        var names = rules.Circumstances.Order(StringComparer.Ordinal).ToArray();
        var maybe = Gen.Int[0, 2].Select(i => i == 0 ? (bool?)null : i == 1);
        var facts =
            from injury in Gen.Enum<Injury>()
            from appraised in Gen.Bool
            from flags in maybe.Array[6]
            from ticked in Gen.Int[0, names.Length - 1].Select(i => names[i]).Array[0, 4]
            from history in Gen.Int[0, 2].Array[3]
            from high in Gen.Bool
            from days in Gen.Int[0, 3900]
            from category in Gen.Enum<AlarmCategory>()
            select (Injury: injury, Appraised: appraised, Flags: flags, Ticked: ticked.Distinct().ToArray(), History: new MeasureHistory(history[0], history[1], history[2]), High: high,
                On: new DateOnly(2016, 3, 1).AddDays(days), Category: category);
        facts.Sample(
            f =>
            {
                var grounds = letters.Grounds(new MeasureFacts(f.Flags[4], f.Flags[5], null, f.Ticked, f.History), f.On);
                var known = new DispositionFacts
                {
                    Category = f.Category, Injury = f.Injury, Appraised = f.Appraised, Weapon = f.Flags[0], ThreatToKill = f.Flags[1], Strangulation = f.Flags[2], SexualViolence = f.Flags[3],
                    MinorVictim = f.Flags[4], ElderlyVictim = f.Flags[5], HighDanger = f.High, Circumstances = f.Ticked, History = f.History, LetterGrounds = grounds,
                };
                var advice = rules.Advise(known, f.On, At);

                // What is suggested is open to everybody, and first of what is shown.
                Assert.True(advice.Suggested is null || advice.Find(advice.Suggested)!.Bars.Count == 0);
                Assert.True(advice.Suggested is null || DispositionRules.Check(advice, advice.Suggested, [], null, false) is null);
                Assert.Equal(advice.Suggested ?? "criminal", advice.Shown.First().Id);
                Assert.Equal(Order.Order(), advice.Shown.Select(c => c.Id).Order());

                // Nobody is left without a choice, and the gravest is never barred.
                Assert.Empty(advice.Find("criminal")!.Bars);
                Assert.Null(DispositionRules.Check(advice, "not-established", [], "理由", false));

                // Mediation never without both willing, nor in high danger, nor again and again (§4.10.3).
                var mediation = advice.Find("police-mediation")!;
                if (!f.Ticked.Contains("both-willing") || f.High || f.Flags[2] == true || f.History.Letters + f.History.Penalties > 0 || f.Ticked.Contains("many-times"))
                {
                    Assert.Equal("dispositions.barred", DispositionRules.Check(advice, "police-mediation", [], "理由", true)?.Code);
                }

                // A must is never left to criticism by the station; a letter never stands in for a penalty.
                if (grounds.Any(g => g.Strength == GroundStrength.Must))
                {
                    Assert.NotNull(DispositionRules.Check(advice, "criticism", [], "理由", false));
                }

                if (grounds.Any(g => g.Strength == GroundStrength.Bars))
                {
                    Assert.NotNull(DispositionRules.Check(advice, "warning-letter", [], "理由", true));
                    Assert.NotEmpty(advice.Find("penalty")!.Points);
                }

                // Whoever departs from it says why; a bar that only a leader lifts stays for the others.
                foreach (var choice in advice.Choices)
                {
                    Assert.Equal(DispositionRules.Deviates(advice, choice) || choice.Bars.Count > 0, DispositionRules.Check(advice, choice.Id, [], null, true) is not null);
                    Assert.Equal(choice.Bars.Count > 0, DispositionRules.Check(advice, choice.Id, [], "理由", false) is not null);
                    Assert.Equal(choice.IsClosed, DispositionRules.Check(advice, choice.Id, [], "理由", true) is not null);
                }

                // Only facts and day count.
                Assert.Equal(advice.Suggested, rules.Advise(known with { Circumstances = [.. f.Ticked.Reverse()] }, f.On, At).Suggested);
            },
            iter: 3000);
    }

    [Theory]
    [InlineData("points: criminl", "criminal")]
    [InlineData("when: {circumstance: not-dvv}", "not-dv")]
    [InlineData("until: 2015-01-01", "until")]
    [InlineData("fault: yes", "fault")]
    public void Document_WithAFault_IsRefused_WithItsLine(string line, string named)
    {
        var yaml = rules.Text.Replace("  - id: not-dv\n    points: not-established\n    when: {circumstance: not-dv}", "  - id: not-dv\n    points: not-established\n    when: {circumstance: not-dv}".Split('\n') switch
        {
            var l when line.StartsWith("points", StringComparison.Ordinal) => $"{l[0]}\n    {line}\n{l[2]}",
            var l when line.StartsWith("when", StringComparison.Ordinal) => $"{l[0]}\n{l[1]}\n    {line}",
            var l => $"{l[0]}\n    {line}\n{l[1]}\n{l[2]}",
        }, StringComparison.Ordinal);

        var refused = Assert.Throws<RuleDocumentException>(() => DispositionRules.Parse(yaml, "x.yaml", rules.Clock));

        Assert.Contains(refused.Faults, f => f.Line > 1 && f.Reason.En.Contains(named, StringComparison.Ordinal));
    }

    private DispositionAdvice Advise(DispositionFacts facts) => rules.Advise(facts, Day, At);

    private DispositionFacts Facts(Injury injury, bool appraised, string[] circumstances, MeasureHistory? history = null, DateOnly? on = null) => new()
    {
        Injury = injury, Appraised = appraised, Circumstances = circumstances, History = history ?? MeasureHistory.None,
        LetterGrounds = letters.Grounds(new MeasureFacts(null, null, null, circumstances, history ?? MeasureHistory.None), on ?? Day),
    };
}
