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

    /// <summary>The password is the right one, but one that an administrator made too long ago.</summary>
    FirstPasswordEnded,
}

/// <summary>Signs workers in and out, and records it. Sessions of workers who left end with the next check of the security stamp.</summary>
public sealed class WorkerSignIn(
    AnhuDbContext db, AnhuSettings settings, TimeProvider time, WorkerManager workers, UnknownNames unknown, SessionDesk sessions, WorkerSessions running,
    IHttpContextAccessor http, IUserClaimsPrincipalFactory<Worker> claims, IOptions<IdentityOptions> options, ILogger<SignInManager<Worker>> logger,
    IAuthenticationSchemeProvider schemes, IUserConfirmation<Worker> confirmation)
    : SignInManager<Worker>(workers, http, claims, options, logger, schemes, confirmation)
{
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

        if (worker.FirstPasswordUntil <= time.Now)
        {
            var known = await CheckPasswordSignInAsync(worker, password, lockoutOnFailure: true);
            if (known.Succeeded)
            {
                await RecordAsync(AccountEvents.SignInFailed, worker, ct, ("method", "password"), ("cause", "first-password-ended"));
                return SignInOutcome.FirstPasswordEnded;
            }

            return await OutcomeAsync(known, worker, "password", wasLocked, ct);
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

        // A name may be given to somebody else one day, the provider's own key of a person never is: the first sign-on ties it to the worker.
        var subject = person.FindFirst("sub") is { Value.Length: > 0 } sub ? $"{sub.Issuer}\n{sub.Value}" : null;
        var bound = await workers.SubjectAsync(worker);
        if (subject is null || (bound is not null && bound != subject))
        {
            await RecordAsync(AccountEvents.SignInFailed, worker, ct, ("method", method), ("cause", "another-person"));
            return SignInOutcome.Refused;
        }

        if (bound is null)
        {
            if (!(await workers.TieAsync(worker, subject)).Succeeded)
            {
                // Another sign-on of the same worker was faster.
                return SignInOutcome.Expired;
            }

            await RecordAsync(AccountEvents.SignOnBound, worker, ct);
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

        Worker? worker;
        try
        {
            worker = await OwnerOfAsync(credential);
        }
        catch (InvalidOperationException)
        {
            // Nothing was asked for, or too long ago.
            return SignInOutcome.Expired;
        }

        if (worker is null)
        {
            await RecordAsync(AccountEvents.SignInFailed, null, ct, ("method", method), ("cause", "wrong"));
            return SignInOutcome.Refused;
        }

        var wasLocked = await workers.IsLockedOutAsync(worker);
        if (wasLocked || !worker.IsActive)
        {
            return await OutcomeAsync(wasLocked ? SignInResult.LockedOut : SignInResult.NotAllowed, worker, method, wasLocked, ct);
        }

        await SignInWithClaimsAsync(worker, new AuthenticationProperties(), [new Claim(AccountClaims.Method, AccountClaims.TwoFactors)]);
        return await OutcomeAsync(SignInResult.Success, worker, method, wasLocked, ct);
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

    /// <summary>Whose passkey a browser used. Each answer is good once, so that one that was copied is worth nothing.</summary>
    /// <param name="credential">What the browser answered, as JSON.</param>
    /// <returns>The worker; null when it is no passkey of ours, has not verified its owner, or was used before.</returns>
    /// <exception cref="InvalidOperationException">Nothing was asked for, or too long ago.</exception>
    internal async Task<Worker?> OwnerOfAsync(string credential)
    {
        // The question lies in a cookie that the browser could keep: what was answered once is remembered here.
        var asked = await Context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme);
        var shown = await PerformPasskeyAssertionAsync(credential);
        return shown.Succeeded && shown.Passkey.IsUserVerified
            && await workers.SpendAsync(shown.User, string.Join('\n', asked.Principal!.Claims.Select(c => c.Value)))
            && (await workers.AddOrUpdatePasskeyAsync(shown.User, shown.Passkey)).Succeeded
            ? shown.User : null;
    }

    /// <summary>The digits of a code as typed.</summary>
    /// <param name="code">The code.</param>
    internal static string Digits(string code) => new([.. code.Where(char.IsAsciiDigit)]);

    /// <summary>Records what came of a check.</summary>
    /// <param name="result">What Identity says.</param>
    /// <param name="worker">The worker.</param>
    /// <param name="method">What was checked.</param>
    /// <param name="wasLocked">Whether the worker was locked out before.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<SignInOutcome> OutcomeAsync(SignInResult result, Worker worker, string method, bool wasLocked, CancellationToken ct)
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
