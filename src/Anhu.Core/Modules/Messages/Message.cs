namespace Anhu.Modules.Messages;

/// <summary>What the victim said of a contact (victim-safety B1, B2). Nothing recorded means: do not use.</summary>
public sealed class SafeContact
{
    /// <summary>Key.</summary>
    public required Guid SafeContactId { get; init; }

    /// <summary>The case.</summary>
    public required Guid CaseId { get; set; }

    /// <summary>The case in which it was said, where recognition moved it since; null when it never moved.</summary>
    public Guid? OriginCaseId { get; set; }

    /// <summary>The person.</summary>
    public required Guid PersonId { get; set; }

    /// <summary>The person of whom it was said, where recognition found since that this is another; null when it is the same.</summary>
    public Guid? OriginPersonId { get; set; }

    /// <summary>Phone, digits only; empty where it is a place.</summary>
    public required string Phone { get; init; }

    /// <summary>A place for letters and meetings; null where it is a phone.</summary>
    public string? Address { get; init; }

    /// <summary>Safe to call.</summary>
    public required bool SafeToCall { get; set; }

    /// <summary>Safe to text.</summary>
    public required bool SafeToText { get; set; }

    /// <summary>Safe to leave voice mail.</summary>
    public bool SafeVoicemail { get; set; }

    /// <summary>Safe to send letters to.</summary>
    public bool SafeForLetters { get; set; }

    /// <summary>Safe to meet her at.</summary>
    public bool SafeInPerson { get; set; }

    /// <summary>Whether it may be said who is calling or writing.</summary>
    public bool MaySayWho { get; set; }

    /// <summary>The word by which she and the caller know each other; nothing is told before it was said (B5).</summary>
    public string? CodeWord { get; set; }

    /// <summary>Language or dialect she wants to speak; null for the city's.</summary>
    public string? Language { get; set; }

    /// <summary>An interpreter is needed, never one of the family.</summary>
    public bool NeedsInterpreter { get; set; }

    /// <summary>What to do when somebody else answers.</summary>
    public OtherAnswer IfOtherAnswers { get; set; }

    /// <summary>From this time of day, city time; null for any.</summary>
    public TimeOnly? SafeFrom { get; set; }

    /// <summary>Until this time of day, city time; null for any.</summary>
    public TimeOnly? SafeUntil { get; set; }

    /// <summary>The first sentence she agreed to.</summary>
    public string? SafePhrase { get; set; }

    /// <summary>What to know: who else may answer.</summary>
    public string? Note { get; set; }

    /// <summary>When she said so last, UTC. No longer holds after a new incident, or after <see cref="ExpiresAt"/> (B3).</summary>
    public required DateTimeOffset ConfirmedAt { get; set; }

    /// <summary>Until when it holds, UTC; null for <see cref="ContactGate.StaleAfterDays"/> after she said so.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}

/// <summary>What to do when somebody else answers.</summary>
public enum OtherAnswer
{
    /// <summary>Say that it is a wrong number, and end.</summary>
    WrongNumber,

    /// <summary>End without a word.</summary>
    HangUp,

    /// <summary>Say the neutral sentence that was agreed.</summary>
    SayPhrase,
}

/// <summary>Where an outgoing message stands.</summary>
public enum MessageState
{
    /// <summary>Waits for its time or the next try.</summary>
    Queued,

    /// <summary>The gateway took it.</summary>
    Sent,

    /// <summary>The gateway says that it arrived.</summary>
    Delivered,

    /// <summary>Given up after the last try.</summary>
    Failed,

    /// <summary>Stopped because the contact is no longer safe.</summary>
    Stopped,
}

/// <summary>A text message in the outbox (关爱短信).</summary>
public sealed class OutboxMessage
{
    /// <summary>Key; also given to the gateway, so that a repeat is recognised.</summary>
    public required Guid OutboxMessageId { get; init; }

    /// <summary>The case; goes where its duty goes.</summary>
    public required Guid CaseId { get; set; }

    /// <summary>The duty that asked for it.</summary>
    public Guid? DutyId { get; init; }

    /// <summary>The contact.</summary>
    public required Guid SafeContactId { get; init; }

    /// <summary>Phone.</summary>
    public required string Phone { get; init; }

    /// <summary>Template.</summary>
    public required string TemplateId { get; init; }

    /// <summary>Text as the phone will show it.</summary>
    public required string Text { get; init; }

    /// <summary>State.</summary>
    public required MessageState State { get; set; }

    /// <summary>When queued, UTC.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>Who queued it.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>Tries so far.</summary>
    public int Attempts { get; set; }

    /// <summary>Next try, UTC; null when none is due.</summary>
    public DateTimeOffset? NextAttemptAt { get; set; }

    /// <summary>Until when one node holds it for sending, UTC.</summary>
    public DateTimeOffset? ClaimedUntil { get; set; }

    /// <summary>The gateway's reference.</summary>
    public string? GatewayReference { get; set; }

    /// <summary>Why the last try failed, without personal data.</summary>
    public string? LastError { get; set; }

    /// <summary>When sent, UTC.</summary>
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}
