using System.Text.Json;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Audit;

/// <summary>A view as a supervisor or the data-protection officer sees it: who, what, when, why; nothing of the case.</summary>
/// <param name="Sequence">Its place in the chain.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Type">What was looked at (<see cref="ViewTypes"/>).</param>
/// <param name="WorkerId">Who; null for a system.</param>
/// <param name="WorkerName">The worker's name.</param>
/// <param name="ClientId">The system.</param>
/// <param name="UnitId">The unit of the worker or system.</param>
/// <param name="CaseNumber">The case; null where the view is of none, or where it may not be told.</param>
/// <param name="View">How much of the case.</param>
/// <param name="Leave">The leave by which it was opened.</param>
/// <param name="Why">The reason stated for it.</param>
/// <param name="List">Which list.</param>
/// <param name="Shown">How many lines were shown.</param>
/// <param name="Words">What was searched for; told to the data-protection officer only.</param>
/// <param name="Own">Whether the search was for the worker's own particulars or family.</param>
/// <param name="Status">Why it was refused, as an HTTP status.</param>
public sealed record ViewLine(
    long Sequence, DateTimeOffset At, string Type, Guid? WorkerId, string? WorkerName, string? ClientId, Guid? UnitId, string? CaseNumber,
    CaseView? View, GrantKind? Leave, AccessReason? Why, string? List, int? Shown, string? Words, bool Own, int? Status);

/// <summary>How often the workers of one agency opened a case.</summary>
/// <param name="Agency">The agency.</param>
/// <param name="Times">How often.</param>
/// <param name="LastAt">When last, UTC.</param>
public sealed record AgencyViews(Agency Agency, int Times, DateTimeOffset LastAt);

/// <summary>Reads who saw what.</summary>
public sealed class ViewQueries(IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation)
{
    /// <summary>How many of a case's newest views are counted by agency.</summary>
    private const int Counted = 1000;

    /// <summary>Whether a caller may see who saw what at all.</summary>
    /// <param name="caller">Who asks.</param>
    public static bool May(Caller caller) => caller.May(Permissions.ReviewAccess) || caller.May(Permissions.Supervise);

    /// <summary>Who opened a case, newest first.</summary>
    /// <param name="caller">The data-protection officer; or a supervisor, for a case that the supervisor finds.</param>
    /// <param name="number">The case's number.</param>
    /// <param name="before">Only views before this one (keyset).</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is no such case for the caller.</returns>
    public async Task<(Guid CaseId, KeysetPage<ViewLine> Page)?> OfCaseAsync(Caller caller, string number, long? before, int limit, CancellationToken ct)
    {
        if (!May(caller))
        {
            return null;
        }

        number = number.Trim().ToUpperInvariant();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var cases = db.Cases.AsNoTracking().Where(c => c.CaseNumber == number);
        if (!caller.May(Permissions.ReviewAccess))
        {
            cases = cases.VisibleTo(caller, db);
        }

        if (await cases.Select(c => (Guid?)c.CaseId).FirstOrDefaultAsync(ct) is not { } caseId)
        {
            return null;
        }

        var views = db.Views.AsNoTracking().Where(v => v.CaseId == caseId);
        return (caseId, await PageAsync(db, caller, views, before, limit, ct));
    }

    /// <summary>What a worker looked at, newest first.</summary>
    /// <param name="caller">The data-protection officer; or a supervisor, for a worker of the own unit or below. Nobody reviews oneself.</param>
    /// <param name="workerId">The worker.</param>
    /// <param name="before">Only views before this one (keyset).</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is no such worker for the caller.</returns>
    public async Task<(string Name, Guid? UnitId, KeysetPage<ViewLine> Page)?> OfWorkerAsync(Caller caller, Guid workerId, long? before, int limit, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var worker = await db.Workers.AsNoTracking().Where(w => w.Id == workerId).Select(w => new { w.DisplayName, w.UnitId }).FirstOrDefaultAsync(ct);
        if (worker is null || workerId == caller.WorkerId || !MaySee(caller, worker.UnitId, await organisation.GetAsync(ct)))
        {
            return null;
        }

        return (worker.DisplayName, worker.UnitId, await PageAsync(db, caller, db.Views.AsNoTracking().Where(v => v.WorkerId == workerId), before, limit, ct));
    }

    /// <summary>Which agencies opened a case file, the last first: for the file itself.</summary>
    /// <param name="caseId">The case; the caller must have asked the access policy.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<AgencyViews>> AgenciesAsync(Guid caseId, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var views = await db.Views.AsNoTracking().Where(v => v.CaseId == caseId && ViewTypes.OfCases.Contains(v.Type)).OrderByDescending(v => v.Sequence).Take(Counted)
            .GroupBy(v => v.UnitId).Select(g => new { UnitId = g.Key, Times = g.Count(), LastAt = g.Max(v => v.At) }).ToListAsync(ct);
        return
        [
            .. views.Where(v => v.UnitId is not null).Select(v => (map.Find(v.UnitId!.Value)?.Agency, v.Times, v.LastAt)).Where(v => v.Agency is not null)
                .GroupBy(v => v.Agency!.Value).Select(g => new AgencyViews(g.Key, g.Sum(v => v.Times), g.Max(v => v.LastAt))).OrderByDescending(v => v.LastAt),
        ];
    }

    /// <summary>Whether a caller may see what the workers of a unit look at.</summary>
    internal static bool MaySee(Caller caller, Guid? unitId, OrganisationMap map) =>
        caller.May(Permissions.ReviewAccess) || (unitId is { } unit && AccessPolicy.MaySupervise(caller, unit, map));

    private static async Task<KeysetPage<ViewLine>> PageAsync(
        AnhuDbContext db, Caller caller, IQueryable<ViewEvent> views, long? before, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 200);
        if (before is { } at)
        {
            views = views.Where(v => v.Sequence < at);
        }

        var found = await views.OrderByDescending(v => v.Sequence).Take(limit + 1).ToListAsync(ct);
        var more = found.Count > limit;
        if (more)
        {
            found.RemoveAt(limit);
        }

        var all = caller.May(Permissions.ReviewAccess);
        var workers = found.Select(v => v.WorkerId).OfType<Guid>().Distinct().ToList();
        var names = await db.Workers.AsNoTracking().Where(w => workers.Contains(w.Id)).Select(w => new { w.Id, w.DisplayName }).ToDictionaryAsync(w => w.Id, w => w.DisplayName, ct);
        var ids = found.Select(v => v.CaseId).OfType<Guid>().Distinct().ToList();
        var cases = db.Cases.AsNoTracking().Where(c => ids.Contains(c.CaseId));
        if (!all)
        {
            cases = cases.VisibleTo(caller, db);
        }

        var numbers = await cases.Select(c => new { c.CaseId, c.CaseNumber }).ToDictionaryAsync(c => c.CaseId, c => c.CaseNumber, ct);
        var data = all ? await EventTexts.OpenDataAsync(db, [.. found.Select(v => v.Data)], ct) : found.ConvertAll(v => v.Data);

        // Nothing of a case that a supervisor may not find, not even that it was opened.
        var lines = found.Zip(data, (v, d) => (View: v, Data: d)).Where(p => p.View.CaseId is not { } id || numbers.ContainsKey(id)).Select(p => Line(p.View, p.Data, names, numbers));
        return new KeysetPage<ViewLine>([.. lines], more ? found[^1].Sequence : null);
    }

    private static ViewLine Line(ViewEvent v, string data, Dictionary<Guid, string> names, Dictionary<Guid, string> numbers)
    {
        using var json = JsonDocument.Parse(data);
        var root = json.RootElement;
        return new ViewLine(
            v.Sequence, v.At, v.Type, v.WorkerId, v.WorkerId is { } w ? names.GetValueOrDefault(w) : null, v.ClientId, v.UnitId,
            v.CaseId is { } c ? numbers[c] : null, Word<CaseView>(root, "view"), Word<GrantKind>(root, "leave"), Word<AccessReason>(root, "why"),
            Text(root, "list"), Number(root, "shown"), Text(root, "words"), root.TryGetProperty("own", out _), Number(root, "status"));
    }

    private static string? Text(JsonElement data, string name) => data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement data, string name) => data.TryGetProperty(name, out var value) ? value.GetInt32() : null;

    private static T? Word<T>(JsonElement data, string name)
        where T : struct, Enum => Enum.TryParse<T>(Text(data, name)?.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var value) ? value : null;
}
