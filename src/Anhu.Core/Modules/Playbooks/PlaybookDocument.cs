using System.Globalization;
using Anhu.Common;
using Anhu.Modules.Grading;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Time;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Playbooks;

/// <summary>A playbook as read from its document.</summary>
internal sealed class PlaybookDocument
{
    public const string StandardForm = "standard";

    public required string Version { get; init; }

    public required Bilingual Title { get; init; }

    public required string Basis { get; init; }

    public required IReadOnlyDictionary<string, DutyKind> Kinds { get; init; }

    public required IReadOnlyDictionary<string, Bilingual> Notices { get; init; }

    public required IReadOnlyList<DutyOption> Needs { get; init; }

    public required ReturnVisitSchedule ReturnVisits { get; init; }

    public HolidayWatch? Holidays { get; init; }

    public required Deadline[] HandOver { get; init; }

    public required Deadline[] Decision { get; init; }

    public required TimeSpan[] Escalation { get; init; }

    public required int[] ReviewMonths { get; init; }

    public required ClosingRule[] Closing { get; init; }

    public required IReadOnlyList<PlaybookRule> Rules { get; init; }

    public static PlaybookDocument Read(string yaml, string file, CityClock clock)
    {
        var reader = RuleReader.Open(yaml, file, out var root);
        var (version, title, basis) = GradingPolicyDocument.ReadHead(reader, root, "playbook");
        var restDays = ReadRestDays(reader, root);
        var schedule = ReadReturnVisits(reader, root);
        var holidays = root.OptionalMap("holidays") is { } watch ? Ending(watch, new HolidayWatch(watch.Int("daysBefore", 1, 60), watch.Int("atLeastDays", 1, 31))) : null;
        var handOver = ByClass(reader, root, "handOver", m => Deadline.Read(m, clock, restDays, null));
        var decision = ByClass(reader, root, "decision", m => Deadline.Read(m, clock, restDays, null));
        var escalation = ByClass(reader, root, "escalation", m => Ending(m, TimeSpan.FromHours(m.Int("everyHours", 1, 720))));
        var review = ByClass(reader, root, "review", m => Ending(m, m.Int("months", 1, 60)));
        var closing = ReadClosing(reader, root);
        var kinds = ReadKinds(reader, root);
        var needs = ReadNamed(root, "needs").Select(n => new DutyOption(n.Key, n.Text)).ToList();
        var notices = ReadNamed(root, "notices").ToDictionary(n => n.Key, n => n.Text, StringComparer.Ordinal);
        var rules = new RuleSection(reader, clock, restDays, schedule, kinds, needs, notices).Read(root);
        root.Done();
        reader.ThrowIfFaulty();
        return new PlaybookDocument
        {
            Version = version, Title = title, Basis = basis, Kinds = kinds, Notices = notices, Needs = needs, ReturnVisits = schedule!, Holidays = holidays,
            HandOver = handOver!, Decision = decision!, Escalation = escalation!, ReviewMonths = review!, Closing = closing!, Rules = rules,
        };
    }

    private static T Ending<T>(RuleMap map, T value)
    {
        map.Done();
        return value;
    }

    private static RestDays ReadRestDays(RuleReader reader, RuleMap root)
    {
        if (root.Map("counting") is not { } map)
        {
            return RestDays.Holidays;
        }

        var restDays = map.Require("lastDayMovesPast") is { } value ? RuleMap.AsEnum<RestDays>(reader, value, "lastDayMovesPast") : null;
        map.Done();
        return restDays ?? RestDays.Holidays;
    }

    /// <summary>Reads one setting for each class; null when one is wrong, which is then a fault.</summary>
    private static T[]? ByClass<T>(RuleReader reader, RuleMap root, string key, Func<RuleMap, T?> read)
    {
        if (root.Map(key) is not { } map)
        {
            return null;
        }

        var values = new List<T>();
        for (var number = 1; number <= 3; number++)
        {
            if (map.Map(number.ToString(CultureInfo.InvariantCulture)) is { } entry && read(entry) is { } value)
            {
                values.Add(value);
            }
        }

        map.Done();
        return values.Count == 3 || !reader.IsClean ? [.. values] : null;
    }

    private static ReturnVisitSchedule? ReadReturnVisits(RuleReader reader, RuleMap root)
    {
        var classes = ByClass<(int[], int)>(reader, root, "returnVisits", map =>
        {
            var days = map.List("days").Select(d => RuleMap.AsInt(reader, d, "days", 1, 3650)).OfType<int>().ToArray();
            var months = map.OptionalInt("thenEveryMonths", 1, 24) ?? 0;
            map.Done();
            if (days.Length == 0 || days.Zip(days.Skip(1)).Any(p => p.Second <= p.First))
            {
                reader.Fault(map.Node, "“days”应当是由小到大的天数，至少一个。", "\"days\" must be at least one number of days, growing.");
                days = [1];
            }

            return (days, months);
        });
        return classes is { Length: 3 } ? new ReturnVisitSchedule(classes) : null;
    }

    private static ClosingRule[]? ReadClosing(RuleReader reader, RuleMap root)
    {
        if (root.Map("closing") is not { } map)
        {
            return null;
        }

        var items = new List<(ClosingItem Item, int[] Classes)>();
        foreach (var node in map.List("checklist"))
        {
            if (RuleMap.AsMap(reader, node, "checklist") is { } item)
            {
                var classes = item.List("classes").Select(c => RuleMap.AsInt(reader, c, "classes", 1, 3)).OfType<int>().ToArray();
                items.Add((new ClosingItem(item.Text("id", 60), item.Bilingual("text")), classes));
                item.Done();
            }
        }

        var rules = ByClass(reader, map, "classes", entry => Ending(entry, new ClosingRule(
            entry.OptionalYesNo("secondPerson"), entry.Int("observationMonths", 0, 60), [])));
        map.Done();
        return rules is { Length: 3 }
            ? [.. rules.Select((rule, i) => rule with { Checklist = [.. items.Where(it => it.Classes.Contains(i + 1)).Select(it => it.Item)] })]
            : null;
    }

    private static IEnumerable<(string Key, Bilingual Text)> ReadNamed(RuleMap root, string key)
    {
        if (root.Map(key) is not { } map)
        {
            yield break;
        }

        foreach (var (name, _, value) in map.All())
        {
            yield return (name, RuleMap.AsBilingual(map.Reader, value, name));
        }
    }

    private static Dictionary<string, DutyKind> ReadKinds(RuleReader reader, RuleMap root)
    {
        var kinds = new Dictionary<string, DutyKind>(StringComparer.Ordinal);
        if (root.Map("kinds") is not { } map)
        {
            return kinds;
        }

        foreach (var (id, _, value) in map.All())
        {
            if (RuleMap.AsMap(reader, value, id) is { } kind)
            {
                kinds.Add(id, ReadKind(reader, id, kind));
            }
        }

        return kinds;
    }

    private static DutyKind ReadKind(RuleReader reader, string id, RuleMap map)
    {
        var fields = new List<DutyField>();
        if (map.OptionalMap("fields") is { } fieldMap)
        {
            foreach (var (name, _, value) in fieldMap.All())
            {
                if (RuleMap.AsMap(reader, value, name) is { } field)
                {
                    fields.Add(ReadField(reader, name, field, learns: true));
                }
            }
        }

        var outcomes = new List<DutyOutcome>();
        if (map.Map("outcomes") is { } outcomeMap)
        {
            foreach (var (name, _, value) in outcomeMap.All())
            {
                if (RuleMap.AsMap(reader, value, name) is { } outcome)
                {
                    var required = ReadRequired(reader, outcome, fields);
                    outcomes.Add(new DutyOutcome(name, new Bilingual(outcome.Text("zh"), outcome.Text("en")), required));
                    outcome.Done();
                }
            }
        }

        var kind = new DutyKind
        {
            Id = id, Title = map.Bilingual("title"), What = map.Bilingual("what"), Form = map.OptionalText("form", 40) ?? StandardForm, Fields = fields,
            Outcomes = outcomes, OfMeasure = map.OptionalYesNo("ofMeasure"), Disposes = map.OptionalYesNo("disposes"),
        };
        map.Done();
        return kind;
    }

    private static List<string> ReadRequired(RuleReader reader, RuleMap outcome, List<DutyField> fields)
    {
        var required = new List<string>();
        foreach (var node in outcome.OptionalList("required"))
        {
            var name = RuleMap.AsText(reader, node, "required", 60) ?? "";
            if (fields.Exists(f => f.Id == name))
            {
                required.Add(name);
            }
            else
            {
                var (zh, en) = RuleReader.Suggest(name, fields.Select(f => f.Id));
                reader.Fault(node, $"必填项“{name}”没有在 fields 里定义。{zh}", $"The required field \"{name}\" is not declared under fields. {en}");
            }
        }

        return required;
    }

    /// <summary>Reads a field of a form.</summary>
    /// <param name="reader">Takes faults.</param>
    /// <param name="id">Id.</param>
    /// <param name="map">Its entries.</param>
    /// <param name="learns">Its answers may say <c>learns</c>: only where something comes of it.</param>
    internal static DutyField ReadField(RuleReader reader, string id, RuleMap map, bool learns = false)
    {
        var type = map.Require("type") is { } value ? RuleMap.AsEnum<DutyFieldType>(reader, value, "type") : null;
        var options = new List<DutyOption>();
        if (type is DutyFieldType.Choice or DutyFieldType.Choices)
        {
            options.AddRange(learns ? ReadLearningOptions(map) : ReadNamed(map, "options").Select(o => new DutyOption(o.Key, o.Text)));
        }

        var min = type is DutyFieldType.Number ? map.OptionalInt("min", 0, 1_000_000) : null;
        var field = new DutyField(id, new Bilingual(map.Text("zh"), map.Text("en")), type ?? DutyFieldType.Text, min, options)
        {
            Learns = learns && type is DutyFieldType.YesNo ? ReadLearns(map) : null,
        };
        map.Done();
        return field;
    }

    private static List<DutyOption> ReadLearningOptions(RuleMap field)
    {
        var options = new List<DutyOption>();
        if (field.Map("options") is { } map)
        {
            foreach (var (name, _, value) in map.All())
            {
                if (RuleMap.AsMap(map.Reader, value, name) is { } option)
                {
                    options.Add(new DutyOption(name, new Bilingual(option.Text("zh"), option.Text("en"))) { Learns = ReadLearns(option) });
                    option.Done();
                }
            }
        }

        return options;
    }

    private static LearnedFact? ReadLearns(RuleMap map) => map.Find("learns") is { } learns ? RuleMap.AsEnum<LearnedFact>(map.Reader, learns, "learns") : null;

    /// <summary>Reads the section <c>rules</c>, knowing what was declared before it.</summary>
    private sealed class RuleSection(
        RuleReader reader, CityClock clock, RestDays restDays, ReturnVisitSchedule? schedule, Dictionary<string, DutyKind> kinds, IReadOnlyList<DutyOption> needs,
        Dictionary<string, Bilingual> notices)
    {
        private readonly ConditionLanguage<PlaybookFacts> language = PlaybookWords.Language(kinds, needs);
        private readonly HashSet<string> ids = new(StringComparer.Ordinal);

        public List<PlaybookRule> Read(RuleMap root)
        {
            var rules = new List<PlaybookRule>();
            foreach (var item in root.List("rules"))
            {
                if (RuleMap.AsMap(reader, item, "rules") is { } map)
                {
                    rules.Add(ReadRule(map));
                    map.Done();
                }
            }

            return rules;
        }

        private PlaybookRule ReadRule(RuleMap map)
        {
            var id = map.Text("id", 60);
            if (id.Length > 0 && !ids.Add(id))
            {
                reader.Fault(map.Node, $"规则“{id}”出现了两次。", $"The rule \"{id}\" appears twice.");
            }

            var events = ReadEvents(map);
            var condition = map.OptionalMap("if") is { } when ? language.Read(when) : null;
            var unless = map.OptionalMap("unless") is { } except ? language.Read(except) : null;
            var basis = map.Text("basis");
            var duty = map.OptionalMap("duty");
            var notice = map.OptionalMap("notice");
            if ((duty is null) == (notice is null))
            {
                reader.Fault(map.Node, "规则需要写明 duty（责任）或 notice（告知）之一。", "A rule needs either a duty or a notice.");
            }

            var (agency, level, kind, text) = duty is not null ? ReadOwner(duty, "kind", kinds.Keys) : notice is not null ? ReadOwner(notice, "text", notices.Keys) : default;
            var deadline = duty is not null && map.Map("deadline") is { } d ? Deadline.Read(d, clock, restDays, schedule ?? Placeholder) : null;
            if (deadline?.OnlyOn is { } only && events.Exists(e => e != only))
            {
                var name = PlaybookWords.NameOf(only);
                reader.Fault(map.Require("deadline")!, $"这种期限只能用于事件“{name}”。", $"Such a deadline is only for the event \"{name}\".");
            }

            if (condition is null && events.Contains(PlaybookEvent.FactLearned))
            {
                reader.Fault(map.Node, "“fact.learned”的规则需要 if：得知了什么。", "A rule on \"fact.learned\" needs an if: what was learned.");
            }

            return new PlaybookRule
            {
                RuleId = id, Events = events, If = condition, Unless = unless, Basis = basis, Kind = kind, Agency = agency, Level = level, Deadline = deadline,
                Once = duty is not null && map.OptionalYesNo("once"), Proposed = duty is not null && map.OptionalYesNo("proposed"), Line = map.Line,
                Notice = text is not null ? new PlannedNotice(id, agency, level, text) : null,
            };
        }

        /// <summary>Stands in while a faulty schedule is reported, so that rules after it are still checked.</summary>
        private static ReturnVisitSchedule Placeholder { get; } = new([([1], 0), ([1], 0), ([1], 0)]);

        private List<PlaybookEvent> ReadEvents(RuleMap map)
        {
            var events = new List<PlaybookEvent>();
            if (map.Require("on") is not { } on)
            {
                return events;
            }

            foreach (var node in RuleMap.AsOneOrMore(on))
            {
                var name = (node as YamlScalarNode)?.Value ?? "";
                if (PlaybookWords.Events.TryGetValue(name, out var e))
                {
                    events.Add(e);
                }
                else
                {
                    var (zh, en) = RuleReader.Suggest(name, PlaybookWords.Events.Keys);
                    reader.Fault(node, $"不认识事件“{name}”。{zh}", $"The event \"{name}\" is not known. {en}");
                }
            }

            return events;
        }

        private (Agency Agency, RegionLevel Level, string? Kind, string? Text) ReadOwner(RuleMap map, string what, IEnumerable<string> known)
        {
            var agency = map.Require("agency") is { } a ? RuleMap.AsEnum<Agency>(reader, a, "agency") : null;
            var level = map.Require("level") is { } l ? RuleMap.AsEnum<RegionLevel>(reader, l, "level") : null;
            var name = map.Text(what, 60);
            if (name.Length > 0 && !known.Contains(name))
            {
                var (zh, en) = RuleReader.Suggest(name, known);
                reader.Fault(map.Require(what)!, $"“{what}”没有定义“{name}”。{zh}", $"\"{name}\" is not declared. {en}");
            }

            map.Done();
            return (agency ?? default, level ?? default, what == "kind" ? name : null, what == "text" ? name : null);
        }
    }
}
