namespace Anhu.Modules.Documents;

/// <summary>Where an issued document stands.</summary>
public enum DocumentState
{
    /// <summary>It holds.</summary>
    Valid,

    /// <summary>Taken back: it should not have been issued.</summary>
    Withdrawn,

    /// <summary>Another one stands in its place.</summary>
    Superseded,
}

/// <summary>A template, once it was taken in or used. Never changed: the version that made a document stays what it was.</summary>
public sealed class DocumentTemplate
{
    /// <summary>Key.</summary>
    public required Guid DocumentTemplateId { get; init; }

    /// <summary>The kind (<see cref="DocumentKind.Id"/>).</summary>
    public required string Kind { get; init; }

    /// <summary>Counts up within its kind.</summary>
    public required int Version { get; init; }

    /// <summary>True for the one that came with the program.</summary>
    public required bool IsShipped { get; init; }

    /// <summary>The file.</summary>
    public required byte[] Content { get; init; }

    /// <summary>SHA-256 of the file, hexadecimal.</summary>
    public required string Hash { get; init; }

    /// <summary>Who took it in; null for the program's.</summary>
    public Guid? AddedByWorkerId { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>Since when it is no longer used, UTC; null while it may be.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>A document that left the platform.</summary>
public sealed class IssuedDocument
{
    /// <summary>Longest reason for taking one back.</summary>
    public const int ReasonMaxLength = 500;

    /// <summary>Key.</summary>
    public required Guid IssuedDocumentId { get; init; }

    /// <summary>The case; goes where its incident goes.</summary>
    public required Guid CaseId { get; set; }

    /// <summary>The incident that it is about; null for one about the case.</summary>
    public Guid? IncidentId { get; init; }

    /// <summary>What else it is about, such as a warning letter.</summary>
    public Guid? SubjectId { get; init; }

    /// <summary>The kind (<see cref="DocumentKind.Id"/>).</summary>
    public required string Kind { get; init; }

    /// <summary>Its number, such as <c>WS340104-2026-000012</c>; holds no personal data and is never used again.</summary>
    public required string Number { get; init; }

    /// <summary>The unit that issued it.</summary>
    public required Guid UnitId { get; init; }

    /// <summary>The worker who did; null for the unit's system.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The template that made it.</summary>
    public required Guid DocumentTemplateId { get; init; }

    /// <summary>The code that the check page asks for.</summary>
    public required string CheckCode { get; init; }

    /// <summary>SHA-256 of the code, by which it is found.</summary>
    public required byte[] CheckHash { get; init; }

    /// <summary>SHA-256 of the PDF.</summary>
    public required byte[] PdfHash { get; init; }

    /// <summary>The key that signed.</summary>
    public required Guid DocumentKeyId { get; init; }

    /// <summary>Signature over <see cref="DocumentSignature.TextOf"/>.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>Where it stands.</summary>
    public DocumentState State { get; set; }

    /// <summary>Since when it is not valid, UTC.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Who ended it.</summary>
    public Guid? EndedByWorkerId { get; set; }

    /// <summary>Why it was taken back.</summary>
    public string? EndReason { get; set; }

    /// <summary>The one that stands in its place.</summary>
    public Guid? SupersededByDocumentId { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}

/// <summary>The files of an issued document, apart from it, so that lists don't carry them.</summary>
public sealed class IssuedDocumentFiles
{
    /// <summary>The document.</summary>
    public required Guid IssuedDocumentId { get; init; }

    /// <summary>The Word file.</summary>
    public required byte[] Docx { get; init; }

    /// <summary>The PDF.</summary>
    public required byte[] Pdf { get; init; }

    /// <summary>What it was made of, for programs, such as the files of a bundle; null for none.</summary>
    public byte[]? Data { get; init; }
}

/// <summary>A key that signs documents. A new one is made with each generation of the city's keys; older ones still prove.</summary>
public sealed class DocumentKey
{
    /// <summary>Key.</summary>
    public required Guid DocumentKeyId { get; init; }

    /// <summary>Algorithm (<see cref="Audit.AuditSignature"/>).</summary>
    public required string Algorithm { get; init; }

    /// <summary>The private key, Base64.</summary>
    public required string PrivateKey { get; init; }

    /// <summary>The public key (SubjectPublicKeyInfo).</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>The generation of the city's keys that it was made with.</summary>
    public required int Generation { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
