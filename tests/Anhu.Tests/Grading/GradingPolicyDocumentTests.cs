using Anhu.Common;
using Anhu.Modules.Grading;
using CsCheck;
using static Anhu.Tests.Playbooks.Shipped;

namespace Anhu.Tests.Grading;

/// <summary>Broken policies are refused with the line and the reason of every fault.</summary>
[Trait("Store", "none")]
public sealed class GradingPolicyDocumentTests
{
    /// <summary>A change to the shipped policy, the text on the line that must be named, and a part of the reason.</summary>
    public static TheoryData<string, string, string, string> Broken => new()
    {
        { "when: {weapon: yes}", "when: {wepon: yes}", "wepon: yes", "Did you mean \"weapon\"?" },
        { "when: {weapon: yes}", "when: {weapon: no}", "weapon: no", "not known is not no" },
        { "when: {weapon: yes}", "when: {weapon: perhaps}", "weapon: perhaps", "must be yes or no" },
        { "when: {weapon: yes}", "when: {}", "when: {}", "\"when\" is empty" },
        { "when: {weapon: yes}", "when: weapon", "when: weapon", "must hold" },
        { "when: {weapon: yes}", "when: {any: []}", "any: []", "at least one entry" },
        { "{atLeast: 3, withinMonths: 12}", "{atLeast: 3}", "{atLeast: 3}", "withinMonths or withinDays" },
        { "{atLeast: 3, withinMonths: 12}", "{atLeast: 0, withinMonths: 12}", "{atLeast: 0", "from 1 to 127" },
        { "{atLeast: 3, withinMonths: 12}", "{atLeast: 3, withinYears: 1}", "withinYears", "\"withinYears\" is not known" },
        { "injury: {atLeast: light}", "injury: {atLeast: bad}", "atLeast: bad", "does not know \"bad\"" },
        { "injury: {atLeast: light}", "injury: {atLeast: none}", "atLeast: none", "must be minor, light" },
        { "zh: 使用或亮出凶器, en", "zh: \"使用{count}次\", en", "使用{count}次", "\"{count}\" in the reason has no value" },
        { "id: threat-to-kill", "id: weapon", "id: weapon\n    class: 1\n    when: {threatToKill", "appears twice" },
        { "kind: grading-policy", "kind: playbook", "kind: playbook", "This must be a \"grading-policy\"" },
        { "version: hefei-2026.3", "versoin: hefei-2026.3", "versoin", "\"versoin\" is not known" },
        { "when: {strangulation: yes}", "when: {strangulation: yes, weapon: yes}", "\nrules:", "strangulation (or another lethal act) alone is class 1" },
        { "  pregnant: {zh: 受害人是否怀孕？, en: Is the victim pregnant?}\n", "", "when: {pregnant: yes}", "does not ask for it" },
        { "reason: {zh: 受害人怀孕, en: The victim is pregnant}", "reason: {zh: 受害人怀孕}", "reason: {zh: 受害人怀孕}", "\"en\" is missing" },
        { "reason: {zh: 受害人怀孕, en: The victim is pregnant}", "reason: {zh: 受害人怀孕, en: She is, it seems, pregnant}", "it seems", "put texts with commas in quotes" },
        { "policeOpinion: 1}", "policeOpinion: 4}", "policeOpinion: 4", "from 1 to 3" },
        { "default:\n  class: 3", "default:\n  class: [3", "class: [3", "Not valid YAML" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Parse_OfABrokenPolicy_NamesLineAndReason(string from, string to, string onLine, string reason)
    {
        Assert.Contains(from, PolicyText, StringComparison.Ordinal);
        var broken = PolicyText.Replace(from, to, StringComparison.Ordinal);

        var e = Assert.Throws<RuleDocumentException>(() => GradingPolicy.Parse(broken, "changed.yaml"));

        Assert.Equal("changed.yaml", e.File);
        var line = broken[..(broken.IndexOf(onLine, StringComparison.Ordinal) + 1)].Count(c => c == '\n') + 1;
        Assert.Contains(e.Faults, f => Math.Abs(f.Line - line) <= 1 && f.Reason.En.Contains(reason, StringComparison.Ordinal));
        Assert.All(e.Faults, f => Assert.NotEmpty(f.Reason.Zh));
    }

    [Fact]
    public void Parse_OfSeveralFaults_NamesThemAllAtOnce()
    {
        var broken = PolicyText.Replace("when: {weapon: yes}", "when: {wepon: yes}", StringComparison.Ordinal)
            .Replace("policeOpinion: 2}", "policeOpinion: two}", StringComparison.Ordinal).Replace("id: alcohol", "id: pregnant", StringComparison.Ordinal);

        var e = Assert.Throws<RuleDocumentException>(() => GradingPolicy.Parse(broken, "changed.yaml"));

        Assert.Equal(3, e.Faults.Count);
        Assert.Equal(e.Faults.Select(f => f.Line).Order(), e.Faults.Select(f => f.Line));
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a\n- b")]
    [InlineData("just words")]
    public void Parse_OfSomethingElse_SaysWhatIsExpected(string text) => Assert.Throws<RuleDocumentException>(() => GradingPolicy.Parse(text, "x.yaml"));

    [Fact]
    public void Parse_OfADamagedPolicy_IsReadOrRefused_NeverCrashes() =>
        Gen.Select(Gen.Int[0, PolicyText.Length - 1], Gen.Int[0, 40], Gen.Char["{}[]:-,\"'&*#|>! \n\tx1"].Array[0, 3]).Sample((at, length, inserted) =>
        {
            var damaged = PolicyText.Remove(at, Math.Min(length, PolicyText.Length - at)).Insert(at, new string(inserted));
            try
            {
                GradingPolicy.Parse(damaged, "damaged.yaml");
            }
            catch (RuleDocumentException e)
            {
                return e.Faults.Count > 0 && e.Faults.All(f => f.Line >= 1);
            }

            return true;
        }, iter: 200);
}
