using System.Text.Json;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;
using static Anhu.Tests.Playbooks.Shipped;

namespace Anhu.Tests.Playbooks;

/// <summary>Known answers of the playbook that ships (issue §4, handbook §4.7 and §4.9).</summary>
[Trait("Store", "none")]
public sealed class HefeiPlaybookTests
{
    private static readonly DateTimeOffset Evening = Local(2026, 11, 20, 20, 15);

    [Fact]
    public void Alarm_OfClass3_AsksPoliceAndFederationByTheEndOfTheNextDay()
    {
        var plan = Hefei.Plan(PlaybookEvent.AlarmReceived, Alarm(3));

        Assert.Equal(["police-first-contact", "police-disposition", "caring-message", "phone-return-visit"], plan.Duties.Select(d => d.Kind));
        Assert.All(["caring-message", "phone-return-visit"], kind =>
        {
            var duty = plan.Duties.Single(d => d.Kind == kind);
            Assert.Equal((Agency.WomensFederation, RegionLevel.County), (duty.Agency, duty.Level));
            Assert.Equal(EndOf(2026, 11, 21), duty.DueAt);
        });
        Assert.Equal(Local(2026, 11, 20, 22, 15), plan.Duties[0].DueAt);
        Assert.Equal(Local(2026, 11, 23, 21), plan.Duties[1].DueAt);
        Assert.Equal(
            [("watch-household", Agency.StreetOffice, RegionLevel.Township), ("watch-household", Agency.CommunityOffice, RegionLevel.Community)],
            plan.Notices.Select(n => (n.Text, n.Agency, n.Level)));
    }

    [Fact]
    public void Alarm_OfClass2_AddsFileWatchAndReturnVisitsInTheFirstThreeMonths()
    {
        var plan = Hefei.Plan(PlaybookEvent.AlarmReceived, Alarm(2));

        Assert.Equal(
            ["police-first-contact", "police-disposition", "caring-message", "phone-return-visit", "case-file", "community-notice-visit", "regular-return-visit"],
            plan.Duties.Select(d => d.Kind));
        Assert.Equal(EndOf(2026, 12, 4), plan.Duties.Single(d => d.Kind == "regular-return-visit").DueAt);
        Assert.Equal(EndOf(2026, 11, 23), plan.Duties.Single(d => d.Kind == "case-file").DueAt);
    }

    [Fact]
    public void Alarm_OfClass1_AddsVisitTheSameDayAndConferenceInThreeDays()
    {
        var plan = Hefei.Plan(PlaybookEvent.AlarmReceived, Alarm(1));

        var visit = plan.Duties.Single(d => d.Kind == "on-site-visit");
        Assert.Equal((Agency.WomensFederation, RegionLevel.County), (visit.Agency, visit.Level));
        Assert.Equal(Local(2026, 11, 21, 8, 15), visit.DueAt);
        Assert.Equal(EndOf(2026, 11, 20), Hefei.Plan(PlaybookEvent.AlarmReceived, Alarm(1) with { At = Local(2026, 11, 20, 9) }).Duties.Single(d => d.Kind == "on-site-visit").DueAt);
        Assert.Equal(EndOf(2026, 11, 23), plan.Duties.Single(d => d.Kind == "case-conference").DueAt);
        Assert.Equal(EndOf(2026, 11, 23), plan.Duties.Single(d => d.Kind == "regular-return-visit").DueAt);
        Assert.Contains(plan.Notices, n => n is { Agency: Agency.Police, Level: RegionLevel.County, Text: "high-danger" });
    }

    [Fact]
    public void Alarm_WithoutAVictim_AsksWhoIsInvolvedInsteadOfCalling()
    {
        var kinds = Hefei.Plan(PlaybookEvent.AlarmReceived, Alarm(3) with { HasVictim = false }).Duties.Select(d => d.Kind);

        Assert.Equal(["police-first-contact", "police-disposition", "identify-parties"], kinds);
    }

    [Fact]
    public void Alarm_OfAnotherKind_AsksThePoliceOnly()
    {
        var plan = Hefei.Plan(PlaybookEvent.AlarmReceived, Alarm(3) with { Category = AlarmCategory.MissingPerson });

        Assert.Equal("police-first-contact", Assert.Single(plan.Duties).Kind);
        Assert.Empty(plan.Notices);
    }

    [Fact]
    public void FamilyDispute_OfClass3_IsNotToldToStreetAndCommunity() =>
        Assert.Empty(Hefei.Plan(PlaybookEvent.AlarmReceived, Alarm(3) with { Category = AlarmCategory.FamilyDispute }).Notices);

    [Fact]
    public void MandatoryReport_OfAMinor_IsAnsweredInThreeDaysAndReachesSchoolAndCivilAffairs()
    {
        var facts = Alarm(1) with { MandatoryReport = true, MinorVictim = true };
        var plan = Hefei.Plan(PlaybookEvent.AlarmReceived, facts);

        Assert.Equal(EndOf(2026, 11, 23), Hefei.Plan(PlaybookEvent.ReportReceived, facts).Duties.Single(d => d.Kind == "mandatory-report-follow-up").DueAt);
        Assert.Equal(Agency.Education, plan.Duties.Single(d => d.Kind == "school-contact").Agency);
        Assert.Contains(plan.Notices, n => n.Agency == Agency.CivilAffairs);
    }

    [Fact]
    public void OpenDuty_DueNoLater_CoversANewOne()
    {
        var open = new Dictionary<string, DateTimeOffset> { ["phone-return-visit"] = EndOf(2026, 11, 20), ["regular-return-visit"] = EndOf(2027, 2, 1) };

        var kinds = Hefei.Plan(PlaybookEvent.AlarmReceived, Alarm(2) with { AlreadyOpenKinds = open }).Duties.Select(d => d.Kind).ToList();

        Assert.DoesNotContain("phone-return-visit", kinds);
        Assert.Contains("regular-return-visit", kinds);
        Assert.Contains("police-disposition", kinds);
    }

    [Fact]
    public void RaisedAndReceivedAtOnce_AsksForEachDutyOnce()
    {
        var plan = Hefei.Plan([PlaybookEvent.AlarmReceived, PlaybookEvent.AlarmRepeated, PlaybookEvent.CaseClassRaised], Alarm(1) with { IncidentCount = 3 });

        Assert.Equal(plan.Duties.Count, plan.Duties.DistinctBy(d => d.Kind).Count());
        Assert.Equal(plan.Notices.Count, plan.Notices.DistinctBy(n => (n.Agency, n.Level, n.Text)).Count());
        Assert.Contains(plan.Notices, n => n.Text == "repeated");
    }

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(1, 3, 7)]
    [InlineData(1, 5, 7)]
    [InlineData(1, 14, 30)]
    [InlineData(2, 1, 14)]
    [InlineData(2, 14, 30)]
    [InlineData(2, 30, 90)]
    public void ReturnVisit_Done_AsksForTheNextDayOfTheSchedule(int @class, int doneOnDay, int nextDay)
    {
        var plan = Hefei.Plan(PlaybookEvent.DutyDone, VisitDone(@class, doneOnDay, "reached"));

        var next = Assert.Single(plan.Duties);
        Assert.Equal("regular-return-visit", next.Kind);
        Assert.Equal(EndOf(2026, 11, 20).AddDays(nextDay), next.DueAt);
    }

    [Fact]
    public void ReturnVisit_DoneEarly_CountsAsTheOneThatWasDue() =>
        Assert.Equal(
            EndOf(2026, 11, 20).AddDays(7),
            Assert.Single(Hefei.Plan(PlaybookEvent.DutyDone, VisitDone(1, 2, "reached") with { DutyDueAt = EndOf(2026, 11, 23) }).Duties).DueAt);

    [Fact]
    public void ReturnVisits_OfClass1_GoOnMonthly_OfClass2EndAfterThreeMonths()
    {
        Assert.Equal(EndOf(2027, 1, 20), Assert.Single(Hefei.Plan(PlaybookEvent.DutyDone, VisitDone(1, 30, "reached")).Duties).DueAt);
        Assert.Equal(EndOf(2027, 3, 20), Assert.Single(Hefei.Plan(PlaybookEvent.DutyDone, VisitDone(1, 100, "reached")).Duties).DueAt);
        Assert.Empty(Hefei.Plan(PlaybookEvent.DutyDone, VisitDone(2, 90, "reached")).Duties);
        Assert.Empty(Hefei.Plan(PlaybookEvent.DutyDone, VisitDone(3, 1, "reached")).Duties);
    }

    [Fact]
    public void NotReached_InClass1And2_AsksTheCommunityWithin48Hours()
    {
        var plan = Hefei.Plan(PlaybookEvent.DutyDone, VisitDone(2, 1, "not-reached"));

        var watch = plan.Duties.Single(d => d.Kind == "community-notice-visit");
        Assert.Equal((Agency.CommunityOffice, RegionLevel.Community), (watch.Agency, watch.Level));
        Assert.Equal(Local(2026, 11, 23, 11), watch.DueAt);
        Assert.DoesNotContain(Hefei.Plan(PlaybookEvent.DutyDone, VisitDone(3, 1, "not-reached")).Duties, d => d.Kind == "community-notice-visit");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void UnsafeToTalk_AsksThePoliceToSeeThatSheIsSafe(int @class) =>
        Assert.Contains(Hefei.Plan(PlaybookEvent.DutyDone, VisitDone(@class, 1, "unsafe-to-talk")).Duties, d => d is { Kind: "safety-check", Agency: Agency.Police });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void WarningLetter_DeliveredInAnyClass_IsFollowedBySevenDayVisitAndThreeNotices(int @class)
    {
        var due = new DateTimeOffset(2026, 11, 21, 13, 0, 0, TimeSpan.Zero);

        var plan = Hefei.Plan(PlaybookEvent.LetterDelivered, Alarm(@class) with { HasVictim = true, MeasureDueAt = due });

        var visit = Assert.Single(plan.Duties, d => d.Kind == "check-visit");
        Assert.Equal((Agency.Police, EndOf(2026, 11, 27)), (visit.Agency, visit.DueAt));
        Assert.Equal(due, Assert.Single(plan.Duties, d => d.Kind == "letter-notices").DueAt);
        Assert.Contains(plan.Duties, d => d is { Kind: "phone-return-visit", Agency: Agency.WomensFederation });
        Assert.Equal([Agency.CommunityOffice, Agency.WomensFederation, Agency.StreetOffice], plan.Notices.Select(n => n.Agency));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public void WarningLetter_EnteredAsADispositionOnly_HasToBeWritten(bool issued, int duties)
    {
        var plan = Hefei.Plan(PlaybookEvent.DutyDone, Alarm(3) with { DutyKind = "police-disposition", Outcome = "warning-letter", LetterIssued = issued });

        Assert.Equal(duties, plan.Duties.Count(d => d.Kind == "warning-letter"));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void CleanLetterVisits_GoOnEveryThreeMonthsUntilThereAreEnough(bool done, bool another)
    {
        var plan = Hefei.Plan(PlaybookEvent.LetterVisited, Alarm(3) with { DutyKind = "check-visit", Outcome = "clean", VisitsDone = done });

        Assert.Equal(another, plan.Duties.Count == 1);
        Assert.All(plan.Duties, d => Assert.Equal(EndOf(2027, 2, 20), d.DueAt));
    }

    [Theory]
    [InlineData("legal", "legal-aid", Agency.Justice)]
    [InlineData("psychological", "counselling", Agency.WomensFederation)]
    [InlineData("shelter", "shelter", Agency.CivilAffairs)]
    [InlineData("mediation", "mediation", Agency.Justice)]
    [InlineData("medical", "medical-help", Agency.Health)]
    [InlineData("school", "school-contact", Agency.Education)]
    [InlineData("protection-order", "protection-order-help", Agency.WomensFederation)]
    [InlineData("disability", "disability-support", Agency.DisabledPersonsFederation)]
    [InlineData("work", "work-support", Agency.TradeUnion)]
    [InlineData("youth", "youth-care", Agency.YouthLeague)]
    public void Need_ProposesTheDutyThatAnswersIt(string need, string kind, Agency agency)
    {
        var duty = Assert.Single(Hefei.Plan(PlaybookEvent.VisitNeed, Alarm(2) with { Need = need }).Duties);

        Assert.Equal((kind, agency, true), (duty.Kind, duty.Agency, duty.Proposed));
    }

    [Theory]
    [InlineData("legal-aid", "granted", "legal-aid-assignment", Agency.Justice)]
    [InlineData("shelter", "admitted", "shelter-stay", Agency.CivilAffairs)]
    [InlineData("shelter-stay", "extended", "shelter-stay", Agency.CivilAffairs)]
    [InlineData("mediation", "agreed", "mediation-follow-up", Agency.Justice)]
    public void Answer_LeadsToTheNextStep(string done, string outcome, string kind, Agency agency)
    {
        var duty = Assert.Single(Done(2, done, outcome).Duties);

        Assert.Equal((kind, agency, false), (duty.Kind, duty.Agency, duty.Proposed));
    }

    [Theory]
    [InlineData("legal-aid", "refused")]
    [InlineData("shelter", "declined")]
    [InlineData("mediation", "failed")]
    [InlineData("protection-order-help", "declined")]
    public void Answer_ThatEndsIt_LeadsToNothing(string done, string outcome) => Assert.Empty(Done(2, done, outcome).Duties);

    [Theory]
    [InlineData(PlaybookEvent.OrderFiled, "protection-order-acceptance", Agency.Court)]
    [InlineData(PlaybookEvent.OrderAccepted, "protection-order-ruling", Agency.Court)]
    [InlineData(PlaybookEvent.OrderExpiring, "protection-order-extension", Agency.WomensFederation)]
    [InlineData(PlaybookEvent.OrderExpired, "protection-order-feedback", Agency.WomensFederation)]
    public void ProtectionOrder_EachStep_HasOneWhoActsNext_ByTheOrdersOwnDeadline(PlaybookEvent happened, string kind, Agency agency)
    {
        var duty = Assert.Single(Hefei.Plan(happened, Alarm(3) with { MeasureDueAt = EndOf(2026, 12, 1) }).Duties);

        Assert.Equal((kind, agency), (duty.Kind, duty.Agency));
        Assert.True(kind == "protection-order-extension" || duty.DueAt == EndOf(2026, 12, 1));
    }

    [Fact]
    public void ProtectionOrder_IsInForceFromIssuance_SoTheAreaIsToldBeforeItIsServed()
    {
        var issued = Hefei.Plan(PlaybookEvent.OrderIssued, Alarm(2) with { MeasureDueAt = EndOf(2026, 12, 1) });
        var served = Hefei.Plan(PlaybookEvent.OrderServed, Alarm(2) with { MeasureDueAt = EndOf(2026, 12, 1), ChildPresent = true });

        Assert.Equal(["protection-order-follow-up", "protection-order-service"], issued.Duties.Select(d => d.Kind).Order());
        Assert.Equal([Agency.Police, Agency.CommunityOffice, Agency.WomensFederation], issued.Notices.Select(n => n.Agency));
        Assert.Equal(["phone-return-visit", "protection-order-assist", "protection-order-assistance", "protection-order-school"], served.Duties.Select(d => d.Kind).Order());
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void ProtectionOrder_IsFollowedMonthlyWhileItIsInForce(bool inForce, bool another)
    {
        var plan = Hefei.Plan(PlaybookEvent.DutyDone, Alarm(2) with { DutyKind = "protection-order-follow-up", Outcome = "kept", OrderInForce = inForce });

        Assert.Equal(another, plan.Duties.Any(d => d.Kind == "protection-order-follow-up"));
    }

    [Fact]
    public void ProtectionOrder_Breached_IsDealtWithAndToldToTheCourt()
    {
        var alarm = Hefei.Plan(PlaybookEvent.AlarmReceived, Alarm(1) with { Category = AlarmCategory.ProtectionOrderBreach });
        var found = Hefei.Plan(PlaybookEvent.OrderBreached, Alarm(1));

        Assert.Contains(alarm.Notices, n => n is { Agency: Agency.Court, Text: "order-breached" });
        Assert.Contains(found.Notices, n => n is { Agency: Agency.Court, Text: "order-breached" });
        Assert.Equal(["phone-return-visit", "protection-order-breach", "reassessment"], found.Duties.Select(d => d.Kind).Order());
    }

    [Theory]
    [InlineData("warning-letter", Injury.Light, false, true)]
    [InlineData("not-established", Injury.Serious, false, true)]
    [InlineData("criminal", Injury.Light, false, false)]
    [InlineData("criticism", Injury.Minor, true, true)]
    [InlineData("warning-letter", Injury.Minor, true, false)]
    [InlineData("criticism", Injury.Minor, false, false)]
    public void Disposition_LighterThanWasDue_IsProposedToTheProcuratorate(string outcome, Injury injury, bool pregnant, bool reviewed)
    {
        var facts = Alarm(2) with { DutyKind = "police-disposition", Outcome = outcome, Injury = injury, Pregnant = pregnant };

        var review = Hefei.Plan(PlaybookEvent.DutyDone, facts).Duties.Where(d => d.Kind == "police-handling-supervision").ToList();

        Assert.Equal(reviewed, review.Count == 1);
        Assert.All(review, d => Assert.Equal((Agency.Procuratorate, true), (d.Agency, d.Proposed)));
    }

    [Fact]
    public void InjuredMinor_ReachesHealthSchoolAndCivilAffairs()
    {
        var duties = Hefei.Plan(PlaybookEvent.AlarmReceived, Alarm(1) with { MinorVictim = true, Injury = Injury.Light }).Duties;

        foreach (var (kind, agency) in ((string, Agency)[])
            [("medical-record", Agency.Health), ("school-contact", Agency.Education), ("minor-placement", Agency.CivilAffairs)])
        {
            var duty = duties.Single(d => d.Kind == kind);
            Assert.Equal((agency, true), (duty.Agency, duty.Proposed));
        }
    }

    public static TheoryData<string> Barred => ["class", "strangulation", "weapon", "threat", "injury", "breach", "order", "minor", "report"];

    [Theory]
    [MemberData(nameof(Barred))]
    public void Mediation_InDanger_IsBarredAndBecomesAConference(string danger)
    {
        var facts = Alarm(2) with { Need = "mediation" };
        facts = danger switch
        {
            "class" => facts with { Class = 1 },
            "strangulation" => facts with { Strangulation = true },
            "weapon" => facts with { Weapon = true },
            "threat" => facts with { ThreatToKill = true },
            "injury" => facts with { Injury = Injury.Light },
            "breach" => facts with { Category = AlarmCategory.ProtectionOrderBreach },
            "minor" => facts with { MinorVictim = true },
            "order" => facts with { OrderInForce = true },
            _ => facts with { MandatoryReport = true },
        };

        Assert.Equal("case-conference", Assert.Single(Hefei.Plan(PlaybookEvent.VisitNeed, facts).Duties).Kind);
    }

    [Fact]
    public void Settings_FollowTheHandbook()
    {
        Assert.Equal(EndOf(2026, 11, 20), Hefei.HandOverDueAt(1, Local(2026, 11, 20, 10)));
        Assert.Equal(Local(2026, 11, 21, 0, 15), Hefei.HandOverDueAt(1, Evening));
        Assert.Equal(EndOf(2026, 11, 23), Hefei.HandOverDueAt(2, Evening));
        Assert.Equal(EndOf(2026, 11, 23), Hefei.DecisionDueAt(3, Evening));
        Assert.Equal([12, 24, 72], Enumerable.Range(1, 3).Select(c => (int)Hefei.EscalationInterval(c).TotalHours));
        Assert.Equal(new DateOnly(2027, 11, 20), Hefei.ReviewOn(1, new DateOnly(2026, 11, 20)));
        Assert.Equal(new DateOnly(2027, 5, 20), Hefei.ReviewOn(2, new DateOnly(2026, 11, 20)));
        Assert.Equal(new DateOnly(2026, 12, 20), Hefei.ReviewOn(3, new DateOnly(2026, 11, 20)));
        Assert.Equal([true, true, false], Enumerable.Range(1, 3).Select(c => Hefei.Closing(c).SecondPerson));
        Assert.Equal([12, 6, 0], Enumerable.Range(1, 3).Select(c => Hefei.Closing(c).ObservationMonths));
        Assert.All(Enumerable.Range(1, 3), c => Assert.Contains(Hefei.Closing(c).Checklist, item => item.Id == "legal-duties"));
    }

    [Fact]
    public void EveryRule_HasBasisOwnerAndDeadline_AndEveryDeclarationIsUsed()
    {
        Assert.All(Hefei.Rules, r =>
        {
            Assert.NotEmpty(r.Basis);
            Assert.True(r.Kind is null ? r.Notice is not null : r.Deadline is not null);
        });
        Assert.Equal(Hefei.Notices.Keys.Order(), Hefei.Rules.Select(r => r.Notice).OfType<string>().Distinct().Order());
        Assert.Equal(
            Hefei.Kinds.Keys.Order(), Hefei.Rules.Select(r => r.Kind).OfType<string>().Append(Anhu.Modules.Cases.AccessGrants.ReviewKind).Distinct().Order());
        Assert.All(Hefei.Needs, need => Assert.NotEmpty(Hefei.Plan(PlaybookEvent.VisitNeed, Alarm(2) with { Need = need.Id }).Duties));
    }

    [Fact]
    public void Rules_AreReadableInBothLanguages()
    {
        var rule = Hefei.Rules.Single(r => r.RuleId == "not-reached");

        Assert.Equal("责任为“电话回访”、“定期回访”、“上门走访”，且结果为“未联系到”，且一级、二级", rule.Condition!.Zh);
        Assert.Equal("the duty is \"Phone return visit\" or \"Regular return visit\" or \"On-site visit\" and the outcome is \"Not reached\" and class 1 or 2", rule.Condition.En);
        Assert.Equal(("48小时内", "within 48 hours"), (rule.Deadline!.Zh, rule.Deadline.En));
    }

    [Fact]
    public void NoticesToStreetAndCommunity_TellNoStory() =>
        Assert.All(Hefei.Rules.Where(r => r.Agency is Agency.StreetOffice or Agency.CommunityOffice && r.Notice is not null), r =>
            Assert.DoesNotContain("暴力", Hefei.Notices[r.Notice!].Zh, StringComparison.Ordinal));

    [Theory]
    [InlineData("reached", "{}", "familyRelations policeHandling disputeSettled riskView")]
    [InlineData("reached", """{"familyRelations":"calm","policeHandling":"satisfied","disputeSettled":"settled","riskView":"3"}""", "")]
    [InlineData("reached", """{"familyRelations":"odd","policeHandling":"satisfied","disputeSettled":"settled","riskView":"3","needs":["legal","gold"]}""", "familyRelations needs")]
    [InlineData("not-reached", """{"attempts":"0"}""", "attempts")]
    [InlineData("not-reached", """{"attempts":3}""", "")]
    [InlineData("refused", "{}", "")]
    [InlineData("mediated", "{}", "outcome")]
    [InlineData(null, "{}", "outcome")]
    public void Completion_OfAPhoneVisit_NeedsWhatItsOutcomeNeeds(string? outcome, string form, string faults)
    {
        using var json = JsonDocument.Parse(form);

        Assert.Equal(faults, string.Join(' ', Hefei.Kinds["phone-return-visit"].Check(outcome, json.RootElement).Select(f => f.Field)));
    }

    [Fact]
    public void Disposition_CannotEndWithoutARecord()
    {
        using var json = JsonDocument.Parse("{}");

        Assert.All(Hefei.Kinds["police-disposition"].Outcomes, o => Assert.NotEmpty(Hefei.Kinds["police-disposition"].Check(o.Id, json.RootElement)));
    }

    private static PlaybookPlan Done(int @class, string kind, string outcome) =>
        Hefei.Plan(PlaybookEvent.DutyDone, Alarm(@class) with { DutyKind = kind, Outcome = outcome });

    private static PlaybookFacts Alarm(int @class) => new()
    {
        At = Evening, Class = @class, Category = AlarmCategory.DomesticViolence, IncidentCount = 1, HasVictim = true,
    };

    private static PlaybookFacts VisitDone(int @class, int day, string outcome) => new()
    {
        At = Local(2026, 11, 20, 10).AddDays(day), LastIncidentAt = Evening, Class = @class, DutyKind = "phone-return-visit", Outcome = outcome,
    };

    private static DateTimeOffset EndOf(int year, int month, int day) => Local(year, month, day, 23, 59).AddSeconds(59);
}
