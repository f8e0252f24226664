namespace Anhu.Modules.Account;

/// <summary>Facts about sign-ins in the city's record; they belong to no case. Stable.</summary>
public static class AccountEvents
{
    /// <summary>A worker signed in; data: <c>method</c>.</summary>
    public const string SignedIn = "account.signed-in";

    /// <summary>The first sign-on through the identity provider tied its key of the person to the worker.</summary>
    public const string SignOnBound = "account.sign-on-bound";

    /// <summary>A worker signed out.</summary>
    public const string SignedOut = "account.signed-out";

    /// <summary>A worker left a page in a hurry, which ended all the worker's sessions.</summary>
    public const string Left = "account.left";

    /// <summary>A sign-in was refused; data: <c>workerId</c> where the name is one of ours, <c>reason</c>.</summary>
    public const string SignInFailed = "account.sign-in-failed";

    /// <summary>A worker was locked out; data: <c>workerId</c>, <c>until</c>.</summary>
    public const string LockedOut = "account.locked-out";

    /// <summary>A worker changed the password.</summary>
    public const string PasswordChanged = "account.password-changed";

    /// <summary>A worker turned the second step on.</summary>
    public const string TwoStepOn = "account.two-step-on";

    /// <summary>A worker turned the second step off.</summary>
    public const string TwoStepOff = "account.two-step-off";

    /// <summary>A worker had new recovery codes made.</summary>
    public const string RecoveryCodesMade = "account.recovery-codes-made";

    /// <summary>A worker made a passkey.</summary>
    public const string PasskeyAdded = "account.passkey-added";

    /// <summary>A worker removed a passkey.</summary>
    public const string PasskeyRemoved = "account.passkey-removed";
}
