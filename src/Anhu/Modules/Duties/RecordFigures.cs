using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Account;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Duties;

/// <summary>A refused sign-in.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="WorkerId">Whose name was given; null when the name is nobody's.</param>
/// <param name="WorkerName">The worker's name.</param>
/// <param name="Reason">Why, as the record holds it.</param>
public sealed record RefusedSignIn(DateTimeOffset At, Guid? WorkerId, string? WorkerName, string Reason);

/// <summary>What one who answers for the record looks at first.</summary>
/// <param name="Events">Events in the record.</param>
/// <param name="Views">Views in the chain of views.</param>
/// <param name="SignedAt">When the last checkpoint was signed, UTC; null for never.</param>
/// <param name="CheckedAt">When it was last checked, UTC; null for never.</param>
/// <param name="CheckedEvents">How many events were read then.</param>
/// <param name="Faults">How many faults were found then.</param>
/// <param name="Refused">Refused sign-ins of the last day.</param>
/// <param name="LockedOut">Sign-ins locked in the last day.</param>
/// <param name="Latest">The latest refused ones.</param>
public sealed record RecordState(
    long Events, long Views, DateTimeOffset? SignedAt, DateTimeOffset? CheckedAt, long CheckedEvents, int Faults, int Refused, int LockedOut, IReadOnlyList<RefusedSignIn> Latest);

/// <summary>Reads it.</summary>
public sealed class RecordFigures(IDbContextFactory<AnhuDbContext> contexts, TimeProvider time)
{
    private const int Shown = 10;

    /// <summary>As it is now.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task<RecordState> GetAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var since = time.Now - TimeSpan.FromDays(1);
        var ofTheCity = db.Timeline.AsNoTracking().Where(e => e.CaseId == null);
        var check = await ofTheCity.Where(e => e.Type == VerifyTimeline.Verified).OrderByDescending(e => e.At)
            .Select(e => new { e.At, e.Data }).FirstOrDefaultAsync(ct);
        var refused = ofTheCity.Where(e => e.Type == AccountEvents.SignInFailed && e.At >= since);
        var latest = await refused.OrderByDescending(e => e.At).Take(Shown).Select(e => new { e.At, e.Data }).ToListAsync(ct);
        var told = latest.Select(e => (e.At, Worker: Guid.TryParse(Text(e.Data, "workerId"), out var id) ? id : (Guid?)null, Reason: Text(e.Data, "reason") ?? "")).ToList();
        var ids = told.Select(t => t.Worker).OfType<Guid>().Distinct().ToList();
        var names = await db.Workers.AsNoTracking().Where(w => ids.Contains(w.Id)).Select(w => new { w.Id, w.DisplayName }).ToDictionaryAsync(w => w.Id, w => w.DisplayName, ct);
        return new RecordState(
            await db.Head().Select(h => h.Sequence).SingleAsync(ct), await db.Head(Chain.Views).Select(h => h.Sequence).SingleAsync(ct),
            await db.AuditCheckpoints.MaxAsync(c => (DateTimeOffset?)c.At, ct),
            check?.At, check is null ? 0 : Number(check.Data, "events"), check is null ? 0 : (int)Number(check.Data, "faults"),
            await refused.CountAsync(ct), await ofTheCity.CountAsync(e => e.Type == AccountEvents.LockedOut && e.At >= since, ct),
            [.. told.Select(t => new RefusedSignIn(t.At, t.Worker, t.Worker is { } id ? names.GetValueOrDefault(id) : null, t.Reason))]);
    }

    private static string? Text(string data, string name)
    {
        using var json = JsonDocument.Parse(data);
        return json.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    private static long Number(string data, string name)
    {
        using var json = JsonDocument.Parse(data);
        return json.RootElement.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
    }
}
