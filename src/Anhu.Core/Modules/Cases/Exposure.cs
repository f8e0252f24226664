using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>What got to the wrong eyes.</summary>
public enum ExposedThing
{
    /// <summary>Where she lives or stays.</summary>
    Home,

    /// <summary>Her phone.</summary>
    Phone,

    /// <summary>Where she goes by day: work, a school, a clinic, a vehicle.</summary>
    Daily,

    /// <summary>Several of these, or nobody knows yet which.</summary>
    Several,
}

/// <summary>Whose eyes.</summary>
public enum ExposedTo
{
    /// <summary>The other party, or somebody who may tell them.</summary>
    OtherParty,

    /// <summary>A worker who had no need to know.</summary>
    Colleague,

    /// <summary>Somebody else.</summary>
    Stranger,

    /// <summary>Nobody knows yet.</summary>
    NotKnown,
}

/// <summary>A leak (泄露): a victim's or child's place or number got to the wrong eyes (victim-safety I). While it is open, only its circle is shown where they are.</summary>
public sealed class Exposure
{
    /// <summary>Key.</summary>
    public required Guid ExposureId { get; init; }

    /// <summary>The case on which it was reported. It holds for every case of the same victims and children.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>What.</summary>
    public required ExposedThing What { get; init; }

    /// <summary>To whom.</summary>
    public required ExposedTo To { get; init; }

    /// <summary>From when on it may have been seen, UTC; null when nobody knows.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How it was noticed, in words; never the place itself.</summary>
    public required string Note { get; init; }

    /// <summary>When it was reported, UTC.</summary>
    public required DateTimeOffset ReportedAt { get; init; }

    /// <summary>Who reported it; null for a system.</summary>
    public Guid? ReportedByWorkerId { get; init; }

    /// <summary>The unit of who reported it.</summary>
    public required Guid UnitId { get; init; }

    /// <summary>By when the data-protection officer has told the authority, or found that there is nothing to tell (PIPL 57), UTC.</summary>
    public required DateTimeOffset OfficerDueAt { get; init; }

    /// <summary>When the officer recorded what was done, UTC.</summary>
    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>The officer.</summary>
    public Guid? AnsweredByWorkerId { get; set; }

    /// <summary>Whether the authority was told.</summary>
    public bool? AuthorityTold { get; set; }

    /// <summary>What was told, or why there was nothing to tell.</summary>
    public string? Answer { get; set; }

    /// <summary>When it was over, UTC.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Who said so; never who reported it.</summary>
    public Guid? EndedByWorkerId { get; set; }

    /// <summary>Why it is over.</summary>
    public string? EndReason { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}

/// <summary>A worker of the circle of a leak.</summary>
public sealed class ExposureSeat
{
    /// <summary>The leak.</summary>
    public required Guid ExposureId { get; init; }

    /// <summary>The worker.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>The case on which the leak was reported.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>Since, UTC.</summary>
    public required DateTimeOffset Since { get; init; }
}

/// <summary>Whether a leak keeps a caller from places and numbers. A yes or no, for whatever shows them.</summary>
public sealed class LeakHolds(IDbContextFactory<AnhuDbContext> contexts)
{
    /// <summary>Whether an open leak holds for a case.</summary>
    /// <param name="caller">Who asks; sees the case.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is none; true when it keeps the caller out.</returns>
    public async Task<bool?> OfAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await OpenOf(db, caseId).AnyAsync(ct) ? await ShutOutAsync(db, caller, caseId, ct) : null;
    }

    /// <summary>The open leaks that hold for a case: reported on it, on one that was joined into it, or on another case of the same victims and children.</summary>
    /// <param name="db">The context.</param>
    /// <param name="caseId">The case.</param>
    public static IQueryable<Exposure> OpenOf(AnhuDbContext db, Guid caseId) => db.Exposures.Where(x => x.EndedAt == null
        && (x.CaseId == caseId
            || db.Cases.Any(c => c.CaseId == x.CaseId && c.JoinedIntoCaseId == caseId)
            || db.CaseParties.Any(p => p.CaseId == x.CaseId && (p.Role == PartyRole.Victim || p.Role == PartyRole.Child)
                && db.CaseParties.Any(q => q.CaseId == caseId && q.PersonId == p.PersonId && (q.Role == PartyRole.Victim || q.Role == PartyRole.Child)))
            || db.Cases.Any(c => c.CaseId == x.CaseId
                && db.CaseParties.Any(p => p.CaseId == c.JoinedIntoCaseId && (p.Role == PartyRole.Victim || p.Role == PartyRole.Child)
                    && db.CaseParties.Any(q => q.CaseId == caseId && q.PersonId == p.PersonId && (q.Role == PartyRole.Victim || q.Role == PartyRole.Child))))));

    /// <summary>Whether a caller is outside the circle of an open leak.</summary>
    /// <param name="db">The context.</param>
    /// <param name="caller">Who.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    public static Task<bool> ShutOutAsync(AnhuDbContext db, Caller caller, Guid caseId, CancellationToken ct)
    {
        var worker = caller.WorkerId ?? Guid.Empty;
        return OpenOf(db, caseId).AnyAsync(x => !db.ExposureSeats.Any(s => s.ExposureId == x.ExposureId && s.WorkerId == worker), ct);
    }
}
