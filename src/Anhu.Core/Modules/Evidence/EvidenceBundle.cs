using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anhu.Modules.Evidence;

/// <summary>Something that happened to a file, as both chains tell.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="What">A code, such as <c>received</c>, <c>handed-on</c>.</param>
/// <param name="Worker">Who; null for a system.</param>
/// <param name="Sequence">Its place in the record's chain; null for what was done on the device.</param>
public sealed record BundleStep(DateTimeOffset At, string What, string? Worker, long? Sequence);

/// <summary>A file of a bundle.</summary>
/// <param name="Number">Its number in the court's list, from 1.</param>
/// <param name="Id">Its key; kept here, never in what leaves.</param>
/// <param name="Path">Its path in the archive.</param>
/// <param name="Item">The item of the checklist.</param>
/// <param name="Title">Its name in Chinese.</param>
/// <param name="Kind">What it is.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Length">Bytes of what is in the archive.</param>
/// <param name="Sha256">SHA-256 of what is in the archive, hexadecimal.</param>
/// <param name="Sm3">SM3 of it where the city works with the national suite.</param>
/// <param name="IsOriginal">It is the original; else a copy drawn anew.</param>
/// <param name="MadeAt">When it was made, by the device's clock.</param>
/// <param name="ReceivedAt">When it was whole here.</param>
/// <param name="Proves">What it proves.</param>
/// <param name="Caption">What it shows.</param>
/// <param name="Unit">The unit that made it.</param>
/// <param name="Worker">Who made it.</param>
/// <param name="Custody">What happened to it, oldest first.</param>
public sealed record BundleFile(
    int Number, Guid? Id, string Path, string Item, string Title, EvidenceKind Kind, string MediaType, long Length, string Sha256, string? Sm3, bool IsOriginal, DateTimeOffset? MadeAt,
    DateTimeOffset? ReceivedAt, string? Proves, string? Caption, string? Unit, string? Worker, IReadOnlyList<BundleStep>? Custody);

/// <summary>A file of the court's list that the respondent does not get.</summary>
/// <param name="Number">Its number in the court's list.</param>
/// <param name="Reason">A code, such as <c>medical</c>.</param>
public sealed record BundleGap(int Number, string Reason);

/// <summary>An item of the checklist without a file, and why.</summary>
/// <param name="Item">The item.</param>
/// <param name="Title">Its name in Chinese.</param>
/// <param name="Status"><c>refused</c>, <c>not-applicable</c> or <c>missing</c>.</param>
/// <param name="At">When that was entered.</param>
public sealed record BundleStatus(string Item, string Title, string Status, DateTimeOffset At);

/// <summary>What a bundle holds, as it was when its list was made. It never changes; what is handed out is compared with it.</summary>
/// <param name="Edition"><c>court</c> or <c>respondent</c>.</param>
/// <param name="CaseNumber">Number of the case; null in the respondent's edition.</param>
/// <param name="Files">The files, by number.</param>
/// <param name="LeftOut">What the respondent does not get; none for the court.</param>
/// <param name="Statuses">Items without a file; none for the respondent.</param>
public sealed record EvidenceBundle(string Edition, string? CaseNumber, IReadOnlyList<BundleFile> Files, IReadOnlyList<BundleGap> LeftOut, IReadOnlyList<BundleStatus> Statuses)
{
    /// <summary>The court's edition.</summary>
    public const string Court = "court";

    /// <summary>The respondent's edition.</summary>
    public const string Respondent = "respondent";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>As it is kept.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>Reads what is kept.</summary>
    /// <param name="data">The bytes.</param>
    public static EvidenceBundle Read(byte[] data) => JsonSerializer.Deserialize<EvidenceBundle>(data, Options) ?? throw new InvalidOperationException("An evidence bundle is kept empty.");

    /// <summary>The machine-readable list that goes into the archive.</summary>
    /// <param name="number">Number of the list on paper.</param>
    /// <param name="unit">Code of the unit that made it.</param>
    /// <param name="madeAt">When, UTC.</param>
    public byte[] Manifest(string number, string unit, DateTimeOffset madeAt) => JsonSerializer.SerializeToUtf8Bytes(
        new { Format = "anhu-evidence-1", Number = number, Unit = unit, MadeAt = madeAt.ToUniversalTime(), Edition, CaseNumber, Files = Files.Select(f => f with { Id = null }), LeftOut, Statuses }, Options);
}
