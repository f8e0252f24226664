using Anhu.Modules.Scene;
using CsCheck;

namespace Anhu.Tests.Scene;

/// <summary>What holds at a scene depends on what was tapped, never on how it arrived.</summary>
public sealed class SceneRecordTests
{
    private static readonly Guid[] Officers = [Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7()];
    private static readonly string[] Values = ["yes", "no", "unknown", ""];

    /// <summary>Random histories of three officers; what arrives is doubled and in any order. The record equals what each tapped last.</summary>
    [Fact]
    public void Record_EqualsWhatWasTapped_WhateverTheLineDid() =>
        Gen.Select(
            Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[-3, 3]).Array[0, 60], Gen.Int[0, int.MaxValue - 1]).Sample((history, seed) =>
        {
            var (taps, latest) = (new List<SceneEntry>(), new Dictionary<(Guid, string), string>());
            foreach (var (officer, item, value, skew) in history)
            {
                // Clocks of phones go wrong; their counters do not.
                taps.Add(Entry(Officers[officer], $"item-{item}", Values[value], taps.Count + 1, DateTimeOffset.UnixEpoch.AddMinutes(taps.Count + (10 * skew))));
                latest[(Officers[officer], $"item-{item}")] = Values[value];
            }

            var random = new Random(seed);
            var arrived = taps.Concat(taps.Where(_ => random.Next(2) == 0)).OrderBy(_ => random.Next()).ToList();
            var record = SceneRecord.Of(arrived);

            Assert.Equal(taps.Select(t => t.SceneEntryId).Order(), record.Entries.Select(e => e.SceneEntryId).Order());
            foreach (var ((officer, item), value) in latest)
            {
                Assert.Equal(value, record.Says(ScenePart.Fact, item).Single(s => s.Entry.WorkerId == officer).Value);
                Assert.Equal(record.Value(ScenePart.Fact, item), SceneRecord.Of(taps).Value(ScenePart.Fact, item));
                Assert.Equal(record.Answer(ScenePart.Fact, item) == "yes", latest.Any(l => l.Key.Item2 == item && l.Value == "yes"));
            }
        });

    [Fact]
    public void Wound_IsWithdrawnByWhoEnteredIt_AndOnlyDisputedByOthers()
    {
        var entered = Entry(Officers[0], "w1", "front:neck:strangulation-marks:small", 1, DateTimeOffset.UnixEpoch, ScenePart.Wound);
        var disputed = Entry(Officers[1], "w1", SceneWound.Withdrawn, 1, DateTimeOffset.UnixEpoch.AddMinutes(1), ScenePart.Wound);
        var withdrawn = Entry(Officers[0], "w1", SceneWound.Withdrawn, 2, DateTimeOffset.UnixEpoch.AddMinutes(2), ScenePart.Wound);

        Assert.Single(SceneRecord.Of([entered, disputed]).Wounds);
        Assert.True(SceneRecord.Of([entered, disputed]).Differs(ScenePart.Wound, "w1"));
        Assert.Empty(SceneRecord.Of([withdrawn, disputed, entered]).Wounds);
    }

    internal static SceneEntry Entry(Guid officer, string item, string value, long count, DateTimeOffset at, ScenePart part = ScenePart.Fact) => new()
    {
        SceneEntryId = Guid.CreateVersion7(), CaseId = Guid.Empty, DutyId = Guid.Empty, WorkerId = officer, Part = part, Item = item, Value = value, ListVersion = "x",
        MadeAt = at, Count = count, ReceivedAt = at,
    };
}
