using System.Text;
using Anhu.Common;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.ProtectionOrders;
using Anhu.Modules.Measures.Punishments;
using Anhu.Modules.Measures.WarningLetters;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;
using Anhu.Testing;
using Anhu.Tests.Playbooks;

namespace Anhu.Tests.Measures;

/// <summary>The tables of measures are whole, and docs show them as they are: after a change that is meant, <c>ANHU_RENEW_MEASURES=1</c> writes them anew.</summary>
[Trait("Store", "none")]
public sealed class MeasureTableTests
{
    private const string Begin = "<!-- table: written by MeasureTableTests -->\n", End = "<!-- /table -->\n";

    private static readonly MeasureKind Letter = new WarningLetter();

    private static readonly MeasureKind Order = new ProtectionOrder();

    private static string Yaml => YamlOf(Letter);

    private static MeasureRules Rules => RulesOf(Letter);

    private static string YamlOf(MeasureKind kind) => File.ReadAllText(Repository.At("data", "measures", $"{kind.Id}.yaml"));

    private static MeasureRules RulesOf(MeasureKind kind) => MeasureRules.Parse(kind, YamlOf(kind), $"measures/{kind.Id}.yaml", Shipped.HefeiClock);

    private static MeasureKind KindOf(string id) => ((MeasureKind[])[Letter, Order, new AdministrativePenalty(), new CriminalCase()]).First(k => k.Id == id);

    [Theory]
    [InlineData("warning-letter")]
    [InlineData("protection-order")]
    [InlineData("administrative-penalty")]
    [InlineData("criminal-case")]
    public void Table_IsTheOneInDocs(string id)
    {
        var kind = KindOf(id);
        var file = Repository.At("docs", "measures", $"{id}.md");
        var text = File.ReadAllText(file);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("ANHU_RENEW_MEASURES") is { Length: > 0 })
        {
            File.WriteAllText(file, text = text[..from] + Table(kind) + text[to..]);
            to = text.IndexOf(End, StringComparison.Ordinal);
        }

        Assert.Equal(Table(kind), text[from..to]);
    }

    [Theory]
    [InlineData("warning-letter", "closed dropped recurrence rejected superseded withdrawn")]
    [InlineData("protection-order", "closed deemed-withdrawn dropped rejected revoked terminated withdrawn")]
    [InlineData("administrative-penalty", "ended not-executed not-punished revoked turned-criminal")]
    [InlineData("criminal-case", "ended not-filed not-prosecuted withdrawn")]
    public void EveryState_IsReached_AndEveryEndIsMeant(string id, string ends)
    {
        var kind = KindOf(id);
        var reached = kind.Rows.Where(r => r.From.Count == 0).Select(r => r.To).ToHashSet();
        for (var grew = true; grew;)
        {
            grew = kind.Rows.Where(r => r.To != MeasureRow.Stays && r.From.Any(reached.Contains)).Select(r => r.To).ToList().Exists(reached.Add);
        }

        Assert.Equal(kind.States.Order(), reached.Order());
        Assert.Equal(ends, string.Join(' ', kind.States.Where(s => !kind.IsOpen(s)).Order()));
        Assert.Empty(kind.Rows[0].From);
        Assert.Equal(kind.Rows.SelectMany(r => r.From.Select(f => (r.Action, f))).Distinct().Count(), kind.Rows.Sum(r => r.From.Count));
        Assert.All(kind.Rows, r => Assert.Empty(r.Required.Intersect(r.Optional)));
        Assert.All(kind.Rows.SelectMany(r => r.Removes.Append(r.While).Concat(r.Unless)).OfType<string>(), o => Assert.Contains(o, kind.Overlays));
        foreach (var (kindOf, outcome) in kind.Rows.SelectMany(r => r.Ends))
        {
            Assert.Contains(outcome, Shipped.Hefei.Kinds[kindOf].Outcomes.Select(o => o.Id));
        }
    }

    public static TheoryData<string, string, string, string> Broken => new()
    {
        { "  proposed: {zh: 起草中, en: Being drafted}\n", "", "states:", "lacks \"proposed\"" },
        { "  submit: {zh:", "  sumbit: {zh:", "actions:", "Did you mean \"submit\"?" },
        { "  videoId: {zh: 录像编号, en: Number of the video, type: text}\n", "", "fields:", "lacks \"videoId\"" },
        { "{key: deliver, within: {hours: 24}", "{key: delivr, within: {hours: 24}", "key: delivr", "Did you mean \"deliver\"?" },
        { "{key: deliver, within: {hours: 24}", "{key: deliver, within: {hours: 0}", "hours: 0", "from 1 to" },
        { "from: 2016-03-01, until: 2022-10-31", "from: 2016-03-01, until: 2022-11-30", "deadlines:", "overlap in time" },
        { "from: 2016-03-01, until: 2022-10-31", "from: 2016-03-01, until: 2015-10-31", "until: 2015", "before \"from\"" },
        { "when: {circumstance: many-times}", "when: {circumstance: many-time}", "many-time}", "Did you mean \"many-times\"?" },
        { "{letterBefore: yes}", "{letterBefor: yes}", "letterBefor", "Did you mean \"letterBefore\"?" },
        { "strength: must", "strength: shall", "strength: shall", "does not know \"shall\"" },
        { "  - id: public-place", "  - id: victim-asks", "id: victim-asks", "appears twice" },
        { "from: 2024-12-06, text:", "from: soon, text:", "from: soon", "must be a date" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Rules_ThatAreBroken_NameLineAndReason(string from, string to, string onLine, string reason)
    {
        var yaml = Yaml;
        var at = yaml.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, from);
        yaml = yaml[..at] + to + yaml[(at + from.Length)..];

        var e = Assert.Throws<RuleDocumentException>(() => MeasureRules.Parse(Letter, yaml, "letter.yaml", Shipped.HefeiClock));

        var fault = e.Faults.First(f => f.Reason.En.Contains(reason, StringComparison.Ordinal));
        var lines = yaml.Split('\n');
        Assert.Contains(Enumerable.Range(Math.Max(0, fault.Line - 2), 3), l => l < lines.Length && lines[l].Contains(onLine, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("- {key: longestMonths, value: 6,", "- {key: longestMonth, value: 6,", "Did you mean \"longestMonths\"?")]
    [InlineData("- {key: longestMonths, value: 6, from", "- {key: longestMonths, value: 6, until: 2030-01-01, from", "has no row in force")]
    [InlineData("- {key: longestMonths, value: 6,", "- {key: longestMonths, value: some,", "longestMonths")]
    [InlineData("  breach: {zh: 有违反，待处理, en: Breach reported}\n", "", "lacks \"breach\"")]
    public void Rules_OfOrders_ThatAreBroken_AreRefused(string from, string to, string reason)
    {
        var yaml = YamlOf(Order);
        Assert.Contains(from, yaml, StringComparison.Ordinal);

        var e = Assert.Throws<RuleDocumentException>(() => MeasureRules.Parse(Order, yaml.Replace(from, to, StringComparison.Ordinal), "order.yaml", Shipped.HefeiClock));

        Assert.True(reason == "longestMonths" || e.Faults.Any(f => f.Reason.En.Contains(reason, StringComparison.Ordinal)), e.Message);
    }

    [Theory]
    [InlineData("2026-03-01", "not-forgiven", GroundStrength.Must)]
    [InlineData("2022-10-31", "not-forgiven", null)]
    [InlineData("2022-11-01", "not-forgiven", GroundStrength.Must)]
    [InlineData("2024-12-05", "public-place", null)]
    [InlineData("2024-12-06", "public-place", GroundStrength.Should)]
    [InlineData("2024-12-05", "will-not-stop", null)]
    [InlineData("2024-12-06", "will-not-stop", GroundStrength.Bars)]
    public void Grounds_AreJudgedByTheLawOfTheDay(string on, string circumstance, GroundStrength? strength)
    {
        var grounds = Rules.Grounds(new MeasureFacts(null, null, null, [circumstance], MeasureHistory.None), DateOnly.Parse(on, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(strength, grounds.Count == 0 ? null : grounds[0].Strength);
    }

    [Fact]
    public void Grounds_OfHistory_Criticism_IsAMust_LetterBarsALetter_UnknownIsNotNo()
    {
        var on = new DateOnly(2026, 3, 1);
        Assert.Equal("anhui-criticised-before", Assert.Single(Rules.Grounds(new MeasureFacts(null, null, null, [], new MeasureHistory(1, 0, 0)), on)).Id);
        Assert.Equal(GroundStrength.Bars, Rules.Grounds(new MeasureFacts(true, null, null, [], new MeasureHistory(1, 1, 0)), on)[0].Strength);
        Assert.Empty(Rules.Grounds(new MeasureFacts(null, null, null, [], MeasureHistory.None), on));
        Assert.Empty(Rules.Grounds(new MeasureFacts(false, false, false, [], MeasureHistory.None), on));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("clean clean clean", false)]
    [InlineData("clean clean clean clean", true)]
    [InlineData("suspected clean clean clean", true)]
    [InlineData("clean clean suspected clean clean", false)]
    [InlineData("clean not-met clean clean not-met clean", true)]
    public void Visits_AreDoneAfterThreeInARow_TheFirstNotCounted(string outcomes, bool done) =>
        Assert.Equal(done, Rules.Visits(new DateOnly(2026, 3, 1))!.AreDone(outcomes.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private static string Table(MeasureKind kind)
    {
        var rules = RulesOf(kind);
        var text = new StringBuilder("| from | action | to | who | must be filled | further conditions | deadline from here | event | duties that end |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        string Words(string key) => string.Join("; ", rules.AllDeadlines.Where(d => d.Key == key && d.Until is null).Select(d => $"{key}: {d.Text.En}"));
        foreach (var row in kind.Rows)
        {
            var deadline = row.Deadline is { } key ? Words(key) + (row.DeadlineInstead is { } instead ? $" or {Words(instead.Key)}" : "") : "";
            string[] beside = [.. row.Adds.Append(row.Overlay?.Name).OfType<string>().Select(o => $"+ {o}"), .. row.Removes.Select(o => $"− {o}")];
            string[] conditions = [.. row.While is { } needed ? [$"while {needed}"] : Array.Empty<string>(), .. row.Unless.Select(u => $"not while {u}"), .. row.Guards.Select(g => g.Id)];
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"| {string.Join(", ", row.From)} | {row.Action} | {row.To} | {row.Who.ToString().ToLowerInvariant()}{(row.By.Count > 0 ? $" ({string.Join(", ", row.By.Select(a => a.ToString().ToLowerInvariant()))})" : "")} | {string.Join(", ", row.Required)} | {string.Join(", ", conditions)} | {deadline}{(beside.Length > 0 ? $" ({string.Join(", ", beside)})" : "")} | {kind.EventOf(row)}{(row.Playbook is null ? "" : " ▸ playbook")} | {string.Join(", ", row.Ends.Select(e => $"{e.Kind} = {e.Outcome}"))} |\n");
        }

        return text.ToString();
    }
}
