using System.Collections.Frozen;
using Anhu.Common;
using Anhu.Modules.Alarms;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Grading;

/// <summary>The conditions that a grading policy may use. All ask only for danger being there.</summary>
internal static class GradingWords
{
    /// <summary>Words that count something.</summary>
    private static readonly FrozenDictionary<string, GradingCount> Counts =
        Enum.GetValues<GradingCount>().ToFrozenDictionary(c => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(c.ToString()));

    /// <summary>Words about what authority did before: reasons that rest on them are part of the story.</summary>
    public static FrozenSet<string> OfMeasures { get; } = Counts.Where(c => c.Value != GradingCount.Incidents).Select(c => c.Key).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The language of conditions.</summary>
    /// <param name="windows">Windows of the document so far; new ones are added.</param>
    /// <param name="counted">Hears of each count that a condition asks for.</param>
    public static ConditionLanguage<GradingState> Language(List<GradingWindow> windows, Action<int, GradingWindow> counted)
    {
        var language = new ConditionLanguage<GradingState>();
        foreach (var (name, fact) in GradingState.Names)
        {
            language.Word(name, (reader, value, key) => ReadFact(reader, value, key, fact));
        }

        language.Word("injury", ReadInjury);
        foreach (var (word, of) in Counts)
        {
            language.Word(word, (reader, value, key) => ReadCount(reader, value, key, of, windows, counted));
        }

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

    private static Condition<GradingState>? ReadCount(
        RuleReader reader, YamlNode value, string key, GradingCount of, List<GradingWindow> windows, Action<int, GradingWindow> found)
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
            reader.Fault(value, $"“{key}”需要写明 withinMonths 或 withinDays 之一。", $"\"{key}\" needs either withinMonths or withinDays.");
            return null;
        }

        var span = new GradingWindow(of, months ?? 0, days ?? 0);
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
        var name = GradingWindow.NameOf(of);
        return new(
            s => s.Count(window) >= atLeast,
            months is { } m ? new($"{m}个月内{name.Zh}达到{atLeast}次", $"{atLeast} {name.En} or more in {m} months") : new($"{days}天内{name.Zh}达到{atLeast}次", $"{atLeast} {name.En} or more in {days} days"));
    }
}
