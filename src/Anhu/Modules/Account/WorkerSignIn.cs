using System.Security.Claims;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Anhu.Modules.Account;

/// <summary>What came of a step of signing in.</summary>
public enum SignInOutcome
{
    /// <summary>Signed in.</summary>
    SignedIn,

    /// <summary>The password was right; now the code of the authenticator.</summary>
    CodeNeeded,

    /// <summary>Refused. Which part was wrong is not told.</summary>
    Refused,

    /// <summary>Too many failures: locked for a while.</summary>
    LockedOut,

    /// <summary>The first step is too long ago: start again.</summary>
    Expired,
}

/// <summary>Signs workers in and out, and records it. Sessions of workers who left end with the next check of the security stamp.</summary>
public sealed class WorkerSignIn(
    AnhuDbContext db, AnhuSettings settings, TimeProvider time, WorkerManager workers, UnknownNames unknown, SessionDesk sessions, WorkerSessions running,
    IHttpContextAccessor http, IUserClaimsPrincipalFactory<Worker> claims, IOptions<IdentityOptions> options, ILogger<SignInManager<Worker>> logger,
    IAuthenticationSchemeProvider schemes, IUserConfirmation<Worker> confirmation)
    : SignInManager<Worker>(workers, http, claims, options, logger, schemes, confirmation)
{
    /// <summary>Number of recovery codes made at once.</summary>
    public const int RecoveryCodes = 8;

    /// <summary>Most passkeys of one worker.</summary>
    public const int MostPasskeys = 10;

    /// <summary>Longest name of a passkey.</summary>
    public const int PasskeyNameMaxLength = 40;

    private string method = "password";
    private Claim? kept;

    /// <summary>The first step: user name and password.</summary>
    /// <param name="userName">User name as typed.</param>
    /// <param name="password">Password as typed.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<SignInOutcome> WithPasswordAsync(string userName, string password, CancellationToken ct)
    {
        var worker = await workers.FindByNameAsync(userName);
        if (worker is null || !worker.IsActive)
        {
            workers.CheckNobody(password);
            await RecordAsync(AccountEvents.SignInFailed, worker, ct, ("cause", worker is null ? "unknown" : "inactive"));
            return unknown.Failed(userName) ? SignInOutcome.LockedOut : SignInOutcome.Refused;
        }

        var wasLocked = await workers.IsLockedOutAsync(worker);
        if (wasLocked)
        {
            workers.CheckNobody(password);
        }

        return await OutcomeAsync(await PasswordSignInAsync(worker, password, isPersistent: false, lockoutOnFailure: true), worker, "password", wasLocked, ct);
    }

    /// <summary>The second step with a code of the authenticator.</summary>
    /// <param name="code">Six digits as typed.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<SignInOutcome> WithCodeAsync(string code, CancellationToken ct)
    {
        if (await GetTwoFactorAuthenticationUserAsync() is not { } worker)
        {
            return SignInOutcome.Expired;
        }

        method = "code";
        var wasLocked = await workers.IsLockedOutAsync(worker);
        return await OutcomeAsync(await TwoFactorAuthenticatorSignInAsync(Digits(code), isPersistent: false, rememberClient: false), worker, "code", wasLocked, ct);
    }

    /// <summary>The second step with a recovery code, which is then spent.</summary>
    /// <param name="code">The code as typed.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<SignInOutcome> WithRecoveryCodeAsync(string code, CancellationToken ct)
    {
        if (await GetTwoFactorAuthenticationUserAsync() is not { } worker)
        {
            return SignInOutcome.Expired;
        }

        method = "recovery-code";

        // Identity's recovery step neither counts failures nor looks at the lock.
        var wasLocked = await workers.IsLockedOutAsync(worker);
        if (wasLocked || !worker.IsActive)
        {
            return await OutcomeAsync(wasLocked ? SignInResult.LockedOut : SignInResult.NotAllowed, worker, "recovery-code", wasLocked, ct);
        }

        var result = await TwoFactorRecoveryCodeSignInAsync(code);
        if (!result.Succeeded)
        {
            await workers.AccessFailedAsync(worker);
            result = await workers.IsLockedOutAsync(worker) ? SignInResult.LockedOut : SignInResult.Failed;
        }

        return await OutcomeAsync(result, worker, "recovery-code", wasLocked, ct);
    }

    /// <summary>Signs in who comes from the city's identity provider. Nobody is added by it: the worker must be here, active and not locked.</summary>
    /// <param name="person">What the provider said.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<SignInOutcome> WithSignOnAsync(ClaimsPrincipal person, CancellationToken ct)
    {
        method = SingleSignOn.SchemeName;
        var worker = person.FindFirstValue(settings.SignOn.NameClaim) is { Length: > 0 } name ? await workers.FindByNameAsync(name) : null;
        if (worker is null || !worker.IsActive)
        {
            await RecordAsync(AccountEvents.SignInFailed, worker, ct, ("method", method), ("cause", worker is null ? "unknown" : "inactive"));
            return SignInOutcome.Refused;
        }

        var wasLocked = await workers.IsLockedOutAsync(worker);
        if (wasLocked)
        {
            return await OutcomeAsync(SignInResult.LockedOut, worker, method, wasLocked, ct);
        }

        if (person.Claims.Any(c => c.Type is AccountClaims.Method or "acr" && settings.SignOn.TwoFactorMethods.Contains(c.Value)))
        {
            await SignInWithClaimsAsync(
                worker, new AuthenticationProperties(), [new Claim(ClaimTypes.AuthenticationMethod, method), new Claim(AccountClaims.Method, AccountClaims.TwoFactors)]);
            return await OutcomeAsync(SignInResult.Success, worker, method, wasLocked, ct);
        }

        return await OutcomeAsync(await SignInOrTwoFactorAsync(worker, isPersistent: false, loginProvider: method), worker, method, wasLocked, ct);
    }

    /// <summary>Signs in with a passkey, which the browser lets be used only after it has verified the worker: two factors in one.</summary>
    /// <param name="credential">What the browser answered, as JSON.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<SignInOutcome> WithPasskeyAsync(string credential, CancellationToken ct)
    {
        method = "passkey";
        if (credential.Length == 0)
        {
            return SignInOutcome.Refused;
        }

        PasskeyAssertionResult<Worker> shown;
        try
        {
            shown = await PerformPasskeyAssertionAsync(credential);
        }
        catch (InvalidOperationException)
        {
            // Nothing was asked for, or too long ago.
            return SignInOutcome.Expired;
        }

        if (!shown.Succeeded || !shown.Passkey.IsUserVerified)
        {
            await RecordAsync(AccountEvents.SignInFailed, null, ct, ("method", method), ("cause", "wrong"));
            return SignInOutcome.Refused;
        }

        var worker = shown.User;
        var wasLocked = await workers.IsLockedOutAsync(worker);
        if (wasLocked || !worker.IsActive)
        {
            return await OutcomeAsync(wasLocked ? SignInResult.LockedOut : SignInResult.NotAllowed, worker, method, wasLocked, ct);
        }

        await workers.AddOrUpdatePasskeyAsync(worker, shown.Passkey);
        await SignInWithClaimsAsync(worker, new AuthenticationProperties(), [new Claim(AccountClaims.Method, AccountClaims.TwoFactors)]);
        return await OutcomeAsync(SignInResult.Success, worker, method, wasLocked, ct);
    }

    /// <summary>What the browser is asked to make a passkey with, as JSON.</summary>
    /// <param name="worker">The signed-in worker.</param>
    public Task<string> PasskeyOptionsAsync(Worker worker) =>
        MakePasskeyCreationOptionsAsync(new PasskeyUserEntity { Id = worker.Id.ToString(), Name = worker.UserName!, DisplayName = worker.DisplayName });

    /// <summary>Adds a passkey that the browser made.</summary>
    /// <param name="worker">The signed-in worker, whose password was confirmed.</param>
    /// <param name="name">What the worker calls it.</param>
    /// <param name="credential">What the browser answered, as JSON.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> AddPasskeyAsync(Worker worker, string name, string credential, CancellationToken ct)
    {
        if (credential.Length == 0)
        {
            return new Failure(FailureKind.Invalid, "account.passkey-refused");
        }

        if ((await workers.GetPasskeysAsync(worker)).Count >= MostPasskeys)
        {
            return new Failure(FailureKind.NotAllowed, "account.passkeys-many");
        }

        PasskeyAttestationResult made;
        try
        {
            made = await PerformPasskeyAttestationAsync(credential);
        }
        catch (InvalidOperationException)
        {
            return new Failure(FailureKind.Invalid, "account.passkey-refused");
        }

        if (!made.Succeeded || !made.Passkey.IsUserVerified || made.UserEntity.Id != worker.Id.ToString())
        {
            return new Failure(FailureKind.Invalid, "account.passkey-refused");
        }

        made.Passkey.Name = name;
        if (!(await workers.AddOrUpdatePasskeyAsync(worker, made.Passkey)).Succeeded)
        {
            return new Failure(FailureKind.Conflict, "account.changed");
        }

        await RecordAsync(AccountEvents.PasskeyAdded, worker, ct);
        return Result.Ok;
    }

    /// <summary>Removes a passkey; other sessions end.</summary>
    /// <param name="worker">The signed-in worker, whose password was confirmed.</param>
    /// <param name="credentialId">Which.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> RemovePasskeyAsync(Worker worker, byte[] credentialId, CancellationToken ct)
    {
        if (await workers.GetPasskeyAsync(worker, credentialId) is null)
        {
            return new Failure(FailureKind.NotFound, "account.passkey-not-found");
        }

        await workers.RemovePasskeyAsync(worker, credentialId);
        await workers.UpdateSecurityStampAsync(worker);
        await RecordAsync(AccountEvents.PasskeyRemoved, worker, ct);
        await RefreshSignInAsync(worker);
        return Result.Ok;
    }

    /// <summary>The worker who is signed in.</summary>
    /// <exception cref="InvalidOperationException">Nobody is, or the worker is no longer in the store.</exception>
    public async Task<Worker> WorkerAsync() =>
        await UserManager.GetUserAsync(Context.User) ?? throw new InvalidOperationException("The signed-in worker is not in the store.");

    /// <summary>Signs the caller out and records it.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task SignOutAndRecordAsync(CancellationToken ct)
    {
        if (await UserManager.GetUserAsync(Context.User) is { } worker)
        {
            db.Actor = new Actor(worker.Id);
            if (WorkerSessions.IdOf(Context.User) is { } session)
            {
                await sessions.CloseAsync(session, ct);
                running.End(session);
            }

            await RecordAsync(AccountEvents.SignedOut, worker, ct);
        }

        await SignOutAsync();
    }

    /// <summary>Begins a session with a new id and says how the worker signed in; the one that this browser had ends. A refreshed sign-in keeps its session.</summary>
    /// <param name="user">The worker.</param>
    /// <param name="authenticationProperties">Properties of the cookie.</param>
    /// <param name="additionalClaims">Claims beside the worker's.</param>
    public override async Task SignInWithClaimsAsync(Worker user, AuthenticationProperties? authenticationProperties, IEnumerable<Claim> additionalClaims)
    {
        var properties = authenticationProperties ?? new AuthenticationProperties();
        if (kept is { } session)
        {
            await base.SignInWithClaimsAsync(user, properties, [.. additionalClaims, session]);
            return;
        }

        var before = WorkerSessions.IdOf(Context.User);
        var begun = await sessions.OpenAsync(
            user, method, Context.Request.Headers.UserAgent, Context.Connection.RemoteIpAddress?.ToString(), before, Context.RequestAborted);
        if (before is { } old)
        {
            running.End(old);
        }

        properties.IssuedUtc = time.GetUtcNow();
        properties.ExpiresUtc = properties.IssuedUtc + WorkerSession.IdleTime(begun.Kind);
        await base.SignInWithClaimsAsync(user, properties, [.. additionalClaims, new Claim(AccountClaims.Session, begun.WorkerSessionId.ToString())]);
    }

    /// <inheritdoc />
    public override async Task RefreshSignInAsync(Worker user)
    {
        kept = Context.User.FindFirst(AccountClaims.Session);
        if (WorkerSessions.IdOf(Context.User) is { } session)
        {
            await sessions.KeepAsync(session, user.SecurityStamp!, Context.RequestAborted);
        }

        await base.RefreshSignInAsync(user);
        kept = null;
    }

    /// <inheritdoc />
    public override async Task<Worker?> ValidateSecurityStampAsync(ClaimsPrincipal? principal) =>
        await base.ValidateSecurityStampAsync(principal) is { } worker
            && WorkerSessions.IdOf(principal!) is { } session && await sessions.HoldsAsync(session, worker.Id, Context.RequestAborted) ? worker : null;

    /// <summary>
    /// The caller left in a hurry: all the worker's sessions end, on this device and elsewhere, so that a copy of the cookie opens
    /// nothing. Cookies go first, since the store may be away.
    /// </summary>
    /// <param name="ct">Cancels.</param>
    public async Task LeaveAsync(CancellationToken ct)
    {
        await SignOutAsync();
        if (await UserManager.GetUserAsync(Context.User) is { } worker)
        {
            await workers.UpdateSecurityStampAsync(worker);
            db.Actor = new Actor(worker.Id);
            await RecordAsync(AccountEvents.Left, worker, ct);
        }
    }

    /// <summary>Changes the caller's password; other sessions end, this one goes on.</summary>
    /// <param name="worker">The signed-in worker.</param>
    /// <param name="current">The present password.</param>
    /// <param name="next">The next one.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Which rule the new password breaks, or that the present one is wrong.</returns>
    public async Task<Result> ChangePasswordAsync(Worker worker, string current, string next, CancellationToken ct)
    {
        if (!await ConfirmAsync(worker, current, ct))
        {
            return new Failure(FailureKind.Invalid, "password-wrong", "Current");
        }

        var result = await workers.ChangePasswordAsync(worker, current, next);
        if (!result.Succeeded)
        {
            var code = result.Errors.First().Code;
            return code.StartsWith("password-", StringComparison.Ordinal)
                ? new Failure(FailureKind.Invalid, code, "Next")
                : new Failure(FailureKind.Conflict, "account.changed");
        }

        await RecordAsync(AccountEvents.PasswordChanged, worker, ct);
        await RefreshSignInAsync(worker);
        return Result.Ok;
    }

    /// <summary>Asks for the password again before something that weakens the sign-in; failures count as those of a sign-in do.</summary>
    /// <param name="worker">The signed-in worker.</param>
    /// <param name="password">The password as typed.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<bool> ConfirmAsync(Worker worker, string password, CancellationToken ct)
    {
        var wasLocked = await workers.IsLockedOutAsync(worker);
        var result = await CheckPasswordSignInAsync(worker, password, lockoutOnFailure: true);
        if (!result.Succeeded)
        {
            await OutcomeAsync(result, worker, "confirm", wasLocked, ct);
        }

        return result.Succeeded;
    }

    /// <summary>Asks for a code of the authenticator again before something grave; failures count as those of a sign-in do.</summary>
    /// <param name="worker">The signed-in worker.</param>
    /// <param name="code">The code as typed.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>False when it is wrong, used before, or the worker has no second step or is locked out.</returns>
    public async Task<bool> ConfirmCodeAsync(Worker worker, string code, CancellationToken ct)
    {
        var wasLocked = await workers.IsLockedOutAsync(worker);
        if (worker.TwoFactorEnabled && !wasLocked && await workers.VerifyTwoFactorTokenAsync(worker, Options.Tokens.AuthenticatorTokenProvider, Digits(code)))
        {
            return true;
        }

        if (!wasLocked)
        {
            await workers.AccessFailedAsync(worker);
        }

        await OutcomeAsync(await workers.IsLockedOutAsync(worker) ? SignInResult.LockedOut : SignInResult.Failed, worker, "confirm-code", wasLocked, ct);
        return false;
    }

    /// <summary>The key that worker and authenticator share; made when there is none.</summary>
    /// <param name="worker">The signed-in worker, who has not turned the second step on.</param>
    public async Task<string> AuthenticatorKeyAsync(Worker worker)
    {
        if (await workers.GetAuthenticatorKeyAsync(worker) is { Length: > 0 } key)
        {
            return key;
        }

        await workers.ResetAuthenticatorKeyAsync(worker);
        await RefreshSignInAsync(worker);
        return (await workers.GetAuthenticatorKeyAsync(worker))!;
    }

    /// <summary>Turns the second step on.</summary>
    /// <param name="worker">The signed-in worker.</param>
    /// <param name="code">A code that the authenticator shows.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Recovery codes to be shown once; null when the code is wrong.</returns>
    public async Task<IReadOnlyList<string>?> TurnOnTwoStepAsync(Worker worker, string code, CancellationToken ct)
    {
        if (!await workers.VerifyTwoFactorTokenAsync(worker, Options.Tokens.AuthenticatorTokenProvider, Digits(code))
            || !(await workers.SetTwoFactorEnabledAsync(worker, true)).Succeeded)
        {
            return null;
        }

        await RecordAsync(AccountEvents.TwoStepOn, worker, ct);
        return await MakeRecoveryCodesAsync(worker, ct);
    }

    /// <summary>Makes new recovery codes; the old ones stop working.</summary>
    /// <param name="worker">The signed-in worker.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The codes, to be shown once.</returns>
    public async Task<IReadOnlyList<string>> MakeRecoveryCodesAsync(Worker worker, CancellationToken ct)
    {
        var codes = await workers.GenerateNewTwoFactorRecoveryCodesAsync(worker, RecoveryCodes) ?? [];
        await RecordAsync(AccountEvents.RecoveryCodesMade, worker, ct);
        await RefreshSignInAsync(worker);
        return [.. codes];
    }

    /// <summary>Turns the second step off and forgets its key.</summary>
    /// <param name="worker">The signed-in worker.</param>
    /// <param name="ct">Cancels.</param>
    public async Task TurnOffTwoStepAsync(Worker worker, CancellationToken ct)
    {
        await workers.SetTwoFactorEnabledAsync(worker, false);
        await workers.ResetAuthenticatorKeyAsync(worker);
        await RecordAsync(AccountEvents.TwoStepOff, worker, ct);
        await RefreshSignInAsync(worker);
    }

    /// <inheritdoc />
    public override async Task<bool> CanSignInAsync(Worker user) => user.IsActive && await base.CanSignInAsync(user);

    /// <inheritdoc />
    public override async Task<bool> ValidateSecurityStampAsync(Worker? user, string? securityStamp) =>
        user is { IsActive: true } && await base.ValidateSecurityStampAsync(user, securityStamp);

    /// <summary>Records a fact about a worker's sign-in.</summary>
    /// <param name="type">One of <see cref="AccountEvents"/>.</param>
    /// <param name="worker">The worker; null when the name is nobody's.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="data">Details.</param>
    public async Task RecordAsync(string type, Worker? worker, CancellationToken ct, params (string Name, object? Value)[] data)
    {
        db.Record(new PendingEvent(type, time.Now, UnitId: worker?.UnitId, Data: EventData.Of([("workerId", worker?.Id), .. data])));
        await db.SaveChangesAsync(ct);
    }

    private static string Digits(string code) => new([.. code.Where(char.IsAsciiDigit)]);

    private async Task<SignInOutcome> OutcomeAsync(SignInResult result, Worker worker, string method, bool wasLocked, CancellationToken ct)
    {
        if (result.Succeeded)
        {
            db.Actor = new Actor(worker.Id);
            await RecordAsync(AccountEvents.SignedIn, worker, ct, ("method", method));
            return SignInOutcome.SignedIn;
        }

        if (result.RequiresTwoFactor)
        {
            return SignInOutcome.CodeNeeded;
        }

        if (result.IsLockedOut && !wasLocked)
        {
            await RecordAsync(AccountEvents.LockedOut, worker, ct, ("method", method), ("until", worker.LockoutEnd));
            return SignInOutcome.LockedOut;
        }

        await RecordAsync(AccountEvents.SignInFailed, worker, ct, ("method", method), ("cause", result.IsLockedOut ? "locked" : "wrong"));
        return result.IsLockedOut ? SignInOutcome.LockedOut : SignInOutcome.Refused;
    }
}
