using System.Globalization;
using Anhu.Common;
using Anhu.Modules.Alarms;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Grading;

/// <summary>One rule, compiled.</summary>
internal sealed record GradingRule(
    string RuleId, int Class, Condition<GradingState> Condition, Bilingual Reason, string? Basis, int Line, int Window, GradingWindow Span, bool OfHealth)
{
    private readonly GradeReason plain = new(RuleId, Class, Reason.Zh, Reason.En, OfHealth);

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

    public required GradeReason DefaultReason { get; init; }

    public required GradeReason[] FloorReasons { get; init; }

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
        root.Done();
        CheckLethalActs(reader, root, rules);
        reader.ThrowIfFaulty();
        return new GradingPolicyDocument
        {
            Version = version, Title = title, Basis = basis, Classes = classes, Rules = [.. rules], Questions = [.. questions], Windows = [.. windows],
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
            var language = Language(windows, (window, value) => span = (window, value, span.Uses + 1));
            var condition = map.Map("when") is { } when
                ? language.Read(when, (word, node) => { words.Add(word); used.TryAdd(word, node); })
                : new Condition<GradingState>(_ => false, new Bilingual("", ""));
            if (map.Find("when") is YamlMappingNode { Children.Count: 0 } empty)
            {
                reader.Fault(empty, "“when”是空的：没有条件的规则会适用于所有案件。", "\"when\" is empty: a rule without a condition would apply to every case.");
            }

            var reason = map.Bilingual("reason");
            CheckPlaceholders(reader, map, reason, words, span.Span, span.Uses);
            rules.Add(new GradingRule(id, decided, condition, reason, map.OptionalText("basis"), map.Line, span.Window, span.Span, MissingFact.Health.Overlaps(words)));
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

    private static ConditionLanguage<GradingState> Language(List<GradingWindow> windows, Action<int, GradingWindow> incidents)
    {
        var language = new ConditionLanguage<GradingState>();
        foreach (var (name, fact) in GradingState.Names)
        {
            language.Word(name, (reader, value, key) => ReadFact(reader, value, key, fact));
        }

        language.Word("injury", ReadInjury);
        language.Word("incidents", (reader, value, key) => ReadIncidents(reader, value, key, windows, incidents));
        language.Word("policeOpinion", (reader, value, key) => RuleMap.AsInt(reader, value, key, 1, 3) is { } opinion
            ? new(s => s.PoliceOpinion > 0 && s.PoliceOpinion <= opinion, new($"民警意见为{opinion}级或更重", $"the police hold class {opinion} or a more serious one right"))
            : null);
        language.Word("riskView", (reader, value, key) => RuleMap.AsInt(reader, value, key, 1, 3) is { } view
            ? new(s => s.RiskView > 0 && s.RiskView <= view, new($"回访人员意见为{view}级或更重", $"the visiting worker holds class {view} or a more serious one right"))
            : null);
        language.Word("dangerScale", ReadDanger);
        return language;
    }

    private static Condition<GradingState>? ReadDanger(RuleReader reader, YamlNode value, string key)
    {
        if (RuleMap.AsMap(reader, value, key) is not { } map)
        {
            return null;
        }

        var atLeast = map.Require("atLeast") is { } level ? RuleMap.AsEnum<DangerLevel>(reader, level, "atLeast") : null;
        map.Done();
        return atLeast is not { } least ? null : new(s => s.DangerScale >= (int)least, least switch
        {
            DangerLevel.Medium => new("危险量表为中度或更高", "the danger scale came to medium or more"),
            DangerLevel.High => new("危险量表为高度致命", "the danger scale came to high"),
        });
    }

    private enum DangerLevel
    {
        Medium = 2,
        High = 3,
    }

    private static Condition<GradingState>? ReadFact(RuleReader reader, YamlNode value, string key, GradingFact fact)
    {
        if (RuleMap.AsYesNo(reader, value, key) is not { } wanted)
        {
            return null;
        }

        if (!wanted)
        {
            reader.Fault(
                value, $"“{key}: no”不能作条件：不知道不等于没有，而且多一项危险绝不能使级别变轻。请写 yes。",
                $"\"{key}: no\" can't be a condition: not known is not no, and a further danger must never make the class lighter. Write yes.");
            return null;
        }

        return new(s => s.IsYes(fact), FactNames.Of(fact));
    }

    private static Condition<GradingState>? ReadInjury(RuleReader reader, YamlNode value, string key)
    {
        if (RuleMap.AsMap(reader, value, key) is not { } map)
        {
            return null;
        }

        var atLeast = map.Require("atLeast") is { } level ? RuleMap.AsEnum<Injury>(reader, level, "atLeast") : null;
        map.Done();
        if (atLeast is Injury.Unknown or Injury.None)
        {
            reader.Fault(value, "“atLeast”应当是 minor、light、serious 或 death。", "\"atLeast\" must be minor, light, serious or death.");
            return null;
        }

        if (atLeast is not { } least)
        {
            return null;
        }

        var name = InjuryNames.Of(least);
        return new(s => s.Injury >= least, new Bilingual($"伤情达到{name.Zh}", $"{name.En} or worse"));
    }

    private static Condition<GradingState>? ReadIncidents(
        RuleReader reader, YamlNode value, string key, List<GradingWindow> windows, Action<int, GradingWindow> found)
    {
        if (RuleMap.AsMap(reader, value, key) is not { } map)
        {
            return null;
        }

        var atLeast = map.Int("atLeast", 1, GradingState.MaxCount);
        var months = map.OptionalInt("withinMonths", 1, 120);
        var days = map.OptionalInt("withinDays", 1, 3650);
        map.Done();
        if ((months is null) == (days is null))
        {
            reader.Fault(value, "“incidents”需要写明 withinMonths 或 withinDays 之一。", "\"incidents\" needs either withinMonths or withinDays.");
            return null;
        }

        var span = new GradingWindow(months ?? 0, days ?? 0);
        var window = windows.IndexOf(span);
        if (window < 0)
        {
            if (windows.Count == GradingState.MaxWindows)
            {
                reader.Fault(value, $"不同的时间段最多 {GradingState.MaxWindows} 种。", $"At most {GradingState.MaxWindows} different windows of time.");
                return null;
            }

            window = windows.Count;
            windows.Add(span);
        }

        found(window, span);
        return new(
            s => s.Count(window) >= atLeast,
            months is { } m ? new($"{m}个月内警情达到{atLeast}次", $"{atLeast} alarms or more in {m} months") : new($"{days}天内警情达到{atLeast}次", $"{atLeast} alarms or more in {days} days"));
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
        if (!rules.Exists(r => r.Class == 1 && r.Condition.Holds(lethal)))
        {
            root.Fault(
                "rules", "必须有一条规则：只要 strangulation 为 yes（扼颈、窒息或其他致命行为），无论其他情况都是一级。",
                "One rule must say: strangulation (or another lethal act) alone is class 1, whatever else is known.");
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
