using Anhu.Common;
using Anhu.Modules.Organisation;
using Microsoft.AspNetCore.Identity;

namespace Anhu.Modules.Account;

/// <summary>What a worker signs in with, as the worker changes it: password, authenticator, recovery codes, passkeys.</summary>
public sealed class SignInMeans(WorkerManager workers, WorkerSignIn signIn, StepUp stepUp)
{
    /// <summary>Number of recovery codes made at once.</summary>
    public const int RecoveryCodes = 8;

    /// <summary>Most passkeys of one worker.</summary>
    public const int MostPasskeys = 10;

    /// <summary>Longest name of a passkey.</summary>
    public const int PasskeyNameMaxLength = 40;

    /// <summary>What the browser is asked to make a passkey with, as JSON.</summary>
    /// <param name="worker">The signed-in worker.</param>
    public Task<string> PasskeyOptionsAsync(Worker worker) =>
        signIn.MakePasskeyCreationOptionsAsync(new PasskeyUserEntity { Id = worker.Id.ToString(), Name = worker.UserName!, DisplayName = worker.DisplayName });

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
            made = await signIn.PerformPasskeyAttestationAsync(credential);
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

        await signIn.RecordAsync(AccountEvents.PasskeyAdded, worker, ct);
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
        await signIn.RecordAsync(AccountEvents.PasskeyRemoved, worker, ct);
        await signIn.RefreshSignInAsync(worker);
        return Result.Ok;
    }

    /// <summary>Changes the caller's password; other sessions end, this one goes on.</summary>
    /// <param name="worker">The signed-in worker.</param>
    /// <param name="current">The present password.</param>
    /// <param name="next">The next one.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Which rule the new password breaks, or that the present one is wrong.</returns>
    public async Task<Result> ChangePasswordAsync(Worker worker, string current, string next, CancellationToken ct)
    {
        if (!await stepUp.ConfirmAsync(worker, current, ct))
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

        await signIn.RecordAsync(AccountEvents.PasswordChanged, worker, ct);
        await signIn.RefreshSignInAsync(worker);
        return Result.Ok;
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
        await signIn.RefreshSignInAsync(worker);
        return (await workers.GetAuthenticatorKeyAsync(worker))!;
    }

    /// <summary>Turns the second step on.</summary>
    /// <param name="worker">The signed-in worker.</param>
    /// <param name="code">A code that the authenticator shows.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Recovery codes to be shown once; null when the code is wrong.</returns>
    public async Task<IReadOnlyList<string>?> TurnOnTwoStepAsync(Worker worker, string code, CancellationToken ct)
    {
        if (!await workers.VerifyTwoFactorTokenAsync(worker, workers.Options.Tokens.AuthenticatorTokenProvider, WorkerSignIn.Digits(code))
            || !(await workers.SetTwoFactorEnabledAsync(worker, true)).Succeeded)
        {
            return null;
        }

        await signIn.RecordAsync(AccountEvents.TwoStepOn, worker, ct);
        return await MakeRecoveryCodesAsync(worker, ct);
    }

    /// <summary>Makes new recovery codes; the old ones stop working.</summary>
    /// <param name="worker">The signed-in worker.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The codes, to be shown once.</returns>
    public async Task<IReadOnlyList<string>> MakeRecoveryCodesAsync(Worker worker, CancellationToken ct)
    {
        var codes = await workers.GenerateNewTwoFactorRecoveryCodesAsync(worker, RecoveryCodes) ?? [];
        await signIn.RecordAsync(AccountEvents.RecoveryCodesMade, worker, ct);
        await signIn.RefreshSignInAsync(worker);
        return [.. codes];
    }

    /// <summary>Turns the second step off and forgets its key.</summary>
    /// <param name="worker">The signed-in worker.</param>
    /// <param name="ct">Cancels.</param>
    public async Task TurnOffTwoStepAsync(Worker worker, CancellationToken ct)
    {
        await workers.SetTwoFactorEnabledAsync(worker, false);
        await workers.ResetAuthenticatorKeyAsync(worker);
        await signIn.RecordAsync(AccountEvents.TwoStepOff, worker, ct);
        await signIn.RefreshSignInAsync(worker);
    }
}
