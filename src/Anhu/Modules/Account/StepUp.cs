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
}
