using Anhu.Data;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Organisation;

/// <summary>Who must sign in with a second step: as the security administrator decided, else as the settings say.</summary>
/// <param name="settings">The settings.</param>
/// <param name="contexts">The store.</param>
/// <exception cref="FormatException">The settings name a role that there is not.</exception>
public sealed class RequiredSecondStep(AnhuSettings settings, IDbContextFactory<AnhuDbContext> contexts)
{
    /// <summary>The roles by the settings.</summary>
    public IReadOnlySet<WorkerRole> Default { get; } = DefaultOf(settings);

    /// <summary>The roles by the settings; nobody's in a demo.</summary>
    /// <param name="settings">The settings.</param>
    /// <exception cref="FormatException">They name a role that there is not.</exception>
    public static IReadOnlySet<WorkerRole> DefaultOf(AnhuSettings settings) => settings.Demo ? new HashSet<WorkerRole>() : settings.Security.RolesWithTotp();

    /// <summary>What the security administrator decided; null where the settings count.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task<SecondStepRule?> DecidedAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.SecondStepRules.AsNoTracking().SingleOrDefaultAsync(ct);
    }

    /// <summary>The roles that count now.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlySet<WorkerRole>> RolesAsync(CancellationToken ct) => await DecidedAsync(ct) is { } rule ? rule.Roles.ToHashSet() : Default;

    /// <summary>Whether a role of the worker asks for it.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<bool> IsForAsync(Worker worker, CancellationToken ct)
    {
        var roles = await RolesAsync(ct);
        return worker.Roles.Any(roles.Contains);
    }
}
