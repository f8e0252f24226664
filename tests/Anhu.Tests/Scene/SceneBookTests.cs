using Anhu.Common;
using Anhu.Modules.Cases;
using Anhu.Modules.Scene;
using Anhu.Modules.Time;
using Anhu.Testing;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Anhu.Tests.Scene;

/// <summary>The documents of the scene: what ships is right, what is wrong is named, what needs permission is off.</summary>
public sealed class SceneBookTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "data", "scene");
    private static readonly CityClock City = new(CityZone.Of(), WorkCalendar.Load(Path.Combine(AppContext.BaseDirectory, "data", "calendar")));
    private static readonly TimeProvider Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    private static SceneBook Shipped { get; } = SceneBook.Load(new SceneOptions(Folder, ["lap-11", "odara-13"]), City, Time);

    [Fact]
    public void WhatNeedsPermission_ShipsSwitchedOff()
    {
        var book = SceneBook.Load(new SceneOptions(Folder, []), City, Time);

        Assert.Equal(["danger-9"], book.InForce.Select(i => i.Id));
        Assert.Null(book.VersionOf(ScenePart.Danger, "lap-11.weapon", "yes", null));
        Assert.Equal(["danger-9", "lap-11", "odara-13"], Shipped.InForce.Select(i => i.Id));
    }

    [Fact]
    public void Checklist_HasTheFifteenItems_AndEveryFactThatThePageAsks()
    {
        Assert.Equal(15, Shipped.Checklist.Items.Count);
        Assert.All(Shipped.Checklist.Items, i => Assert.NotEmpty(i.Basis));
        Assert.Contains(Shipped.Checklist.Facts, f => f.Question == IncidentQuestion.Injury && f.Hint!.Zh.Contains("轻微伤不是轻伤", StringComparison.Ordinal));
        Assert.Equal(3, Shipped.Checklist.Never.Count);
    }

    /// <summary>Handbook §4.8: 3 and fewer low, 4 and 5 medium, 6 and more high; a special item alone is high; unanswered is not no.</summary>
    [Theory]
    [InlineData(0, 0, 0, "low", null)]
    [InlineData(3, 0, 0, "low", null)]
    [InlineData(4, 0, 0, "medium", null)]
    [InlineData(5, 0, 0, "medium", null)]
    [InlineData(6, 0, 0, "high", null)]
    [InlineData(0, 1, 0, "high", null)]
    [InlineData(3, 0, 1, null, "medium")]
    [InlineData(3, 0, 3, null, "high")]
    [InlineData(4, 0, 1, "medium", null)]
    [InlineData(5, 0, 1, "medium", "high")]
    [InlineData(0, 0, 9, null, "high")]
    public void DangerScale_CountsAsTheHandbookSays(int yes, int special, int open, string? level, string? couldReach)
    {
        var scale = Shipped.Instruments.Single(i => i.Id == "danger-9");
        var main = scale.Items.Where(i => i.Group == "main").ToList();

        var result = scale.Result(i => i.Group == "special" ? special > 0 && i.Id == "suffocation" ? "yes" : "no" : main.IndexOf(i) < yes ? "yes" : main.IndexOf(i) >= 9 - open ? null : "no");

        Assert.Equal((level, couldReach), (result.Level?.Id, result.CouldReach?.Id));
    }

    [Fact]
    public void AnUnansweredSpecialItem_LeavesALowScoreOpen()
    {
        var scale = Shipped.Instruments.Single(i => i.Id == "danger-9");

        var result = scale.Result(i => i.Id == "suffocation" ? "refused" : "no");

        Assert.Null(result.Level);
        Assert.Equal("high", result.CouldReach?.Id);
    }

    /// <summary>The vectors of the instruments' own descriptions.</summary>
    [Theory]
    [InlineData("lap-11", "", "", "not-high", null)]
    [InlineData("lap-11", "weapon", "", "high", null)]
    [InlineData("lap-11", "gun,left,suicide,spies", "", "high", null)]
    [InlineData("lap-11", "gun,left,suicide", "strangle,jealous,no-work,other-child,spies", null, "high")]
    [InlineData("lap-11", "strangle", "", "not-high", null)]
    [InlineData("lap-11", "belief", "weapon,threat-to-kill,might-kill,gun,strangle,jealous,left,no-work,suicide,other-child,spies", "high", null)]
    [InlineData("odara-13", "", "", "band-0", null)]
    [InlineData("odara-13", "threat,concern,children", "", "band-3", null)]
    [InlineData("odara-13", "threat,concern,children,barriers,pregnant", "", "band-5", null)]
    [InlineData("odara-13", "threat,concern,children,barriers", "pregnant,substances,confined", "band-4", "band-7")]
    public void Instruments_GiveWhatTheirVectorsSay(string id, string yes, string open, string? level, string? couldReach)
    {
        var result = Shipped.Instruments.Single(i => i.Id == id).Result(i => yes.Split(',').Contains(i.Id) ? "yes" : open.Split(',').Contains(i.Id) ? null : "no");

        Assert.Equal((level, couldReach), (result.Level?.Id, result.CouldReach?.Id));
    }

    /// <summary>More danger never gives less, and the level is never beyond what could be reached.</summary>
    [Fact]
    public void AFurtherYes_NeverLowersTheLevel() =>
        Gen.Select(Gen.Int[0, 2].Array[13], Gen.Int[0, 12]).Sample((answers, turned) =>
        {
            foreach (var instrument in Shipped.Instruments)
            {
                string? Answer(RiskItem item, bool more) =>
                    instrument.Items.ToList().IndexOf(item) is var n && more && n == turned ? "yes" : answers[n] switch { 0 => "no", 1 => "yes", _ => null };
                int Rank(RiskLevel? level) => level is null ? -1 : instrument.Levels.ToList().IndexOf(level);
                var (before, after) = (instrument.Result(i => Answer(i, false)), instrument.Result(i => Answer(i, true)));
                Assert.True(Rank(after.Level) >= Rank(before.Level));
                Assert.True(before.CouldReach is null || Rank(before.CouldReach) > Rank(before.Level));
                Assert.True(before.Level is not null || before.Missing.Count > 0);
            }
        });

    [Theory]
    [InlineData("checklist.yaml", "validFrom: 2026-01-01", "validFrom: soon", "validFrom")]
    [InlineData("checklist.yaml", "  - id: scene-photos", "  - id: injury-photos", "injury-photos")]
    [InlineData("checklist.yaml", "  - id: weapon\n", "  - id: wepon\n", "wepon")]
    [InlineData("checklist.yaml", "    source: seen", "    source: heard", "heard")]
    [InlineData("checklist.yaml", "side: front}", "side: top}", "side")]
    [InlineData("danger-9.yaml", "status: open", "status: mine", "rights")]
    [InlineData("danger-9.yaml", "level: medium,", "level: middle,", "middle")]
    [InlineData("danger-9.yaml", "anyYes: special", "anyYes: specal", "specal")]
    [InlineData("danger-9.yaml", "atLeast: 6", "atLeast: 60", "60")]
    [InlineData("danger-9.yaml", "otherwise: low", "otherwise: none", "none")]
    [InlineData("danger-9.yaml", "adultsOnly: yes", "adultOnly: yes", "adultOnly")]
    public void WhatIsWrong_IsNamed(string file, string from, string to, string named)
    {
        var text = File.ReadAllText(Path.Combine(Folder, file));
        Assert.Contains(from, text, StringComparison.Ordinal);
        List<(string, string)> documents = [(file, text.Replace(from, to, StringComparison.Ordinal))];
        if (file != "checklist.yaml")
        {
            documents.Add(("checklist.yaml", File.ReadAllText(Path.Combine(Folder, "checklist.yaml"))));
        }

        var fault = Assert.Throws<RuleDocumentException>(() => SceneBook.Parse(documents, [], City, Time));

        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALaterVersion_IsInForceFromItsDay_AndEarlierTapsKeepTheirs()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "checklist.yaml"));
        var later = text.Replace("2026-01-01", "2026-12-01", StringComparison.Ordinal).Replace("hefei-scene-2026.1", "hefei-scene-2026.2", StringComparison.Ordinal)
            .Replace("id: call-recording", "id: call-tape", StringComparison.Ordinal);
        var book = SceneBook.Parse([("a.yaml", text), ("b.yaml", later)], [], City, Time);

        Assert.Equal("hefei-scene-2026.1", book.Checklist.Version);
        Assert.Equal("hefei-scene-2026.2", book.ChecklistOn(new DateOnly(2026, 12, 1)).Version);
        Assert.Equal("hefei-scene-2026.1", book.VersionOf(ScenePart.Check, "call-recording", "collected", "hefei-scene-2026.2"));
        Assert.Throws<RuleDocumentException>(() => SceneBook.Parse([("a.yaml", text), ("b.yaml", text)], [], City, Time));
        Assert.Throws<RuleDocumentException>(() => SceneBook.Parse([("a.yaml", text)], ["no-such"], City, Time));
        Assert.Throws<RuleDocumentException>(() => SceneBook.Parse([], [], City, Time));
    }
}
