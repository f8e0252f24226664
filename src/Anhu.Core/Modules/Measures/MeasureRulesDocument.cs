using Anhu.Common;
using Anhu.Modules.Grading;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Measures;

/// <summary>Rules of a kind of measure as read from their document.</summary>
internal sealed class MeasureRulesDocument
{
    private static readonly Bilingual Special = new("受害人为老年人", "an elderly victim");

    private static readonly ConditionLanguage<MeasureFacts> Language = new ConditionLanguage<MeasureFacts>()
        .Word("minorVictim", (r, v, k) => YesNo(r, v, k, f => f.MinorVictim, new("受害人未满18周岁", "a victim under 18")))
        .Word("elderlyVictim", (r, v, k) => YesNo(r, v, k, f => f.ElderlyVictim, Special))
        .Word("pregnant", (r, v, k) => YesNo(r, v, k, f => f.Pregnant, new("受害人怀孕", "a pregnant victim")))
        .Word("criticisedBefore", (r, v, k) => YesNo(r, v, k, f => f.History.Criticisms > 0, new("加害人曾因家庭暴力被批评教育", "the abuser was criticised before")))
        .Word("letterBefore", (r, v, k) => YesNo(r, v, k, f => f.History.Letters > 0, new("加害人曾收到告诫书", "the abuser had a letter before")))
        .Word("penaltyBefore", (r, v, k) => YesNo(r, v, k, f => f.History.Penalties > 0, new("加害人曾因家庭暴力被处罚", "the abuser was punished before")));

    public required string Version { get; init; }

    public required Bilingual Title { get; init; }

    public required string Basis { get; init; }

    public required IReadOnlyDictionary<string, DutyField> Fields { get; init; }

    public required IReadOnlyDictionary<string, Bilingual> States { get; init; }

    public required IReadOnlyDictionary<string, Bilingual> Actions { get; init; }

    public required IReadOnlyDictionary<string, Bilingual> Overlays { get; init; }

    public required IReadOnlyList<MeasureNumber> Numbers { get; init; }

    public required IReadOnlyList<MeasureDeadline> Deadlines { get; init; }

    public required IReadOnlyDictionary<string, Bilingual> DeadlineNames { get; init; }

    public required IReadOnlyList<MeasureVisits> Visits { get; init; }

    public required IReadOnlyList<MeasureGround> Grounds { get; init; }

    public required IReadOnlyList<MeasureWording> Wordings { get; init; }

    public static MeasureRulesDocument Read(MeasureKind kind, string yaml, string file, CityClock clock)
    {
        var reader = RuleReader.Open(yaml, file, out var root);
        var (version, title, basis) = GradingPolicyDocument.ReadHead(reader, root, kind.Id);
        var fields = ReadFields(reader, root);
        var states = Names(reader, root, "states", kind.States);
        var actions = Names(reader, root, "actions", [.. kind.Rows.Select(r => r.Action).Distinct()]);
        if (root.Find("fields") is { } section)
        {
            Same(reader, section, "fields", fields.Keys, kind.FieldNames);
        }

        var deadlineNames = Names(reader, root, "deadlineNames", kind.Deadlines);
        var deadlines = ReadDeadlines(reader, root, kind, clock);
        var overlays = kind.Overlays.Count == 0 ? [] : Required(reader, root, "overlays", kind.Overlays);
        var numbers = ReadNumbers(reader, root, kind);
        var visits = ReadVisits(reader, root);
        var grounds = ReadGrounds(reader, root, fields);
        var wordings = ReadWordings(reader, root);
        root.Done();
        reader.ThrowIfFaulty();
        return new MeasureRulesDocument
        {
            Version = version, Title = title, Basis = basis, Fields = fields, States = states, Actions = actions, Deadlines = deadlines, DeadlineNames = deadlineNames, Visits = visits,
            Grounds = grounds, Wordings = wordings, Overlays = overlays, Numbers = numbers,
        };
    }

    private static Dictionary<string, DutyField> ReadFields(RuleReader reader, RuleMap root)
    {
        var fields = new Dictionary<string, DutyField>(StringComparer.Ordinal);
        foreach (var (id, _, value) in root.Map("fields")?.All() ?? [])
        {
            if (RuleMap.AsMap(reader, value, id) is { } map)
            {
                fields.Add(id, PlaybookDocument.ReadField(reader, id, map));
            }
        }

        return fields;
    }

    private static Dictionary<string, Bilingual> Names(RuleReader reader, RuleMap root, string key, IReadOnlyList<string> known)
    {
        var names = new Dictionary<string, Bilingual>(StringComparer.Ordinal);
        foreach (var (id, _, value) in root.Map(key)?.All() ?? [])
        {
            names.Add(id, RuleMap.AsBilingual(reader, value, id));
        }

        if (root.Find(key) is { } section)
        {
            Same(reader, section, key, names.Keys, known);
        }

        return names;
    }

    private static Dictionary<string, Bilingual> Required(RuleReader reader, RuleMap root, string key, IReadOnlyList<string> known)
    {
        _ = root.Require(key);
        return Names(reader, root, key, known);
    }

    private static List<MeasureNumber> ReadNumbers(RuleReader reader, RuleMap root, MeasureKind kind)
    {
        var rows = new List<MeasureNumber>();
        foreach (var map in kind.Numbers.Count == 0 && root.Find("numbers") is null ? [] : Rows(reader, root, "numbers"))
        {
            var (from, until) = Dates(reader, map);
            var key = map.Text("key", 40);
            if (key.Length > 0 && !kind.Numbers.Contains(key))
            {
                var (zh, en) = RuleReader.Suggest(key, kind.Numbers);
                reader.Fault(map.Node, $"数值“{key}”没有用处。{zh}", $"Nothing uses the number \"{key}\". {en}");
            }

            var values = map.Require("value") is { } value ? RuleMap.AsOneOrMore(value).Select(v => RuleMap.AsInt(reader, v, "value", 1, 100_000)).OfType<int>().ToList() : [];
            rows.Add(new MeasureNumber(key, values, map.Text("basis"), from, until));
            map.Done();
        }

        foreach (var missing in kind.Numbers.Where(k => !rows.Exists(r => r.Key == k && r.Until is null)))
        {
            root.Fault("numbers", $"数值“{missing}”没有现行的一行（没有 until 的）。", $"The number \"{missing}\" has no row in force (one without \"until\").");
        }

        Overlaps(root, "numbers", rows, r => (r.Key, r.From, r.Until));
        return rows;
    }

    /// <summary>The program's table and the city's words must speak of the same things.</summary>
    private static void Same(RuleReader reader, YamlNode section, string key, IEnumerable<string> written, IReadOnlyList<string> known)
    {
        var there = written.ToHashSet(StringComparer.Ordinal);
        foreach (var missing in known.Where(k => !there.Contains(k)))
        {
            reader.Fault(section, $"“{key}”缺少“{missing}”。", $"\"{key}\" lacks \"{missing}\".");
        }

        foreach (var extra in there.Where(t => !known.Contains(t, StringComparer.Ordinal)))
        {
            var (zh, en) = RuleReader.Suggest(extra, known);
            reader.Fault(section, $"“{key}”不认识“{extra}”。{zh}", $"\"{key}\" does not know \"{extra}\". {en}");
        }
    }

    private static List<MeasureDeadline> ReadDeadlines(RuleReader reader, RuleMap root, MeasureKind kind, CityClock clock)
    {
        var rows = new List<MeasureDeadline>();
        foreach (var map in Rows(reader, root, "deadlines"))
        {
            var (from, until) = Dates(reader, map);
            var key = map.Text("key", 40);
            if (key.Length > 0 && !kind.Deadlines.Contains(key))
            {
                var (zh, en) = RuleReader.Suggest(key, kind.Deadlines);
                reader.Fault(map.Node, $"期限“{key}”没有用处。{zh}", $"Nothing uses the deadline \"{key}\". {en}");
            }

            var counted = map.Map("within") is { } within ? Deadline.Read(within, clock, RestDays.Holidays, null) : null;
            rows.Add(new MeasureDeadline(key, counted?.Text ?? new Bilingual("", ""), map.Text("basis"), from, until)
            {
                Count = at => counted?.DueAt(new PlaybookFacts { At = at, Class = 3 }),
            });
            map.Done();
        }

        if (root.Find("deadlines") is { } section)
        {
            foreach (var missing in kind.Deadlines.Where(k => !rows.Exists(r => r.Key == k && r.Until is null)))
            {
                reader.Fault(section, $"期限“{missing}”没有现行的一行（没有 until 的）。", $"The deadline \"{missing}\" has no row in force (one without \"until\").");
            }
        }

        Overlaps(root, "deadlines", rows, r => (r.Key, r.From, r.Until));
        return rows;
    }

    private static List<MeasureVisits> ReadVisits(RuleReader reader, RuleMap root)
    {
        var rows = new List<MeasureVisits>();
        foreach (var map in root.Find("visits") is null ? [] : Rows(reader, root, "visits"))
        {
            var (from, until) = Dates(reader, map);
            rows.Add(new MeasureVisits(map.Int("cleanInRow", 1, 20), map.OptionalYesNo("firstVisitCounts"), map.Text("basis"), from, until));
            map.Done();
        }

        Overlaps(root, "visits", rows, r => ("", r.From, r.Until));
        return rows;
    }

    private static List<MeasureGround> ReadGrounds(RuleReader reader, RuleMap root, Dictionary<string, DutyField> fields)
    {
        var options = fields.GetValueOrDefault("circumstances")?.Options ?? [];
        var language = options.Count == 0 ? Language : WithCircumstances(options);
        var rows = new List<MeasureGround>();
        foreach (var map in root.Find("grounds") is null ? [] : Rows(reader, root, "grounds"))
        {
            var (from, until) = Dates(reader, map);
            var id = map.Text("id", 60);
            if (rows.Exists(r => r.Id == id))
            {
                reader.Fault(map.Node, $"情形“{id}”出现了两次。", $"The ground \"{id}\" appears twice.");
            }

            var strength = map.Require("strength") is { } s ? RuleMap.AsEnum<GroundStrength>(reader, s, "strength") : null;
            var condition = map.Map("when") is { } when ? language.Read(when) : null;
            rows.Add(new MeasureGround(id, strength ?? default, map.Bilingual("text"), condition?.Text ?? new Bilingual("", ""), map.Text("basis"), from, until)
            {
                Applies = condition?.Holds ?? (_ => false),
            });
            map.Done();
        }

        return rows;
    }

    private static ConditionLanguage<MeasureFacts> WithCircumstances(IReadOnlyList<DutyOption> options)
    {
        var language = new ConditionLanguage<MeasureFacts>();
        foreach (var word in (string[])["minorVictim", "elderlyVictim", "pregnant", "criticisedBefore", "letterBefore", "penaltyBefore"])
        {
            language.Word(word, Language.Reader(word));
        }

        return language.Word("circumstance", (reader, value, key) =>
        {
            var wanted = new List<DutyOption>();
            foreach (var node in RuleMap.AsOneOrMore(value))
            {
                var name = RuleMap.AsText(reader, node, key, 60) ?? "";
                if (options.FirstOrDefault(o => o.Id == name) is { } option)
                {
                    wanted.Add(option);
                }
                else
                {
                    var (zh, en) = RuleReader.Suggest(name, options.Select(o => o.Id));
                    reader.Fault(node, $"“{key}”不认识“{name}”。{zh}", $"\"{key}\" does not know \"{name}\". {en}");
                }
            }

            var ids = wanted.Select(w => w.Id).ToArray();
            return new Condition<MeasureFacts>(
                f => f.Circumstances.Any(c => ids.Contains(c, StringComparer.Ordinal)),
                new Bilingual(string.Join("或", wanted.Select(w => w.Label.Zh)), string.Join(" or ", wanted.Select(w => w.Label.En))));
        });
    }

    private static List<MeasureWording> ReadWordings(RuleReader reader, RuleMap root)
    {
        var rows = new List<MeasureWording>();
        foreach (var map in root.Find("wordings") is null ? [] : Rows(reader, root, "wordings"))
        {
            var (from, until) = Dates(reader, map);
            rows.Add(new MeasureWording(map.Text("key", 40), map.Text("text", 2000), from, until));
            map.Done();
        }

        Overlaps(root, "wordings", rows, r => (r.Key, r.From, r.Until));
        return rows;
    }

    /// <summary>Two rows of one key on one day would leave it to chance which counts.</summary>
    private static void Overlaps<T>(RuleMap root, string section, List<T> rows, Func<T, (string Key, DateOnly From, DateOnly? Until)> of)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            for (var j = i + 1; j < rows.Count; j++)
            {
                var (a, b) = (of(rows[i]), of(rows[j]));
                if (a.Key == b.Key && a.From <= (b.Until ?? DateOnly.MaxValue) && b.From <= (a.Until ?? DateOnly.MaxValue))
                {
                    root.Fault(section, $"“{section}”中“{a.Key}”有两行的日期重叠。", $"Two rows \"{a.Key}\" under \"{section}\" overlap in time.");
                }
            }
        }
    }

    private static IEnumerable<RuleMap> Rows(RuleReader reader, RuleMap root, string key) =>
        root.List(key).Select(node => RuleMap.AsMap(reader, node, key)).OfType<RuleMap>();

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

    private static Condition<MeasureFacts>? YesNo(RuleReader reader, YamlNode value, string key, Func<MeasureFacts, bool?> of, Bilingual text)
    {
        if (RuleMap.AsYesNo(reader, value, key) is not { } wanted)
        {
            return null;
        }

        return wanted ? new(f => of(f) == true, text) : new(f => of(f) == false, new Bilingual($"确知没有：{text.Zh}", $"known to be without {text.En}"));
    }
}
