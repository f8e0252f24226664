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

    /// <summary>Domain that passkeys are made for, such as <c>anhu.hefei.gov.cn</c>; by default the one in the address. Passkeys do not move to another.</summary>
    public string? PasskeyDomain { get; set; }

    /// <summary>A unit with up to so many active workers is shut out as a whole of a case to which one of them is tied; 0 shuts out that worker alone.</summary>
    public int ShutOutUnitsUpTo { get; set; }

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
