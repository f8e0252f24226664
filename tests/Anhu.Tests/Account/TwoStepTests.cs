using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Anhu.Modules.Account;
using Anhu.Modules.Organisation;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Anhu.Tests.Account;

public sealed class TwoStepTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    [Fact]
    public async Task SignIn_WithTheSecondStepOn_AsksForACodeAndTakesItOnce()
    {
        var (worker, key, _) = await TurnOnAsync();
        var code = Code(key, step: 1);
        using var client = app.CreateClient();

        using var first = await client.EnterAsync(worker.UserName!, TestData.Password, "/sign-in?returnUrl=/profile");
        using var early = await client.GetAsync("/", TestContext.Current.CancellationToken);
        using var second = await CodeAsync(client, first.Target(), code);
        using var other = app.CreateClient();
        using var again = await other.EnterAsync(worker.UserName!, TestData.Password);
        using var replay = await CodeAsync(other, again.Target(), code);

        Assert.StartsWith("/sign-in/code", first.Target(), StringComparison.Ordinal);
        Assert.StartsWith("/sign-in", early.Target(), StringComparison.Ordinal);
        Assert.Equal("/profile", second.Target());
        await client.GetPageAsync("/profile");
        Assert.Contains("验证码不正确或已用过", (await replay.ReadPageAsync()).TextOf("[role=alert]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WithFiveWrongCodes_IsLocked()
    {
        var (worker, _, _) = await TurnOnAsync();
        using var client = app.CreateClient();
        using var first = await client.EnterAsync(worker.UserName!, TestData.Password);

        var said = "";
        for (var i = 0; i < 5; i++)
        {
            using var answer = await CodeAsync(client, first.Target(), "000000");
            said = (await answer.ReadPageAsync()).TextOf("[role=alert]")!;
        }

        Assert.Contains("已锁定", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WithARecoveryCode_WorksOnceAndOnlyItsHashIsKept()
    {
        var (worker, _, codes) = await TurnOnAsync();

        using var client = app.CreateClient();
        using var first = await client.EnterAsync(worker.UserName!, TestData.Password);
        using var second = await CodeAsync(client, "/sign-in/recovery", codes[0].ToLowerInvariant());
        using var other = app.CreateClient();
        using var again = await other.EnterAsync(worker.UserName!, TestData.Password);
        using var replay = await CodeAsync(other, "/sign-in/recovery", codes[0]);

        Assert.Equal(SignInMeans.RecoveryCodes, codes.Count);
        Assert.Equal("/", second.Target());
        Assert.Contains("恢复码不正确或已用过", (await replay.ReadPageAsync()).TextOf("[role=alert]"), StringComparison.Ordinal);
        var stored = await app.QueryAsync(db => db.UserTokens.Where(t => t.UserId == worker.Id).Select(t => t.Value).ToListAsync());
        Assert.DoesNotContain(stored, value => codes.Any(code => value!.Contains(code, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task SecondStep_TurnedOffWithoutThePassword_StaysOn()
    {
        var (worker, _, _) = await TurnOnAsync();
        using var client = await app.SignInAsync(worker);
        var page = await client.GetPageAsync("/profile/two-step");

        using var wrong = await client.SubmitAsync(page, "two-step-on", new() { ["Input.Password"] = "Not-The-One-1", ["Input.Action"] = "off" });
        var stillOn = await app.QueryAsync(db => db.Workers.Where(w => w.Id == worker.Id).Select(w => w.TwoFactorEnabled).SingleAsync());
        using var right = await client.SubmitAsync(page, "two-step-on", new() { ["Input.Password"] = TestData.Password, ["Input.Action"] = "off" });

        Assert.True(stillOn);
        Assert.Equal("/profile", right.Target());
        Assert.False(await app.QueryAsync(db => db.Workers.Where(w => w.Id == worker.Id).Select(w => w.TwoFactorEnabled).SingleAsync()));
        Assert.Contains(AccountEvents.TwoStepOff, await app.EventsOfAsync(worker));
    }

    [Fact]
    public async Task CodePage_WithoutTheFirstStep_GoesBackToIt()
    {
        using var client = app.CreateClient();

        using var answer = await client.GetAsync("/sign-in/code", TestContext.Current.CancellationToken);

        Assert.StartsWith("/sign-in?", answer.Target(), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> CodeAsync(HttpClient client, string path, string code) =>
        await client.SubmitAsync(await client.GetPageAsync(path), "sign-in-code", new() { ["Input.Code"] = code });

    private async Task<(Worker Worker, string Key, List<string> Codes)> TurnOnAsync()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);
        var page = await client.GetPageAsync("/profile/two-step");
        var key = page.TextOf(".secret-key")!.Replace(" ", "", StringComparison.Ordinal);
        using var answer = await client.SubmitAsync(page, "two-step-off", new() { ["Input.Code"] = Code(key, step: 0) });
        var done = await answer.ReadPageAsync();
        worker = (await app.QueryAsync(db => db.Workers.SingleAsync(w => w.Id == worker.Id)))!;
        Assert.True(worker.TwoFactorEnabled);
        return (worker, key, [.. done.QuerySelectorAll(".recovery-codes code").Select(c => c.TextContent)]);
    }

    /// <summary>The code of RFC 6238 as an authenticator shows it, some steps from now.</summary>
    internal static string Code(string key, int step)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(key.Select(c => Convert.ToString(alphabet.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var secret = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30) + step);
#pragma warning disable CA5350 // The algorithm of the standard.
        var hash = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xf, 4)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
