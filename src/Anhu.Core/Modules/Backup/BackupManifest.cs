using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Protection;

namespace Anhu.Modules.Backup;

/// <summary>What a backup file holds: its entry <c>manifest.json</c>.</summary>
/// <param name="Format">Version of the file format, <see cref="CurrentFormat"/>.</param>
/// <param name="Program">Version of the program that made it.</param>
/// <param name="Migrations">Names of the migrations of the store, oldest first, without their dates, which differ between databases.</param>
/// <param name="CreatedAt">When, UTC.</param>
/// <param name="Timeline">The end of the record.</param>
/// <param name="Tables">The tables, in the order in which they may be filled.</param>
/// <param name="Suite">The suite of the store.</param>
/// <param name="Keys">The store's keys: who can open the backup can open the values in it.</param>
public sealed record BackupManifest(
    int Format, string Program, IReadOnlyList<string> Migrations, DateTimeOffset CreatedAt, BackupTimeline Timeline, IReadOnlyList<BackupTable> Tables,
    string Suite, IReadOnlyList<BackupKey> Keys)
{
    /// <summary>The format that this program writes and reads.</summary>
    public const int CurrentFormat = 2;

    /// <summary>Name of the manifest's entry.</summary>
    public const string EntryName = "manifest.json";

    /// <summary>Rows of all tables.</summary>
    public long Rows() => Tables.Sum(t => t.Rows);
}

/// <summary>A key of the store.</summary>
/// <param name="Purpose">What it is for.</param>
/// <param name="Generation">Its generation.</param>
/// <param name="Key">The key itself.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
public sealed record BackupKey(KeyPurpose Purpose, int Generation, byte[] Key, DateTimeOffset CreatedAt);

/// <summary>Ways into a backup beside the city key.</summary>
public sealed record BackupRecovery
{
    /// <summary>A passphrase.</summary>
    public string? Passphrase { get; init; }

    /// <summary>A key in PEM: the public half to write, the private half to restore.</summary>
    public string? KeyPem { get; init; }
}

/// <summary>The end of the record at the instant of the backup.</summary>
/// <param name="Sequence">Sequence of the last event.</param>
/// <param name="Hash">Its hash, hexadecimal.</param>
public sealed record BackupTimeline(long Sequence, string Hash);

/// <summary>One table of a backup: an entry with one JSON array a line, in the order of <paramref name="Columns"/>.</summary>
/// <param name="Name">The table.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Bytes">Bytes of the entry, unpacked.</param>
/// <param name="Sha256">Hash of the entry, unpacked, hexadecimal.</param>
public sealed record BackupTable(string Name, IReadOnlyList<string> Columns, long Rows, long Bytes, string Sha256)
{
    /// <summary>Name of the table's entry.</summary>
    public string EntryName() => $"tables/{Name}.ndjson";
}

/// <summary>Why a backup was not made or not restored.</summary>
public static class BackupFailures
{
    /// <summary>The program is older than the backup.</summary>
    public const string Newer = "backup.newer";

    /// <summary>The file is not whole; the detail names the entry and what is wrong with it.</summary>
    public const string Damaged = "backup.damaged";

    /// <summary>The store to restore into holds a city already.</summary>
    public static readonly Failure NotEmpty = new(FailureKind.NotAllowed, "backup.store-not-empty");

    /// <summary>The file is there already.</summary>
    public static readonly Failure Exists = new(FailureKind.Conflict, "backup.file-exists");

    /// <summary>There is no such file.</summary>
    public static readonly Failure NoFile = new(FailureKind.NotFound, "backup.no-file");

    internal static Failure IsNewer(string program) => new(FailureKind.NotAllowed, Newer, Detail: program);

    internal static Failure IsOlder(string program) => new(FailureKind.NotAllowed, "backup.older", Detail: program);

    internal static Failure IsDamaged(string entry, string what) => new(FailureKind.NotAllowed, Damaged, Detail: $"{entry}: {what}");

    internal static Failure Faulty(string faults) => new(FailureKind.NotAllowed, "backup.record-faulty", Detail: faults);
}

/// <summary>How far a backup or restore is.</summary>
/// <param name="Table">The table at work.</param>
/// <param name="Rows">Rows done, of all tables.</param>
/// <param name="OfRows">Rows in all.</param>
public sealed record BackupProgress(string Table, long Rows, long OfRows);
