using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Modules.Security;

/// <summary>What a key is for.</summary>
public enum KeyUse
{
    /// <summary>Signs the tokens of API clients (ECDSA P-256, PKCS#8).</summary>
    Signing,

    /// <summary>Encrypts the tokens of API clients (AES-256).</summary>
    Encryption,
}

/// <summary>A key that all nodes of the city share.</summary>
public sealed class SigningKey
{
    /// <summary>Key; also the <c>kid</c> on tokens.</summary>
    public required Guid SigningKeyId { get; init; }

    /// <summary>What it is for.</summary>
    public required KeyUse Use { get; init; }

    /// <summary>The key itself, wrapped by data protection.</summary>
    public required string ProtectedKey { get; init; }

    /// <summary>When it was made, UTC; the newest of its use is used, older ones still verify.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Its table.</summary>
internal sealed class SigningKeyMapping : IEntityTypeConfiguration<SigningKey>
{
    public void Configure(EntityTypeBuilder<SigningKey> key)
    {
        key.ToTable("security_signing_key");
        key.HasKey(k => k.SigningKeyId);
    }
}
