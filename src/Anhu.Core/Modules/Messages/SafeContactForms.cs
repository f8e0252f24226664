using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.People;
using Anhu.Modules.Shield;
using Anhu.Modules.Time;

namespace Anhu.Modules.Messages;

/// <summary>What can go wrong with a contact.</summary>
public static class ContactFailures
{
    /// <summary>No such contact, or not for this caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "contacts.not-found");

    /// <summary>After a leak, only its circle deals with her numbers and places.</summary>
    public static Failure Held { get; } = new(FailureKind.NotAllowed, "contacts.held");

    /// <summary>The person is not a victim of the case.</summary>
    public static Failure PersonUnknown { get; } = new(FailureKind.Invalid, "contacts.person-unknown", "personId");

    /// <summary>Not a telephone number.</summary>
    public static Failure PhoneWrong { get; } = new(FailureKind.Invalid, "contacts.phone-wrong", "phone");

    /// <summary>The number also belongs to somebody else of the case (B7).</summary>
    public static Failure Shared { get; } = new(FailureKind.NotAllowed, "contacts.shared", "phone");

    /// <summary>Not an address: too short.</summary>
    public static Failure AddressWrong { get; } = new(FailureKind.Invalid, "contacts.address-wrong", "address");

    /// <summary>The other party lives there (B7).</summary>
    public static Failure SharedPlace { get; } = new(FailureKind.NotAllowed, "contacts.shared-place", "address");

    /// <summary>It must hold from now on, and no longer than the city allows.</summary>
    public static Failure ExpiryWrong { get; } = new(FailureKind.Invalid, "contacts.expiry-wrong", "expiresOn");

    /// <summary>Nothing is marked safe.</summary>
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

    /// <summary>Phone in any writing; for calls, texts and voice mail.</summary>
    public string? Phone { get; init; }

    /// <summary>A place; for letters and meetings, instead of a phone.</summary>
    public string? Address { get; init; }

    /// <summary>Safe to call.</summary>
    public bool SafeToCall { get; init; }

    /// <summary>Safe to text.</summary>
    public bool SafeToText { get; init; }

    /// <summary>Safe to leave voice mail.</summary>
    public bool SafeVoicemail { get; init; }

    /// <summary>Safe to send letters to.</summary>
    public bool SafeForLetters { get; init; }

    /// <summary>Safe to meet her at.</summary>
    public bool SafeInPerson { get; init; }

    /// <summary>Whether it may be said who is calling or writing.</summary>
    public bool MaySayWho { get; init; }

    /// <summary>The word by which they know each other.</summary>
    public string? CodeWord { get; init; }

    /// <summary>Language or dialect.</summary>
    public string? Language { get; init; }

    /// <summary>An interpreter is needed.</summary>
    public bool NeedsInterpreter { get; init; }

    /// <summary>What to do when somebody else answers.</summary>
    public OtherAnswer IfOtherAnswers { get; init; }

    /// <summary>Last day on which it holds; null for as long as the city allows.</summary>
    public DateOnly? ExpiresOn { get; init; }

    /// <summary>From this time of day, city time.</summary>
    public TimeOnly? SafeFrom { get; init; }

    /// <summary>Until this time of day, city time.</summary>
    public TimeOnly? SafeUntil { get; init; }

    /// <summary>The first sentence she agreed to.</summary>
    public string? SafePhrase { get; init; }

    /// <summary>Who else may answer.</summary>
    public string? Note { get; init; }
}

/// <summary>A city's rules of contact, settings section <c>Anhu:Contacts</c>.</summary>
public sealed class ContactSettings
{
    /// <summary>For how many days what she said holds at most; 1 to 90.</summary>
    public int ValidDays { get; set; } = ContactGate.StaleAfterDays;
}

/// <summary>A contact with what the gate says of it now.</summary>
/// <param name="Contact">What she said.</param>
/// <param name="PersonName">Whose it is.</param>
/// <param name="Verdicts">For each channel.</param>
public sealed record JudgedContact(SafeContact Contact, string? PersonName, IReadOnlyDictionary<ContactChannel, ContactVerdict> Verdicts)
{
    /// <summary>For calls.</summary>
    public ContactVerdict Call => Verdicts[ContactChannel.Call];

    /// <summary>For messages.</summary>
    public ContactVerdict Text => Verdicts[ContactChannel.Text];

    /// <summary>For voice mail.</summary>
    public ContactVerdict Voicemail => Verdicts[ContactChannel.Voicemail];

    /// <summary>Whether she marked it for anything.</summary>
    public bool IsOpen => Verdicts.Values.Any(v => v != ContactVerdict.NotMarked);

    /// <summary>Whether the number or place may be shown to who is about to use it: in one of its channels it is safe, now or at its hours.</summary>
    public bool MayBeShown => Verdicts.Values.Any(v => v is ContactVerdict.Safe or ContactVerdict.OutsideHours);
}

/// <summary>What the gate answers to somebody who wants to call, write or meet.</summary>
/// <param name="Verdict">Whether, and if not, why; null when nothing is recorded.</param>
/// <param name="Contact">The contact, only where it may be used: now, or from <paramref name="From"/> on.</param>
/// <param name="From">From when on, UTC.</param>
public sealed record GateAnswer(ContactVerdict? Verdict, SafeContact? Contact, DateTimeOffset? From);

/// <summary>The contacts of a case, for who sees it in full.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="CaseNumber">Its number.</param>
/// <param name="Contacts">Contacts, usable ones first.</param>
/// <param name="Victims">Whose contacts can be marked.</param>
/// <param name="Sight">What the caller may see of the case.</param>
public sealed record CaseContacts(Guid CaseId, string CaseNumber, IReadOnlyList<JudgedContact> Contacts, IReadOnlyList<CasePerson> Victims, CaseSight Sight)
{
    /// <summary>The contact to call now, or the one that comes nearest to it; null when nothing is recorded.</summary>
    public JudgedContact? ForCall => For(ContactChannel.Call);

    /// <summary>The contact to text now, or the one that comes nearest to it.</summary>
    public JudgedContact? ForText => For(ContactChannel.Text);

    /// <summary>The contact to use now, or the one that comes nearest to it.</summary>
    /// <param name="channel">The channel.</param>
    public JudgedContact? For(ContactChannel channel) => Contacts.OrderBy(c => c.Verdicts[channel]).FirstOrDefault();
}
