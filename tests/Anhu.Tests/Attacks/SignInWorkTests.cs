using System.Collections.Concurrent;
using Anhu.Modules.Organisation;
using Anhu.Testing;
using Anhu.Tests.Account;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Anhu.Tests.Attacks;

/// <summary>Whether there is an account is not told by time: each try costs one slow hash, whoever's name it is. Counted, not timed.</summary>
public sealed class SignInWorkTests(SignInWorkTests.City app) : IClassFixture<SignInWorkTests.City>
{
    [Fact]
    public async Task EveryTry_CostsOneHash_WhoeversNameItIs()
    {
        var known = await app.Data.CreateWorkerAsync();
        var left = await app.Data.CreateWorkerAsync(change: w => w.IsActive = false);
        var locked = await app.Data.CreateWorkerAsync(change: w => w.LockoutEnd = app.Clock.GetUtcNow().AddMinutes(20));
        var late = await app.Data.CreateWorkerAsync(change: w => w.FirstPasswordUntil = app.Clock.GetUtcNow().AddDays(-1));
        using var client = app.CreateClient();

        foreach (var (name, password) in ((string, string)[])
            [(known.UserName!, "wrong-of-one"), ("nobody-at-all", "wrong-of-nobody"), (left.UserName!, "wrong-of-who-left"), (locked.UserName!, "wrong-of-locked"), (late.UserName!, "wrong-of-late")])
        {
            using var answer = await client.EnterAsync(name, password);

            Assert.Equal(1, City.Checked.GetValueOrDefault(password));
        }
    }

    /// <summary>The program, counting how often a password is compared.</summary>
    public sealed class City : AnhuFixture
    {
        internal static ConcurrentDictionary<string, int> Checked { get; } = new();

        protected override void ConfigureServices(IServiceCollection services) => services.AddScoped<IPasswordHasher<Worker>, CountingHasher>();

        private sealed class CountingHasher(IOptions<PasswordHasherOptions> options) : PasswordHasher<Worker>(options)
        {
            public override PasswordVerificationResult VerifyHashedPassword(Worker user, string hashedPassword, string providedPassword)
            {
                Checked.AddOrUpdate(providedPassword, 1, static (_, n) => n + 1);
                return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
            }
        }
    }
}
