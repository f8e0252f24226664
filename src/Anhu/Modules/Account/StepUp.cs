using Anhu.Modules.Organisation;
using Microsoft.AspNetCore.Identity;

namespace Anhu.Modules.Account;

/// <summary>Asks a signed-in worker again who they are, before something grave.</summary>
public sealed class StepUp(WorkerManager workers, WorkerSignIn signIn)
{
    /// <summary>Asks for the password again before something that weakens the sign-in; failures count as those of a sign-in do.</summary>
    /// <param name="worker">The signed-in worker.</param>
    /// <param name="password">The password as typed.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<bool> ConfirmAsync(Worker worker, string password, CancellationToken ct)
    {
        var wasLocked = await workers.IsLockedOutAsync(worker);
        var result = await signIn.CheckPasswordSignInAsync(worker, password, lockoutOnFailure: true);
        if (!result.Succeeded)
        {
            await signIn.OutcomeAsync(result, worker, "confirm", wasLocked, ct);
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
        if (worker.TwoFactorEnabled && !wasLocked && await workers.VerifyTwoFactorTokenAsync(worker, workers.Options.Tokens.AuthenticatorTokenProvider, WorkerSignIn.Digits(code)))
        {
            return true;
        }

        if (!wasLocked)
        {
            await workers.AccessFailedAsync(worker);
        }

        await signIn.OutcomeAsync(await workers.IsLockedOutAsync(worker) ? SignInResult.LockedOut : SignInResult.Failed, worker, "confirm-code", wasLocked, ct);
        return false;
    }

    /// <summary>What the browser is asked to sign with one of the worker's passkeys, as JSON.</summary>
    /// <param name="worker">The signed-in worker.</param>
    public Task<string> PasskeyOptionsAsync(Worker worker) => signIn.MakePasskeyRequestOptionsAsync(worker);

    /// <summary>Asks for one of the worker's passkeys again before something grave; failures are recorded.</summary>
    /// <param name="worker">The signed-in worker.</param>
    /// <param name="credential">What the browser answered, as JSON.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>False when it is another's, used before, not asked for, or the worker is locked out.</returns>
    public async Task<bool> ConfirmPasskeyAsync(Worker worker, string credential, CancellationToken ct)
    {
        var wasLocked = await workers.IsLockedOutAsync(worker);
        try
        {
            if (credential.Length > 0 && !wasLocked && (await signIn.OwnerOfAsync(credential))?.Id == worker.Id)
            {
                return true;
            }
        }
        catch (InvalidOperationException)
        {
            // Nothing was asked for, or too long ago.
        }

        // Nobody guesses a key, and who pulls back the finger has not tried: it brings no lock nearer.
        await signIn.OutcomeAsync(wasLocked ? SignInResult.LockedOut : SignInResult.Failed, worker, "confirm-passkey", wasLocked, ct);
        return false;
    }
}
