using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Visits;

namespace Anhu.Modules.Demo;

/// <summary>How a duty was done.</summary>
/// <param name="Outcome">Outcome code.</param>
/// <param name="Form">The form as JSON.</param>
/// <param name="Needs">Needs named.</param>
/// <param name="RiskView">The worker's view of the class.</param>
internal sealed record DemoResult(string Outcome, string Form, IReadOnlyList<string> Needs, int? RiskView)
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An outcome with a filled form.</summary>
    /// <param name="outcome">Outcome code.</param>
    /// <param name="form">Fields and values.</param>
    public static DemoResult Of(string outcome, params (string Name, object Value)[] form) =>
        new(outcome, JsonSerializer.Serialize(form.ToDictionary(f => f.Name, f => f.Value), Json), [], null);
}

/// <summary>What made-up workers write into the forms of their duties.</summary>
internal static class DemoConduct
{
    // Rates are made up; what is named is named more often where the case is more serious.
    private static readonly (string Need, double Rate)[] Needs =
        [("legal", 0.07), ("psychological", 0.1), ("shelter", 0.015), ("mediation", 0.07), ("medical", 0.03), ("school", 0.02), ("protection-order", 0.04),
        ("disability", 0.01), ("work", 0.02), ("youth", 0.02)];

    /// <summary>How it was done.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="file">Its case.</param>
    /// <param name="playbook">The playbook at work.</param>
    /// <param name="random">Chance.</param>
    public static DemoResult Result(Duty duty, CaseFile file, Playbook playbook, Random random)
    {
        var incident = file.Incidents.Find(i => i.IncidentId == duty.IncidentId) ?? file.Incidents.MaxBy(i => i.OccurredAt);
        var year = duty.CreatedAt.Year;
        return duty.Kind switch
        {
            "police-first-contact" => random.Chance(0.94)
                ? Of("handled", ("arrivedAt", "到场后将双方分开"), ("evidence", Evidence(incident, random)), ("rightsTold", true), ("notes", random.Pick(Handled)))
                : Of("nobody-found", ("notes", "到场敲门无人应答，电话联系报警人称已离开。")),
            "police-disposition" => Disposition(incident, file, year, random),
            "missed-letter" => Of("not-due", ("reason", "经核实，属双方互相推搡，不构成应当告诫的情形。")),
            "identify-parties" => random.Chance(0.8) ? Of("identified", ("notes", "经上门核实已补录。")) : Of("not-possible", ("notes", "多次回拨未接，现场无人。")),
            "reassessment" => Of("assessed", ("changes", "已了解近期变化，双方分开居住。"), ("riskView", "3"), ("reason", "近期未再发生，受害人有求助渠道。")),
            "safety-check" => Of("safe", ("seenAlone", true), ("notes", "单独见到受害人，人身安全，已告知求助方式。")),
            "check-visit" => random.Chance(0.86)
                ? Of("clean", ("sawVictim", true), ("sawAbuser", true), ("seenApart", true), ("withCommittee", random.Chance(0.6)), ("notes", "双方情绪平稳，未再发生。"))
                : Of("not-met", ("notes", "上门未见到当事人，另行安排。")),
            "caring-message" => random.Chance(0.9) ? Of("no-safe-contact") : Of("not-wanted", ("notes", "本人表示不需要短信联系。")),
            "phone-return-visit" or "regular-return-visit" => Call(file, random),
            "on-site-visit" => Visit(file, random),
            "case-file" => Of("filed", ("summary", "已汇总历次警情和处置。"), ("plan", "按回访计划联系，提供法律和心理帮助，社区留意安全。"), ("victimWish", random.Pick(Wishes))),
            "community-notice-visit" => Watch(file, random),
            "mediation" => random.Chance(0.65)
                ? Of("agreed", ("victimWilling", true), ("otherWilling", true), ("heldApart", true), ("agreementNumber", $"合蜀调〔{year}〕{random.Next(1, 900)}号"), ("notes", "分别听取双方意见后达成协议。"))
                : Of("failed", ("victimWilling", true), ("otherWilling", true), ("notes", "双方分歧较大，未达成协议。")),
            "legal-aid" => random.Chance(0.7) ? Of("granted", ("documentNumber", $"合蜀援字〔{year}〕{random.Next(1, 900)}号")) : Of("not-applied"),
            "legal-aid-assignment" => Of("assigned", ("assignee", "区法律援助中心指派律师")),
            "mediation-follow-up" => Of("kept", ("notes", "分别回访双方，协议正在履行。")),
            "counselling" => random.Chance(0.7) ? Of("completed", ("provider", "区妇联心理服务站"), ("sessions", random.Next(1, 6))) : Of("declined"),
            "shelter" => random.Chance(0.5) ? Of("admitted", ("nights", random.Next(2, 10)), ("childrenAlong", random.Chance(0.5))) : Of("declined"),
            "shelter-stay" => Of("left", ("reason", "本人书面申请离站，暂住亲属家。")),
            "minor-placement" => random.Chance(0.4)
                ? Of("placed", ("notes", "已办理临时监护交接，双方签字。"), ("schoolKept", true))
                : Of("with-relatives", ("notes", "由外祖父母照料，儿童主任每周联系。")),
            "medical-record" => Of("kept", ("hospital", "区人民医院"), ("recordNumber", $"MZ{year}{random.Next(1, 90000):00000}"), ("photosTaken", true)),
            "protection-order-help" => Of("declined"),
            "protection-order-follow-up" or "protection-order-assist" or "protection-order-school" => Of("kept", ("notes", "申请人称对方未再联系，保护令得到遵守。")),
            "protection-order-extension" => Of("not-wanted", ("notes", "已单独联系，目前平稳，暂不申请延长。")),
            "protection-order-breach" => Of("handled", ("evidence", "现场录像、聊天记录"), ("courtTold", true), ("notes", "已到场制止并告知法院。")),
            "police-handling-supervision" => random.Chance(0.7)
                ? Of("no-fault", ("findings", "经审查，处置有据。"))
                : Of("explain", ("findings", "伤情达到轻伤，未见立案材料。"), ("documentNumber", $"合蜀检立监〔{year}〕{random.Next(1, 90)}号")),
            "disability-support" or "work-support" or "youth-care" => Of("arranged", ("contactPerson", "专职干部"), ("notes", "已与本人联系，商定帮助方式。")),
            "medical-help" => random.Chance(0.8) ? Of("treated", ("hospital", "区人民医院")) : Of("declined"),
            "school-contact" => Of("arranged", ("contactPerson", "年级德育主任")),
            "mandatory-report-follow-up" => Of("case-filed", ("feedback", "已受理并向报告单位反馈。"), ("measures", "已安排单独询问和临时照护。")),
            "case-conference" => Of("concluded", ("attendees", "妇联、派出所、街道、社区"), ("decisions", "派出所增加巡防，社区每周走访一次，妇联联系法律援助。")),
            "case-review" => random.Chance(0.85) ? Of("close", ("findings", "观察期内未再发生，需求均已落实。")) : Of("continue", ("findings", "家庭矛盾仍未化解，继续关注。")),
            _ => playbook.Kinds.TryGetValue(duty.Kind, out var kind) ? Of(kind.Outcomes[0].Id) : Of("done"),
        };
    }

    private static readonly string[] Handled =
        ["到场制止，双方已分开，情绪平复。", "对双方分别询问，告知权利，固定证据。", "送受害人就医，另一方带回派出所询问。", "受害人暂住亲属家，已留联系方式。"];

    private static readonly string[] Wishes = ["希望对方保证不再动手，暂不离婚。", "准备起诉离婚，希望法律帮助。", "希望分开居住，不愿调解。", "只希望有人关注，暂无其他要求。"];


    private static readonly string[] Danger = ["noise", "injuries"];

    private static readonly string[] Seen = ["单独见到本人，情绪平稳，家中整洁。", "本人在社区活动室见面，表示近期没有争执。", "家中有老人同住，本人希望继续联系。"];

    private static readonly string[] Advice = ["遇到危险立即拨打110，保留就诊材料。", "告知可以申请人身安全保护令。", "介绍法律援助和心理服务，由本人决定。", "建议准备应急包和安全去处。"];

    private static string[] Evidence(Incident? incident, Random random)
    {
        var evidence = new List<string> { "body-camera", "statements" };
        if (incident?.Injury >= Injury.Minor)
        {
            evidence.Add("photos");
        }

        if (random.Chance(0.2))
        {
            evidence.Add("messages");
        }

        return [.. evidence];
    }

    private static DemoResult Disposition(Incident? incident, CaseFile file, int year, Random random)
    {
        var hurt = incident?.Injury >= Injury.Minor;
        var dispute = incident?.Category == AlarmCategory.FamilyDispute;
        var outcome = incident?.Injury >= Injury.Light && random.Chance(0.6) ? "criminal"
            : dispute ? random.Pick(("police-mediation", 60.0), ("criticism", 25), ("not-established", 15))
            : hurt ? random.Pick(("warning-letter", 34.0), ("penalty", 12), ("criticism", 36), ("police-mediation", 18))
            : random.Pick(("criticism", 58.0), ("warning-letter", 9), ("police-mediation", 22), ("not-established", 9), ("penalty", 2));
        if (outcome is "criticism" or "police-mediation" && incident is { Injury: < Injury.Light } && AsksForMore(incident, file) && random.Chance(0.6))
        {
            outcome = file.Incidents.Exists(i => i.OccurredAt < incident.OccurredAt && (i.LetterAt is not null || i.Disposition is "penalty" or "criminal")) ? "penalty" : "warning-letter";
        }

        return outcome switch
        {
            "criticism" => Of(outcome, ("facts", "双方争执中有推搡，情节较轻。"), ("reason", "情节较轻，当场批评教育并告知后果。")),
            "not-established" => Of(outcome, ("reason", "未发现暴力行为，双方各执一词，已登记备查。")),
            "warning-letter" => Of(outcome, ("documentNumber", $"合公家暴告字〔{year}〕{random.Next(1, 2000):0000}号"), ("facts", "实施殴打，有伤情照片和询问笔录。"), ("reason", "结合伤情、经过和双方陈述。")),
            "criminal" => Of(outcome, ("documentNumber", $"合公刑立字〔{year}〕{random.Next(1, 3000):0000}号"), ("facts", "伤情待鉴定，已立案侦查。"), ("reason", "伤情较重，依法立案。")),
            "penalty" => Of(outcome, ("documentNumber", $"合公行罚决字〔{year}〕{random.Next(1, 4000):0000}号"), ("facts", "殴打他人，事实清楚。"), ("reason", "事实清楚，依法处罚。")),
            _ => Of(outcome, ("documentNumber", $"合公治调字〔{year}〕{random.Next(1, 3000):0000}号"), ("facts", "双方自愿，达成治安调解。"), ("reason", "因家庭琐事引起，情节较轻，分别问过，双方自愿。")),
        };
    }

    /// <summary>Most officers see when the law asks for more than criticism: the victim is one whom it names, or he was criticised, warned or punished before.</summary>
    private static bool AsksForMore(Incident incident, CaseFile file)
    {
        var known = IncidentKnowledge.Of(incident);
        var (young, old) = (DateOnly.FromDateTime(incident.OccurredAt.UtcDateTime).AddYears(-18), DateOnly.FromDateTime(incident.OccurredAt.UtcDateTime).AddYears(-60));
        return known.MinorVictim == true || known.ElderlyVictim == true || known.Pregnant == true
            || file.With(PartyRole.Victim).Any(v => v.BirthDate > young || v.BirthDate <= old)
            || file.Incidents.Exists(i => i.OccurredAt < incident.OccurredAt && i.Disposition is "criticism" or "warning-letter" or "penalty" or "criminal");
    }

    /// <summary>A call that reached her.</summary>
    /// <param name="file">The case.</param>
    /// <param name="needs">Needs that she names.</param>
    /// <param name="random">Chance.</param>
    public static DemoResult Reached(CaseFile file, IReadOnlyList<string> needs, Random random)
    {
        var view = View(file, random);
        return Of(
            "reached", ("familyRelations", random.Pick(("calm", 40.0), ("tense", 27), ("quarrels", 18), ("separated", 14), ("violence", 1))),
            ("policeHandling", random.Pick(("satisfied", 68.0), ("not-satisfied", 14), ("pending", 18))),
            ("disputeSettled", random.Pick(("settled", 35.0), ("partly", 40), ("not-settled", 25))), ("needs", needs.ToArray()),
            ("advice", random.Pick(Advice)), ("riskView", view.ToString(CultureInfo.InvariantCulture))) with
        { Needs = needs, RiskView = view };
    }

    private static DemoResult Call(CaseFile file, Random random)
    {
        var outcome = random.Pick(("reached", 76.0), ("not-reached", 13), ("refused", 7), ("unsafe-to-talk", 2.5));
        if (outcome == "not-reached")
        {
            return Of(outcome, ("attempts", RecordVisitHandler.Tries));
        }

        if (outcome != "reached")
        {
            return Of(outcome);
        }

        return Reached(file, Named(file, random), random);
    }

    private static DemoResult Visit(CaseFile file, Random random)
    {
        var way = random.Pick(("door", 72.0), ("appointment", 22), ("passing", 6));
        var outcome = random.Pick(("normal", 78.0), ("signs", 10), ("danger", 2), ("not-reached", 10));
        if (outcome == "not-reached")
        {
            return Of(outcome, ("way", way), ("notes", "敲门无人应，邻居称全家外出。"));
        }

        var needs = Named(file, random);
        var view = outcome == "normal" ? View(file, random) : Math.Min(file.Case.Class, outcome == "danger" ? 1 : 2);
        var form = new List<(string, object)>
        {
            ("way", way), ("metAlone", true), ("withPolice", file.Case.Class == 1 && random.Chance(0.5)), ("needs", needs.ToArray()),
            ("riskView", view.ToString(CultureInfo.InvariantCulture)), ("notes", random.Pick(Seen)),
        };
        if (outcome == "signs")
        {
            form.Add(("signs", new[] { random.Pick(("noise", 4.0), ("damage", 4), ("injuries", 2)) }));
        }
        else if (outcome == "danger")
        {
            form.Add(("signs", Danger));
            form.Add(("called110", true));
        }

        if (file.With(PartyRole.Child).Any())
        {
            form.Add(("childrenSeen", random.Chance(0.7)));
        }

        return Of(outcome, [.. form]) with { Needs = needs, RiskView = view };
    }

    private static DemoResult Watch(CaseFile file, Random random)
    {
        var way = random.Pick(("passing", 55.0), ("door", 45));
        var children = file.With(PartyRole.Child).Any() && random.Chance(0.5);
        return random.Pick(("safe", 89.0), ("not-met", 7), ("signs", 3), ("danger", 0.7)) switch
        {
            "not-met" => Of("not-met", ("way", way), ("notes", "两次路过家中无人。")),
            "signs" => Of("signs", ("way", way), ("signs", new[] { random.Pick(("noise", 5.0), ("damage", 2), ("child-absent", 1)) }), ("childrenSeen", children)),
            "danger" => Of("danger", ("way", way), ("called110", true), ("notes", "楼道听到喊叫声，已拨打110，民警到场。")),
            _ => Of("safe", ("way", way), ("childrenSeen", children), ("notes", "日常走访，未见异常。")),
        };
    }

    private static List<string> Named(CaseFile file, Random random) =>
        [.. Needs.Where(n => random.Chance(n.Rate * (file.Case.Class < 3 ? 1.3 : 0.5))).Select(n => n.Need)];

    /// <summary>A worker mostly agrees with the class; now and then one holds a more serious one right.</summary>
    private static int View(CaseFile file, Random random) => random.Chance(0.06) ? Math.Max(1, file.Case.Class - 1) : random.Chance(0.2) ? 3 : file.Case.Class;

    private static DemoResult Of(string outcome, params (string Name, object Value)[] form) => DemoResult.Of(outcome, form);
}
