using System.Globalization;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Timeline;

public sealed class EventTextPageTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    [Theory]
    [InlineData("zh-CN", "有新的记录")]
    [InlineData("en", "was recorded")]
    public async Task EveryKnownType_HasWordsOfItsOwn_AndUnknownOnesAreReadable(string culture, string general)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        var map = await app.Services.GetRequiredService<OrganisationDirectory>().GetAsync(TestContext.Current.CancellationToken);

        await app.WithAsync<EventText>(text =>
        {
            foreach (var type in EventText.Known)
            {
                var what = text.Of(Event(type), map, full: true).What;
                Assert.True(type == "visit.recorded" || !what.Contains(general, StringComparison.Ordinal), $"{type}: {what}");
                Assert.False(what.Contains("Event_", StringComparison.Ordinal), what);
            }

            Assert.Contains(general, text.Of(Event("visit.from-the-future"), map, full: true).What, StringComparison.Ordinal);
            Assert.Contains(general, text.Of(Event("future.kind"), map, full: true).What, StringComparison.Ordinal);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Reason_IsTold_OnlyToThoseWhoMayReadTheStory()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        var map = await app.Services.GetRequiredService<OrganisationDirectory>().GetAsync(TestContext.Current.CancellationToken);
        var e = Event("duty.cancel-requested", """{"reason":"she moved","from":"assigned","to":"assigned"}""");

        await app.WithAsync<EventText>(text =>
        {
            Assert.Equal("she moved", text.Of(e, map, full: true).Why);
            Assert.Null(text.Of(e, map, full: false).Why);
            return Task.CompletedTask;
        });
    }

    private static TimelineEvent Event(string type, string data = "{}") => new()
    {
        Sequence = 1, Type = type, At = DateTimeOffset.UnixEpoch, Data = data, PreviousHash = [], Hash = [],
    };
}
