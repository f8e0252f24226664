using Anhu.Common;
using Anhu.Modules.Playbooks;
using CsCheck;
using static Anhu.Tests.Playbooks.Shipped;

namespace Anhu.Tests.Playbooks;

/// <summary>Broken playbooks are refused with the line and the reason of every fault.</summary>
[Trait("Store", "none")]
public sealed class PlaybookDocumentTests
{
    /// <summary>A change to the shipped playbook, the text on the line that must be named, and a part of the reason.</summary>
    public static TheoryData<string, string, string, string> Broken => new()
    {
        { "duty: {kind: police-disposition, agency: police", "duty: {kind: police-dispositon, agency: police", "police-dispositon, agency", "\"police-dispositon\" is not declared. Did you mean \"police-disposition\"?" },
        { "agency: health, level: county", "agency: hospital, level: county", "agency: hospital", "does not know \"hospital\"" },
        { "agency: health, level: county", "agency: health, level: district", "level: district", "does not know \"district\"" },
        { "agency: health, level: county", "agency: health", "agency: health}", "\"level\" is missing" },
        { "on: case.reopened", "on: case.open", "on: case.open\n", "Did you mean \"case.opened\"?" },
        { "deadline: {hours: 72}", "deadline: {hours: 72, days: 3}", "{hours: 72, days: 3}", "exactly one of" },
        { "deadline: {hours: 72}", "deadline: {hours: soon}", "{hours: soon}", "must be a whole number" },
        { "deadline: {hours: 72}", "deadline: {day: 1}", "deadline: {day: 1}", "exactly one of" },
        { "deadline: {hours: 72}", "deadline: {day: 1, by: 8pm}", "by: 8pm", "a time of day" },
        { "deadline: {minutes: 120}\n", "\n", "id: police-first-contact", "\"deadline\" is missing" },
        { "deadline: {minutes: 120}\n    basis: 反家庭暴力法第十五条；安徽省实施办法第十九条；登记期限依本预案", "deadline: {minutes: 120}", "id: police-first-contact", "\"basis\" is missing" },
        { "if: {need: legal}", "if: {need: lawyer}", "need: lawyer", "\"need\" does not know \"lawyer\"" },
        { "if: {class: 1}\n    duty: {kind: on-site-visit", "if: {class: 4}\n    duty: {kind: on-site-visit", "class: 4", "from 1 to 3" },
        { "if: {outcome: clean}", "if: {outcome: cleen}", "cleen", "Did you mean \"clean\"?" },
        { "outcome: not-met, inRow: {lessThan: 3}", "outcome: not-met, inRow: {}", "inRow: {}", "needs atLeast or lessThan" },
        { "if: {mandatoryReport: yes}\n", "if: {mandatoryReport: maybe}\n", "mandatoryReport: maybe", "must be yes or no" },
        { "notice: {text: repeated,", "notice: {text: again,", "text: again", "\"again\" is not declared" },
        { "  - id: reopened-notice", "  - id: review-due", "id: review-due\n    on: case.review-due", "appears twice" },
        { "on: holiday.coming", "on: case.opened", "{hoursBeforeHoliday: 6", "only for the event \"holiday.coming\"" },
        { "on: fact.learned\n    if: {pregnant: yes}", "on: fact.learned", "id: reassess-learned-pregnancy", "needs an if" },
        { "learns: separation}", "learns: seperation}", "learns: seperation", "does not know \"seperation\"" },
        { "daysBefore: 7, atLeastDays: 5", "daysBefore: 7, atLeastDays: 0", "atLeastDays: 0", "from 1 to 31" },
        { "atLeastHours: 24}\n    basis: 反家庭暴力法第五条；期限依本预案\n    once: yes\n\n", "days: 3}\n    basis: 反家庭暴力法第五条；期限依本预案\n    once: yes\n\n", "hoursBeforeHoliday: 6, days: 3", "exactly one of" },
        { "lastDayMovesPast: holidays}", "lastDayMovesPast: weekends}", "lastDayMovesPast: weekends", "does not know \"weekends\"" },
        { "days: [1, 14, 30, 90]", "days: [1, 30, 14, 90]", "[1, 30, 14, 90]", "growing" },
        { "  3: {everyHours: 72}\n", "", "1: {everyHours: 12}", "\"3\" is missing" },
        { "required: [nights, childrenAlong]", "required: [nights, childAlong]", "childAlong]", "Did you mean \"childrenAlong\"?" },
        { "type: number, min: 1}", "type: numbr, min: 1}", "numbr", "does not know \"numbr\"" },
        { "    once: yes\n\n  # 妇联", "    onse: yes\n\n  # 妇联", "onse: yes", "\"onse\" is not known here. Did you mean \"once\"?" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Parse_OfABrokenPlaybook_NamesLineAndReason(string from, string to, string onLine, string reason)
    {
        Assert.Contains(from, PlaybookText, StringComparison.Ordinal);
        var at = PlaybookText.IndexOf(from, StringComparison.Ordinal);
        var broken = string.Concat(PlaybookText.AsSpan(0, at), to, PlaybookText.AsSpan(at + from.Length));

        var e = Assert.Throws<RuleDocumentException>(() => Playbook.Parse(broken, "changed.yaml", HefeiClock));

        var line = broken[..broken.IndexOf(onLine, StringComparison.Ordinal)].Count(c => c == '\n') + 1;
        Assert.Contains(e.Faults, f => f.Line == line && f.Reason.En.Contains(reason, StringComparison.Ordinal));
        Assert.Contains($"changed.yaml:{line}: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OfARuleWithoutDutyOrNotice_NamesIt()
    {
        var broken = PlaybookText + "  - id: nothing\n    on: case.opened\n    basis: 本预案\n";

        var e = Assert.Throws<RuleDocumentException>(() => Playbook.Parse(broken, "changed.yaml", HefeiClock));

        Assert.Equal(PlaybookText.Count(c => c == '\n') + 1, Assert.Single(e.Faults).Line);
    }

    [Fact]
    public void Parse_OfADamagedPlaybook_IsReadOrRefused_NeverCrashes() =>
        Gen.Select(Gen.Int[0, PlaybookText.Length - 1], Gen.Int[0, 60], Gen.Char["{}[]:-,\"'&*#|>! \n\tx1"].Array[0, 3]).Sample((at, length, inserted) =>
        {
            var damaged = PlaybookText.Remove(at, Math.Min(length, PlaybookText.Length - at)).Insert(at, new string(inserted));
            try
            {
                Playbook.Parse(damaged, "damaged.yaml", HefeiClock);
            }
            catch (RuleDocumentException e)
            {
                return e.Faults.Count > 0 && e.Faults.All(f => f.Line >= 1);
            }

            return true;
        }, iter: 100);
}
