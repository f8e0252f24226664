using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Anhu.Modules.Protection;

/// <summary>A key out of its wrapping. Only in memory.</summary>
/// <param name="Purpose">What it is for.</param>
/// <param name="Generation">Its generation.</param>
/// <param name="Bytes">The key.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
internal sealed record OpenKey(KeyPurpose Purpose, int Generation, byte[] Bytes, DateTimeOffset CreatedAt);

/// <summary>What a blind index is made of; two kinds never share a value.</summary>
public enum BlindKind
{
    /// <summary>Citizen ID number.</summary>
    IdNumber,

    /// <summary>Phone.</summary>
    Phone,

    /// <summary>Phone and name together.</summary>
    PhoneAndName,

    /// <summary>Name.</summary>
    Name,

    /// <summary>Name and birth date together.</summary>
    NameAndBirthDate,
}

/// <summary>
/// The open keys of one store: seals and opens values, and makes blind indexes. A sealed value is the suite's number (1 byte), the key's
/// generation (2), a random nonce (24), the ciphertext and the tag (16); its place (the column's name, and the row's key behind a zero) goes in as associated
/// data, so that no value can be moved to another column or row. May be used by many threads.
/// </summary>
public sealed class KeyRing
{
    /// <summary>Bytes that a sealed value has more than its text.</summary>
    public const int Overhead = HeaderBytes + CipherSuite.NonceBytes + CipherSuite.TagBytes;

    private const int HeaderBytes = 3;
    private static readonly Dictionary<string, WeakReference<KeyRing>> Rings = new(StringComparer.Ordinal);

    private State? state;

    /// <summary>A ring without keys: nothing can be sealed or opened with it.</summary>
    public static KeyRing Closed { get; } = new();

    /// <summary>The suite.</summary>
    public CipherSuite Suite => Current.Suite;

    /// <summary>The generation that seals now.</summary>
    public int Generation => Current.Generation;

    /// <summary>All generations that can be opened.</summary>
    public IReadOnlyList<int> Generations => [.. Current.Ciphers.Keys.Order()];

    /// <summary>The generations of the index key in use, lowest first: one, or two while every index is made anew.</summary>
    public IReadOnlyList<int> IndexGenerations => Current.IndexGenerations;

    /// <summary>Whether it has keys.</summary>
    public bool IsOpen => Volatile.Read(ref state) is not null;

    /// <summary>Asks for newer keys when a value names a generation that is not here.</summary>
    internal Func<bool>? Refresh { get; set; }

    /// <summary>Told of values out of the store that can't be opened.</summary>
    internal Action<SealedValueException>? Refused { get; set; }

    internal IReadOnlyList<OpenKey> Keys => Current.Keys;

    private State Current => Volatile.Read(ref state) ?? throw new CityKeysException("The store's keys are not open.");

    /// <summary>The ring of these keys. Within one process the same keys have one ring, since a model is built for each.</summary>
    internal static KeyRing Of(CipherSuite suite, IReadOnlyList<OpenKey> keys)
    {
        var name = Fingerprint(suite, keys);
        lock (Rings)
        {
            if (Rings.TryGetValue(name, out var known) && known.TryGetTarget(out var ring))
            {
                return ring;
            }

            ring = new KeyRing();
            ring.Set(suite, keys);
            Rings[name] = new WeakReference<KeyRing>(ring);
            return ring;
        }
    }

    /// <summary>A ring of these keys that is nobody else's.</summary>
    internal static KeyRing Apart(CipherSuite suite, IReadOnlyList<OpenKey> keys)
    {
        var ring = new KeyRing();
        ring.Set(suite, keys);
        return ring;
    }

    /// <summary>Gives the ring other keys: a further generation, or those of a restored city.</summary>
    internal void Replace(CipherSuite suite, IReadOnlyList<OpenKey> keys)
    {
        lock (Rings)
        {
            if (Volatile.Read(ref state) is { } before)
            {
                Rings.Remove(Fingerprint(before.Suite, before.Keys));
            }

            Set(suite, keys);
            Rings[Fingerprint(suite, keys)] = new WeakReference<KeyRing>(this);
        }
    }

    /// <summary>Reports a value that can't be opened.</summary>
    internal void Report(SealedValueException refused) => Refused?.Invoke(refused);

    /// <summary>Seals a value.</summary>
    /// <param name="place">The column and row; must be the same when it is opened.</param>
    /// <param name="plain">The value.</param>
    public byte[] Seal(ReadOnlySpan<byte> place, ReadOnlySpan<byte> plain)
    {
        var now = Current;
        var value = new byte[Overhead + plain.Length];
        value[0] = now.Suite.Code;
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(1), (ushort)now.Generation);
        var nonce = value.AsSpan(HeaderBytes, CipherSuite.NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        Span<byte> context = stackalloc byte[HeaderBytes + place.Length];
        value.AsSpan(0, HeaderBytes).CopyTo(context);
        place.CopyTo(context[HeaderBytes..]);
        now.Cipher.Seal(nonce, plain, value.AsSpan(HeaderBytes + CipherSuite.NonceBytes), context);
        return value;
    }

    /// <summary>Seals a text.</summary>
    /// <param name="place">The column.</param>
    /// <param name="text">The text.</param>
    public byte[] Seal(ReadOnlySpan<byte> place, string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = most <= 1024 ? null : ArrayPool<byte>.Shared.Rent(most);
        var bytes = rented ?? stackalloc byte[1024];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        var value = Seal(place, bytes[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        return value;
    }

    /// <summary>Opens a value.</summary>
    /// <param name="place">The column.</param>
    /// <param name="value">The sealed value.</param>
    /// <exception cref="SealedValueException">It was changed, moved, or sealed with other keys.</exception>
    public byte[] Open(ReadOnlySpan<byte> place, ReadOnlySpan<byte> value)
    {
        var plain = new byte[LengthOf(place, value)];
        Open(place, value, plain);
        return plain;
    }

    /// <summary>Opens a text.</summary>
    /// <param name="place">The column.</param>
    /// <param name="value">The sealed text.</param>
    /// <exception cref="SealedValueException">It was changed, moved, or sealed with other keys.</exception>
    public string OpenText(ReadOnlySpan<byte> place, ReadOnlySpan<byte> value)
    {
        var length = LengthOf(place, value);
        var rented = length <= 1024 ? null : ArrayPool<byte>.Shared.Rent(length);
        var plain = (rented ?? stackalloc byte[1024])[..length];
        try
        {
            Open(place, value, plain);
            return Encoding.UTF8.GetString(plain);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    /// <summary>The generation that sealed a value; 0 when it is no sealed value of this store's suite.</summary>
    /// <param name="value">The sealed value.</param>
    public int GenerationOf(ReadOnlySpan<byte> value) =>
        value.Length >= Overhead && value[0] == Current.Suite.Code ? BinaryPrimitives.ReadUInt16BigEndian(value[1..]) : 0;

    /// <summary>
    /// The blind indexes of a text, which only who has the key can compute, one for each generation in use, lowest first: the generation (2 hexadecimal digits) and 128 bits
    /// (32 digits). What is stored is stored under each, and looked up under each, so that nobody is lost to a search while the key is changed.
    /// </summary>
    /// <param name="kind">What the text is.</param>
    /// <param name="text">The text, normalised.</param>
    public IReadOnlyList<string> Blind(BlindKind kind, string text)
    {
        var indexes = Current.Indexes;
        var values = new string[indexes.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = $"{indexes[i].Generation:x2}{Hash(indexes[i].Hash, (byte)kind, text)}";
        }

        return values;
    }

    /// <summary>The key under which a phone keeps what it has not sent yet, 32 hexadecimal digits. Never stored; the same after the keys were rotated, so that nothing on a phone is lost.</summary>
    /// <param name="text">Whose, and of what.</param>
    public string DeviceKey(string text) => Hash(Current.Device, 0, text);

    private static string Hash(KeyedHash key, byte kind, string text)
    {
        var most = 1 + Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = most <= 1024 ? stackalloc byte[1024] : new byte[most];
        bytes[0] = kind;
        var length = 1 + Encoding.UTF8.GetBytes(text, bytes[1..]);
        Span<byte> hash = stackalloc byte[32];
        key.Compute(bytes[..length], hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    private static string Fingerprint(CipherSuite suite, IReadOnlyList<OpenKey> keys)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([suite.Code]);
        foreach (var key in keys.OrderBy(k => (k.Purpose, k.Generation)))
        {
            hash.AppendData([(byte)key.Purpose, (byte)(key.Generation >> 8), (byte)key.Generation]);
            hash.AppendData(key.Bytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static string Name(ReadOnlySpan<byte> place) => Encoding.UTF8.GetString(place.IndexOf((byte)0) is >= 0 and var end ? place[..end] : place);

    private static int LengthOf(ReadOnlySpan<byte> place, ReadOnlySpan<byte> value) =>
        value.Length >= Overhead ? value.Length - Overhead : throw new SealedValueException(Name(place), null, "it is too short");

    private void Open(ReadOnlySpan<byte> place, ReadOnlySpan<byte> value, Span<byte> plain)
    {
        var now = Current;
        if (value[0] != now.Suite.Code)
        {
            throw new SealedValueException(Name(place), null, "it is of another suite");
        }

        var generation = BinaryPrimitives.ReadUInt16BigEndian(value[1..]);
        if (!now.Ciphers.TryGetValue(generation, out var cipher)
            && !(Refresh?.Invoke() == true && Current.Ciphers.TryGetValue(generation, out cipher)))
        {
            throw new SealedValueException(Name(place), null, $"there is no key of generation {generation}");
        }

        Span<byte> context = stackalloc byte[HeaderBytes + place.Length];
        value[..HeaderBytes].CopyTo(context);
        place.CopyTo(context[HeaderBytes..]);
        if (!cipher.Open(value.Slice(HeaderBytes, CipherSuite.NonceBytes), value[(HeaderBytes + CipherSuite.NonceBytes)..], plain, context))
        {
            throw new SealedValueException(Name(place), null, "it was changed, or sealed for another row or column or with other keys");
        }
    }

    private void Set(CipherSuite suite, IReadOnlyList<OpenKey> keys)
    {
        var data = keys.Where(k => k.Purpose == KeyPurpose.Data).ToList();
        var indexes = keys.Where(k => k.Purpose == KeyPurpose.Index).OrderBy(k => k.Generation).ToList();
        var device = keys.SingleOrDefault(k => k.Purpose == KeyPurpose.Device);
        if (data.Count == 0 || indexes.Count == 0 || device is null)
        {
            throw new CityKeysException("The store's table of keys is incomplete. Restore a backup.");
        }

        var before = Volatile.Read(ref state);
        var ciphers = data.ToFrozenDictionary(
            k => k.Generation,
            k => before?.Keys.FirstOrDefault(b => b.Purpose == k.Purpose && b.Generation == k.Generation && b.Bytes.AsSpan().SequenceEqual(k.Bytes)) is not null
                ? before.Ciphers[k.Generation] : suite.Cipher(k.Bytes));
        var newest = data.Max(k => k.Generation);
        Volatile.Write(ref state, new State(suite, [.. keys], ciphers, newest, ciphers[newest], [.. indexes.Select(i => ((byte)i.Generation, suite.Hash(i.Bytes)))],
            suite.Hash(device.Bytes)));
    }

    private sealed record State(
        CipherSuite Suite, IReadOnlyList<OpenKey> Keys, FrozenDictionary<int, TextCipher> Ciphers, int Generation, TextCipher Cipher,
        IReadOnlyList<(byte Generation, KeyedHash Hash)> Indexes, KeyedHash Device)
    {
        /// <summary>Asked for each person of each alarm.</summary>
        public IReadOnlyList<int> IndexGenerations { get; } = [.. Indexes.Select(i => (int)i.Generation)];
    }
}
