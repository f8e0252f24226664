using Anhu.Modules.Security;

namespace Anhu.Web;

/// <summary>Rules of signing in; section <c>Anhu:Security</c>.</summary>
public sealed class SecuritySettings
{
    /// <summary>What <see cref="RequireTotp"/> holds for no role at all.</summary>
    public const string Nobody = "none";

    /// <summary>
    /// Codes of the roles that must sign in with a second step, such as <c>supervisor</c>; <c>none</c> for no role. The
    /// administrators' when nothing is given. A demo asks nobody.
    /// </summary>
    public IReadOnlyList<string> RequireTotp { get; set; } = [];

    /// <summary>How many of small letters, capital letters, digits and other characters a password needs: 3 as the handbook (§5.6) wants, 1 for no such rule as OWASP ASVS does.</summary>
    public int PasswordKinds { get; set; } = 3;

    /// <summary>After how many days a password is changed: 90 as the handbook (§5.6) wants, 0 for never as OWASP ASVS does; one that someone else set is changed at once in any case.</summary>
    public int PasswordDays { get; set; } = 90;

    /// <summary>Looks at the rules of passwords.</summary>
    /// <exception cref="FormatException">A number is out of range.</exception>
    public void CheckPasswords()
    {
        if (PasswordKinds is < 1 or > 4 || PasswordDays is < 0 or > 3650)
        {
            throw new FormatException("Anhu:Security:PasswordKinds takes 1 to 4, PasswordDays 0 to 3650.");
        }
    }

    /// <summary>Domain that passkeys are made for, such as <c>anhu.hefei.gov.cn</c>; by default the one in the address. Passkeys do not move to another.</summary>
    public string? PasskeyDomain { get; set; }

    /// <summary>A unit with up to so many active workers is shut out as a whole of a case to which one of them is tied; 0 shuts out that worker alone.</summary>
    public int ShutOutUnitsUpTo { get; set; }

    /// <summary>After how many months each worker's roles and unit are confirmed anew.</summary>
    public int AccessReviewMonths { get; set; } = 3;

    /// <summary>How many days after that <see cref="AccessReviewEnds"/> waits.</summary>
    public int AccessReviewGraceDays { get; set; } = 14;

    /// <summary>Whether the sign-in of a worker whom nobody confirmed ends; by default it is listed and told only.</summary>
    public bool AccessReviewEnds { get; set; }

    /// <summary>How roles and units are confirmed.</summary>
    /// <param name="demo">In a demo no sign-in ends.</param>
    /// <exception cref="FormatException">A number is out of range.</exception>
    public Modules.Organisation.AccessReviewSettings Reviews(bool demo) =>
        AccessReviewMonths is >= 1 and <= 36 && AccessReviewGraceDays is >= 1 and <= 365
            ? new(AccessReviewMonths, AccessReviewGraceDays, AccessReviewEnds && !demo)
            : throw new FormatException("Anhu:Security:AccessReviewMonths takes 1 to 36, AccessReviewGraceDays 1 to 365.");

    /// <summary>The roles that must sign in with a second step.</summary>
    /// <exception cref="FormatException">A code is no role's.</exception>
    public IReadOnlySet<WorkerRole> RolesWithTotp()
    {
        if (RequireTotp.Count == 0)
        {
            return WorkerRoles.Administrators.ToHashSet();
        }

        var roles = new HashSet<WorkerRole>();
        foreach (var code in RequireTotp)
        {
            if (WorkerRoles.TryParse(code, out var role))
            {
                roles.Add(role);
            }
            else if (code != Nobody)
            {
                throw new FormatException($"Anhu:Security:RequireTotp takes {string.Join(", ", Enum.GetValues<WorkerRole>().Select(WorkerRoles.Code))} or {Nobody}, not {code}.");
            }
        }

        return roles;
    }
}
