using Anhu.Data;
using Anhu.Modules.Time;

namespace Anhu.Modules.Messages;

/// <summary>How she is to be contacted.</summary>
public enum ContactChannel
{
    /// <summary>By telephone.</summary>
    Call,

    /// <summary>By text message.</summary>
    Text,

    /// <summary>By a message on her voice mail.</summary>
    Voicemail,

    /// <summary>By letter.</summary>
    Letter,

    /// <summary>By meeting her at a place.</summary>
    InPerson,
}

/// <summary>Whether a contact may be used now, and if not, why (victim-safety B).</summary>
public enum ContactVerdict
{
    /// <summary>Safe now.</summary>
    Safe,

    /// <summary>Safe, but not at this hour.</summary>
    OutsideHours,

    /// <summary>She did not mark it for this channel (B1).</summary>
    NotMarked,

    /// <summary>She confirmed it too long ago (B3).</summary>
    Stale,

    /// <summary>There was a new alarm since she confirmed it (B3).</summary>
    NewIncident,

    /// <summary>The number also belongs to somebody else of the case (B7).</summary>
    Shared,
}

/// <summary>The one gate before every call and message. Pure; asked when a form opens, when a message is queued, and again right before it is sent.</summary>
public static class ContactGate
{
    /// <summary>After how many days a contact must be confirmed again, where the city says nothing else.</summary>
    public const int StaleAfterDays = 14;

    /// <summary>Judges a contact.</summary>
    /// <param name="contact">What she said of it.</param>
    /// <param name="channel">How she is to be contacted.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="lastAlarmAt">When the last alarm about the case came in, UTC.</param>
    /// <param name="shared">The number also belongs to another person of the case.</param>
    /// <param name="zone">The city's zone.</param>
    public static ContactVerdict Judge(
        SafeContact contact, ContactChannel channel, DateTimeOffset now, DateTimeOffset lastAlarmAt, bool shared, CityZone zone)
    {
        // A number or place that somebody has moved here in the store is nobody's word.
        if (!IsMarked(contact, channel) || Sealing.Readable(contact.Phone) is null || contact.Address == Sealing.Unreadable)
        {
            return ContactVerdict.NotMarked;
        }

        if (shared)
        {
            return ContactVerdict.Shared;
        }

        if (lastAlarmAt > contact.ConfirmedAt)
        {
            return ContactVerdict.NewIncident;
        }

        if (now >= (contact.ExpiresAt ?? contact.ConfirmedAt.AddDays(StaleAfterDays)))
        {
            return ContactVerdict.Stale;
        }

        // A letter is opened when it is opened.
        return channel == ContactChannel.Letter || IsWithin(contact, zone.TimeOf(now)) ? ContactVerdict.Safe : ContactVerdict.OutsideHours;
    }

    /// <summary>Whether she marked a contact for a channel. Voice mail takes a call first, and its own mark.</summary>
    /// <param name="contact">What she said of it.</param>
    /// <param name="channel">The channel.</param>
    public static bool IsMarked(SafeContact contact, ContactChannel channel) => channel switch
    {
        ContactChannel.Call => contact.SafeToCall,
        ContactChannel.Text => contact.SafeToText,
        ContactChannel.Voicemail => contact.SafeToCall && contact.SafeVoicemail,
        ContactChannel.Letter => contact.SafeForLetters,
        ContactChannel.InPerson => contact.SafeInPerson,
    };

    /// <summary>When the safe hours are open next; now when they are open.</summary>
    /// <param name="contact">What she said of it.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="zone">The city's zone.</param>
    public static DateTimeOffset NextWindow(SafeContact contact, DateTimeOffset now, CityZone zone)
    {
        if (IsWithin(contact, zone.TimeOf(now)))
        {
            return now;
        }

        var opens = contact.SafeFrom ?? TimeOnly.MinValue;
        var today = zone.At(zone.DateOf(now), opens);
        return today > now ? today : zone.At(zone.DateOf(now).AddDays(1), opens);
    }

    /// <summary>Hours may pass midnight: from 22:00 until 06:00.</summary>
    private static bool IsWithin(SafeContact contact, TimeOnly at) => (contact.SafeFrom, contact.SafeUntil) switch
    {
        (null, null) => true,
        ({ } from, null) => at >= from,
        (null, { } until) => at < until,
        ({ } from, { } until) when from == until => true,
        ({ } from, { } until) => at.IsBetween(from, until),
    };
}
