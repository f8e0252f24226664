using System.Globalization;
using Anhu.Modules.Account;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using CsCheck;
using Microsoft.AspNetCore.Identity;

namespace Anhu.Tests.Account;

/// <summary>Passwords that would be guessed early are refused, wherever one is set; those that the program makes never are.</summary>
public sealed class GuessablePasswordTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static readonly string[] Place = ["hefei", "anhu", "蜀山区妇联", "womens", "wang.fang", "王芳"];

    [Theory]
    [InlineData("password", GuessableBecause.Common)]
    [InlineData("PASSWORD123!", GuessableBecause.Common)]
    [InlineData("P@ssw0rd!2026", GuessableBecause.Common)]
    [InlineData("!!Jessica1990", GuessableBecause.Common)]
    [InlineData("1qaz2wsx3edc", GuessableBecause.Common)]
    [InlineData("MonkeyMonkey", GuessableBecause.Common)]
    [InlineData("Hefei@2026anhu", GuessableBecause.Context)]
    [InlineData("H3f3i-Anhu-1!", GuessableBecause.Context)]
    [InlineData("蜀山区妇联2026Ab", GuessableBecause.Context)]
    [InlineData("Wang.Fang#2025", GuessableBecause.Context)]
    [InlineData("Abcd-1234-Wxyz", GuessableBecause.Pattern)]
    [InlineData("Aaaaaaaa11111!", GuessableBecause.Pattern)]
    [InlineData("5201314Woaini!", GuessableBecause.Pattern)]
    [InlineData("!QAZ@wsx2025", GuessableBecause.Pattern)]
    [InlineData("Lkjhgfdsa19890604", GuessableBecause.Pattern)]
    [InlineData("Correct-Horse-7", null)]
    [InlineData("Mao-Zhua-Shu-83", null)]
    [InlineData("tV9#kq2pLx", null)]
    [InlineData("雨后山色2青Ab9", null)]
    public void Password_IsJudgedAsOneWhoGuessesWould(string password, GuessableBecause? because) => Assert.Equal(because, GuessablePassword.Check(password, Place));

    [Fact]
    public void List_IsTheShippedOne_AndKnowsNoRandomPassword()
    {
        Assert.Equal(49193, CommonPasswords.Count);
        Assert.True(CommonPasswords.Contains("123456"));
        Assert.True(CommonPasswords.Contains("Trustno1"));
        Gen.Char.AlphaNumeric.Array[12].Sample(letters => Assert.False(CommonPasswords.Contains(letters)), iter: 2000, threads: 1);
    }

    [Fact]
    public void AnyText_IsJudged_WithoutFault() => Gen.Select(Gen.String[0, 40], Gen.String[0, 10].Array[0, 4]).Sample(
        (password, words) =>
        {
            var judged = GuessablePassword.Check(password, words);

            Assert.True(judged is null || Enum.IsDefined(judged.Value));
        },
        iter: 3000, threads: 1);

    [Fact]
    public async Task FirstPassword_IsNeverRefused()
    {
        var worker = await app.Data.CreateWorkerAsync();
        for (var i = 0; i < 300; i++)
        {
            var password = FirstPassword.Create();
            Assert.True(GuessablePassword.Check(password, [worker.UserName!, "hefei", "anhu"]) is null, string.Create(CultureInfo.InvariantCulture, $"{i}: {password}"));
        }
    }

    [Fact]
    public async Task Hash_OfFewerRounds_IsMadeAnewAtSignIn()
    {
        var weak = new PasswordHasher<Worker>(Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = 1000 })).HashPassword(null!, TestData.Password);
        var worker = await app.Data.CreateWorkerAsync(change: w => w.PasswordHash = weak);
        using var client = app.CreateClient();

        using var entered = await client.EnterAsync(worker.UserName!, TestData.Password);

        var hash = Convert.FromBase64String((await app.WithAsync<WorkerManager, Worker?>(workers => workers.FindByIdAsync(worker.Id.ToString())))!.PasswordHash!);
        Assert.Equal("/", entered.Target());
        Assert.Equal(Worker.PasswordRounds, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5)));
    }

    [Fact]
    public async Task Manager_RefusesIt_WhoeverAsks()
    {
        var worker = await app.Data.CreateWorkerAsync();

        var result = await app.WithAsync<WorkerManager, IdentityResult>(async workers =>
            await workers.ChangePasswordAsync((await workers.FindByIdAsync(worker.Id.ToString()))!, TestData.Password, "Sunshine2026!"));

        Assert.Equal("password-common", Assert.Single(result.Errors).Code);
    }
}
