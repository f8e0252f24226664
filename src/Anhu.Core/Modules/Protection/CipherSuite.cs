namespace Anhu.Modules.Protection;

/// <summary>A family of algorithms that a city's store is sealed with; chosen once, when the store is made, and recorded in it.</summary>
public abstract class CipherSuite
{
    /// <summary>Bytes of every key.</summary>
    public const int KeyBytes = 32;

    /// <summary>Bytes of the nonce of a sealed text: half makes the text's own key, half goes into the cipher.</summary>
    public const int NonceBytes = 24;

    /// <summary>Bytes of the tag by which a changed text is noticed.</summary>
    public const int TagBytes = 16;

    /// <summary>AES-256-GCM with a key of its own for each text (XAES-256-GCM of C2SP), HMAC-SHA-256.</summary>
    public static CipherSuite Aes { get; } = new AesSuite();

    /// <summary>SM4-GCM with a key of its own for each text, HMAC-SM3 (GB/T 32907, GB/T 32905).</summary>
    public static CipherSuite Guomi { get; } = new GuomiSuite();

    /// <summary>The suite's number in sealed values.</summary>
    public abstract byte Code { get; }

    /// <summary>The suite's name in settings and in the store.</summary>
    public abstract string Name { get; }

    /// <summary>The suite of a name; null when there is none.</summary>
    /// <param name="name">The name.</param>
    public static CipherSuite? Find(string? name) => name switch
    {
        "aes-256-gcm" or "aes" => Aes,
        "guomi" => Guomi,
        _ => null,
    };

    /// <summary>The suite of a number; null when there is none.</summary>
    /// <param name="code">The number.</param>
    public static CipherSuite? Find(byte code) => code == Aes.Code ? Aes : code == Guomi.Code ? Guomi : null;

    /// <summary>A cipher under a key. May be used by many threads.</summary>
    /// <param name="key">The key, <see cref="KeyBytes"/> long.</param>
    public abstract TextCipher Cipher(ReadOnlySpan<byte> key);

    /// <summary>A keyed hash of 32 bytes. May be used by many threads.</summary>
    /// <param name="key">The key.</param>
    public abstract KeyedHash Hash(ReadOnlySpan<byte> key);

    /// <summary>A key for one purpose out of another key.</summary>
    /// <param name="key">The key to derive from.</param>
    /// <param name="purpose">The purpose.</param>
    public byte[] Derive(ReadOnlySpan<byte> key, string purpose)
    {
        var derived = new byte[KeyBytes];
        using var hash = Hash(key);
        hash.Compute(System.Text.Encoding.UTF8.GetBytes($"anhu {Name} {purpose}"), derived);
        return derived;
    }
}

/// <summary>Seals and opens texts under one key.</summary>
public abstract class TextCipher : IDisposable
{
    /// <summary>Seals a text.</summary>
    /// <param name="nonce">24 bytes, random.</param>
    /// <param name="plain">The text.</param>
    /// <param name="sealedText">Takes the ciphertext and the tag.</param>
    /// <param name="context">What must be the same when it is opened.</param>
    public abstract void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> sealedText, ReadOnlySpan<byte> context);

    /// <summary>Opens a text.</summary>
    /// <param name="nonce">Its nonce.</param>
    /// <param name="sealedText">Ciphertext and tag.</param>
    /// <param name="plain">Takes the text.</param>
    /// <param name="context">What it was sealed with.</param>
    /// <returns>False when it, its context or the key is another.</returns>
    public abstract bool Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, Span<byte> plain, ReadOnlySpan<byte> context);

    /// <inheritdoc />
    public abstract void Dispose();
}

/// <summary>A hash that only who has the key can compute.</summary>
public abstract class KeyedHash : IDisposable
{
    /// <summary>Computes it.</summary>
    /// <param name="data">Of what.</param>
    /// <param name="hash">Takes 32 bytes.</param>
    public abstract void Compute(ReadOnlySpan<byte> data, Span<byte> hash);

    /// <inheritdoc />
    public abstract void Dispose();
}
