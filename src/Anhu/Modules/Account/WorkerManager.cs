using System.Security.Cryptography;
using System.Text;
using Anhu.Common;
using Anhu.Modules.Organisation;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Anhu.Modules.Account;

/// <summary>Keeps workers' sign-ins: Identity's manager on our clock, which also remembers old passwords, keeps recovery codes hashed and takes a one-time code only once.</summary>
public sealed class WorkerManager(
    TimeProvider time, IUserStore<Worker> store, IOptions<IdentityOptions> options, IPasswordHasher<Worker> hasher, IEnumerable<IUserValidator<Worker>> userValidators,
    IEnumerable<IPasswordValidator<Worker>> passwordValidators, ILookupNormalizer normalizer, IdentityErrorDescriber errors, IServiceProvider services,
    ILogger<UserManager<Worker>> logger)
    : UserManager<Worker>(store, options, hasher, userValidators, passwordValidators, normalizer, errors, services, logger)
{
    private const string TokenProvider = "anhu";
    private const string OldPasswords = "old-passwords";
    private const string UsedCodes = "used-codes";
    private const string UsedQuestions = "used-questions";
    // A question ends after five minutes; nobody touches a key so often in that time.
    private const int QuestionsInWindow = 20;
    // A one-time code is good for two steps of 30 seconds before and after its own.
    private const int CodesInWindow = 5;
    private static string? nobodysHash;

    /// <summary>Costs what checking a password costs, for names that nobody has: the answer's time tells nothing.</summary>
    /// <param name="password">What was typed.</param>
    public void CheckNobody(string password) => PasswordHasher.VerifyHashedPassword(null!, nobodysHash ??= PasswordHasher.HashPassword(null!, Guid.CreateVersion7().ToString()), password);

    /// <summary>Changes the password and remembers the old one.</summary>
    /// <param name="user">The worker.</param>
    /// <param name="currentPassword">The present password.</param>
    /// <param name="newPassword">The next one.</param>
    public override async Task<IdentityResult> ChangePasswordAsync(Worker user, string currentPassword, string newPassword)
    {
        var old = user.PasswordHash;
        var setAt = user.PasswordSetAt;
        var until = user.FirstPasswordUntil;
        (user.PasswordSetAt, user.FirstPasswordUntil) = (time.Now, null);
        var result = await base.ChangePasswordAsync(user, currentPassword, newPassword);
        if (!result.Succeeded)
        {
            (user.PasswordSetAt, user.FirstPasswordUntil) = (setAt, until);
            return result;
        }

        var hashes = await OldHashesAsync(user);
        await SetAuthenticationTokenAsync(user, TokenProvider, OldPasswords, string.Join('\n', hashes.Prepend(old).Take(PasswordRules.Remembered)));
        return result;
    }

    /// <summary>Whether a password is the present one or one of those remembered.</summary>
    /// <param name="user">The worker.</param>
    /// <param name="password">The password in question.</param>
    public async Task<bool> WasUsedAsync(Worker user, string password)
    {
        if (user.PasswordHash is null)
        {
            return false;
        }

        var hashes = await OldHashesAsync(user);
        return hashes.Prepend(user.PasswordHash).Take(PasswordRules.Remembered)
            .Any(hash => PasswordHasher.VerifyHashedPassword(user, hash, password) != PasswordVerificationResult.Failed);
    }

    /// <summary>Checks a code of the worker's authenticator; each code is good once, so that one seen over a shoulder is worth nothing.</summary>
    /// <param name="user">The worker.</param>
    /// <param name="tokenProvider">The provider of codes.</param>
    /// <param name="token">The code.</param>
    public override async Task<bool> VerifyTwoFactorTokenAsync(Worker user, string tokenProvider, string token)
    {
        if (!await base.VerifyTwoFactorTokenAsync(user, tokenProvider, token))
        {
            return false;
        }

        var used = (await GetAuthenticationTokenAsync(user, TokenProvider, UsedCodes))?.Split(' ') ?? [];
        // Two requests with one code: the second finds the worker changed and fails.
        return !used.Contains(token)
            && (await SetAuthenticationTokenAsync(user, TokenProvider, UsedCodes, string.Join(' ', used.Prepend(token).Take(CodesInWindow)))).Succeeded;
    }

    /// <summary>Takes a question that a passkey has answered; each is good once.</summary>
    /// <param name="user">The worker.</param>
    /// <param name="question">What was asked, with the chance in it.</param>
    /// <returns>False when it was answered before, also by another request just now.</returns>
    public async Task<bool> SpendAsync(Worker user, string question)
    {
        var used = (await GetAuthenticationTokenAsync(user, TokenProvider, UsedQuestions))?.Split(' ') ?? [];
        var hash = Hash(question);
        return !used.Contains(hash)
            && (await SetAuthenticationTokenAsync(user, TokenProvider, UsedQuestions, string.Join(' ', used.Prepend(hash).Take(QuestionsInWindow)))).Succeeded;
    }

    /// <summary>Who the worker is at the identity provider: its address and its key of the person; null before the first sign-on.</summary>
    /// <param name="user">The worker.</param>
    public Task<string?> SubjectAsync(Worker user) => GetAuthenticationTokenAsync(user, Worker.SignOnProvider, Worker.SignOnSubject);

    /// <summary>Ties the provider's key of a person to the worker.</summary>
    /// <param name="user">The worker.</param>
    /// <param name="subject">The provider's address and its key.</param>
    public Task<IdentityResult> TieAsync(Worker user, string subject) => SetAuthenticationTokenAsync(user, Worker.SignOnProvider, Worker.SignOnSubject, subject);

    /// <summary>Makes recovery codes and stores their hashes.</summary>
    /// <param name="user">The worker.</param>
    /// <param name="number">How many.</param>
    /// <returns>The codes, to be shown once.</returns>
    public override async Task<IEnumerable<string>?> GenerateNewTwoFactorRecoveryCodesAsync(Worker user, int number)
    {
        var codes = Enumerable.Range(0, number).Select(_ => CreateTwoFactorRecoveryCode()).ToList();
        var recovery = (IUserTwoFactorRecoveryCodeStore<Worker>)Store;
        await recovery.ReplaceCodesAsync(user, codes.Select(Hash), CancellationToken);
        return (await UpdateAsync(user)).Succeeded ? codes : null;
    }

    /// <summary>Takes a recovery code, which is then spent.</summary>
    /// <param name="user">The worker.</param>
    /// <param name="code">The code as typed.</param>
    public override Task<IdentityResult> RedeemTwoFactorRecoveryCodeAsync(Worker user, string code) =>
        base.RedeemTwoFactorRecoveryCodeAsync(user, Hash(code.Trim().ToUpperInvariant()));

    /// <inheritdoc />
    public override Task<bool> IsLockedOutAsync(Worker user) => Task.FromResult(user.LockoutEnabled && user.LockoutEnd > time.Now);

    /// <inheritdoc />
    public override async Task<IdentityResult> AccessFailedAsync(Worker user)
    {
        user.AccessFailedCount++;
        if (user.AccessFailedCount >= Options.Lockout.MaxFailedAccessAttempts)
        {
            user.LockoutEnd = time.Now + Options.Lockout.DefaultLockoutTimeSpan;
            user.AccessFailedCount = 0;
        }

        return await UpdateUserAsync(user);
    }

    private static string Hash(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));

    private async Task<IEnumerable<string>> OldHashesAsync(Worker user) =>
        (await GetAuthenticationTokenAsync(user, TokenProvider, OldPasswords))?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
