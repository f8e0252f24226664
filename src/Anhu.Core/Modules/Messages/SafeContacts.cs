using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Security;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Messages;

/// <summary>What can go wrong with a contact.</summary>
public static class ContactFailures
{
    /// <summary>No such contact, or not for this caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "contacts.not-found");

    /// <summary>The person is not a victim of the case.</summary>
    public static Failure PersonUnknown { get; } = new(FailureKind.Invalid, "contacts.person-unknown", "personId");

    /// <summary>Not a telephone number.</summary>
    public static Failure PhoneWrong { get; } = new(FailureKind.Invalid, "contacts.phone-wrong", "phone");

    /// <summary>The number also belongs to somebody else of the case (B7).</summary>
    public static Failure Shared { get; } = new(FailureKind.NotAllowed, "contacts.shared", "phone");

    /// <summary>Neither calls nor messages are marked safe.</summary>
    public static Failure NothingSafe { get; } = new(FailureKind.Invalid, "contacts.nothing-safe", "safeToCall");

    /// <summary>A text is too long.</summary>
    public static Failure TooLong { get; } = new(FailureKind.Invalid, "contacts.too-long", "note");

    /// <summary>Someone changed it meanwhile.</summary>
    public static Failure SomeoneWasFaster { get; } = new(FailureKind.Conflict, "contacts.someone-was-faster");
}

/// <summary>What a victim said of a contact.</summary>
public sealed record MarkSafeContact
{
    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>The contact to change; null for a new one.</summary>
    public Guid? SafeContactId { get; init; }

    /// <summary>The version that was seen, when changing.</summary>
    public long? Version { get; init; }

    /// <summary>The victim.</summary>
    public required Guid PersonId { get; init; }

    /// <summary>Phone in any writing.</summary>
    public required string Phone { get; init; }

    /// <summary>Safe to call.</summary>
    public bool SafeToCall { get; init; }

    /// <summary>Safe to text.</summary>
    public bool SafeToText { get; init; }

    /// <summary>Safe to leave voice mail.</summary>
    public bool SafeVoicemail { get; init; }

    /// <summary>From this time of day, city time.</summary>
    public TimeOnly? SafeFrom { get; init; }

    /// <summary>Until this time of day, city time.</summary>
    public TimeOnly? SafeUntil { get; init; }

    /// <summary>The first sentence she agreed to.</summary>
    public string? SafePhrase { get; init; }

    /// <summary>Who else may answer.</summary>
    public string? Note { get; init; }
}

/// <summary>A contact with what the gate says of it now.</summary>
/// <param name="Contact">What she said.</param>
/// <param name="PersonName">Whose it is.</param>
/// <param name="Call">For calls.</param>
/// <param name="Text">For messages.</param>
public sealed record JudgedContact(SafeContact Contact, string? PersonName, ContactVerdict Call, ContactVerdict Text);

/// <summary>The contacts of a case, for who sees it in full.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="CaseNumber">Its number.</param>
/// <param name="Contacts">Contacts, usable ones first.</param>
/// <param name="Victims">Whose contacts can be marked.</param>
public sealed record CaseContacts(Guid CaseId, string CaseNumber, IReadOnlyList<JudgedContact> Contacts, IReadOnlyList<CasePerson> Victims)
{
    /// <summary>The contact to call now, or the one that comes nearest to it; null when nothing is recorded.</summary>
    public JudgedContact? ForCall => Contacts.OrderBy(c => c.Call).FirstOrDefault();

    /// <summary>The contact to text now, or the one that comes nearest to it.</summary>
    public JudgedContact? ForText => Contacts.OrderBy(c => c.Text).FirstOrDefault();
}

/// <summary>Reads and changes what victims said of their contacts.</summary>
public sealed class SafeContacts(
    IDbContextFactory<AnhuDbContext> contexts, CaseQueries cases, OrganisationDirectory organisation, CityZone zone, TimeProvider time)
{
    /// <summary>The contacts of a case.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when the caller does not see the case in full.</returns>
    public async Task<CaseContacts?> OfCaseAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        if (await cases.GetAsync(caller, caseId, ct) is not { View: >= CaseView.Full } file)
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var contacts = await db.SafeContacts.AsNoTracking().Where(c => c.CaseId == caseId).OrderByDescending(c => c.ConfirmedAt).Take(50).ToListAsync(ct);
        var judged = new List<JudgedContact>(contacts.Count);
        foreach (var contact in contacts)
        {
            var shared = await IsSharedAsync(db, caseId, contact.PersonId, contact.Phone, ct);
            judged.Add(new JudgedContact(
                contact, file.People.FirstOrDefault(p => p.PersonId == contact.PersonId)?.Name,
                ContactGate.Judge(contact, ContactChannel.Call, time.Now, file.Case.LastAlarmAt, shared, zone),
                ContactGate.Judge(contact, ContactChannel.Text, time.Now, file.Case.LastAlarmAt, shared, zone)));
        }

        return new CaseContacts(
            caseId, file.Case.CaseNumber, [.. judged.OrderBy(j => j.Call < j.Text ? j.Call : j.Text)],
            [.. file.People.Where(p => p.Role == PartyRole.Victim)]);
    }

    /// <summary>Records what she said; it counts from now.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who heard it.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<SafeContact>> Handle(MarkSafeContact command, Caller caller, CancellationToken ct)
    {
        var phone = PersonKeys.Digits(command.Phone);
        if (phone.Length is < 5 or > 20)
        {
            return ContactFailures.PhoneWrong;
        }

        if (!command.SafeToCall && !command.SafeToText)
        {
            return ContactFailures.NothingSafe;
        }

        if (command.SafePhrase?.Length > 200 || command.Note?.Length > 500)
        {
            return ContactFailures.TooLong;
        }

        return await ChangeAsync(caller, command.CaseId, async (db, file) =>
        {
            if (!file.With(PartyRole.Victim).Any(p => p.PersonId == command.PersonId))
            {
                return ContactFailures.PersonUnknown;
            }

            if (await IsSharedAsync(db, command.CaseId, command.PersonId, phone, ct))
            {
                return ContactFailures.Shared;
            }

            var contact = command.SafeContactId is { } id
                ? await db.SafeContacts.SingleOrDefaultAsync(c => c.SafeContactId == id && c.CaseId == command.CaseId, ct)
                : (await db.SafeContacts.Where(c => c.CaseId == command.CaseId && c.PersonId == command.PersonId).ToListAsync(ct)).Find(c => c.Phone == phone);
            if (contact is null && command.SafeContactId is not null)
            {
                return ContactFailures.NotFound;
            }

            if (contact is not null && command.Version is { } seen && seen != contact.Version)
            {
                return ContactFailures.SomeoneWasFaster;
            }

            if (contact is not null && contact.Phone != phone)
            {
                // Another number is another contact; the old one is no longer to be used.
                await LockAsync(db, contact, ct);
                contact = null;
            }

            if (contact is null)
            {
                contact = new SafeContact
                {
                    SafeContactId = Guid.CreateVersion7(time.Now), CaseId = command.CaseId, PersonId = command.PersonId, Phone = phone,
                    SafeToCall = false, SafeToText = false, ConfirmedAt = time.Now,
                };
                db.Add(contact);
            }

            (contact.SafeToCall, contact.SafeToText, contact.SafeVoicemail) = (command.SafeToCall, command.SafeToText, command.SafeVoicemail);
            (contact.SafeFrom, contact.SafeUntil) = (command.SafeFrom, command.SafeUntil);
            (contact.SafePhrase, contact.Note) = (Trimmed(command.SafePhrase), Trimmed(command.Note));
            contact.ConfirmedAt = time.Now;
            if (!contact.SafeToText)
            {
                await StopAsync(db, contact.SafeContactId, ct);
            }

            Record(db, "contact.marked", contact, ("call", contact.SafeToCall), ("text", contact.SafeToText));
            return contact;
        }, ct);
    }

    /// <summary>She said again that it is safe.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="safeContactId">The contact.</param>
    /// <param name="caller">Who heard it.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Result<SafeContact>> ConfirmAsync(Guid caseId, Guid safeContactId, Caller caller, CancellationToken ct) =>
        OnOneAsync(caller, caseId, safeContactId, async (db, contact) =>
        {
            if (await IsSharedAsync(db, caseId, contact.PersonId, contact.Phone, ct))
            {
                return ContactFailures.Shared;
            }

            contact.ConfirmedAt = time.Now;
            Record(db, "contact.confirmed", contact);
            return null;
        }, ct);

    /// <summary>It is no longer safe: locked at once, with all messages that wait (B9).</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="safeContactId">The contact.</param>
    /// <param name="caller">Who says so.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Result<SafeContact>> WithdrawAsync(Guid caseId, Guid safeContactId, Caller caller, CancellationToken ct) =>
        OnOneAsync(caller, caseId, safeContactId, async (db, contact) =>
        {
            await LockAsync(db, contact, ct);
            return null;
        }, ct);

    /// <summary>Whether a number also belongs to another person of the case: now, or in any report.</summary>
    internal static async Task<bool> IsSharedAsync(AnhuDbContext db, Guid caseId, Guid personId, string phone, CancellationToken ct)
    {
        var others = db.CaseParties.Where(p => p.CaseId == caseId && p.PersonId != personId).Select(p => p.PersonId);
        var (from, to) = PersonKeys.PhoneRange(db.Keys, phone);
        return await db.PersonKeys.AnyAsync(k => string.Compare(k.Value, from) >= 0 && string.Compare(k.Value, to) <= 0 && others.Contains(k.PersonId), ct)
            || (await db.People.AsNoTracking().Where(p => others.Contains(p.PersonId)).Select(p => p.Phone).ToListAsync(ct)).Contains(phone);
    }

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private Task<Result<SafeContact>> OnOneAsync(
        Caller caller, Guid caseId, Guid safeContactId, Func<AnhuDbContext, SafeContact, Task<Failure?>> change, CancellationToken ct) =>
        ChangeAsync(caller, caseId, async (db, _) =>
        {
            var contact = await db.SafeContacts.SingleOrDefaultAsync(c => c.SafeContactId == safeContactId && c.CaseId == caseId, ct);
            return contact is null ? ContactFailures.NotFound : await change(db, contact) is { } failure ? failure : contact;
        }, ct);

    private async Task<Result<SafeContact>> ChangeAsync(
        Caller caller, Guid caseId, Func<AnhuDbContext, CaseFile, Task<Result<SafeContact>>> change, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync(
            async () =>
            {
                if (!caller.May(Permissions.WorkDuties) || caller.UnitId is not { } unitId || map.Find(unitId) is not { } unit
                    || AccessPolicy.ViewOf(caller, unit.Agency) < CaseView.Full
                    || !await db.Cases.VisibleTo(caller, db).AnyAsync(c => c.CaseId == caseId, ct))
                {
                    return ContactFailures.NotFound;
                }

                return await change(db, (await CaseFile.LoadAsync(db, [caseId], ct))[caseId]);
            },
            ct);
    }

    private async Task LockAsync(AnhuDbContext db, SafeContact contact, CancellationToken ct)
    {
        (contact.SafeToCall, contact.SafeToText, contact.SafeVoicemail) = (false, false, false);
        Record(db, "contact.withdrawn", contact);
        await StopAsync(db, contact.SafeContactId, ct);
    }

    private async Task StopAsync(AnhuDbContext db, Guid safeContactId, CancellationToken ct)
    {
        foreach (var message in await db.OutboxMessages.Where(m => m.SafeContactId == safeContactId && m.State == MessageState.Queued).ToListAsync(ct))
        {
            message.State = MessageState.Stopped;
            message.NextAttemptAt = null;
            message.LastError = nameof(ContactVerdict.NotMarked);
            db.Record(new PendingEvent(EventTypes.MessagePrefix + "stopped", time.Now, message.CaseId, message.DutyId, null, null, EventData.Of(("why", ContactVerdict.NotMarked))));
        }
    }

    /// <summary>What is recorded holds no number.</summary>
    private void Record(AnhuDbContext db, string type, SafeContact contact, params ReadOnlySpan<(string, object?)> data) =>
        db.Record(new PendingEvent(type, time.Now, contact.CaseId, null, null, null, EventData.Of([("contact", contact.SafeContactId), .. data])));
}
