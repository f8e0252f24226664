using System.Text.Encodings.Web;
using System.Text.Json;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Time;

namespace Anhu.Modules.Demo;

/// <summary>When a made-up worker takes up a duty and when it is done.</summary>
/// <param name="AcceptAt">Taken up, UTC.</param>
/// <param name="DoneAt">Done, UTC.</param>
/// <param name="HandOverAt">Offered to another unit, UTC; null when not.</param>
internal sealed record DemoTiming(DateTimeOffset AcceptAt, DateTimeOffset DoneAt, DateTimeOffset? HandOverAt);

/// <summary>How a duty was done.</summary>
/// <param name="Outcome">Outcome code.</param>
/// <param name="Form">The form as JSON.</param>
/// <param name="Needs">Needs named.</param>
/// <param name="RiskView">The worker's view of the class.</param>
internal sealed record DemoResult(string Outcome, string Form, IReadOnlyList<string> Needs, int? RiskView);

/// <summary>How made-up workers work: four of five in time, one of ten late, some so late that it goes up a level.</summary>
internal static class DemoConduct
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>When it is done.</summary>
    /// <param name="kind">Kind of duty.</param>
    /// <param name="createdAt">When it arose, UTC.</param>
    /// <param name="dueAt">Deadline, UTC.</param>
    /// <param name="zone">The city's zone.</param>
    /// <param name="random">Chance.</param>
    public static DemoTiming Timing(string kind, DateTimeOffset createdAt, DateTimeOffset dueAt, CityZone zone, Random random)
    {
        var span = dueAt - createdAt;
        var aroundTheClock = kind is "police-first-contact" or "safety-check" or "shelter";
        var longAhead = span > TimeSpan.FromDays(6);
        var roll = random.NextDouble();
        DateTimeOffset done;
        if (roll < 0.85)
        {
            done = longAhead ? dueAt - random.Between(TimeSpan.FromHours(6), TimeSpan.FromHours(70)) : createdAt + (span * (0.12 + (0.7 * random.NextDouble())));
            done = aroundTheClock ? done : AtWork(done, createdAt, dueAt, zone, random);
        }
        else if (roll < 0.96)
        {
            done = dueAt + (span < TimeSpan.FromHours(6) ? random.Between(TimeSpan.FromMinutes(20), TimeSpan.FromHours(5)) : random.Between(TimeSpan.FromHours(3), TimeSpan.FromHours(34)));
            done = aroundTheClock ? done : AtWork(done, dueAt, DateTimeOffset.MaxValue, zone, random);
        }
        else
        {
            done = AtWork(dueAt + random.Between(TimeSpan.FromDays(1.5), TimeSpan.FromDays(6)), dueAt, DateTimeOffset.MaxValue, zone, random);
        }

        done = done <= createdAt ? createdAt + TimeSpan.FromMinutes(3) : done;
        var from = longAhead || random.Chance(0.6) ? done - TimeSpan.FromHours(1) : createdAt;
        from = from < createdAt ? createdAt : from;
        var handedOver = !aroundTheClock && !longAhead && random.Chance(0.025) ? from + ((done - from) * 0.1) : (DateTimeOffset?)null;
        return new DemoTiming(from + ((done - from) * (0.15 + (0.4 * random.NextDouble()))), done, handedOver);
    }

    /// <summary>How it was done.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="file">Its case.</param>
    /// <param name="hasSafeContact">A contact that may get a message is known.</param>
    /// <param name="random">Chance.</param>
    public static DemoResult Result(Duty duty, CaseFile file, bool hasSafeContact, Random random)
    {
        var incident = file.Incidents.Find(i => i.IncidentId == duty.IncidentId) ?? file.Incidents.MaxBy(i => i.OccurredAt);
        return duty.Kind switch
        {
            "police-first-contact" => random.Chance(0.94)
                ? Of("handled", ("arrivedAt", "到场后将双方分开"), ("evidence", Evidence(incident, random)), ("rightsTold", true), ("notes", random.Pick(Handled)))
                : Of("nobody-found", ("notes", "到场敲门无人应答，电话联系报警人称已离开。")),
            "police-disposition" => Disposition(incident, random),
            "identify-parties" => random.Chance(0.8) ? Of("identified", ("notes", "经上门核实已补录。")) : Of("not-possible", ("notes", "多次回拨未接，现场无人。")),
            "safety-check" => Of("safe", ("seenAlone", true), ("notes", "单独见到受害人，人身安全，已告知求助方式。")),
            "check-visit" => random.Chance(0.86)
                ? Of("clean", ("sawVictim", true), ("sawAbuser", true), ("withCommittee", random.Chance(0.6)), ("notes", "双方情绪平稳，未再发生。"))
                : Of("not-met", ("notes", "上门未见到当事人，另行安排。")),
            "caring-message" => Of(hasSafeContact ? "sent" : "no-safe-contact"),
            "phone-return-visit" or "regular-return-visit" => Visit(file, random, onSite: false),
            "on-site-visit" => Visit(file, random, onSite: true),
            "case-file" => Of("filed", ("summary", "已汇总历次警情和处置。"), ("plan", "按回访计划联系，提供法律和心理帮助，社区留意安全。"), ("victimWish", random.Pick(Wishes))),
            "community-notice-visit" => random.Chance(0.9)
                ? Of("safe", ("signs", "日常走访，未见异常。"), ("childrenSeen", random.Chance(0.5)))
                : random.Chance(0.7) ? Of("not-met", ("signs", "两次上门家中无人。")) : Of("danger", ("signs", "楼道听到争吵声，已报告派出所。")),
            "mediation" => random.Chance(0.65)
                ? Of("agreed", ("bothWilling", true), ("agreementNumber", $"合蜀调〔2026〕{random.Next(1, 900)}号"), ("notes", "分别听取双方意见后达成协议。"))
                : Of("failed", ("bothWilling", true), ("notes", "双方分歧较大，未达成协议。")),
            "legal-aid" => random.Chance(0.7) ? Of("granted", ("assignee", "区法律援助中心指派律师")) : Of("not-applied"),
            "counselling" => random.Chance(0.7) ? Of("completed", ("provider", "区妇联心理服务站"), ("sessions", random.Next(1, 6))) : Of("declined"),
            "shelter" => random.Chance(0.5) ? Of("admitted", ("nights", random.Next(2, 10)), ("childrenAlong", random.Chance(0.5))) : Of("declined"),
            "medical-help" => random.Chance(0.8) ? Of("treated", ("hospital", "区人民医院")) : Of("declined"),
            "school-contact" => Of("arranged", ("contactPerson", "年级德育主任")),
            "mandatory-report-follow-up" => Of("case-filed", ("feedback", "已受理并向报告单位反馈。"), ("measures", "已安排单独询问和临时照护。")),
            "case-conference" => Of("concluded", ("attendees", "妇联、派出所、街道、社区"), ("decisions", "派出所增加巡防，社区每周走访一次，妇联联系法律援助。")),
            "case-review" => random.Chance(0.85) ? Of("close", ("findings", "观察期内未再发生，需求均已落实。")) : Of("continue", ("findings", "家庭矛盾仍未化解，继续关注。")),
            _ => Of("done"),
        };
    }

    /// <summary>Moves an instant into working hours, not before one and, where it can, not after another.</summary>
    public static DateTimeOffset AtWork(DateTimeOffset at, DateTimeOffset notBefore, DateTimeOffset notAfter, CityZone zone, Random random)
    {
        var local = zone.ToLocal(at);
        var date = DateOnly.FromDateTime(local.DateTime);
        var time = new TimeOnly(random.Next(8, 17), random.Next(60), random.Next(60));
        var moved = local.Hour is >= 8 and < 18 ? at : zone.At(date, time);
        if (moved <= notBefore)
        {
            moved = zone.At(date.AddDays(1), time);
        }

        return moved < notAfter ? moved : notBefore + ((notAfter - notBefore) * 0.8);
    }

    private static readonly string[] Handled =
        ["到场制止，双方已分开，情绪平复。", "对双方分别询问，告知权利，固定证据。", "送受害人就医，另一方带回派出所询问。", "受害人暂住亲属家，已留联系方式。"];

    private static readonly string[] Wishes = ["希望对方保证不再动手，暂不离婚。", "准备起诉离婚，希望法律帮助。", "希望分开居住，不愿调解。", "只希望有人关注，暂无其他要求。"];

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

    private static DemoResult Disposition(Incident? incident, Random random)
    {
        var hurt = incident?.Injury >= Injury.Minor;
        var dispute = incident?.Category == AlarmCategory.FamilyDispute;
        var outcome = incident?.Injury >= Injury.Light && random.Chance(0.6) ? "criminal"
            : dispute ? random.Pick(("police-mediation", 60.0), ("criticism", 25), ("not-established", 15))
            : hurt ? random.Pick(("warning-letter", 34.0), ("penalty", 12), ("criticism", 36), ("police-mediation", 18))
            : random.Pick(("criticism", 58.0), ("warning-letter", 9), ("police-mediation", 22), ("not-established", 9), ("penalty", 2));
        return outcome switch
        {
            "criticism" => Of(outcome, ("facts", "双方争执中有推搡，情节较轻。"), ("reason", "情节较轻，当场批评教育并告知后果。")),
            "not-established" => Of(outcome, ("reason", "未发现暴力行为，双方各执一词，已登记备查。")),
            "warning-letter" => Of(outcome, ("documentNumber", $"合公家暴告字〔2026〕{random.Next(1, 2000):0000}号"), ("facts", "实施殴打，有伤情照片和询问笔录。")),
            "criminal" => Of(outcome, ("documentNumber", $"合公刑立字〔2026〕{random.Next(1, 3000):0000}号"), ("facts", "伤情待鉴定，已立案侦查。")),
            "penalty" => Of(outcome, ("documentNumber", $"合公行罚决字〔2026〕{random.Next(1, 4000):0000}号"), ("facts", "殴打他人，事实清楚。")),
            _ => Of(outcome, ("documentNumber", $"合公治调字〔2026〕{random.Next(1, 3000):0000}号"), ("facts", "双方自愿，达成治安调解。")),
        };
    }

    private static DemoResult Visit(CaseFile file, Random random, bool onSite)
    {
        var outcome = onSite ? random.Pick(("reached", 86.0), ("not-reached", 9), ("refused", 5)) : random.Pick(("reached", 74.0), ("not-reached", 16), ("refused", 7), ("unsafe-to-talk", 3));
        if (outcome == "not-reached")
        {
            return Of(outcome, ("attempts", random.Next(2, 5)));
        }

        if (outcome != "reached")
        {
            return Of(outcome);
        }

        var needs = new List<string>();
        foreach (var (need, rate) in ((string, double)[])[("legal", 0.07), ("psychological", 0.1), ("shelter", 0.015), ("mediation", 0.07), ("medical", 0.03), ("school", 0.02)])
        {
            if (random.Chance(file.Case.Class < 3 ? rate * 1.3 : rate * 0.5))
            {
                needs.Add(need);
            }
        }

        var view = random.Pick((3, 66.0), (2, 30), (1, 4));
        var result = Of(
            outcome, ("familyRelations", random.Pick(("calm", 40.0), ("tense", 27), ("quarrels", 18), ("separated", 14), ("violence", 1))),
            ("policeHandling", random.Pick(("satisfied", 68.0), ("not-satisfied", 14), ("pending", 18))),
            ("disputeSettled", random.Pick(("settled", 35.0), ("partly", 40), ("not-settled", 25))), ("needs", needs.ToArray()),
            ("advice", random.Pick(Advice)), ("riskView", view.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return result with { Needs = needs, RiskView = view };
    }

    private static DemoResult Of(string outcome, params (string Name, object Value)[] form) =>
        new(outcome, JsonSerializer.Serialize(form.ToDictionary(f => f.Name, f => f.Value), Json), [], null);
}
