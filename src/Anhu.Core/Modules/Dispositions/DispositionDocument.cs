using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Grading;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Dispositions;

/// <summary>The rules of dispositions as read from their document.</summary>
internal sealed class DispositionDocument
{
    private const string Kind = "dispositions";

    public required string Version { get; init; }

    public required IReadOnlyList<Choice> Choices { get; init; }

    public required IReadOnlyList<Rule> Rules { get; init; }

    public required IReadOnlyList<Rule> Hints { get; init; }

    public required IReadOnlyList<ChoiceClock> Clocks { get; init; }

    public required IReadOnlyList<DatedAddition> Additions { get; init; }

    public required IReadOnlySet<string> Circumstances { get; init; }

    public static DispositionDocument Read(string yaml, string file, CityClock clock)
    {
        var reader = RuleReader.Open(yaml, file, out var root);
        var (version, _, _) = GradingPolicyDocument.ReadHead(reader, root, Kind);
        var circumstances = new HashSet<string>(StringComparer.Ordinal);
        var names = new Dictionary<string, Bilingual>(StringComparer.Ordinal);
        foreach (var (id, _, value) in root.Map("circumstances")?.All() ?? [])
        {
            circumstances.Add(id);
            names.Add(id, RuleMap.AsBilingual(reader, value, id));
        }

        var language = Language(names);
        var choices = Maps(reader, root, "choices").Select(map => Ending(map, new Choice(map.Text("id", 40), map.Bilingual("test"), map.Bilingual("document"), Bases(reader, map)))).ToList();
        if (choices.Select(c => c.Id).Distinct().Count() != choices.Count)
        {
            root.Fault("choices", "同一种处置写了两次。", "A choice is written twice.");
        }

        var rules = ReadRules(reader, root, "rules", language, choices);
        var hints = ReadRules(reader, root, "hints", language, null);
        var clocks = Maps(reader, root, "clocks").Select(map => ReadClock(reader, map, choices, clock)).ToList();
        var additions = Maps(reader, root, "additions").Select(map => Ending(map, ReadAddition(reader, map))).ToList();
        root.Done();
        reader.ThrowIfFaulty();
        return new DispositionDocument
        {
            Version = version, Choices = choices, Rules = rules, Hints = hints, Clocks = clocks, Additions = additions, Circumstances = circumstances,
        };
    }

    private static List<Rule> ReadRules(RuleReader reader, RuleMap root, string key, ConditionLanguage<DispositionFacts> language, List<Choice>? choices)
    {
        var rows = new List<Rule>();
        foreach (var map in Maps(reader, root, key))
        {
            var id = map.Text("id", 60);
            if (rows.Exists(r => r.Reason.Rule == id && key == "hints"))
            {
                reader.Fault(map.Node, $"“{id}”出现了两次。", $"\"{id}\" appears twice.");
            }

            var bars = new List<string>();
            var points = new List<string>();
            if (choices is not null)
            {
                points = Named(reader, map, "points", choices);
                bars = Named(reader, map, "bars", choices);
                if (points.Count + bars.Count == 0)
                {
                    reader.Fault(map.Node, "规则需要写明 points（指向）或 bars（不得）。", "A rule needs points or bars.");
                }
            }

            var above = map.Find("fromAbove") is { } f && RuleMap.AsYesNo(reader, f, "fromAbove") == true;
            var when = map.Map("when") is { } w ? language.Read(w) : null;
            var unless = map.OptionalMap("unless") is { } u ? language.Read(u) : null;
            var (from, until) = Dates(reader, map);
            var (text, basis) = (map.Bilingual("text"), map.Text("basis"));
            bool Applies(DispositionFacts facts) => when?.Holds(facts) == true && unless?.Holds(facts) != true;
            if (points.Count > 0 || choices is null)
            {
                rows.Add(new Rule(new DispositionReason(id, text, basis), false, points, from, until, Applies));
            }

            if (bars.Count > 0)
            {
                rows.Add(new Rule(new DispositionReason(id, text, basis, above), true, bars, from, until, Applies));
            }

            map.Done();
        }

        return rows;
    }

    private static List<string> Named(RuleReader reader, RuleMap map, string key, List<Choice> choices)
    {
        var named = new List<string>();
        foreach (var node in map.Find(key) is { } value ? RuleMap.AsOneOrMore(value) : [])
        {
            var name = RuleMap.AsText(reader, node, key, 40) ?? "";
            if (choices.Exists(c => c.Id == name))
            {
                named.Add(name);
            }
            else
            {
                var (zh, en) = RuleReader.Suggest(name, choices.Select(c => c.Id));
                reader.Fault(node, $"“{key}”不认识“{name}”。{zh}", $"\"{key}\" does not know \"{name}\". {en}");
            }
        }

        return named;
    }

    private static ChoiceClock ReadClock(RuleReader reader, RuleMap map, List<Choice> choices, CityClock clock)
    {
        var choice = Named(reader, map, "choice", choices).FirstOrDefault() ?? "";
        var within = map.Map("within") is { } w ? Deadline.Read(w, clock, RestDays.Holidays, null) : null;
        var (from, until) = Dates(reader, map);
        var basis = map.Text("basis");
        map.Done();
        return new ChoiceClock(choice, within is null ? new Bilingual("", "") : new Bilingual($"{within.Text.Zh}（{basis}）", $"{within.Text.En} ({basis})"), from, until,
            at => within?.DueAt(new PlaybookFacts { At = at, Class = 3 }));
    }

    private static DatedAddition ReadAddition(RuleReader reader, RuleMap map)
    {
        var (from, until) = Dates(reader, map);
        return new DatedAddition(new DispositionAddition(map.Text("id", 40), map.Bilingual("text"), map.Text("basis")), from, until);
    }

    private static List<DatedText> Bases(RuleReader reader, RuleMap map)
    {
        var rows = new List<DatedText>();
        foreach (var row in Maps(reader, map, "bases"))
        {
            var (from, until) = Dates(reader, row);
            if (rows.Exists(r => r.From <= (until ?? DateOnly.MaxValue) && from <= (r.Until ?? DateOnly.MaxValue)))
            {
                reader.Fault(row.Node, "两行依据的日期重叠。", "Two rows of bases overlap in time.");
            }

            rows.Add(new DatedText(row.Text("text", 600), from, until));
            row.Done();
        }

        return rows;
    }

    private static IEnumerable<RuleMap> Maps(RuleReader reader, RuleMap root, string key) =>
        root.List(key).Select(node => RuleMap.AsMap(reader, node, key)).OfType<RuleMap>();

    private static T Ending<T>(RuleMap map, T value)
    {
        map.Done();
        return value;
    }

    private static (DateOnly From, DateOnly? Until) Dates(RuleReader reader, RuleMap map)
    {
        var from = map.Require("from") is { } f ? RuleMap.AsDate(reader, f, "from") : null;
        var until = map.Find("until") is { } u ? RuleMap.AsDate(reader, u, "until") : null;
        if (until < from)
        {
            reader.Fault(map.Node, "“until”早于“from”。", "\"until\" is before \"from\".");
        }

        return (from ?? DateOnly.MinValue, until);
    }

    private static ConditionLanguage<DispositionFacts> Language(Dictionary<string, Bilingual> circumstances)
    {
        var language = new ConditionLanguage<DispositionFacts>()
            .Word("always", (r, v, k) => YesNo(r, v, k, _ => true))
            .Word("appraised", (r, v, k) => YesNo(r, v, k, f => f.Appraised))
            .Word("weapon", (r, v, k) => YesNo(r, v, k, f => f.Weapon))
            .Word("threatToKill", (r, v, k) => YesNo(r, v, k, f => f.ThreatToKill))
            .Word("strangulation", (r, v, k) => YesNo(r, v, k, f => f.Strangulation))
            .Word("sexualViolence", (r, v, k) => YesNo(r, v, k, f => f.SexualViolence))
            .Word("minorVictim", (r, v, k) => YesNo(r, v, k, f => f.MinorVictim))
            .Word("elderlyVictim", (r, v, k) => YesNo(r, v, k, f => f.ElderlyVictim))
            .Word("highDanger", (r, v, k) => YesNo(r, v, k, f => f.HighDanger))
            .Word("criticisedBefore", (r, v, k) => YesNo(r, v, k, f => f.History.Criticisms > 0))
            .Word("letterBefore", (r, v, k) => YesNo(r, v, k, f => f.History.Letters > 0))
            .Word("penaltyBefore", (r, v, k) => YesNo(r, v, k, f => f.History.Penalties > 0))
            .Word("category", (r, v, k) => RuleMap.AsEnum<AlarmCategory>(r, v, k) is { } category ? new(f => f.Category == category, new Bilingual("", "")) : null)
            .Word("injury", ReadInjury);
        return language.Word("circumstance", (reader, value, key) =>
        {
            var ids = new List<string>();
            foreach (var node in RuleMap.AsOneOrMore(value))
            {
                var name = RuleMap.AsText(reader, node, key, 60) ?? "";
                ids.Add(name);
                if (!circumstances.ContainsKey(name))
                {
                    var (zh, en) = RuleReader.Suggest(name, circumstances.Keys);
                    reader.Fault(node, $"“{key}”不认识“{name}”。{zh}", $"\"{key}\" does not know \"{name}\". {en}");
                }
            }

            return new Condition<DispositionFacts>(f => f.Circumstances.Any(c => ids.Contains(c)), new Bilingual("", ""));
        });
    }

    private static Condition<DispositionFacts>? ReadInjury(RuleReader reader, YamlNode value, string key)
    {
        if (RuleMap.AsMap(reader, value, key) is not { } map)
        {
            return null;
        }

        var least = map.Require("atLeast") is { } a ? RuleMap.AsEnum<Injury>(reader, a, "atLeast") : null;
        var most = map.Find("atMost") is { } m ? RuleMap.AsEnum<Injury>(reader, m, "atMost") : null;
        map.Done();
        return new(f => f.Injury >= least && (most is null || f.Injury <= most), new Bilingual("", ""));
    }

    private static Condition<DispositionFacts>? YesNo(RuleReader reader, YamlNode value, string key, Func<DispositionFacts, bool?> of) =>
        RuleMap.AsYesNo(reader, value, key) is { } wanted ? new(f => of(f) == wanted, new Bilingual("", "")) : null;

    internal sealed record Choice(string Id, Bilingual Test, Bilingual Document, IReadOnlyList<DatedText> Bases);

    internal sealed record DatedText(string Text, DateOnly From, DateOnly? Until)
    {
        public bool HoldsOn(DateOnly on) => From <= on && (Until is null || on <= Until);
    }

    internal sealed record Rule(
        DispositionReason Reason, bool IsBar, IReadOnlyList<string> Choices, DateOnly From, DateOnly? Until, Func<DispositionFacts, bool> Applies)
    {
        public bool HoldsOn(DateOnly on) => From <= on && (Until is null || on <= Until);
    }

    internal sealed record ChoiceClock(string Choice, Bilingual Text, DateOnly From, DateOnly? Until, Func<DateTimeOffset, DateTimeOffset?> Count)
    {
        public bool HoldsOn(DateOnly on) => From <= on && (Until is null || on <= Until);
    }

    internal sealed record DatedAddition(DispositionAddition Addition, DateOnly From, DateOnly? Until)
    {
        public bool HoldsOn(DateOnly on) => From <= on && (Until is null || on <= Until);
    }
}
