using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace Anhu.Modules.Protection;

/// <summary>The hash function of a chain. May be used by many threads.</summary>
public sealed class ChainHash
{
    private readonly Func<ReadOnlySpan<byte>, byte[]> compute;

    private ChainHash(string name, Func<ReadOnlySpan<byte>, byte[]> compute) => (Name, this.compute) = (name, compute);

    /// <summary>SHA-256.</summary>
    public static ChainHash Sha256 { get; } = new("sha-256", static data => SHA256.HashData(data));

    /// <summary>SM3 (GB/T 32905), for stores sealed with the national algorithms.</summary>
    public static ChainHash Sm3 { get; } = new("sm3", static data =>
    {
        var (digest, hash) = (new SM3Digest(), new byte[32]);
        digest.BlockUpdate(data);
        digest.DoFinal(hash);
        return hash;
    });

    /// <summary>Its name in the store and in exports.</summary>
    public string Name { get; }

    /// <summary>The function of a name; null when there is none.</summary>
    /// <param name="name">The name.</param>
    public static ChainHash? Find(string name) => name == Sha256.Name ? Sha256 : name == Sm3.Name ? Sm3 : null;

    /// <summary>The function that goes with a store's suite.</summary>
    /// <param name="suite">The suite.</param>
    public static ChainHash Of(CipherSuite suite) => suite == CipherSuite.Guomi ? Sm3 : Sha256;

    /// <summary>Computes a hash of 32 bytes.</summary>
    /// <param name="data">Of what.</param>
    public byte[] Compute(ReadOnlySpan<byte> data) => compute(data);
}
