using Anhu.Data;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Playbooks;

/// <summary>A version that is or was in force.</summary>
/// <param name="Kind">Policy or playbook.</param>
/// <param name="Version">As written in the document.</param>
/// <param name="ActiveFrom">Since when, UTC.</param>
public sealed record RuleVersion(RuleDocumentKind Kind, string Version, DateTimeOffset ActiveFrom);

/// <summary>Reads the versions of policy and playbook that grades and duties name.</summary>
public sealed class RuleHistory(IDbContextFactory<AnhuDbContext> contexts)
{
    /// <summary>All versions, newest first.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<RuleVersion>> ListAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.RuleDocuments.AsNoTracking().OrderByDescending(d => d.ActiveFrom).Take(200)
            .Select(d => new RuleVersion(d.Kind, d.DocumentVersion, d.ActiveFrom)).ToListAsync(ct);
    }

    /// <summary>One version with its text; null when there is none.</summary>
    /// <param name="kind">Policy or playbook.</param>
    /// <param name="version">Its version.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<RuleDocument?> FindAsync(RuleDocumentKind kind, string version, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.RuleDocuments.AsNoTracking().SingleOrDefaultAsync(d => d.Kind == kind && d.DocumentVersion == version, ct);
    }
}
