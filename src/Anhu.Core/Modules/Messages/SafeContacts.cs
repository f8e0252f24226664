using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.People;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Messages;

/// <summary>Reads and changes what victims said of their contacts.</summary>
public sealed class SafeContacts(
    IDbContextFactory<AnhuDbContext> contexts, CaseQueries cases, CaseSights sights, ContactSettings settings, CityZone zone, TimeProvider time)
{
    private static readonly ContactChannel[] Channels = Enum.GetValues<ContactChannel>();

    /// <summary>The contacts of a case.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when the caller does not see the case in full.</returns>
    public async Task<CaseContacts?> OfCaseAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        if (await cases.GetAsync(caller, caseId, ct) is not { View: >= CaseView.Working } file)
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await LeakHolds.ShutOutAsync(db, caller, caseId, ct))
        {
            // After a leak nobody outside its circle is told a number: as if she had said nothing yet.
            return new CaseContacts(caseId, file.Case.CaseNumber, [], [.. file.People.Where(p => p.Role == PartyRole.Victim)], file.Sight);
        }

        var contacts = await db.SafeContacts.AsNoTracking().Where(c => c.CaseId == caseId).OrderByDescending(c => c.ConfirmedAt).Take(50).ToListAsync(ct);
        var judged = new List<JudgedContact>(contacts.Count);
        foreach (var contact in contacts)
        {
            var shared = await IsSharedAsync(db, contact, ct);
            judged.Add(new JudgedContact(
                contact, file.People.FirstOrDefault(p => p.PersonId == contact.PersonId)?.Name,
                Channels.ToDictionary(c => c, c => ContactGate.Judge(contact, c, time.Now, file.Case.LastAlarmAt, shared, zone))));
        }

        return new CaseContacts(
            caseId, file.Case.CaseNumber, [.. judged.OrderBy(j => j.Verdicts.Values.Min())],
            [.. file.People.Where(p => p.Role == PartyRole.Victim)], file.Sight);
    }

    /// <summary>Asks the gate: before every message, call sheet, voice mail, letter and visit.</summary>
    /// <param name="caller">Who wants to.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="channel">How.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when the caller does not see the case in full.</returns>
    public async Task<GateAnswer?> AskAsync(Caller caller, Guid caseId, ContactChannel channel, CancellationToken ct)
    {
        if (await OfCaseAsync(caller, caseId, ct) is not { } contacts)
        {
            return null;
        }

        var best = contacts.For(channel);
        return best?.Verdicts[channel] switch
        {
            ContactVerdict.Safe => new GateAnswer(ContactVerdict.Safe, best.Contact, time.Now),
            ContactVerdict.OutsideHours => new GateAnswer(ContactVerdict.OutsideHours, best.Contact, ContactGate.NextWindow(best.Contact, time.Now, zone)),
            var verdict => new GateAnswer(verdict, null, null),
        };
    }

    /// <summary>Records what she said; it counts from now. What she says of a channel takes the place of what she said of it before.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who heard it.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<SafeContact>> Handle(MarkSafeContact command, Caller caller, CancellationToken ct)
    {
        var address = Trimmed(command.Address);
        var phone = address is null ? PersonKeys.Digits(command.Phone ?? "") : "";
        if (Check(command, phone, address) is { } wrong)
        {
            return wrong;
        }

        var expiresAt = Expiry(command.ExpiresOn);
        return await ChangeAsync(caller, command.CaseId, async (db, file) =>
        {
            if (!file.With(PartyRole.Victim).Any(p => p.PersonId == command.PersonId))
            {
                return ContactFailures.PersonUnknown;
            }

            if (phone.Length > 0 && await IsSharedPhoneAsync(db, command.CaseId, command.PersonId, phone, ct))
            {
                return ContactFailures.Shared;
            }

            if (address is not null && await IsSharedPlaceAsync(db, command.CaseId, command.PersonId, address, ct))
            {
                return ContactFailures.SharedPlace;
            }

            // Compared here, not in the database: what is stored may be encrypted.
            var all = await db.SafeContacts.Where(c => c.CaseId == command.CaseId && c.PersonId == command.PersonId).ToListAsync(ct);
            var contact = command.SafeContactId is { } id ? all.Find(c => c.SafeContactId == id) : null;
            if (contact is null && command.SafeContactId is not null)
            {
                return ContactFailures.NotFound;
            }

            if (contact is not null && command.Version is { } seen && seen != contact.Version)
            {
                return ContactFailures.SomeoneWasFaster;
            }

            bool IsHere(SafeContact c) => c.Phone == phone && (address is null ? c.Address is null : LeakGuard.SamePlace(c.Address, address));
            if (contact is not null && !IsHere(contact))
            {
                // Another number is another contact; the old one is no longer to be used.
                await LockAsync(db, contact, ct);
                contact = null;
            }

            contact ??= all.Find(c => IsHere(c) && Channels.All(channel => !ContactGate.IsMarked(c, channel) || Marks(command, channel)));
            if (contact is null)
            {
                contact = new SafeContact
                {
                    SafeContactId = Guid.CreateVersion7(time.Now), CaseId = command.CaseId, PersonId = command.PersonId, Phone = phone, Address = address,
                    SafeToCall = false, SafeToText = false, ConfirmedAt = time.Now,
                };
                db.Add(contact);
            }

            foreach (var other in all.Where(c => c != contact && IsHere(c)))
            {
                await TakeOverAsync(db, other, command, ct);
            }

            (contact.SafeToCall, contact.SafeToText, contact.SafeVoicemail) = (command.SafeToCall, command.SafeToText, command.SafeToCall && command.SafeVoicemail);
            (contact.SafeForLetters, contact.SafeInPerson) = (command.SafeForLetters, command.SafeInPerson);
            (contact.SafeFrom, contact.SafeUntil) = (command.SafeFrom, command.SafeUntil);
            (contact.SafePhrase, contact.Note, contact.CodeWord, contact.Language) = (Trimmed(command.SafePhrase), Trimmed(command.Note), Trimmed(command.CodeWord), Trimmed(command.Language));
            (contact.MaySayWho, contact.NeedsInterpreter, contact.IfOtherAnswers) = (command.MaySayWho, command.NeedsInterpreter, command.IfOtherAnswers);
            (contact.ConfirmedAt, contact.ExpiresAt) = (time.Now, expiresAt);
            if (!contact.SafeToText)
            {
                await StopAsync(db, contact.SafeContactId, ct);
            }

            Record(db, "contact.marked", contact, [.. Channels.Select(c => (JsonNamingPolicy.CamelCase.ConvertName(c.ToString()), (object?)ContactGate.IsMarked(contact, c)))]);
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
            if (await IsSharedAsync(db, contact, ct))
            {
                return contact.Address is null ? ContactFailures.Shared : ContactFailures.SharedPlace;
            }

            (contact.ConfirmedAt, contact.ExpiresAt) = (time.Now, Expiry(null));
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

    /// <summary>Whether a number or place is also somebody else's.</summary>
    internal static Task<bool> IsSharedAsync(AnhuDbContext db, SafeContact contact, CancellationToken ct) => contact.Address is { } address
        ? IsSharedPlaceAsync(db, contact.CaseId, contact.PersonId, address, ct)
        : IsSharedPhoneAsync(db, contact.CaseId, contact.PersonId, contact.Phone, ct);

    /// <summary>Whether a number also belongs to anybody else of her cases: now, or in any report.</summary>
    private static async Task<bool> IsSharedPhoneAsync(AnhuDbContext db, Guid caseId, Guid personId, string phone, CancellationToken ct)
    {
        var others = Others(db, caseId, personId).Select(p => p.PersonId);
        // Compared here, not in the database: what is stored is sealed.
        var phones = await db.People.AsNoTracking().Where(p => p.Phone != null && others.Contains(p.PersonId)).Select(p => p.Phone!).ToListAsync(ct);
        if (phones.Exists(p => PersonKeys.Digits(p) == phone))
        {
            return true;
        }

        foreach (var (from, to) in PersonKeys.PhoneRange(db.Keys, phone))
        {
            if (await db.PersonKeys.AnyAsync(k => string.Compare(k.Value, from) >= 0 && string.Compare(k.Value, to) <= 0 && others.Contains(k.PersonId), ct))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the other party lives at a place, as far as it is known.</summary>
    private static async Task<bool> IsSharedPlaceAsync(AnhuDbContext db, Guid caseId, Guid personId, string address, CancellationToken ct)
    {
        var others = Others(db, caseId, personId).Where(p => p.Role == PartyRole.Perpetrator).Select(p => p.PersonId);
        var addresses = await db.People.Where(p => p.Address != null && others.Contains(p.PersonId)).Select(p => p.Address).ToListAsync(ct);
        return addresses.Exists(a => LeakGuard.SamePlace(a, address));
    }

    private static IQueryable<CaseParty> Others(AnhuDbContext db, Guid caseId, Guid personId)
    {
        var hers = db.CaseParties.Where(p => p.PersonId == personId).Select(p => p.CaseId);
        return db.CaseParties.Where(p => (p.CaseId == caseId || hers.Contains(p.CaseId)) && p.PersonId != personId);
    }

    private static bool Marks(MarkSafeContact command, ContactChannel channel) => channel switch
    {
        ContactChannel.Call => command.SafeToCall,
        ContactChannel.Text => command.SafeToText,
        ContactChannel.Voicemail => command.SafeToCall && command.SafeVoicemail,
        ContactChannel.Letter => command.SafeForLetters,
        ContactChannel.InPerson => command.SafeInPerson,
    };

    private Failure? Check(MarkSafeContact command, string phone, string? address)
    {
        if (address is null && phone.Length is < 5 or > 20)
        {
            return ContactFailures.PhoneWrong;
        }

        if (address?.Length is < 4 or > 300)
        {
            return ContactFailures.AddressWrong;
        }

        // A phone takes no letters, a place no calls.
        if (address is null ? !command.SafeToCall && !command.SafeToText : !command.SafeForLetters && !command.SafeInPerson)
        {
            return ContactFailures.NothingSafe;
        }

        if (address is null ? command.SafeForLetters || command.SafeInPerson : command.SafeToCall || command.SafeToText || command.SafeVoicemail)
        {
            return address is null ? ContactFailures.AddressWrong : ContactFailures.PhoneWrong;
        }

        if (command.SafePhrase?.Length > 200 || command.Note?.Length > 500 || command.CodeWord?.Length > 40 || command.Language?.Length > 40)
        {
            return ContactFailures.TooLong;
        }

        var today = zone.DateOf(time.Now);
        return command.ExpiresOn is { } on && (on < today || on > today.AddDays(settings.ValidDays)) ? ContactFailures.ExpiryWrong : null;
    }

    private DateTimeOffset Expiry(DateOnly? on)
    {
        var longest = time.Now.AddDays(settings.ValidDays);
        return on is { } day && zone.EndOf(day) is var end && end < longest ? end : longest;
    }

    /// <summary>Channels of which she now says something else leave the contact that had them.</summary>
    private async Task TakeOverAsync(AnhuDbContext db, SafeContact other, MarkSafeContact command, CancellationToken ct)
    {
        (other.SafeToCall, other.SafeToText) = (other.SafeToCall && !command.SafeToCall, other.SafeToText && !command.SafeToText);
        (other.SafeVoicemail, other.SafeForLetters) = (other.SafeVoicemail && other.SafeToCall, other.SafeForLetters && !command.SafeForLetters);
        other.SafeInPerson &= !command.SafeInPerson;
        if (!other.SafeToText)
        {
            await StopAsync(db, other.SafeContactId, ct);
        }
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
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        return await db.ExclusivelyAsync(
            async () =>
            {
                if (!caller.May(Permissions.WorkDuties) || await sights.FindAsync(db, caller, caseId, ct) is not (_, { MayWork: true }))
                {
                    return ContactFailures.NotFound;
                }

                if (await LeakHolds.ShutOutAsync(db, caller, caseId, ct))
                {
                    return ContactFailures.Held;
                }

                return await change(db, (await CaseFile.LoadAsync(db, [caseId], ct))[caseId]);
            },
            ct);
    }

    /// <summary>Locks a contact, with all messages that wait for it. To be saved by the caller.</summary>
    internal async Task LockAsync(AnhuDbContext db, SafeContact contact, CancellationToken ct)
    {
        (contact.SafeToCall, contact.SafeToText, contact.SafeVoicemail, contact.SafeForLetters, contact.SafeInPerson) = (false, false, false, false, false);
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
