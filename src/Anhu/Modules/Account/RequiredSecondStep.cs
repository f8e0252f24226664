using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Web;

namespace Anhu.Modules.Account;

/// <summary>Who must sign in with a second step.</summary>
/// <param name="settings">The settings.</param>
/// <exception cref="FormatException">The settings name a role that there is not.</exception>
public sealed class RequiredSecondStep(AnhuSettings settings)
{
    private readonly IReadOnlySet<WorkerRole> roles = settings.Demo ? new HashSet<WorkerRole>() : settings.Security.RolesWithTotp();

    /// <summary>Whether a role of the worker asks for it.</summary>
    /// <param name="worker">The worker.</param>
    public bool IsFor(Worker worker) => worker.Roles.Any(roles.Contains);
}
