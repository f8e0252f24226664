using System.Text.Json;

namespace Anhu.Modules.Security;

/// <summary>Which roles one person may have together, and how they are written.</summary>
public static class WorkerRoles
{
    /// <summary>The roles that administer: each for a person of its own (handbook §5.6).</summary>
    public static IReadOnlyList<WorkerRole> Administrators { get; } =
        [WorkerRole.SystemAdministrator, WorkerRole.SecurityAdministrator, WorkerRole.AuditAdministrator, WorkerRole.DataProtectionOfficer];

    /// <summary>A role as the command line and the record write it, such as <c>call-taker</c>.</summary>
    /// <param name="role">The role.</param>
    public static string Code(WorkerRole role) => JsonNamingPolicy.KebabCaseLower.ConvertName(role.ToString());

    /// <summary>Reads a role's code.</summary>
    /// <param name="code">The code.</param>
    /// <param name="role">The role.</param>
    public static bool TryParse(string? code, out WorkerRole role)
    {
        foreach (var known in Enum.GetValues<WorkerRole>())
        {
            if (Code(known) == code)
            {
                role = known;
                return true;
            }
        }

        role = default;
        return false;
    }

    /// <summary>Whether one person may have these roles: who administers neither works on cases nor administers anything else.</summary>
    /// <param name="roles">The roles, each once.</param>
    public static bool GoTogether(IReadOnlyCollection<WorkerRole> roles) => roles.Count <= 1 || !roles.Any(Administrators.Contains);
}
