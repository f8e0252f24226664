using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;

namespace Anhu.Modules.Documents;

/// <summary>A wish to issue a document.</summary>
public sealed record IssueDocument
{
    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>The kind (<see cref="DocumentKind.Id"/>).</summary>
    public required string Kind { get; init; }

    /// <summary>The incident that it is about; null for the newest.</summary>
    public Guid? IncidentId { get; init; }

    /// <summary>What else it is about (<see cref="DocumentSubject.SubjectId"/>); null for the newest.</summary>
    public Guid? SubjectId { get; init; }

    /// <summary>A key that the caller made, so that a wish sent again makes no second document; null for a new one.</summary>
    public Guid? DocumentId { get; init; }

    /// <summary>The document in whose place it stands; null for none.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>The worker's answers, by field.</summary>
    public IReadOnlyDictionary<string, string?> Answers { get; init; } = new Dictionary<string, string?>();

    /// <summary>The address that the worker's browser uses; in the code when the settings name none.</summary>
    public required string BaseAddress { get; init; }
}

/// <summary>A document of a case as lists show it.</summary>
/// <param name="DocumentId">Key.</param>
/// <param name="Kind">The kind; null when the program no longer knows it.</param>
/// <param name="Number">Its number.</param>
/// <param name="UnitId">Who issued it.</param>
/// <param name="WorkerName">Which worker.</param>
/// <param name="IssuedAt">When, UTC.</param>
/// <param name="State">Where it stands.</param>
/// <param name="EndedAt">Since when it is not valid.</param>
/// <param name="EndReason">Why it was taken back.</param>
/// <param name="CheckCode">The code of the check page.</param>
/// <param name="TemplateVersion">The version of the template that made it.</param>
/// <param name="IncidentId">The incident that it is about.</param>
/// <param name="SubjectId">What else it is about.</param>
/// <param name="IsOwn">Whether the caller's unit issued it.</param>
public sealed record DocumentLine(
    Guid DocumentId, DocumentKind? Kind, string Number, Guid UnitId, string? WorkerName, DateTimeOffset IssuedAt, DocumentState State, DateTimeOffset? EndedAt,
    string? EndReason, string CheckCode, int TemplateVersion, Guid? IncidentId, Guid? SubjectId, bool IsOwn);

/// <summary>The documents of a case.</summary>
/// <param name="CaseNumber">The case's number.</param>
/// <param name="Sight">What the caller may see of the case.</param>
/// <param name="Lines">Those that the caller may see, newest first.</param>
/// <param name="MayIssue">Kinds that the caller may issue.</param>
public sealed record CaseDocuments(string CaseNumber, CaseSight Sight, IReadOnlyList<DocumentLine> Lines, IReadOnlyList<DocumentKind> MayIssue);

/// <summary>What a form for a new document begins with.</summary>
/// <param name="CaseNumber">The case's number.</param>
/// <param name="Sight">What the caller may see of the case.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Incidents">The incidents that it can be about, newest first.</param>
/// <param name="Subjects">What else it can be about, newest first.</param>
/// <param name="Answers">Answers to begin with.</param>
public sealed record DocumentStart(
    string CaseNumber, CaseSight Sight, DocumentKind Kind, IReadOnlyList<CaseIncident> Incidents, IReadOnlyList<DocumentSubject> Subjects, IReadOnlyDictionary<string, string?> Answers);

/// <summary>Which file of a document.</summary>
public enum DocumentFileKind
{
    /// <summary>The PDF, which is signed.</summary>
    Pdf,

    /// <summary>The Word file.</summary>
    Docx,

    /// <summary>The signature of the PDF.</summary>
    Signature,
}

/// <summary>A file that leaves.</summary>
/// <param name="Name">Its name: the document's number.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Content">What is in it.</param>
/// <param name="CaseId">The case that it tells of.</param>
/// <param name="Sight">What the caller may see of the case.</param>
public sealed record DocumentDownload(string Name, string ContentType, byte[] Content, Guid CaseId, CaseSight Sight);

/// <summary>What the public may know of a document by its code.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Kind">Its kind, in Chinese.</param>
/// <param name="Unit">Name of the unit that issued it.</param>
/// <param name="IssuedAt">When, UTC.</param>
/// <param name="State">Where it stands.</param>
/// <param name="EndedAt">Since when it is not valid.</param>
/// <param name="Sha256">SHA-256 of the PDF, hexadecimal.</param>
public sealed record CheckedDocument(string Number, string Kind, string Unit, DateTimeOffset IssuedAt, DocumentState State, DateTimeOffset? EndedAt, string Sha256);

/// <summary>What a document is about and who issues it.</summary>
internal sealed record IssuedFor(Guid CaseId, Guid? IncidentId, Guid? SubjectId, Unit Unit, Guid? WorkerId, Guid? Replaces, Guid? DocumentId = null);
