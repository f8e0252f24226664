using Anhu.Modules.Alarms;
using Anhu.Modules.Playbooks;
using CsCheck;
using static Anhu.Tests.Playbooks.Shipped;

namespace Anhu.Tests.Playbooks;

/// <summary>What must hold for any event and any facts.</summary>
[Trait("Store", "none")]
public sealed class PlaybookPropertyTests
{
    private static readonly string[] Outcomes = [.. Hefei.Kinds.Values.SelectMany(k => k.Outcomes).Select(o => o.Id).Distinct()];

    private static readonly Gen<bool?> Answer = Gen.Int[0, 2].Select(i => i == 0 ? (bool?)null : i == 2);

    private static readonly Gen<PlaybookFacts> AnyFacts = Gen.Select(
        Gen.Int[0, 3_000_000], Gen.Int[1, 3], Gen.Enum<AlarmCategory>(), Answer.Array[10], Gen.Select(Gen.Bool, Gen.Bool, Gen.Enum<Injury>(), Gen.Int[1, 9]),
        Gen.Select(Gen.Int[0, Hefei.Needs.Count - 1], Gen.Int[0, Hefei.Kinds.Count - 1], Gen.Int[0, Outcomes.Length - 1], Gen.Int[0, 200], Gen.Int[1, 6]),
        (minutes, decided, category, answers, more, duty) => new PlaybookFacts
        {
            At = Local(2024, 1, 1).AddMinutes(minutes), Class = decided, Category = category, Weapon = answers[0], ThreatToKill = answers[1], Strangulation = answers[2],
            ChildPresent = answers[3], Pregnant = answers[4], Alcohol = answers[5], MinorVictim = answers[6], ElderlyVictim = answers[7], SexualViolence = answers[8], Separation = answers[9], HasVictim = more.Item1,
            MandatoryReport = more.Item2, Injury = more.Item3, IncidentCount = more.Item4, Need = Hefei.Needs[duty.Item1].Id, DutyKind = Hefei.Kinds.Keys.ElementAt(duty.Item2),
            Outcome = Outcomes[duty.Item3], LastIncidentAt = Local(2024, 1, 1).AddMinutes(minutes).AddDays(-duty.Item4), OutcomesInRow = duty.Item5,
        });

    private static readonly Gen<PlaybookEvent> AnyEvent = Gen.Enum<PlaybookEvent>();

    [Fact]
    public void Deadlines_AreNeverBeforeTheEvent() => Gen.Select(AnyEvent, AnyFacts).Sample((e, facts) => Hefei.Plan(e, facts).Duties.All(d => d.DueAt >= facts.At));

    [Fact]
    public void EveryDuty_HasAKnownKindABasisAndAUtcDeadline() => Gen.Select(AnyEvent, AnyFacts).Sample((e, facts) =>
        Hefei.Plan(e, facts).Duties.All(d => Hefei.Kinds.ContainsKey(d.Kind) && d.Basis.Length > 0 && d.DueAt.Offset == TimeSpan.Zero));

    [Fact]
    public void EveryAlarm_LeadsToADuty_SoNoCaseIsBornWithoutOne() => AnyFacts.Sample(facts => Hefei.Plan(PlaybookEvent.AlarmReceived, facts).Duties.Count > 0);

    [Fact]
    public void Plan_IsTheSameEachTime() => Gen.Select(AnyEvent, AnyFacts).Sample((e, facts) =>
        Hefei.Plan(e, facts).Duties.SequenceEqual(Hefei.Plan(e, facts with { }).Duties));

    [Fact]
    public void Plan_WithItsOwnDutiesOpen_AddsNoOnceDutyAgain() => Gen.Select(AnyEvent, AnyFacts).Sample((e, facts) =>
    {
        var first = Hefei.Plan(e, facts);
        var open = first.Duties.GroupBy(d => d.Kind).ToDictionary(g => g.Key, g => g.Min(d => d.DueAt));
        var once = Hefei.Rules.Where(r => r.Once).Select(r => r.RuleId).ToHashSet();
        return Hefei.Plan(e, facts with { AlreadyOpenKinds = open }).Duties.All(d => !once.Contains(d.RuleId));
    });

    [Fact]
    public void ReturnVisits_GoForwardAndEnd() => Gen.Select(Gen.Int[1, 3], Gen.Int[0, 900], Gen.Int[0, 900]).Sample((decided, incident, later) =>
    {
        var on = new DateOnly(2025, 1, 1).AddDays(incident);
        var after = on.AddDays(later);
        return Hefei.ReturnVisits.Next(decided, on, after) switch
        {
            { } next => next > after && (decided == 1 || next <= on.AddDays(90)),
            null => decided != 1,
        };
    });
}
