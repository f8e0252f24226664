using Anhu.Common;

namespace Anhu.Modules.Documents;

/// <summary>What can go wrong with a document.</summary>
public static class DocumentFailures
{
    /// <summary>No such document, kind or template, or not for this caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "documents.not-found");

    /// <summary>The caller sees the case, but this kind is not the unit's to issue.</summary>
    public static Failure NotYours { get; } = new(FailureKind.Forbidden, "documents.not-yours");

    /// <summary>There is nothing that the document could be about, or not what was named.</summary>
    public static Failure NoSubject { get; } = new(FailureKind.NotAllowed, "documents.no-subject", "subjectId");

    /// <summary>The key that the caller made is another document's.</summary>
    public static Failure IdTaken { get; } = new(FailureKind.Conflict, "documents.id-taken", "id");

    /// <summary>It is not valid any more.</summary>
    public static Failure Ended { get; } = new(FailureKind.NotAllowed, "documents.ended");

    /// <summary>The store has no Chinese font to print with.</summary>
    /// <param name="why">What to do.</param>
    public static Failure NoFont(string why) => new(FailureKind.NotAllowed, "documents.no-font", null, why);

    /// <summary>A question is not answered.</summary>
    /// <param name="field">Which.</param>
    public static Failure Missing(string field) => new(FailureKind.Invalid, "documents.missing", field);

    /// <summary>An answer is no text.</summary>
    /// <param name="field">Which.</param>
    public static Failure NoText(string field) => new(FailureKind.Invalid, "documents.no-text", field);

    /// <summary>An answer is too long.</summary>
    /// <param name="field">Which.</param>
    /// <param name="most">Longest, characters.</param>
    public static Failure TooLong(string field, int most) => new(FailureKind.Invalid, "documents.too-long", field, most.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A field holds a shielded place or number of somebody of the case. There is no way around: the document leaves.</summary>
    /// <param name="field">Which; null when it is only in the document as a whole.</param>
    public static Failure TellsPlace(string? field) => new(FailureKind.NotAllowed, "documents.tells-place", field);

    /// <summary>No font has a character.</summary>
    /// <param name="character">The character.</param>
    public static Failure NoGlyph(string character) => new(FailureKind.NotAllowed, "documents.no-glyph", null, character);

    /// <summary>The template in force can't be used.</summary>
    public static Failure BadTemplate { get; } = new(FailureKind.NotAllowed, "documents.bad-template");

    /// <summary>What the file is wrong in is told beside this.</summary>
    public static Failure Refused { get; } = new(FailureKind.Invalid, "documents.template-refused", "file");
}
