using System.Security.Cryptography;
using Anhu.Common;
using Microsoft.Extensions.Logging;

namespace Anhu.Modules.Protection;

/// <summary>Where the city key is, and which suite a new store takes.</summary>
public sealed record CityKeyOptions
{
    /// <summary>Address of the city key (<see cref="CityKey.Open"/>).</summary>
    public required string Address { get; init; }

    /// <summary>True when nobody named the key: then the file is made with the store.</summary>
    public required bool IsDefault { get; init; }

    /// <summary>Name of the suite; null for that of the store, or AES for a new one.</summary>
    public string? Suite { get; init; }

    /// <summary>A ring that no other city of this process shares, as on a node of its own.</summary>
    internal bool OwnRing { get; init; }
}

/// <summary>
/// The keys of the city's store: opened with the city key when the program starts, made when the store is new, known to every node within
/// seconds after they were rotated.
/// </summary>
public sealed partial class CityKeys(CityKeyOptions options, IKeyTable table, TimeProvider time, ILogger<CityKeys> logger) : IDisposable
{
    private readonly Lock refreshing = new();
    private CityKey? cityKey;
    private KeyRing? ring;
    private List<ProtectionKey>? unsaved;

    /// <summary>The keys; a closed ring before <see cref="OpenAsync"/>.</summary>
    public KeyRing Ring => ring ?? KeyRing.Closed;

    /// <summary>Values of the store that could not be opened.</summary>
    public RefusedValues Refused { get; } = new();

    /// <summary>The city key.</summary>
    internal CityKey CityKey => cityKey ?? throw new CityKeysException("The city key is not open.");

    /// <summary>Opens the store's keys, or makes those of a new store; writes nothing into the store.</summary>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="CityKeysException">The key or the suite is not the store's.</exception>
    public async Task OpenAsync(CancellationToken ct)
    {
        if (ring is not null)
        {
            return;
        }

        var wanted = options.Suite is null ? null : CipherSuite.Find(options.Suite)
            ?? throw new FormatException("--crypto takes \"aes-256-gcm\" or \"guomi\".");
        var rows = await table.ReadAsync(ct);
        if (rows is not { Count: > 0 })
        {
            if (rows is not null && await table.HoldsDataAsync(ct))
            {
                throw new CityKeysException("The store holds data but no keys: its table of keys was emptied. Restore a backup.");
            }

            Make(wanted ?? CipherSuite.Aes);
            return;
        }

        var suite = SuiteOf(rows);
        if (wanted is not null && wanted != suite)
        {
            throw new CityKeysException($"The store is sealed with {suite.Name}, not with {wanted.Name}. The suite is chosen when a store is made; nothing was changed.");
        }

        cityKey = CityKey.Open(options.Address, suite);
        var keys = Unwrap(rows, cityKey, suite);
        Use(options.OwnRing ? KeyRing.Apart(suite, keys) : KeyRing.Of(suite, keys));
        WarnOfLooseFile();
    }

    /// <summary>Writes the keys of a new store, once its tables are there. Where another node was first, its keys are taken.</summary>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="CityKeysException">The other node has another city key.</exception>
    public async Task SaveAsync(CancellationToken ct)
    {
        if (unsaved is null)
        {
            return;
        }

        await table.AddAsync(unsaved, ct);
        var rows = await table.ReadAsync(ct) ?? [];
        var suite = Ring.Suite;
        if (rows.Any(r => r.Suite != suite.Name))
        {
            throw new CityKeysException($"Another node has made the store with {rows[0].Suite} meanwhile.");
        }

        Ring.Replace(suite, Unwrap(rows, CityKey, suite));
        unsaved = null;
    }

    /// <summary>Takes over what other nodes have changed.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task RefreshAsync(CancellationToken ct)
    {
        if (ring is not null && await table.ReadAsync(ct) is { Count: > 0 } rows)
        {
            Take(rows);
        }
    }

    /// <summary>Checks that keys can be unwrapped by this city's key.</summary>
    /// <param name="rows">Wrapped keys.</param>
    /// <exception cref="CityKeysException">They can't.</exception>
    internal void Check(IReadOnlyList<ProtectionKey> rows) => Unwrap(rows, CityKey, SuiteOf(rows));

    /// <summary>Keys out of their wrapping.</summary>
    /// <param name="rows">Wrapped keys of this store.</param>
    internal IReadOnlyList<OpenKey> Open(IReadOnlyList<ProtectionKey> rows) => Unwrap(rows, CityKey, SuiteOf(rows));

    /// <summary>The city key as another suite uses it; dispose it.</summary>
    /// <param name="suite">The suite.</param>
    internal CityKey CityKeyFor(CipherSuite suite) => CityKey.Open(options.Address, suite);

    /// <summary>Works with the keys of a restored city from here on.</summary>
    /// <param name="suite">Its suite.</param>
    /// <param name="opened">Its keys.</param>
    internal void Adopt(CipherSuite suite, IReadOnlyList<OpenKey> opened)
    {
        cityKey?.Dispose();
        cityKey = CityKeyFor(suite);
        Ring.Replace(suite, opened);
    }

    /// <inheritdoc />
    public void Dispose() => cityKey?.Dispose();

    /// <summary>Wraps keys with a city key.</summary>
    internal static List<ProtectionKey> Wrap(IEnumerable<OpenKey> keys, CityKey cityKey, CipherSuite suite) => [.. keys.Select(k => new ProtectionKey
    {
        Purpose = k.Purpose, Generation = k.Generation, Suite = suite.Name, CityKeyId = cityKey.KeyId, CreatedAt = k.CreatedAt,
        Wrapped = cityKey.Wrap(k.Bytes, Context(k.Purpose, k.Generation, suite)),
    })];

    /// <summary>A new key.</summary>
    internal OpenKey NewKey(KeyPurpose purpose, int generation) => new(purpose, generation, RandomNumberGenerator.GetBytes(CipherSuite.KeyBytes), time.Now);

    private static string Context(KeyPurpose purpose, int generation, CipherSuite suite) => $"anhu {suite.Name} {purpose} {generation}";

    private static List<OpenKey> Unwrap(IReadOnlyList<ProtectionKey> rows, CityKey cityKey, CipherSuite suite)
    {
        if (rows.FirstOrDefault(r => r.CityKeyId != cityKey.KeyId) is { } other)
        {
            throw new CityKeysException(
                $"This is not the city key of this store: the store's keys are wrapped by {other.CityKeyId}, this key is {cityKey.KeyId}. Name the right one with --keys; nothing was changed.");
        }

        return [.. rows.Select(r => new OpenKey(
            r.Purpose, r.Generation,
            cityKey.Unwrap(r.Wrapped, Context(r.Purpose, r.Generation, suite))
                ?? throw new CityKeysException($"The store's {r.Purpose} key of generation {r.Generation} can't be unwrapped: it was changed. Restore a backup."),
            r.CreatedAt))];
    }

    private static CipherSuite SuiteOf(IReadOnlyList<ProtectionKey> rows) => rows.Count == 0
        ? throw new CityKeysException("There are no keys.")
        : CipherSuite.Find(rows[0].Suite) ?? throw new CityKeysException($"The store is sealed with {rows[0].Suite}, which this program does not know.");

    private void Make(CipherSuite suite)
    {
        var (kind, path) = CityKey.Split(options.Address);
        if (options.IsDefault && kind == "file" && !File.Exists(path))
        {
            CityKey.CreateFile(path);
            LogMade(path);
        }

        cityKey = CityKey.Open(options.Address, suite);
        OpenKey[] keys = [NewKey(KeyPurpose.Data, 1), NewKey(KeyPurpose.Index, 1), NewKey(KeyPurpose.Device, 1)];
        unsaved = Wrap(keys, cityKey, suite);
        Use(KeyRing.Of(suite, keys));
    }

    private void Use(KeyRing opened)
    {
        ring = opened;
        opened.Refresh = Reload;
        opened.Refused = Report;
    }

    private void Report(SealedValueException refused)
    {
        if (Refused.Add(refused))
        {
            LogRefused(refused.Message);
        }
    }

    private bool Reload()
    {
        lock (refreshing)
        {
            return table.Read() is { Count: > 0 } rows && Take(rows);
        }
    }

    private bool Take(IReadOnlyList<ProtectionKey> rows)
    {
        var own = Ring;
        var known = own.Keys.Select(k => (k.Purpose, k.Generation)).ToHashSet();
        if (rows.Count == known.Count && rows.All(r => known.Contains((r.Purpose, r.Generation))))
        {
            return true;
        }

        if (rows.Any(r => r.CityKeyId != CityKey.KeyId))
        {
            LogOtherCityKey();
            return false;
        }

        own.Replace(own.Suite, Unwrap(rows, CityKey, own.Suite));
        LogGeneration(own.Generation);
        return true;
    }

    private void WarnOfLooseFile()
    {
        var (kind, path) = CityKey.Split(options.Address);
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (kind == "file" && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            LogLooseFile(path);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A new city key was made in {Path}. Whoever has it and the store can read all; without it nobody can. Move it to other storage than the store and its backups (--keys), and keep a copy in a safe place")]
    private partial void LogMade(string path);

    [LoggerMessage(LogLevel.Warning, "Others than its owner may read the city key {Path}; set its mode to 600")]
    private partial void LogLooseFile(string path);

    [LoggerMessage(LogLevel.Warning, "The store's keys were wrapped by another city key. This node goes on with those it has; restart it with the new city key")]
    private partial void LogOtherCityKey();

    [LoggerMessage(LogLevel.Error, "{Refusal} Somebody may have changed the store past the program; look at all values with: anhu keys check")]
    private partial void LogRefused(string refusal);

    [LoggerMessage(LogLevel.Information, "Values are now sealed with keys of generation {Generation}")]
    private partial void LogGeneration(int generation);
}
