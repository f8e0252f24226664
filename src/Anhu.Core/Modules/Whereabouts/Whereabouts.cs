using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Messages;
using Anhu.Modules.People;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Whereabouts;

/// <summary>Why somebody wants to see a shielded value.</summary>
public enum ShowReason
{
    /// <summary>Somebody is in danger now.</summary>
    DangerNow,

    /// <summary>She is to be contacted, as she agreed.</summary>
    AgreedContact,

    /// <summary>A visit or escort is being planned with her.</summary>
    PlannedVisit,

    /// <summary>A paper for the court alone.</summary>
    CourtOnly,

    /// <summary>Checking or correcting what is recorded.</summary>
    Correction,
}

/// <summary>What can go wrong with whereabouts.</summary>
public static class WhereaboutsFailures
{
    /// <summary>No such thing, or not for this caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "whereabouts.not-found");

    /// <summary>After a leak, only its circle sees and changes them.</summary>
    public static Failure Held { get; } = new(FailureKind.NotAllowed, "whereabouts.held");

    /// <summary>A reason must be chosen.</summary>
    public static Failure ReasonMissing { get; } = new(FailureKind.Invalid, "whereabouts.reason-missing", "reason");

    /// <summary>Too short to be one, or too long.</summary>
    public static Failure ValueWrong { get; } = new(FailureKind.Invalid, "whereabouts.value-wrong", "value");

    /// <summary>The place to meet tells the place itself.</summary>
    public static Failure MeetAtTells { get; } = new(FailureKind.Invalid, "whereabouts.meet-at-tells", "meetAt");

    /// <summary>The other party lives there, as far as it is known.</summary>
    public static Failure OtherPartys { get; } = new(FailureKind.NotAllowed, "whereabouts.other-partys", "value");

    /// <summary>Who recorded it may not check it.</summary>
    public static Failure OwnCheck { get; } = new(FailureKind.NotAllowed, "whereabouts.own-check");

    /// <summary>It was checked already.</summary>
    public static Failure Checked { get; } = new(FailureKind.Conflict, "whereabouts.checked");
}

/// <summary>Something of a person that is shown on request only.</summary>
/// <param name="ItemId">Its id: of a shielded place, or of the person for what reports say.</param>
/// <param name="PersonId">Whose it is.</param>
/// <param name="Kind">What it is.</param>
/// <param name="State">Where it stands; null for what reports say.</param>
/// <param name="MeetAt">Where she may be met instead.</param>
/// <param name="RecordedAt">When recorded, UTC; null for what reports say.</param>
/// <param name="MayCheck">The caller may check it: somebody else recorded it.</param>
public sealed record HiddenItem(Guid ItemId, Guid PersonId, ShieldKind Kind, ShieldState? State, string? MeetAt, DateTimeOffset? RecordedAt, bool MayCheck);

/// <summary>What is hidden of the people of a case.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="CaseNumber">Its number.</param>
/// <param name="People">Its victims and children.</param>
/// <param name="Items">What is hidden; never the values.</param>
/// <param name="Sight">What the caller may see of the case.</param>
/// <param name="Held">A leak keeps the caller out: nothing is told of what is hidden.</param>
public sealed record CaseWhereabouts(Guid CaseId, string CaseNumber, IReadOnlyList<CasePerson> People, IReadOnlyList<HiddenItem> Items, CaseSight Sight, bool Held);

/// <summary>A wish to record a place or number.</summary>
public sealed record ShieldPlace
{
    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>Whose it is.</summary>
    public required Guid PersonId { get; init; }

    /// <summary>What it is.</summary>
    public required ShieldKind Kind { get; init; }

    /// <summary>The address, name or number.</summary>
    public required string Value { get; init; }

    /// <summary>Where field workers may meet her instead.</summary>
    public string? MeetAt { get; init; }
}

/// <summary>
/// Where a victim is (victim-safety C). Shown one value at a time, with a reason, which is recorded without the value. A new
/// address puts the old one out of use at once, and waits for a second person's check.
/// </summary>
public sealed class WhereaboutsDesk(IDbContextFactory<AnhuDbContext> contexts, CaseQueries cases, CaseSights sights, SafeContacts contacts, TimeProvider time)
{
    /// <summary>A value was shown; the event holds who, whose, what kind and why, never the value.</summary>
    public const string Shown = "address.shown";

    /// <summary>A place was recorded, or a new address was.</summary>
    public const string Recorded = "address.recorded";

    /// <summary>A second person checked a new address.</summary>
    public const string Checked = "address.checked";

    /// <summary>An address went out of use.</summary>
    public const string Ended = "address.ended";

    private const int LeastLength = 4;

    /// <summary>What is hidden of the people of a case.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when the caller does not see the places of the case.</returns>
    public async Task<CaseWhereabouts?> OfCaseAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        if (caller.WorkerId is not { } worker || await cases.GetAsync(caller, caseId, ct) is not { View: >= CaseView.Working } file)
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var people = file.People.Where(p => CaseSecrets.IsProtected(p.Role) || p.AddressShielded || p.PhoneShielded).ToList();
        if (await LeakHolds.ShutOutAsync(db, caller, caseId, ct))
        {
            return new CaseWhereabouts(caseId, file.Case.CaseNumber, people, [], file.Sight, true);
        }

        var ids = people.Select(p => p.PersonId).ToList();
        var places = await db.ShieldedPlaces.AsNoTracking().Where(s => ids.Contains(s.PersonId)).OrderByDescending(s => s.RecordedAt).Take(100).ToListAsync(ct);
        return new CaseWhereabouts(
            caseId, file.Case.CaseNumber, people,
            [
                .. people.Where(p => p.AddressShielded).Select(p => new HiddenItem(p.PersonId, p.PersonId, ShieldKind.Address, null, null, null, false)),
                .. people.Where(p => p.PhoneShielded).Select(p => new HiddenItem(p.PersonId, p.PersonId, ShieldKind.Phone, null, null, null, false)),
                .. places.Select(s => new HiddenItem(
                    s.ShieldedPlaceId, s.PersonId, s.Kind, s.State, s.MeetAt, s.RecordedAt, s.State == ShieldState.Proposed && s.RecordedByWorkerId != worker)),
            ],
            file.Sight, false);
    }

    /// <summary>Shows one value, and records that it was shown.</summary>
    /// <param name="caller">Who looks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="itemId">Which.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="reason">Why; from the list.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<string>> ShowAsync(Caller caller, Guid caseId, Guid itemId, ShieldKind kind, ShowReason? reason, CancellationToken ct)
    {
        if (reason is null)
        {
            return WhereaboutsFailures.ReasonMissing;
        }

        if (await OfCaseAsync(caller, caseId, ct) is not { } of)
        {
            return WhereaboutsFailures.NotFound;
        }

        if (of.Held)
        {
            return WhereaboutsFailures.Held;
        }

        if (of.Items.FirstOrDefault(i => i.ItemId == itemId && i.Kind == kind) is not { } item)
        {
            return WhereaboutsFailures.NotFound;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var value = item.State is null
            ? await db.People.AsNoTracking().Where(p => p.PersonId == item.PersonId).Select(p => kind == ShieldKind.Phone ? p.Phone : p.Address).SingleOrDefaultAsync(ct)
            : await db.ShieldedPlaces.AsNoTracking().Where(s => s.ShieldedPlaceId == itemId).Select(s => s.Value).SingleOrDefaultAsync(ct);
        if (value is null)
        {
            return WhereaboutsFailures.NotFound;
        }

        // Recorded before it is shown: what is not on the record is not seen. Asked again in the same turn: nothing is shown after a leak is on the record.
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync<Result<string>>(
            async () =>
            {
                if (await LeakHolds.ShutOutAsync(db, caller, caseId, ct))
                {
                    return WhereaboutsFailures.Held;
                }

                Record(db, Shown, caseId, item.PersonId, kind, ("why", reason), ("item", item.State is null ? null : itemId));
                return value;
            },
            ct);
    }

    /// <summary>Records a place or number. A new address or shelter waits for a second person; the old one is out of use at once.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<ShieldedPlace>> Handle(ShieldPlace command, Caller caller, CancellationToken ct)
    {
        var value = command.Value.Trim();
        var meetAt = string.IsNullOrWhiteSpace(command.MeetAt) ? null : command.MeetAt.Trim();
        if (value.Length is < LeastLength or > ShieldedPlace.ValueMaxLength || (command.Kind == ShieldKind.Phone && PersonKeys.Digits(value).Length is < 7 or > 20))
        {
            return WhereaboutsFailures.ValueWrong;
        }

        if (meetAt?.Length > ShieldedPlace.MeetAtMaxLength || new LeakGuard([new ShieldedValue(command.Kind, value, command.PersonId)]).Find("", meetAt).Count > 0)
        {
            return WhereaboutsFailures.MeetAtTells;
        }

        return await ChangeAsync(caller, command.CaseId, async (db, file, worker) =>
        {
            if (!file.Parties.Exists(p => p.PersonId == command.PersonId && CaseSecrets.IsProtected(p.Role)))
            {
                return WhereaboutsFailures.NotFound;
            }

            var moves = command.Kind is ShieldKind.Address or ShieldKind.Shelter;
            if (moves && file.With(PartyRole.Perpetrator).Any(p => LeakGuard.SamePlace(p.Address, value)))
            {
                return WhereaboutsFailures.OtherPartys;
            }

            if (moves)
            {
                await EndOldAsync(db, file, command, value, ct);
            }

            var place = new ShieldedPlace
            {
                ShieldedPlaceId = Guid.CreateVersion7(time.Now), CaseId = command.CaseId, PersonId = command.PersonId, Kind = command.Kind, Value = value, MeetAt = meetAt,
                State = moves ? ShieldState.Proposed : ShieldState.Active, RecordedAt = time.Now, RecordedByWorkerId = worker,
            };
            db.Add(place);
            Record(db, Recorded, command.CaseId, command.PersonId, command.Kind, ("item", place.ShieldedPlaceId));
            return place;
        }, ct);
    }

    /// <summary>The second person's check of a new address.</summary>
    /// <param name="caller">Who checks; never who recorded it.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="placeId">The place.</param>
    /// <param name="right">Whether it is right.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Result<ShieldedPlace>> CheckAsync(Caller caller, Guid caseId, Guid placeId, bool right, CancellationToken ct) =>
        ChangeAsync(caller, caseId, async (db, file, worker) =>
        {
            var place = await db.ShieldedPlaces.SingleOrDefaultAsync(s => s.ShieldedPlaceId == placeId, ct);
            if (place is null || !file.Parties.Exists(p => p.PersonId == place.PersonId))
            {
                return WhereaboutsFailures.NotFound;
            }

            if (place.State != ShieldState.Proposed)
            {
                return WhereaboutsFailures.Checked;
            }

            if (place.RecordedByWorkerId == worker)
            {
                return WhereaboutsFailures.OwnCheck;
            }

            (place.State, place.CheckedByWorkerId) = (right ? ShieldState.Active : ShieldState.DoNotUse, worker);
            Record(db, Checked, caseId, place.PersonId, place.Kind, ("item", placeId), ("right", right));
            return place;
        }, ct);

    /// <summary>What she had before is out of use at once, and with it letters to it and meetings there (C4).</summary>
    private async Task EndOldAsync(AnhuDbContext db, CaseFile file, ShieldPlace command, string value, CancellationToken ct)
    {
        var old = await db.ShieldedPlaces.Where(s => s.PersonId == command.PersonId && s.State != ShieldState.DoNotUse
            && (s.Kind == ShieldKind.Address || s.Kind == ShieldKind.Shelter)).ToListAsync(ct);
        foreach (var place in old)
        {
            place.State = ShieldState.DoNotUse;
            Record(db, Ended, command.CaseId, command.PersonId, place.Kind, ("item", place.ShieldedPlaceId));
        }

        string?[] addresses = [.. old.Select(s => s.Value), file.People.GetValueOrDefault(command.PersonId)?.Address];
        foreach (var contact in await db.SafeContacts.Where(c => c.PersonId == command.PersonId && c.Address != null).ToListAsync(ct))
        {
            if (addresses.Any(a => LeakGuard.SamePlace(a, contact.Address)) && !LeakGuard.SamePlace(contact.Address, value))
            {
                await contacts.LockAsync(db, contact, ct);
            }
        }
    }

    private async Task<Result<ShieldedPlace>> ChangeAsync(
        Caller caller, Guid caseId, Func<AnhuDbContext, CaseFile, Guid, Task<Result<ShieldedPlace>>> change, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync(
            async () =>
            {
                if (!caller.May(Permissions.WorkDuties) || caller.WorkerId is not { } worker
                    || await sights.FindAsync(db, caller, caseId, ct) is not (_, { MayWork: true }))
                {
                    return WhereaboutsFailures.NotFound;
                }

                if (await LeakHolds.ShutOutAsync(db, caller, caseId, ct))
                {
                    return WhereaboutsFailures.Held;
                }

                return await change(db, (await CaseFile.LoadAsync(db, [caseId], ct))[caseId], worker);
            },
            ct);
    }

    private void Record(AnhuDbContext db, string type, Guid caseId, Guid personId, ShieldKind kind, params ReadOnlySpan<(string, object?)> data) =>
        db.Record(new PendingEvent(type, time.Now, caseId, null, null, null, EventData.Of([("person", personId), ("what", kind), .. data])));
}
