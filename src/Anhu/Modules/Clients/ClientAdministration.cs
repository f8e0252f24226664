using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;

namespace Anhu.Modules.Clients;

/// <summary>An id and its secret, which is shown once and kept nowhere.</summary>
/// <param name="ClientId">The id.</param>
/// <param name="Secret">The secret.</param>
public sealed record ClientCredentials(string ClientId, string Secret);

/// <summary>Adds, renews and removes the sign-ins of other systems.</summary>
public sealed class ClientAdministration(
    AnhuDbContext db, IOpenIddictApplicationManager applications, OrganisationDirectory organisation, ClientRegistry registry, TimeProvider time)
{
    /// <summary>Longest name.</summary>
    public const int NameMaxLength = 100;

    /// <summary>Longest time for which two secrets are taken.</summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(30);

    /// <summary>Adds a client.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="unitCode">Code of the unit that it belongs to.</param>
    /// <param name="scopes">What it may do.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<ClientCredentials>> AddAsync(string name, string unitCode, IReadOnlyList<string> scopes, CancellationToken ct)
    {
        name = name.Trim();
        if (name.Length is 0 or > NameMaxLength)
        {
            return new Failure(FailureKind.Invalid, "clients.name", "name");
        }

        if ((await organisation.GetAsync(ct)).Find(unitCode) is not { IsActive: true } unit)
        {
            return new Failure(FailureKind.Invalid, "clients.unit-unknown", "unit", unitCode);
        }

        if (scopes.Count == 0 || scopes.FirstOrDefault(s => !Permissions.Scopes.Contains(s)) is not null)
        {
            return new Failure(FailureKind.Invalid, "clients.scope-unknown", "scope", string.Join(", ", Permissions.Scopes));
        }

        var secret = NewSecret();
        var descriptor = new OpenIddictApplicationDescriptor
        {
            ClientId = NewId(name), ClientSecret = secret, ClientType = OpenIddictConstants.ClientTypes.Confidential, DisplayName = name,
            Permissions = { OpenIddictConstants.Permissions.Endpoints.Token, OpenIddictConstants.Permissions.GrantTypes.ClientCredentials },
            Properties = { [ClientRecord.Unit] = JsonSerializer.SerializeToElement(unit.UnitId), [ClientRecord.Stamp] = NewStamp() },
        };
        foreach (var scope in scopes.Distinct(StringComparer.Ordinal))
        {
            descriptor.Permissions.Add(ClientRecord.ScopePrefix + scope);
        }

        await RecordAsync(OrganisationEvents.ClientAdded, descriptor.ClientId, unit.UnitId, ct, ("name", name), ("scopes", scopes));
        await applications.CreateAsync(descriptor, ct);
        registry.Invalidate();
        return new ClientCredentials(descriptor.ClientId, secret);
    }

    /// <summary>All clients, by name.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<ApiClient>> ListAsync(CancellationToken ct) =>
        [.. (await registry.GetAsync(ct)).Values.OrderBy(c => c.Name, StringComparer.Ordinal).ThenBy(c => c.ClientId, StringComparer.Ordinal)];

    /// <summary>Gives a client a new secret.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="overlap">How long the present one is taken too, <see cref="LongestOverlap"/> at most; with none it ends at once, and so do the tokens that run.</param>
    /// <param name="by">The security administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<ClientCredentials>> RotateAsync(string clientId, TimeSpan overlap, Caller? by, CancellationToken ct)
    {
        if (overlap < TimeSpan.Zero || overlap > LongestOverlap)
        {
            return new Failure(FailureKind.Invalid, "clients.overlap", "overlap");
        }

        var secret = NewSecret();
        var until = time.Now + overlap;
        var changed = await ChangeAsync(clientId, by, OrganisationEvents.ClientRotated, (client, before) =>
        {
            client.ClientSecret = secret;
            if (overlap == TimeSpan.Zero)
            {
                End(client);
                return [];
            }

            client.Properties[ClientRecord.OldSecret] = JsonSerializer.SerializeToElement(before);
            client.Properties[ClientRecord.OldSecretUntil] = JsonSerializer.SerializeToElement(until);
            return [("oldUntil", until)];
        }, ct);
        return changed.IsOk ? new ClientCredentials(clientId, secret) : changed.Failure!;
    }

    /// <summary>Ends the secret before the present one before its time, and all tokens that run.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="by">The security administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Result> EndOldSecretAsync(string clientId, Caller? by, CancellationToken ct) => ChangeAsync(clientId, by, OrganisationEvents.ClientOldSecretEnded, (client, _) =>
    {
        End(client);
        return [];
    }, ct);

    /// <summary>Says which certificate a client has to connect with; its running tokens end.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="thumbprint">SHA-256 of the certificate, hexadecimal, with or without colons; null or blank lets it connect without one.</param>
    /// <param name="by">The security administrator, or null for the operator.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> BindCertificateAsync(string clientId, string? thumbprint, Caller? by, CancellationToken ct)
    {
        var hex = string.IsNullOrWhiteSpace(thumbprint) ? null : thumbprint.Replace(":", "", StringComparison.Ordinal).Trim().ToUpperInvariant();
        if (hex is not null && (hex.Length != SHA256.HashSizeInBytes * 2 || !hex.All(char.IsAsciiHexDigit)))
        {
            return new Failure(FailureKind.Invalid, "clients.thumbprint", "thumbprint");
        }

        return await ChangeAsync(clientId, by, OrganisationEvents.ClientCertificateBound, (client, _) =>
        {
            client.Properties[ClientRecord.Stamp] = NewStamp();
            client.Properties.Remove(ClientRecord.Certificate);
            if (hex is not null)
            {
                client.Properties[ClientRecord.Certificate] = JsonSerializer.SerializeToElement(hex);
            }

            return [("certificate", hex)];
        }, ct);
    }

    /// <summary>Whether a caller may change a client.</summary>
    /// <param name="map">Units.</param>
    /// <param name="by">The caller, or null for the operator.</param>
    /// <param name="unitId">The client's unit.</param>
    public static bool MayChange(OrganisationMap map, Caller? by, Guid unitId) =>
        by is null || (map.Find(unitId) is { } unit && AdministrationScope.Covers(map, by, unit, Permissions.AdministerSecurity));

    /// <summary>Removes a client; its running tokens end.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> RemoveAsync(string clientId, CancellationToken ct)
    {
        var row = await db.Set<OpenIddictEntityFrameworkCoreApplication<Guid>>().SingleOrDefaultAsync(a => a.ClientId == clientId, ct);
        if (row is null)
        {
            return NotFound(clientId);
        }

        db.Remove(row);
        await RecordAsync(OrganisationEvents.ClientRemoved, clientId, ClientRecord.Read(row)?.UnitId, ct);
        await db.SaveChangesAsync(ct);
        registry.Invalidate();
        return Result.Ok;
    }

    private static void End(OpenIddictApplicationDescriptor client)
    {
        client.Properties.Remove(ClientRecord.OldSecret);
        client.Properties.Remove(ClientRecord.OldSecretUntil);
        client.Properties[ClientRecord.Stamp] = NewStamp();
    }

    private static Failure NotFound(string clientId) => new(FailureKind.NotFound, "clients.not-found", "client", clientId);

    private static string NewSecret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    private static JsonElement NewStamp() => JsonSerializer.SerializeToElement(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));

    /// <summary>Letters and digits of the name, then six random ones, so that a log line tells which system it was.</summary>
    private static string NewId(string name)
    {
        var id = new StringBuilder(40);
        foreach (var c in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                id.Append(c);
            }
            else if (id.Length > 0 && id[^1] != '-')
            {
                id.Append('-');
            }

            if (id.Length >= 30)
            {
                break;
            }
        }

        var stem = id.ToString().Trim('-');
        return $"{(stem.Length == 0 ? "client" : stem)}-{RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 6)}";
    }

    /// <summary>Changes a client; <c>change</c> is given the stored form of the present secret and returns what else the record says.</summary>
    private async Task<Result> ChangeAsync(
        string clientId, Caller? by, string type, Func<OpenIddictApplicationDescriptor, string?, (string Name, object? Value)[]> change, CancellationToken ct)
    {
        if (await applications.FindByClientIdAsync(clientId, ct) is not OpenIddictEntityFrameworkCoreApplication<Guid> application || ClientRecord.Read(application) is not { } client)
        {
            return NotFound(clientId);
        }

        if (!MayChange(await organisation.GetAsync(ct), by, client.UnitId))
        {
            return new Failure(FailureKind.Forbidden, "organisation.out-of-scope");
        }

        var descriptor = new OpenIddictApplicationDescriptor();
        await applications.PopulateAsync(descriptor, application, ct);
        var before = application.ClientSecret;
        await RecordAsync(type, clientId, client.UnitId, ct, change(descriptor, before));
        await applications.UpdateAsync(application, descriptor, ct);
        registry.Invalidate();
        return Result.Ok;
    }

    private async Task RecordAsync(string type, string clientId, Guid? unitId, CancellationToken ct, params (string Name, object? Value)[] more)
    {
        var counter = await db.Counters.SingleOrDefaultAsync(c => c.Name == ClientRegistry.CounterName, ct);
        if (counter is null)
        {
            db.Counters.Add(new Counter { Name = ClientRegistry.CounterName, Value = 1 });
        }
        else
        {
            counter.Value++;
        }

        db.Record(new PendingEvent(type, time.Now, UnitId: unitId, Data: EventData.Of([("client", clientId), .. more])));
    }
}
