namespace Anhu.Modules.Evidence;

/// <summary>What a file is, as its content says; its name says nothing.</summary>
public enum EvidenceKind
{
    /// <summary>A photo or another picture.</summary>
    Image,

    /// <summary>A film.</summary>
    Video,

    /// <summary>A recording of sound.</summary>
    Audio,

    /// <summary>A PDF.</summary>
    Document,

    /// <summary>Plain text, such as exported messages.</summary>
    Text,
}

/// <summary>Where a file stands.</summary>
public enum EvidenceState
{
    /// <summary>Its parts are still coming.</summary>
    Receiving,

    /// <summary>It is whole, and what was hashed where it was made is what is here.</summary>
    Kept,

    /// <summary>It was put into the wrong case or entered by mistake: nobody is shown it any more; it stays sealed as it is.</summary>
    Withdrawn,
}

/// <summary>A photo or another file of a case (handbook §4.2). The original is never changed; what is shown is a copy without metadata.</summary>
public sealed class EvidenceFile
{
    /// <summary>Longest caption, characters.</summary>
    public const int CaptionMaxLength = 200;

    /// <summary>Longest reason for withdrawing, characters.</summary>
    public const int ReasonMaxLength = 300;

    /// <summary>Key, made where the file was made, so that what is sent again is known again.</summary>
    public required Guid EvidenceFileId { get; init; }

    /// <summary>The case; goes where the duty or the incident goes.</summary>
    public required Guid CaseId { get; set; }

    /// <summary>The incident that it is of; null when the case had none.</summary>
    public Guid? IncidentId { get; init; }

    /// <summary>The duty at which it was made; null for one that came later.</summary>
    public Guid? DutyId { get; init; }

    /// <summary>The unit of who made it.</summary>
    public required Guid UnitId { get; init; }

    /// <summary>The worker who made it.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>The item of the evidence checklist.</summary>
    public required string Item { get; init; }

    /// <summary>The wound on the body map that it shows; null for none.</summary>
    public string? Wound { get; init; }

    /// <summary>What it shows, in words.</summary>
    public string? Caption { get; set; }

    /// <summary>Bytes of the original.</summary>
    public required long Length { get; init; }

    /// <summary>SHA-256 of the original, made before it was sent, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>SM3 of the original where the city works with the national suite; made when it was whole here, hexadecimal.</summary>
    public string? Sm3 { get; set; }

    /// <summary>When it was made by the device's clock, UTC, never later than <see cref="BegunAt"/>.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>When its first part was announced here, UTC.</summary>
    public required DateTimeOffset BegunAt { get; init; }

    /// <summary>When it was whole here, UTC; null while parts are missing.</summary>
    public DateTimeOffset? KeptAt { get; set; }

    /// <summary>Where it stands.</summary>
    public EvidenceState State { get; set; }

    /// <summary>What it is.</summary>
    public EvidenceKind? Kind { get; set; }

    /// <summary>Its media type, as its content says.</summary>
    public string? MediaType { get; set; }

    /// <summary>Why it was withdrawn.</summary>
    public string? WithdrawnBecause { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}

/// <summary>A piece of an original, sealed and bound to its file and place.</summary>
public sealed class EvidenceChunk
{
    /// <summary>Bytes of each piece but the last.</summary>
    public const int Size = 64 * 1024;

    /// <summary>The file.</summary>
    public required Guid EvidenceFileId { get; init; }

    /// <summary>Its place, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>The bytes.</summary>
    public required byte[] Content { get; init; }
}

/// <summary>What is shown of a file: drawn anew from the original, so that nothing of it but the picture, or the words, is left.</summary>
public sealed class EvidenceCopy
{
    /// <summary>The file.</summary>
    public required Guid EvidenceFileId { get; init; }

    /// <summary>JPEG of a picture, at most <see cref="PictureMaker.LongSide"/> pixels long; UTF-8 of a text.</summary>
    public required byte[] Content { get; init; }

    /// <summary>A small JPEG for lists; empty for a text.</summary>
    public required byte[] Thumbnail { get; init; }

    /// <summary>Pixels across of the original; 0 for a text.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels down of the original; 0 for a text.</summary>
    public required int Height { get; init; }
}
