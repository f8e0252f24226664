using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>What one caller may see of one case now.</summary>
/// <param name="View">How much.</param>
/// <param name="Agency">The agency of the caller's unit.</param>
/// <param name="Relation">What ties the unit to the case.</param>
/// <param name="Grant">The worker's leave on this case; null when there is none.</param>
/// <param name="GrantedUntil">Until when it holds, UTC.</param>
/// <param name="AsksReason">True when stating a reason would show more.</param>
public sealed record CaseSight(CaseView View, Agency Agency, CaseRelation Relation, GrantKind? Grant, DateTimeOffset? GrantedUntil, bool AsksReason)
{
    /// <summary>Whether the caller sees enough to change the case; an emergency is for looking only.</summary>
    public bool MayWork => View >= CaseView.Working && Grant != GrantKind.Emergency;

    /// <summary>Whether a class of fields is shown.</summary>
    /// <param name="field">The class.</param>
    public bool Shows(FieldClass field) => AccessPolicy.Shows(View, Agency, Relation, field);
}

/// <summary>Asks the access policy about single cases: finds what ties the caller to them.</summary>
public sealed class CaseSights(OrganisationDirectory organisation, TimeProvider time)
{
    /// <summary>The agency of a caller's unit; null for a caller of no unit.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<Agency?> AgencyAsync(Caller caller, CancellationToken ct) =>
        caller.UnitId is { } unit ? (await organisation.GetAsync(ct)).Find(unit)?.Agency : null;

    /// <summary>Whether a caller's agency ever hears the story of a case (<see cref="AccessPolicy.HearsStory"/>).</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<bool> HearsStoryAsync(Caller caller, CancellationToken ct) =>
        await AgencyAsync(caller, ct) is { } agency && AccessPolicy.HearsStory(agency);

    /// <summary>A case with what the caller may see of it.</summary>
    /// <param name="db">The context.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">Which.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when it does not exist for the caller.</returns>
    public async Task<(DvCase Case, CaseSight Sight)?> FindAsync(AnhuDbContext db, Caller caller, Guid caseId, CancellationToken ct)
    {
        if (caller.UnitId is not { } unitId || await AgencyAsync(caller, ct) is not { } agency)
        {
            return null;
        }

        var ties = default(CaseTies);
        await foreach (var row in Reads.Of(db).Ties(db, caseId, unitId, caller.WorkerId ?? Guid.Empty, time.Now).WithCancellation(ct))
        {
            ties = row;
        }

        if (ties is null || ties.IsShut)
        {
            return null;
        }

        var found = AccessPolicy.Finds(caller, ties.HasAccess, ties.HasSeat);
        if (!found && (ties.Emergency is null || ties.Case.IsSealed))
        {
            return null;
        }

        // Whoever has a seat in a sealed case handles it.
        var relation = !found ? CaseRelation.None
            : ties.Working || ties.Case.IsSealed ? CaseRelation.Working
            : ties.Handed ? CaseRelation.Handed
            : ties.Direct ? CaseRelation.Involved : CaseRelation.Above;
        GrantKind? grant = ties.Emergency is not null && (!found || ties.Purpose is null) ? GrantKind.Emergency : ties.Purpose is not null ? GrantKind.Purpose : null;
        var view = AccessPolicy.ViewOf(caller, agency, relation, grant);
        return view == CaseView.None ? null : (ties.Case, new CaseSight(
            view, agency, relation, grant, grant == GrantKind.Emergency ? ties.Emergency : ties.Purpose,
            AccessPolicy.AsksReason(caller, agency, relation, grant)));
    }

    /// <summary>What a caller may see of some cases that it finds, leaves not counted: for lists.</summary>
    /// <param name="db">The context.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseIds">Which; all must be visible to the caller.</param>
    /// <param name="working">Those on which the unit has an open duty, where known; asked for when null.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyDictionary<Guid, CaseSight>> OfAsync(
        AnhuDbContext db, Caller caller, IReadOnlyCollection<Guid> caseIds, IReadOnlySet<Guid>? working, CancellationToken ct)
    {
        if (caseIds.Count == 0 || caller.UnitId is not { } unitId || await AgencyAsync(caller, ct) is not { } agency)
        {
            return new Dictionary<Guid, CaseSight>();
        }

        var open = Duty.OpenStates;
        var own = await Reads.Of(db).Own(db, [.. caseIds], unitId).ToDictionaryAsync(a => a.CaseId, cancellationToken: ct);
        working ??= (await db.Duties.AsNoTracking().Where(d => caseIds.Contains(d.CaseId) && d.OwnerUnitId == unitId && !d.WithoutConsent && open.Contains(d.State))
            .Select(d => d.CaseId).ToListAsync(ct)).ToHashSet();
        return caseIds.Distinct().ToDictionary(id => id, id =>
        {
            var row = own.GetValueOrDefault(id);
            var relation = working.Contains(id) ? CaseRelation.Working : row is { IsHanded: true } ? CaseRelation.Handed : row is { IsDirect: true } ? CaseRelation.Involved : CaseRelation.Above;
            return new CaseSight(AccessPolicy.ViewOf(caller, agency, relation, null), agency, relation, null, null, false);
        });
    }

    private static readonly CompiledReads<TieReads> Reads = new();

    /// <summary>A case and all that can tie a caller to it.</summary>
    private sealed record CaseTies(
        DvCase Case, bool HasAccess, bool HasSeat, bool IsShut, bool Direct, bool Handed, bool Working, DateTimeOffset? Purpose, DateTimeOffset? Emergency);

    /// <summary>What ties a unit to a case, beside its duties.</summary>
    private sealed record OwnTie(Guid CaseId, bool IsDirect, bool IsHanded);

    private sealed class TieReads
    {
        public Func<AnhuDbContext, Guid[], Guid, IAsyncEnumerable<OwnTie>> Own { get; } = EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids, Guid unitId) =>
            db.CaseAccess.Where(a => ids.Contains(a.CaseId) && a.UnitId == unitId && (a.IsDirect || a.IsHanded)).Select(a => new OwnTie(a.CaseId, a.IsDirect, a.IsHanded)));

        /// <summary>By case, unit, worker (empty for a system) and instant.</summary>
        public Func<AnhuDbContext, Guid, Guid, Guid, DateTimeOffset, IAsyncEnumerable<CaseTies>> Ties { get; } = EF.CompileAsyncQuery(
            (AnhuDbContext db, Guid caseId, Guid unitId, Guid worker, DateTimeOffset now) => db.Cases.AsNoTracking().Where(c => c.CaseId == caseId).Select(c => new CaseTies(
                c,
                db.CaseAccess.Any(a => a.CaseId == caseId && a.UnitId == unitId),
                db.SealedSeats.Any(s => s.CaseId == caseId && s.WorkerId == worker),
                db.AccessBlocks.Any(b => b.WorkerId == worker && b.CaseId == caseId),
                db.CaseAccess.Any(a => a.CaseId == caseId && a.UnitId == unitId && a.IsDirect),
                db.CaseAccess.Any(a => a.CaseId == caseId && a.UnitId == unitId && a.IsHanded),
                db.Duties.Any(d => d.CaseId == caseId
                    && (d.State == DutyState.Proposed || d.State == DutyState.Assigned || d.State == DutyState.Accepted || d.State == DutyState.InProgress)
                    && ((!d.WithoutConsent && (d.OwnerUnitId == unitId || d.DecidingUnitId == unitId || d.EscalatedToUnitId == unitId))
                        || (d.HandOverToUnitId == unitId && !d.HandOverWithoutConsent))),
                db.AccessGrants.Where(g => g.CaseId == caseId && g.WorkerId == worker && g.Kind == GrantKind.Purpose && g.Until > now).Max(g => (DateTimeOffset?)g.Until),
                db.AccessGrants.Where(g => g.CaseId == caseId && g.WorkerId == worker && g.Kind == GrantKind.Emergency && g.Until > now).Max(g => (DateTimeOffset?)g.Until))));
    }
}
