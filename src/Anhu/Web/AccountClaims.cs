using Anhu.Modules.Security;

namespace Anhu.Web;

/// <summary>Claims for display and sign-in rules, beside those of <see cref="CallerClaims"/>.</summary>
public static class AccountClaims
{
    /// <summary>The worker's name.</summary>
    public const string DisplayName = "anhu:name";

    /// <summary>The unit's name.</summary>
    public const string UnitName = "anhu:unit-name";

    /// <summary>The language that the worker chose; absent when the city's is followed.</summary>
    public const string Culture = "anhu:culture";

    /// <summary>Present when the board may play a sound.</summary>
    public const string SoundOn = "anhu:sound";

    /// <summary>Id of the session (<see cref="Modules.Security.WorkerSession"/>).</summary>
    public const string Session = "anhu:session";

    /// <summary>How the worker proved who they are (RFC 8176), once per way: <c>pwd</c>, <c>mfa</c>.</summary>
    public const string Method = "amr";

    /// <summary>Value of <see cref="Method"/> for two factors.</summary>
    public const string TwoFactors = "mfa";

    /// <summary>When the password has to be changed, seconds since 1970; 0 for a password that someone else set.</summary>
    public const string PasswordDue = "anhu:password-due";

    /// <summary>Present when a role of the worker asks for a second step that the worker has not turned on.</summary>
    public const string SecondStepDue = "anhu:second-step-due";
}
