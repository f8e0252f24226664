using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Anhu.Tests.Playbooks;

/// <summary>A missing holiday calendar is said where those who can add it look.</summary>
public sealed class HolidaysNoticeTests(HolidaysNoticeTests.InDecember app) : IClassFixture<HolidaysNoticeTests.InDecember>
{
    [Fact]
    public async Task Home_OfAnAdministratorInDecember_NamesTheYearThatIsMissing()
    {
        var worker = await app.Data.CreateWorkerAsync(roles: WorkerRole.SystemAdministrator);
        using var client = await app.SignInAsync(worker);

        Assert.Contains("缺少2027年的节假日安排", await TextAsync(client, "/"), StringComparison.Ordinal);
        Assert.Contains("缺少2027年的节假日安排", await TextAsync(client, "/rules"), StringComparison.Ordinal);
        using var caseworker = await app.SignInAsync(await app.Data.CreateWorkerAsync(roles: WorkerRole.Caseworker));
        Assert.DoesNotContain("2027", await TextAsync(caseworker, "/"), StringComparison.Ordinal);
    }

    private static async Task<string> TextAsync(HttpClient client, string path) =>
        (await client.GetPageAsync(path)).QuerySelector("main")!.TextContent;

    /// <summary>The program in the month in which next year's calendar should be there.</summary>
    public sealed class InDecember : AnhuFixture
    {
        /// <inheritdoc />
        protected override TimeProvider TestClock { get; } = new FakeTimeProvider(new DateTimeOffset(2026, 12, 1, 1, 0, 0, TimeSpan.Zero));
    }
}
