using System.Security.Cryptography;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Security;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace Anhu.Modules.Clients;

/// <summary>The keys of clients' tokens: made once, kept in the store, so that every node accepts what another one issued.</summary>
public sealed class ClientKeys(IDbContextFactory<AnhuDbContext> contexts, IDataProtectionProvider protection, TimeProvider time)
    : IConfigureOptions<OpenIddictServerOptions>
{
    private readonly IDataProtector protector = protection.CreateProtector("Anhu.Clients.Keys.v1");
    private IReadOnlyList<SigningKey> keys = [];

    /// <summary>Reads the keys, or makes them in a new store. Call it before the first request.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task EnsureAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        keys = await ReadAsync(db, ct);
        if (keys.Count > 0)
        {
            return;
        }

        // Wrapped before the turn to write is taken: data protection may have to write a key of its own first.
        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        SigningKey[] made = [Make(KeyUse.Signing, signing.ExportPkcs8PrivateKey()), Make(KeyUse.Encryption, RandomNumberGenerator.GetBytes(32))];
        keys = await db.ExclusivelyAsync(
            async () =>
            {
                var known = await ReadAsync(db, ct);
                if (known.Count > 0)
                {
                    return known;
                }

                db.AddRange(made.AsEnumerable());
                return made;
            },
            ct);
    }

    /// <inheritdoc />
    public void Configure(OpenIddictServerOptions options)
    {
        if (keys.Count == 0)
        {
            throw new InvalidOperationException("The store was not prepared before the first request.");
        }

        foreach (var key in keys)
        {
            var bytes = protector.Unprotect(Convert.FromBase64String(key.ProtectedKey));
            if (key.Use == KeyUse.Signing)
            {
                var signing = ECDsa.Create();
                signing.ImportPkcs8PrivateKey(bytes, out _);
                options.SigningCredentials.Add(new SigningCredentials(
                    new ECDsaSecurityKey(signing) { KeyId = key.SigningKeyId.ToString("N") }, SecurityAlgorithms.EcdsaSha256));
            }
            else
            {
                options.EncryptionCredentials.Add(new EncryptingCredentials(
                    new SymmetricSecurityKey(bytes) { KeyId = key.SigningKeyId.ToString("N") },
                    SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
            }
        }
    }

    private static async Task<IReadOnlyList<SigningKey>> ReadAsync(AnhuDbContext db, CancellationToken ct) =>
        await db.Set<SigningKey>().AsNoTracking().OrderByDescending(k => k.CreatedAt).ThenBy(k => k.SigningKeyId).ToListAsync(ct);

    private SigningKey Make(KeyUse use, byte[] bytes) => new()
    {
        SigningKeyId = Guid.CreateVersion7(), Use = use, ProtectedKey = Convert.ToBase64String(protector.Protect(bytes)), CreatedAt = time.Now,
    };
}
