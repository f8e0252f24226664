using System.Globalization;
using Anhu.Common;

namespace Anhu.Modules.Evidence;

/// <summary>What can go wrong with photos and files.</summary>
public static class EvidenceFailures
{
    /// <summary>No such file, or not for this caller.</summary>
    public static Failure NotFound { get; } = new(FailureKind.NotFound, "evidence.not-found");

    /// <summary>The key, the hash or the time is none.</summary>
    public static Failure Wrong(string field) => new(FailureKind.Invalid, "evidence.wrong", field);

    /// <summary>No such item on the checklist.</summary>
    public static Failure Item { get; } = new(FailureKind.Invalid, "evidence.item", "item");

    /// <summary>The caption is too long.</summary>
    public static Failure CaptionTooLong { get; } = new(FailureKind.Invalid, "evidence.too-long", "caption", EvidenceFile.CaptionMaxLength.ToString(CultureInfo.InvariantCulture));

    /// <summary>The words hold a shielded value.</summary>
    public static Failure TellsPlace(string field) => new(FailureKind.NotAllowed, "evidence.tells-place", field);

    /// <summary>The key stands for another file.</summary>
    public static Failure Taken { get; } = new(FailureKind.Conflict, "evidence.taken", "id");

    /// <summary>No such part, or not of that length.</summary>
    public static Failure Part { get; } = new(FailureKind.Invalid, "evidence.part", "part");

    /// <summary>Parts are missing.</summary>
    public static Failure Incomplete { get; } = new(FailureKind.NotAllowed, "evidence.incomplete");

    /// <summary>What came is not what was hashed.</summary>
    public static Failure Altered { get; } = new(FailureKind.NotAllowed, "evidence.altered", "sha256");

    /// <summary>It is empty, or larger than files of its kind may be.</summary>
    public static Failure TooLarge(long bytes) => new(FailureKind.NotAllowed, "evidence.too-large", "length", (bytes / (1024 * 1024)).ToString(CultureInfo.InvariantCulture));

    /// <summary>Its content is of no kind that is taken.</summary>
    public static Failure Type { get; } = new(FailureKind.NotAllowed, "evidence.type");

    /// <summary>It holds something else beside what it is: another file, or a program.</summary>
    public static Failure Hostile { get; } = new(FailureKind.NotAllowed, "evidence.hostile");

    /// <summary>The virus scanner knows something in it.</summary>
    /// <param name="name">What it calls it.</param>
    public static Failure Infected(string? name) => new(FailureKind.NotAllowed, "evidence.infected", null, name);

    /// <summary>The virus scanner has not looked at it: it waits.</summary>
    public static Failure NotScanned { get; } = new(FailureKind.Unavailable, "evidence.not-scanned");

    /// <summary>It can't be read to its end.</summary>
    public static Failure Broken { get; } = new(FailureKind.NotAllowed, "evidence.broken");

    /// <summary>The picture has more pixels than can be drawn safely.</summary>
    public static Failure Dimensions(long pixels) => new(FailureKind.NotAllowed, "evidence.dimensions", null, (pixels / 1_000_000).ToString(CultureInfo.InvariantCulture));

    /// <summary>The case holds as many files as it can.</summary>
    public static Failure Full { get; } = new(FailureKind.NotAllowed, "evidence.full");

    /// <summary>The caller's unit may not do this.</summary>
    public static Failure NotYours { get; } = new(FailureKind.Forbidden, "evidence.not-yours");

    /// <summary>Why it is handed on, or to whom, is missing.</summary>
    public static Failure Missing(string field) => new(FailureKind.Invalid, "evidence.missing", field);

    /// <summary>It was withdrawn.</summary>
    public static Failure Withdrawn { get; } = new(FailureKind.NotAllowed, "evidence.withdrawn");

    /// <summary>The case has no files to list.</summary>
    public static Failure BundleEmpty { get; } = new(FailureKind.NotAllowed, "evidence.bundle-empty");

    /// <summary>Files are no longer what was hashed where they were made.</summary>
    /// <param name="which">Their numbers and names.</param>
    public static Failure BundleAltered(string which) => new(FailureKind.NotAllowed, "evidence.bundle-altered", null, which);

    /// <summary>Files were withdrawn since the list was made.</summary>
    /// <param name="which">Their numbers.</param>
    public static Failure BundleWithdrawn(string which) => new(FailureKind.NotAllowed, "evidence.bundle-withdrawn", null, which);

    /// <summary>Files of these numbers never go to the respondent in a bundle.</summary>
    /// <param name="which">The numbers.</param>
    public static Failure NeverGiven(string which) => new(FailureKind.NotAllowed, "evidence.never-given", "given", which);
}
