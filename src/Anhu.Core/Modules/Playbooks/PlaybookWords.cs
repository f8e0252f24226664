using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Grading;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Playbooks;

/// <summary>Words of a playbook: names of events and the conditions that its rules may use.</summary>
internal static class PlaybookWords
{
    private static readonly (string Word, Func<PlaybookFacts, bool?> Of, Bilingual Yes, Bilingual No)[] Facts =
    [
        ("weapon", f => f.Weapon, new("有凶器", "a weapon"), new("确知没有凶器", "known to be without a weapon")),
        ("threatToKill", f => f.ThreatToKill, new("扬言杀人", "a threat to kill"), new("确知没有扬言杀人", "known to be without a threat to kill")),
        ("strangulation", f => f.Strangulation, new("有扼颈等致命行为", "a lethal act"), new("确知没有致命行为", "known to be without a lethal act")),
        ("childPresent", f => f.ChildPresent, new("有未成年人在场", "a child present"), new("确知没有未成年人在场", "known to be without a child present")),
        ("pregnant", f => f.Pregnant, new("受害人怀孕", "a pregnant victim"), new("确知没有怀孕", "known not to be pregnant")),
        ("alcohol", f => f.Alcohol, new("涉及饮酒或吸毒", "alcohol or drugs"), new("确知不涉及饮酒或吸毒", "known to be without alcohol or drugs")),
        ("sexualViolence", f => f.SexualViolence, new("有性暴力", "sexual violence"), new("确知没有性暴力", "known to be without sexual violence")),
        ("separation", f => f.Separation, new("正在或一年内分手、分居、离婚", "a separation under way or within a year"), new("确知没有分手、分居、离婚", "known to be without a separation")),
        ("minorVictim", f => f.MinorVictim, new("受害人未满18周岁", "a victim under 18"), new("确知受害人已成年", "a victim known to be an adult")),
        ("elderlyVictim", f => f.ElderlyVictim, new("受害人为老年人", "an elderly victim"), new("确知受害人不是老年人", "a victim known not to be elderly")),
        ("hasVictim", f => f.HasVictim, new("有受害人信息", "a victim is named"), new("没有受害人信息", "no victim is named")),
        ("letterIssued", f => f.LetterIssued, new("已出具告诫书", "a warning letter was issued"), new("没有出具告诫书", "no warning letter was issued")),
        ("visitsDone", f => f.VisitsDone, new("查访次数已满", "enough visits were made"), new("查访次数未满", "more visits are due")),
        ("orderInForce", f => f.OrderInForce, new("保护令在有效期内", "a protection order is in force"), new("没有生效的保护令", "no protection order is in force")),
        ("dispositionBegun", f => f.DispositionBegun, new("处置已经登记或者正在办理", "the disposition is decided or under way"), new("还没有处置", "no disposition is under way")),
        ("mandatoryReport", f => f.MandatoryReport, new("来自强制报告", "a mandatory report"), new("不是强制报告", "no mandatory report")),
    ];

    /// <summary>Events by the name that a playbook writes.</summary>
    public static IReadOnlyDictionary<string, PlaybookEvent> Events { get; } = Enum.GetValues<PlaybookEvent>().ToDictionary(NameOf);

    public static string NameOf(PlaybookEvent e) => e switch
    {
        PlaybookEvent.AlarmReceived => "alarm.received",
        PlaybookEvent.AlarmRepeated => "alarm.repeated",
        PlaybookEvent.CaseOpened => "case.opened",
        PlaybookEvent.CaseReopened => "case.reopened",
        PlaybookEvent.CaseClassRaised => "case.class-raised",
        PlaybookEvent.CaseReviewDue => "case.review-due",
        PlaybookEvent.DutyOverdue => "duty.overdue",
        PlaybookEvent.DutyDone => "duty.done",
        PlaybookEvent.VisitNeed => "visit.need",
        PlaybookEvent.SceneItem => "scene.item",
        PlaybookEvent.LetterProposed => "letter.proposed",
        PlaybookEvent.LetterIssued => "letter.issued",
        PlaybookEvent.LetterDelivered => "letter.delivered",
        PlaybookEvent.LetterVisited => "letter.visited",
        PlaybookEvent.LetterRecurrence => "letter.recurrence",
        PlaybookEvent.PenaltyAccepted => "penalty.accepted",
        PlaybookEvent.PenaltyPaused => "penalty.paused",
        PlaybookEvent.PenaltyDecided => "penalty.decided",
        PlaybookEvent.PenaltyNotExecuted => "penalty.not-executed",
        PlaybookEvent.CrimeFiled => "crime.filed",
        PlaybookEvent.CrimeNotFiled => "crime.not-filed",
        PlaybookEvent.CrimeTransferred => "crime.transferred",
        PlaybookEvent.CustodyBegan => "custody.began",
        PlaybookEvent.ReleaseKnown => "release.known",
        PlaybookEvent.ReleaseDay => "release.day",
        PlaybookEvent.Released => "release.done",
        PlaybookEvent.ReleasedEarly => "release.early",
        PlaybookEvent.OrderFiled => "order.filed",
        PlaybookEvent.OrderAccepted => "order.accepted",
        PlaybookEvent.OrderIssued => "order.issued",
        PlaybookEvent.OrderServed => "order.served",
        PlaybookEvent.OrderRejected => "order.rejected",
        PlaybookEvent.OrderWithdrawn => "order.withdrawn",
        PlaybookEvent.OrderExpiring => "order.expiring",
        PlaybookEvent.OrderExpired => "order.expired",
        PlaybookEvent.OrderBreached => "order.breached",
        PlaybookEvent.LetterMissed => "letter.missed",
        PlaybookEvent.ReportReceived => "report.received",
        PlaybookEvent.ReportOmitted => "report.omitted",
        PlaybookEvent.DispositionAddition => "disposition.addition",
        PlaybookEvent.WhereaboutsLeaked => "whereabouts.leaked",
        PlaybookEvent.FactLearned => "fact.learned",
        PlaybookEvent.HolidayComing => "holiday.coming",
    };

    /// <summary>The language of conditions.</summary>
    /// <param name="kinds">Declared kinds.</param>
    /// <param name="needs">Declared needs.</param>
    public static ConditionLanguage<PlaybookFacts> Language(IReadOnlyDictionary<string, DutyKind> kinds, IReadOnlyList<DutyOption> needs)
    {
        var language = new ConditionLanguage<PlaybookFacts>();
        language.Word("class", ReadClass);
        language.Word("category", ReadCategory);
        foreach (var (word, of, yes, no) in Facts)
        {
            language.Word(word, (reader, value, key) => RuleMap.AsYesNo(reader, value, key) is { } wanted
                ? new(f => of(f) == wanted, wanted ? yes : no)
                : null);
        }

        language.Word("injury", ReadInjury);
        language.Word("incidents", (reader, value, key) => ReadAtLeast(reader, value, key, f => f.IncidentCount, "累计警情", "alarms in all"));
        language.Word("inRow", (reader, value, key) => ReadAtLeast(reader, value, key, f => f.OutcomesInRow, "连续结果相同", "times this outcome in a row"));
        language.Word("need", (reader, value, key) => ReadNames(
            reader, value, key, needs.ToDictionary(n => n.Id, n => n.Label, StringComparer.Ordinal), f => f.Need, new("需求为", "the need is ")));
        language.Word("kind", (reader, value, key) => ReadNames(
            reader, value, key, kinds.ToDictionary(k => k.Key, k => k.Value.Title, StringComparer.Ordinal), f => f.DutyKind, new("责任为", "the duty is ")));
        language.Word("outcome", (reader, value, key) => ReadNames(
            reader, value, key, kinds.Values.SelectMany(k => k.Outcomes).DistinctBy(o => o.Id).ToDictionary(o => o.Id, o => o.Label, StringComparer.Ordinal),
            f => f.Outcome, new("结果为", "the outcome is ")));
        language.Word("addition", (reader, value, key) => ReadNames(
            reader, value, key, kinds.Values.Where(k => k.Disposes).SelectMany(k => k.Fields).Where(f => f.Id == "additions").SelectMany(f => f.Options).DistinctBy(o => o.Id)
                .ToDictionary(o => o.Id, o => o.Label, StringComparer.Ordinal),
            f => f.Addition, new("同时采取", "added is ")));
        language.Word("sceneItem", (reader, value, key) => RuleMap.AsText(reader, value, key, 80) is { } item
            ? new(f => f.SceneItem == item, new($"现场证据为“{item}”", $"the evidence item is \"{item}\""))
            : null);
        language.Word("sceneStatus", (reader, value, key) => ReadNames(reader, value, key, SceneStatuses, f => f.SceneStatus, new("状态为", "the status is ")));
        return language;
    }

    private static readonly Dictionary<string, Bilingual> SceneStatuses = new(StringComparer.Ordinal)
    {
        ["collected"] = new("已收集", "collected"), ["refused"] = new("拒绝提供", "refused"), ["not-applicable"] = new("不适用", "not applicable"), ["missing"] = new("缺失", "missing"), ["requested"] = new("已请求", "requested"),
    };

    private static Condition<PlaybookFacts>? ReadClass(RuleReader reader, YamlNode value, string key)
    {
        var classes = RuleMap.AsOneOrMore(value).Select(v => RuleMap.AsInt(reader, v, key, 1, 3)).OfType<int>().ToArray();
        if (classes.Length == 0)
        {
            return null;
        }

        var mask = classes.Aggregate(0, (m, c) => m | (1 << c));
        var list = string.Join("、", classes.Select(c => $"{"一二三"[c - 1]}级"));
        return new(f => (mask & (1 << f.Class)) != 0, new Bilingual(list, $"class {string.Join(" or ", classes)}"));
    }

    private static Condition<PlaybookFacts>? ReadCategory(RuleReader reader, YamlNode value, string key)
    {
        var categories = RuleMap.AsOneOrMore(value).Select(v => RuleMap.AsEnum<AlarmCategory>(reader, v, key)).OfType<AlarmCategory>().ToArray();
        if (categories.Length == 0)
        {
            return null;
        }

        var mask = categories.Aggregate(0, (m, c) => m | (1 << (int)c));
        var names = categories.Select(CategoryName).ToList();
        return new(
            f => f.Category is { } category && (mask & (1 << (int)category)) != 0,
            new Bilingual($"警情为{string.Join("、", names.Select(n => n.Zh))}", $"the alarm is {string.Join(" or ", names.Select(n => n.En))}"));
    }

    private static Bilingual CategoryName(AlarmCategory category) => category switch
    {
        AlarmCategory.DomesticViolence => new("家庭暴力", "domestic violence"),
        AlarmCategory.FamilyDispute => new("家庭纠纷", "a family dispute"),
        AlarmCategory.ProtectionOrderBreach => new("违反保护令", "a breach of a protection order"),
        AlarmCategory.MissingPerson => new("失踪", "a missing person"),
        AlarmCategory.Other => new("其他", "another matter"),
    };

    private static Condition<PlaybookFacts>? ReadInjury(RuleReader reader, YamlNode value, string key)
    {
        if (RuleMap.AsMap(reader, value, key) is not { } map)
        {
            return null;
        }

        var atLeast = map.Require("atLeast") is { } level ? RuleMap.AsEnum<Injury>(reader, level, "atLeast") : null;
        map.Done();
        if (atLeast is not { } least)
        {
            return null;
        }

        var name = InjuryNames.Of(least);
        return new(f => f.Injury >= least, new Bilingual($"伤情达到{name.Zh}", $"{name.En} or worse"));
    }

    private static Condition<PlaybookFacts>? ReadAtLeast(RuleReader reader, YamlNode value, string key, Func<PlaybookFacts, int> of, string zh, string en)
    {
        if (RuleMap.AsMap(reader, value, key) is not { } map)
        {
            return null;
        }

        var atLeast = map.OptionalInt("atLeast", 0, 1000);
        var lessThan = map.OptionalInt("lessThan", 1, 1000);
        map.Done();
        if (atLeast is null && lessThan is null)
        {
            reader.Fault(value, $"“{key}”需要 atLeast 或 lessThan。", $"\"{key}\" needs atLeast or lessThan.");
            return null;
        }

        var from = atLeast ?? int.MinValue;
        var below = lessThan ?? int.MaxValue;
        return new(
            f => of(f) >= from && of(f) < below,
            new Bilingual(
                $"{zh}{(atLeast is { } a ? $"不少于{a}次" : "")}{(lessThan is { } l ? $"少于{l}次" : "")}",
                $"{(atLeast is { } m ? $"{m} or more " : "")}{(lessThan is { } n ? $"fewer than {n} " : "")}{en}"));
    }

    private static Condition<PlaybookFacts>? ReadNames(
        RuleReader reader, YamlNode value, string key, Dictionary<string, Bilingual> known, Func<PlaybookFacts, string?> of, Bilingual lead)
    {
        var names = new List<string>();
        foreach (var item in RuleMap.AsOneOrMore(value))
        {
            var name = RuleMap.AsText(reader, item, key, 60) ?? "";
            if (known.ContainsKey(name))
            {
                names.Add(name);
            }
            else
            {
                var (zh, en) = RuleReader.Suggest(name, known.Keys);
                reader.Fault(item, $"“{key}”不认识“{name}”。{zh}", $"\"{key}\" does not know \"{name}\". {en}");
            }
        }

        var list = names.ToArray();
        return new(
            f => of(f) is { } name && Array.IndexOf(list, name) >= 0,
            new Bilingual(
                $"{lead.Zh}{string.Join("、", list.Select(n => $"“{known[n].Zh}”"))}", $"{lead.En}{string.Join(" or ", list.Select(n => $"\"{known[n].En}\""))}"));
    }
}
