using Anhu.Modules.Protection;
using Anhu.Modules.Timeline;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Operations;

public sealed class AuditVerifyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_OfAnUntouchedRecord_FindsNothing()
    {
        await using var city = await RecordedAsync();

        var check = await VerifyAsync(city);

        Assert.Empty(check.Faults);
        Assert.Equal(check.Events, check.LastSequence);
    }

    [Theory]
    [InlineData("Data", "'{}'")]
    [InlineData("Type", "'case.closed'")]
    [InlineData("Class", "9")]
    [InlineData("ClientId", "'someone'")]
    public async Task Verify_OfAChangedEvent_NamesIt(string column, string value)
    {
        await using var city = await RecordedAsync();
        await city.TamperAsync(Sql($"UPDATE timeline_event SET \"{column}\" = {value} WHERE \"Sequence\" = 5"));

        Assert.Contains(new TimelineFault(5, "changed"), (await VerifyAsync(city)).Faults);
    }

    [Fact]
    public async Task Verify_OfAnEventTakenOut_NamesTheGap()
    {
        await using var city = await RecordedAsync();
        await city.TamperAsync($"DELETE FROM timeline_event WHERE \"Sequence\" = 5");

        Assert.Contains(new TimelineFault(5, "missing"), (await VerifyAsync(city)).Faults);
    }

    [Fact]
    public async Task Verify_OfARecordCutAtItsEnd_NamesTheGap()
    {
        await using var city = await RecordedAsync();
        await city.TamperAsync($"DELETE FROM timeline_event WHERE \"Sequence\" > 7");

        Assert.Contains(new TimelineFault(8, "missing"), (await VerifyAsync(city)).Faults);
    }

    [Fact]
    public async Task Verify_OfARecordCutWithItsHead_ShowsAnotherEnd()
    {
        await using var city = await RecordedAsync();
        var noted = await VerifyAsync(city);
        await city.TamperAsync($"DELETE FROM timeline_event WHERE \"Sequence\" > 7");
        await city.TamperAsync($"UPDATE timeline_head SET \"Sequence\" = 7, \"Hash\" = (SELECT \"Hash\" FROM timeline_event WHERE \"Sequence\" = 7) WHERE \"TimelineHeadId\" = 1");

        var check = await VerifyAsync(city);

        // The chain alone cannot know of a clean cut: the hash noted outside does.
        Assert.Empty(check.Faults);
        Assert.NotEqual(noted.LastHash, check.LastHash);
    }

    [Fact]
    public async Task Verify_OfAnEventPutIn_FindsIt()
    {
        await using var city = await RecordedAsync();

        // Make room after 5, put a copy of 5 in, and let the counters agree: only the chain can tell.
        await city.TamperAsync($"UPDATE timeline_event SET \"Sequence\" = -\"Sequence\" WHERE \"Sequence\" > 5");
        await city.TamperAsync($"UPDATE timeline_event SET \"Sequence\" = 1 - \"Sequence\" WHERE \"Sequence\" < 0");
        await city.TamperAsync($"""
            INSERT INTO timeline_event ("Sequence", "Type", "At", "CaseId", "DutyId", "WorkerId", "ClientId", "UnitId", "Class", "Data", "PreviousHash", "Hash")
            SELECT 6, "Type", "At", "CaseId", "DutyId", "WorkerId", "ClientId", "UnitId", "Class", "Data", "PreviousHash", "Hash" FROM timeline_event WHERE "Sequence" = 5
            """);
        await city.TamperAsync($"UPDATE timeline_head SET \"Sequence\" = \"Sequence\" + 1 WHERE \"TimelineHeadId\" = 1");

        var faults = (await VerifyAsync(city)).Faults;

        Assert.Contains(new TimelineFault(6, "unlinked"), faults);
        Assert.Contains(new TimelineFault(6, "changed"), faults);
    }

    [Fact]
    public async Task Verify_OfTwoEventsThatChangedPlaces_FindsBoth()
    {
        await using var city = await RecordedAsync();
        await city.TamperAsync($"UPDATE timeline_event SET \"Sequence\" = -5 WHERE \"Sequence\" = 5");
        await city.TamperAsync($"UPDATE timeline_event SET \"Sequence\" = 5 WHERE \"Sequence\" = 6");
        await city.TamperAsync($"UPDATE timeline_event SET \"Sequence\" = 6 WHERE \"Sequence\" = -5");

        var faults = (await VerifyAsync(city)).Faults;

        Assert.Contains(new TimelineFault(5, "unlinked"), faults);
        Assert.Contains(new TimelineFault(5, "changed"), faults);
        Assert.Contains(new TimelineFault(6, "changed"), faults);
    }

    [Fact]
    public async Task Verify_OfAChangedEventWithANewHash_FindsTheBrokenLink()
    {
        await using var city = await RecordedAsync();
        await using (var db = await city.OpenAsync())
        {
            var e = db.Timeline.Single(t => t.Sequence == 5);
            var hash = TimelineHash.Compute(ChainHash.Sha256, e.PreviousHash, e.Sequence, e.Type, e.At, e.CaseId, e.DutyId, e.WorkerId, e.ClientId, e.UnitId, e.Class, "{}");
            await city.TamperAsync($"UPDATE timeline_event SET \"Data\" = '{{}}', \"Hash\" = {hash} WHERE \"Sequence\" = 5");
        }

        Assert.Contains(new TimelineFault(6, "unlinked"), (await VerifyAsync(city)).Faults);
    }

    [Fact]
    public async Task Verify_OfAChangedHead_FindsIt()
    {
        await using var city = await RecordedAsync();
        await city.TamperAsync($"UPDATE timeline_head SET \"Hash\" = {new byte[32]} WHERE \"TimelineHeadId\" = 1");

        Assert.Contains((await VerifyAsync(city)).Faults, f => f.Kind == "head");
    }

    private static async Task<OpenCity> RecordedAsync()
    {
        var city = await OpenCity.CreateAsync(filled: true);
        await new RandomRows(11).RecordAsync(city, 12);
        return city;
    }

    private static Task<TimelineCheck> VerifyAsync(OpenCity city) => city.Services.GetRequiredService<VerifyTimeline>().RunAsync(null, Ct);

    private static FormattableString Sql(string text) => System.Runtime.CompilerServices.FormattableStringFactory.Create(text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
}
