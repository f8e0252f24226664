using System.Globalization;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Work;

/// <summary>A place in a list of duties by deadline.</summary>
/// <param name="DueAt">Deadline of the last line seen.</param>
/// <param name="DutyId">Key of the last line seen.</param>
public sealed record DutyCursor(DateTimeOffset DueAt, Guid DutyId)
{
    /// <summary>Reads a cursor; null when it is not one.</summary>
    /// <param name="text">As written by <see cref="ToString"/>.</param>
    public static DutyCursor? Parse(string? text)
    {
        var parts = text?.Split('_');
        return parts?.Length == 2 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var micros)
            && Math.Abs(micros) < 200_000_000_000_000_000 && Guid.TryParseExact(parts[1], "N", out var id)
            ? new DutyCursor(DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond), id)
            : null;
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(DueAt.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond}_{DutyId:N}");
}

/// <summary>What a list of duties is asked for.</summary>
public sealed record DutyListFilter
{
    /// <summary>Only after this place.</summary>
    public DutyCursor? After { get; init; }

    /// <summary>How many at most, 1 to 200.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Only this state.</summary>
    public DutyState? State { get; init; }

    /// <summary>Only open ones.</summary>
    public bool OnlyOpen { get; init; }

    /// <summary>Only those that this unit owns.</summary>
    public Guid? UnitId { get; init; }

    /// <summary>All but those that this unit owns.</summary>
    public Guid? NotUnitId { get; init; }

    /// <summary>Only those of this worker.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>Only those offered to this unit and not yet answered.</summary>
    public Guid? OfferedToUnitId { get; init; }

    /// <summary>Only those on which this unit must decide.</summary>
    public Guid? DecidingUnitId { get; init; }

    /// <summary>Only those that were escalated to this unit.</summary>
    public Guid? EscalatedToUnitId { get; init; }

    /// <summary>Only those that no worker has taken.</summary>
    public bool Untaken { get; init; }

    /// <summary>Only overdue ones, or only others.</summary>
    public bool? Overdue { get; init; }

    /// <summary>Only this kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Only those due before this instant.</summary>
    public DateTimeOffset? DueBefore { get; init; }
}

/// <summary>A page of duties.</summary>
/// <param name="Items">The lines, soonest deadline first.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record DutyPage(IReadOnlyList<DutyLine> Items, DutyCursor? Next)
{
    /// <summary>A page of nothing.</summary>
    public static DutyPage Empty { get; } = new([], null);
}

/// <summary>Whether anything at all waits for a unit beside its own duties.</summary>
public sealed record WaitingDuties
{
    /// <summary>For its decision.</summary>
    public bool Deciding { get; init; }

    /// <summary>For its answer to a hand-over.</summary>
    public bool Offered { get; init; }

    /// <summary>Since it was escalated to it.</summary>
    public bool Escalated { get; init; }
}

/// <summary>Reads duties; every query asks the access policy.</summary>
public sealed class DutyQueries(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights)
{
    private static readonly DutyState[] Open = Duty.OpenStates;
    private static readonly CompiledReads<HomeReads> Reads = new();

    /// <summary>Duties by deadline.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<DutyPage> ListAsync(Caller caller, DutyListFilter filter, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var limit = Math.Clamp(filter.Limit, 1, 200);
        var duties = filter is { State: null, OnlyOpen: true, UnitId: not null }
            ? Open.Select(state => First(caller, db, filter with { State = state }, limit + 1)).Aggregate(Queryable.Concat)
            : First(caller, db, filter, limit + 1);
        var page = await CaseQueries.Lines(duties, db).ToListAsync(ct);
        page.Sort(static (a, b) => (a.DueAt, a.DutyId).CompareTo((b.DueAt, b.DutyId)));
        var more = page.Count > limit;
        if (more)
        {
            page.RemoveRange(limit, page.Count - limit);
        }

        var story = await ToldAsync(caller, ct);
        return new DutyPage([.. page.Select(d => CaseQueries.Masked(d, caller, story))], more ? new DutyCursor(page[^1].DueAt, page[^1].DutyId) : null);
    }

    /// <summary>Whether anything at all waits for a unit's decision, was offered to it or was escalated to it; mostly nothing does, and then no list needs to be asked for.</summary>
    /// <param name="unitId">The unit.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<WaitingDuties> WaitingAsync(Guid unitId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await foreach (var waiting in Reads.Of(db).Waiting(db, unitId).WithCancellation(ct))
        {
            return waiting;
        }

        return new WaitingDuties();
    }

    /// <summary>How many duties match, counted up to a bound.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which.</param>
    /// <param name="bound">Counts no further.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<int> CountAsync(Caller caller, DutyListFilter filter, int bound, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Filtered(db.Duties.AsNoTracking().VisibleTo(caller, db), filter).Take(bound).CountAsync(ct);
    }

    /// <summary>One duty.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="dutyId">Which.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The duty, or null when there is none that the caller may see.</returns>
    public async Task<DutyLine?> GetAsync(Caller caller, Guid dutyId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var line = await CaseQueries.Lines(db.Duties.AsNoTracking().VisibleTo(caller, db).Where(d => d.DutyId == dutyId), db).FirstOrDefaultAsync(ct);
        return line is null ? null : CaseQueries.Masked(line, caller, await ToldAsync(caller, ct));
    }

    /// <summary>Whether reasons and outcomes of other units' duties are told: to an agency's own system, which stands for the units below.</summary>
    private async ValueTask<bool> ToldAsync(Caller caller, CancellationToken ct) => caller.ClientId is not null && await sights.HearsStoryAsync(caller, ct);

    /// <summary>The line of a duty that was just changed.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<DutyLine> LineAsync(Duty duty, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await CaseQueries.Lines(db.Duties.AsNoTracking().Where(d => d.DutyId == duty.DutyId), db).FirstAsync(ct);
    }

    /// <summary>
    /// The first duties by deadline. Of a unit's open ones those of each state are asked for by themselves: the index has them by unit and
    /// state in the order of their deadlines, and a question for all four would read and sort all that the unit has to do.
    /// </summary>
    private static IQueryable<Duty> First(Caller caller, AnhuDbContext db, DutyListFilter filter, int count)
    {
        var duties = Filtered(db.Duties.AsNoTracking().VisibleTo(caller, db), filter);
        if (filter.After is { } after)
        {
            duties = duties.Where(d => d.DueAt > after.DueAt || (d.DueAt == after.DueAt && d.DutyId.CompareTo(after.DutyId) > 0));
        }

        return duties.OrderBy(d => d.DueAt).ThenBy(d => d.DutyId).Take(count);
    }

    private static IQueryable<Duty> Filtered(IQueryable<Duty> duties, DutyListFilter filter)
    {
        if (filter.State is { } state)
        {
            duties = duties.Where(d => d.State == state);
        }
        else if (filter.OnlyOpen)
        {
            // The second says no more, but names the index of overdue duties that are still open.
            duties = duties.Where(d => Open.Contains(d.State) && d.DoneAt == null);
        }

        if (filter.UnitId is { } unit)
        {
            duties = duties.Where(d => d.OwnerUnitId == unit);
        }

        if (filter.NotUnitId is { } notUnit)
        {
            duties = duties.Where(d => d.OwnerUnitId != notUnit);
        }

        if (filter.WorkerId is { } worker)
        {
            duties = duties.Where(d => d.WorkerId == worker);
        }

        if (filter.OfferedToUnitId is { } offered)
        {
            duties = duties.Where(d => d.HandOverToUnitId == offered);
        }

        if (filter.DecidingUnitId is { } deciding)
        {
            duties = duties.Where(d => d.DecidingUnitId == deciding);
        }

        if (filter.EscalatedToUnitId is { } escalated)
        {
            duties = duties.Where(d => d.EscalatedToUnitId == escalated);
        }

        if (filter.Untaken)
        {
            duties = duties.Where(d => d.WorkerId == null);
        }

        if (filter.Overdue is { } overdue)
        {
            duties = overdue ? duties.Where(d => d.OverdueAt != null) : duties.Where(d => d.OverdueAt == null);
        }

        if (filter.Kind is { } kind)
        {
            duties = duties.Where(d => d.Kind == kind);
        }

        return filter.DueBefore is { } before ? duties.Where(d => d.DueAt < before) : duties;
    }

    private sealed class HomeReads
    {
        public Func<AnhuDbContext, Guid, IAsyncEnumerable<WaitingDuties>> Waiting { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid unit) =>
            db.TimelineHeads.Where(h => h.TimelineHeadId == 1).Select(h => new WaitingDuties
            {
                Deciding = db.Duties.Any(d => d.DecidingUnitId == unit),
                Offered = db.Duties.Any(d => d.HandOverToUnitId == unit),
                Escalated = db.Duties.Any(d => d.EscalatedToUnitId == unit && d.DoneAt == null),
            }));
    }
}
