using System.Globalization;
using Anhu.Hosting;
using Anhu.Testing;
using Anhu.Web;
using Xunit;

namespace Anhu.Tests.Account;

/// <summary>Words for times, as seen on Monday, 2 March 2026, 09:00 in Hefei.</summary>
public sealed class CityFormatTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    [Theory]
    [InlineData("zh-CN", 0, "刚刚")]
    [InlineData("zh-CN", -59, "59 分钟前")]
    [InlineData("zh-CN", -60, "1 小时前")]
    [InlineData("zh-CN", 48 * 60, "2 天后")]
    [InlineData("en", -1, "1 minute ago")]
    [InlineData("en", 47 * 60, "in 47 hours")]
    [InlineData("en", -100 * 24 * 60, "3 months ago")]
    [InlineData("en", 800 * 24 * 60, "in 2 years")]
    public async Task Relative_IsRoundedDown(string culture, int minutes, string expected) =>
        Assert.Equal(expected, await InAsync(culture, format => format.Relative(app.Time.GetUtcNow().AddMinutes(minutes))));

    [Theory]
    [InlineData("zh-CN", "2026-03-02T15:59:00Z", "23:59")]
    [InlineData("zh-CN", "2026-03-01T15:59:00Z", "3月1日 23:59")]
    [InlineData("zh-CN", "2025-12-31T15:59:00Z", "2025年12月31日 23:59")]
    [InlineData("zh-CN", "2025-12-31T16:00:00Z", "1月1日 00:00")]
    [InlineData("en", "2026-03-01T15:59:00Z", "1 Mar 23:59")]
    [InlineData("en", "2025-12-31T15:59:00Z", "31 Dec 2025 23:59")]
    public async Task Compact_IsOnTheCitysClockAndLeavesOutWhatIsPlain(string culture, string instant, string expected) =>
        Assert.Equal(expected, await InAsync(culture, format => format.Compact(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture))));

    [Fact]
    public async Task FromCity_IsTheInstantOfThatTimeInTheCity()
    {
        var instant = await InAsync("zh-CN", format => format.FromCity(new DateOnly(2026, 3, 2), new TimeOnly(9, 0)).ToString("O", CultureInfo.InvariantCulture));

        Assert.Equal("2026-03-02T01:00:00.0000000+00:00", instant);
    }

    private Task<string> InAsync(string culture, Func<CityFormat, string> put) => app.WithAsync<CityFormat, string>(format =>
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        return Task.FromResult(put(format));
    });
}
