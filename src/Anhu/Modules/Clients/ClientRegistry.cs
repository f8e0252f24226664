using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using Anhu.Data;
using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;

namespace Anhu.Modules.Clients;

/// <summary>A system that signs in.</summary>
/// <param name="ClientId">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="UnitId">The unit that it belongs to.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Stamp">Changes with its secret; a token of another stamp is worth nothing.</param>
/// <param name="OldSecretUntil">Until when the secret before this one is taken too, UTC; null when it is not.</param>
/// <param name="Certificate">SHA-256 of the certificate that it has to connect with, hexadecimal; null when any connection will do.</param>
public sealed record ApiClient(
    string ClientId, string Name, Guid UnitId, IReadOnlyList<string> Scopes, string Stamp, DateTimeOffset? OldSecretUntil = null, string? Certificate = null)
{
    /// <summary>Whether a connection is one that the client may use.</summary>
    /// <param name="connection">The connection.</param>
    public bool MayUse(ConnectionInfo connection) =>
        Certificate is null || (connection.ClientCertificate is { } shown && shown.GetCertHashString(HashAlgorithmName.SHA256).Equals(Certificate, StringComparison.OrdinalIgnoreCase));
}

/// <summary>
/// The clients as they are, in memory. One that is removed or gets a new secret loses its running tokens within
/// <see cref="CheckPeriod"/>, on every node: each change raises a counter, which is looked at that often.
/// </summary>
#pragma warning disable CA1001 // The semaphore is never waited for by handle: nothing to free, and at shutdown someone may still hold it.
public sealed class ClientRegistry(IDbContextFactory<AnhuDbContext> contexts, TimeProvider time)
#pragma warning restore CA1001
{
    /// <summary>Name of the counter that every change of clients raises.</summary>
    public const string CounterName = "clients";

    /// <summary>How often the counter is looked at.</summary>
    public static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim loading = new(1, 1);
    private Snapshot? current;
    private long checkedAt;

    /// <summary>The clients by id.</summary>
    /// <param name="ct">Cancels.</param>
    public ValueTask<IReadOnlyDictionary<string, ApiClient>> GetAsync(CancellationToken ct)
    {
        var snapshot = Volatile.Read(ref current);
        return snapshot is not null && time.GetElapsedTime(Interlocked.Read(ref checkedAt)) < CheckPeriod
            ? new ValueTask<IReadOnlyDictionary<string, ApiClient>>(snapshot.Clients)
            : new ValueTask<IReadOnlyDictionary<string, ApiClient>>(CheckAsync(ct));
    }

    /// <summary>Says that clients were changed on this node: the next caller looks.</summary>
    public void Invalidate() => Volatile.Write(ref current, null);

    private async Task<IReadOnlyDictionary<string, ApiClient>> CheckAsync(CancellationToken ct)
    {
        await loading.WaitAsync(ct);
        try
        {
            var snapshot = Volatile.Read(ref current);
            if (snapshot is not null && time.GetElapsedTime(Interlocked.Read(ref checkedAt)) < CheckPeriod)
            {
                return snapshot.Clients;
            }

            await using var db = await contexts.CreateDbContextAsync(ct);
            var version = await db.Counters.AsNoTracking().Where(c => c.Name == CounterName).Select(c => c.Value).SingleOrDefaultAsync(ct);
            if (snapshot is null || snapshot.Version != version)
            {
                snapshot = new Snapshot(version, await LoadAsync(db, ct));
            }

            Interlocked.Exchange(ref checkedAt, time.GetTimestamp());
            Volatile.Write(ref current, snapshot);
            return snapshot.Clients;
        }
        finally
        {
            loading.Release();
        }
    }

    private static async Task<FrozenDictionary<string, ApiClient>> LoadAsync(AnhuDbContext db, CancellationToken ct)
    {
        var rows = await db.Set<OpenIddictEntityFrameworkCoreApplication<Guid>>().AsNoTracking().ToListAsync(ct);
        return rows.Select(ClientRecord.Read).OfType<ApiClient>().ToFrozenDictionary(c => c.ClientId, StringComparer.Ordinal);
    }

    private sealed record Snapshot(long Version, FrozenDictionary<string, ApiClient> Clients);
}

/// <summary>How a client is kept as an OpenIddict application.</summary>
internal static class ClientRecord
{
    public const string Unit = "anhu:unit";
    public const string Stamp = "anhu:stamp";
    public const string OldSecret = "anhu:old-secret";
    public const string OldSecretUntil = "anhu:old-secret-until";
    public const string Certificate = "anhu:certificate";
    public const string ScopePrefix = OpenIddict.Abstractions.OpenIddictConstants.Permissions.Prefixes.Scope;

    public static ApiClient? Read(OpenIddictEntityFrameworkCoreApplication<Guid> row)
    {
        if (row.ClientId is null || row.Properties is null || row.Permissions is null)
        {
            return null;
        }

        using var properties = JsonDocument.Parse(row.Properties);
        var root = properties.RootElement;
        return root.TryGetProperty(Unit, out var unit) && root.TryGetProperty(Stamp, out var stamp)
            ? new ApiClient(
                row.ClientId, row.DisplayName ?? row.ClientId, unit.GetGuid(), Scopes(row.Permissions), stamp.GetString()!,
                root.TryGetProperty(OldSecretUntil, out var until) ? until.GetDateTimeOffset() : null,
                root.TryGetProperty(Certificate, out var certificate) ? certificate.GetString() : null)
            : null;
    }

    private static List<string> Scopes(string permissions) =>
        [.. JsonSerializer.Deserialize<List<string>>(permissions)!.Where(p => p.StartsWith(ScopePrefix, StringComparison.Ordinal)).Select(p => p[ScopePrefix.Length..])];
}
