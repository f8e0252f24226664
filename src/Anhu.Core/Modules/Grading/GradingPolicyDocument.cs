using System.Globalization;
using Anhu.Common;
using Anhu.Modules.Alarms;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Grading;

/// <summary>One rule, compiled.</summary>
internal sealed record GradingRule(
    string RuleId, int Class, Condition<GradingState> Condition, Bilingual Reason, string? Basis, int Line, int Window, GradingWindow Span, bool OfHealth, bool OfMeasures)
{
    private readonly GradeReason plain = new(RuleId, Class, Reason.Zh, Reason.En, OfHealth, OfMeasures);

    /// <summary>First day on which it holds; null where it always did.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last day; null while it holds.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>By span between two dates of the document: whether it is in force.</summary>
    public bool[] InForce { get; set; } = [true];

    /// <summary>Whether it is in force and applies.</summary>
    public bool Holds(GradingState state) => InForce[state.Period] && Condition.Holds(state);

    /// <summary>The reason with its values filled in.</summary>
    public GradeReason ReasonFor(GradingState state) =>
        Reason.Zh.Contains('{') || Reason.En.Contains('{') ? plain with { TextZh = Fill(Reason.Zh, state, zh: true), TextEn = Fill(Reason.En, state, zh: false) } : plain;

    private string Fill(string text, GradingState state, bool zh)
    {
        var injury = InjuryNames.Of(state.Injury);
        return text
            .Replace("{count}", Number(Window < 0 ? 0 : state.Count(Window)), StringComparison.Ordinal)
            .Replace("{months}", Number(Span.Months), StringComparison.Ordinal)
            .Replace("{days}", Number(Span.Days), StringComparison.Ordinal)
            .Replace("{injury}", zh ? injury.Zh : injury.En, StringComparison.Ordinal)
            .Replace("{policeOpinion}", Number(state.PoliceOpinion), StringComparison.Ordinal)
            .Replace("{riskView}", Number(state.RiskView), StringComparison.Ordinal);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A question about a fact that may be missing.</summary>
/// <param name="Fact">The fact's name.</param>
/// <param name="Text">The question.</param>
/// <param name="Answered">What the facts could be if the answer were yes; null when the fact is known.</param>
internal sealed record GradingQuestion(string Fact, Bilingual Text, Func<GradingState, GradingState[]?> Answered);

/// <summary>A policy as read from its document.</summary>
internal sealed class GradingPolicyDocument
{
    public required string Version { get; init; }

    public required Bilingual Title { get; init; }

    public required string Basis { get; init; }

    public required IReadOnlyList<GradeClass> Classes { get; init; }

    public required GradingRule[] Rules { get; init; }

    public required GradingQuestion[] Questions { get; init; }

    public required GradingWindow[] Windows { get; init; }

    /// <summary>Days at which rules begin, or no longer hold, in order.</summary>
    public required DateOnly[] Changes { get; init; }

    public required GradeReason DefaultReason { get; init; }

    public required GradeReason[] FloorReasons { get; init; }

    /// <summary>Which span between two changes a day lies in.</summary>
    public int PeriodOf(DateOnly day)
    {
        var period = 0;
        while (period < Changes.Length && Changes[period] <= day)
        {
            period++;
        }

        return period;
    }

    public static GradingPolicyDocument Read(string yaml, string file)
    {
        var reader = RuleReader.Open(yaml, file, out var root);
        var (version, title, basis) = ReadHead(reader, root, "grading-policy");
        var classes = ReadClasses(reader, root);
        var defaultReason = ReadDefault(root);
        var floor = root.Map("floor");
        var floorText = floor?.Bilingual("reason") ?? new Bilingual("", "");
        floor?.Done();
        var windows = new List<GradingWindow>();
        var used = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        var rules = ReadRules(reader, root, windows, used);
        var questions = ReadQuestions(reader, root, used);
        var changes = Date(root, rules);
        root.Done();
        CheckLethalActs(reader, root, rules);
        reader.ThrowIfFaulty();
        return new GradingPolicyDocument
        {
            Version = version, Title = title, Basis = basis, Classes = classes, Rules = [.. rules], Questions = [.. questions], Windows = [.. windows], Changes = changes,
            DefaultReason = defaultReason, FloorReasons = [.. Enumerable.Range(1, 3).Select(c => new GradeReason("floor", c, floorText.Zh, floorText.En))],
        };
    }

    /// <summary>The entries with which every rule document begins.</summary>
    public static (string Version, Bilingual Title, string Basis) ReadHead(RuleReader reader, RuleMap root, string kind)
    {
        if (root.Text("kind") is var found && found.Length > 0 && found != kind)
        {
            reader.Fault(root.Require("kind")!, $"这里需要“{kind}”，文件却写着“{found}”。", $"This must be a \"{kind}\", the file says \"{found}\".");
        }

        return (root.Text("version", 40), root.Bilingual("title"), root.Text("basis", 2000));
    }

    private static List<GradeClass> ReadClasses(RuleReader reader, RuleMap root)
    {
        var classes = new List<GradeClass>();
        if (root.Map("classes") is not { } map)
        {
            return classes;
        }

        for (var number = 1; number <= 3; number++)
        {
            if (map.Map(number.ToString(CultureInfo.InvariantCulture)) is { } entry)
            {
                classes.Add(new GradeClass(number, entry.Bilingual("title"), entry.Bilingual("meaning")));
                entry.Done();
            }
        }

        map.Done();
        return classes;
    }

    private static GradeReason ReadDefault(RuleMap root)
    {
        if (root.Map("default") is not { } map)
        {
            return new GradeReason("default", 3, "", "");
        }

        var text = map.Bilingual("reason");
        var reason = new GradeReason("default", map.Int("class", 1, 3), text.Zh, text.En);
        map.Done();
        return reason;
    }

    private static List<GradingRule> ReadRules(RuleReader reader, RuleMap root, List<GradingWindow> windows, Dictionary<string, YamlNode> used)
    {
        var rules = new List<GradingRule>();
        var ids = new HashSet<string>(StringComparer.Ordinal) { "default", "floor" };
        foreach (var item in root.List("rules"))
        {
            if (RuleMap.AsMap(reader, item, "rules") is not { } map)
            {
                continue;
            }

            var id = map.Text("id", 60);
            if (id.Length > 0 && !ids.Add(id))
            {
                reader.Fault(map.Node, $"规则“{id}”出现了两次。", $"The rule \"{id}\" appears twice.");
            }

            var decided = map.Int("class", 1, 3);
            var span = (Window: -1, Span: default(GradingWindow), Uses: 0);
            var words = new HashSet<string>(StringComparer.Ordinal);
            var language = GradingWords.Language(windows, (window, value) => span = (window, value, span.Uses + 1));
            var condition = map.Map("when") is { } when
                ? language.Read(when, (word, node) => { words.Add(word); used.TryAdd(word, node); })
                : new Condition<GradingState>(_ => false, new Bilingual("", ""));
            if (map.Find("when") is YamlMappingNode { Children.Count: 0 } empty)
            {
                reader.Fault(empty, "“when”是空的：没有条件的规则会适用于所有案件。", "\"when\" is empty: a rule without a condition would apply to every case.");
            }

            var reason = map.Bilingual("reason");
            CheckPlaceholders(reader, map, reason, words, span.Span, span.Uses);
            rules.Add(new GradingRule(
                id, decided, condition, reason, map.OptionalText("basis"), map.Line, span.Window, span.Span, MissingFact.Health.Overlaps(words), GradingWords.OfMeasures.Overlaps(words))
            {
                From = map.Find("from") is { } from ? RuleMap.AsDate(reader, from, "from") : null,
                Until = map.Find("until") is { } until ? RuleMap.AsDate(reader, until, "until") : null,
            });
            if (rules[^1].Until < rules[^1].From)
            {
                reader.Fault(map.Node, "“until”早于“from”。", "\"until\" is before \"from\".");
            }

            map.Done();
        }

        return rules;
    }

    private static void CheckPlaceholders(RuleReader reader, RuleMap map, Bilingual reason, HashSet<string> words, GradingWindow span, int incidentConditions)
    {
        foreach (var text in (string[])[reason.Zh, reason.En])
        {
            for (var start = text.IndexOf('{'); start >= 0; start = text.IndexOf('{', start + 1))
            {
                var end = text.IndexOf('}', start);
                var name = end < 0 ? text[(start + 1)..] : text[(start + 1)..end];
                var known = name switch
                {
                    "count" => incidentConditions == 1,
                    "months" => incidentConditions == 1 && span.Months > 0,
                    "days" => incidentConditions == 1 && span.Days > 0,
                    "injury" or "policeOpinion" or "riskView" => words.Contains(name),
                    _ => false,
                };
                if (!known)
                {
                    reader.Fault(
                        map.Require("reason")!, $"理由里的“{{{name}}}”在这条规则的条件里没有值。", $"\"{{{name}}}\" in the reason has no value in this rule's condition.");
                }
            }
        }
    }

    /// <summary>Works out in which spans of time each rule is in force.</summary>
    private static DateOnly[] Date(RuleMap root, List<GradingRule> rules)
    {
        DateOnly[] changes = [.. rules.SelectMany(r => (DateOnly?[])[r.From, r.Until?.AddDays(1)]).OfType<DateOnly>().Distinct().Order()];
        if (changes.Length > GradingState.MaxPeriods)
        {
            root.Fault("rules", $"不同的起止日期最多 {GradingState.MaxPeriods} 个。", $"At most {GradingState.MaxPeriods} different dates.");
            return [];
        }

        foreach (var rule in rules)
        {
            rule.InForce = [.. Enumerable.Range(0, changes.Length + 1).Select(i =>
                (rule.From is not { } from || (i > 0 && changes[i - 1] >= from)) && (rule.Until is not { } until || i == 0 || changes[i - 1] <= until))];
        }

        return changes;
    }

    private static List<GradingQuestion> ReadQuestions(RuleReader reader, RuleMap root, Dictionary<string, YamlNode> used)
    {
        var questions = new List<GradingQuestion>();
        if (root.Map("questions") is not { } map)
        {
            return questions;
        }

        foreach (var (name, fact) in GradingState.Names.OrderBy(n => n.Value))
        {
            // Both are known from the report's category and channel, so they are never missing.
            if (fact is GradingFact.OrderBreach or GradingFact.MandatoryReport)
            {
                continue;
            }

            Ask(name, s => s.IsUnknown(fact) ? [s.With(fact, true)] : null, required: true);
        }

        Ask("injury", s => s.Injury == Injury.Unknown ? [s.With(Injury.Minor), s.With(Injury.Light), s.With(Injury.Serious)] : null, required: true);
        Ask("policeOpinion", s => s.PoliceOpinion == 0 ? [s.WithPoliceOpinion(1)] : null, required: false);
        Ask("riskView", s => s.RiskView == 0 ? [s.WithRiskView(1)] : null, required: false);
        Ask("dangerScale", s => s.DangerScale == 0 ? [s.WithDangerScale(3)] : null, required: false);
        map.Done();
        return questions;

        void Ask(string name, Func<GradingState, GradingState[]?> answered, bool required)
        {
            if (map.Find(name) is { } value)
            {
                questions.Add(new GradingQuestion(name, RuleMap.AsBilingual(reader, value, name), answered));
            }
            else if (required && used.TryGetValue(name, out var use))
            {
                reader.Fault(
                    use, $"规则用到“{name}”，但“questions”里没有它的问句：不知道时系统无法提醒补问。",
                    $"A rule uses \"{name}\", but \"questions\" does not ask for it: when it is not known, nobody would be told to ask.");
            }
        }
    }

    /// <summary>No city may grade a lethal act lower (handbook §4.8: special items override any score).</summary>
    private static void CheckLethalActs(RuleReader reader, RuleMap root, List<GradingRule> rules)
    {
        if (!reader.IsClean)
        {
            return;
        }

        var lethal = default(GradingState).With(GradingFact.Strangulation, true);
        if (!rules.Exists(r => r is { Class: 1, From: null, Until: null } && r.Condition.Holds(lethal)))
        {
            root.Fault(
                "rules", "必须有一条规则：只要 strangulation 为 yes（扼颈、窒息或其他致命行为），无论其他情况都是一级。",
                "One rule without dates must say: strangulation (or another lethal act) alone is class 1, whatever else is known.");
        }
    }
}

/// <summary>Facts in plain words.</summary>
internal static class FactNames
{
    public static Bilingual Of(GradingFact fact) => fact switch
    {
        GradingFact.Weapon => new("使用或亮出凶器", "a weapon was used or shown"),
        GradingFact.ThreatToKill => new("扬言杀人", "there was a threat to kill"),
        GradingFact.Strangulation => new("扼颈、窒息或其他致命行为", "strangulation or another lethal act"),
        GradingFact.ChildPresent => new("有未成年人在场", "a child was present"),
        GradingFact.Pregnant => new("受害人怀孕", "the victim is pregnant"),
        GradingFact.Alcohol => new("涉及饮酒或吸毒", "alcohol or drugs were involved"),
        GradingFact.SexualViolence => new("性暴力", "there was sexual violence"),
        GradingFact.Separation => new("正在或一年内分手、分居、离婚", "a separation is under way or within a year"),
        GradingFact.MinorVictim => new("受害人未满18周岁", "a victim is under 18"),
        GradingFact.ElderlyVictim => new("受害人为老年人", "a victim is elderly"),
        GradingFact.OrderBreach => new("违反人身安全保护令", "a protection order was breached"),
        GradingFact.MandatoryReport => new("来自强制报告", "it is a mandatory report"),
    };
}
