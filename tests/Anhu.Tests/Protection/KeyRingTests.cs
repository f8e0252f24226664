using System.Text;
using Anhu.Modules.Protection;
using CsCheck;

namespace Anhu.Tests.Protection;

[Trait("Store", "none")]
public sealed class KeyRingTests
{
    private static readonly byte[] Place = "people_person.Name"u8.ToArray();

    public static TheoryData<string> Suites => ["aes-256-gcm", "guomi"];

    [Theory]
    [MemberData(nameof(Suites))]
    public void Sealed_AnyText_OpensToWhatItWas(string suite) => Gen.String.Sample(
        text =>
        {
            text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            var ring = Ring(suite);
            var value = ring.Seal(Place, text);

            Assert.Equal(text, ring.OpenText(Place, value));
            Assert.Equal(Encoding.UTF8.GetByteCount(text) + KeyRing.Overhead, value.Length);
        },
        iter: 300);

    [Theory]
    [MemberData(nameof(Suites))]
    public void Sealed_AnyBytes_OpenToWhatTheyWere(string suite) => Gen.Byte.Array[0, 5000].Sample(
        bytes => Ring(suite).Open(Place, Ring(suite).Seal(Place, bytes)).AsSpan().SequenceEqual(bytes), iter: 200);

    [Theory]
    [MemberData(nameof(Suites))]
    public void Sealed_WithAnyBitChanged_IsRefused(string suite)
    {
        var ring = Ring(suite);
        var value = ring.Seal(Place, "王小芳 住在安居小区3栋");
        for (var bit = 0; bit < 8 * value.Length; bit++)
        {
            var changed = value.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.Throws<SealedValueException>(() => ring.OpenText(Place, changed));
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Sealed_CutAnywhere_IsRefused(string suite)
    {
        var ring = Ring(suite);
        var value = ring.Seal(Place, "13900001234");
        for (var length = 0; length < value.Length; length++)
        {
            Assert.Throws<SealedValueException>(() => ring.OpenText(Place, value.AsSpan(0, length)));
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Sealed_ForAnotherColumn_IsRefused(string suite) =>
        Assert.Throws<SealedValueException>(() => Ring(suite).OpenText("people_person.Address"u8, Ring(suite).Seal(Place, "x")));

    [Theory]
    [MemberData(nameof(Suites))]
    public void Sealed_WithAnotherKey_IsRefused(string suite) =>
        Assert.Throws<SealedValueException>(() => Ring(suite, seed: 2).OpenText(Place, Ring(suite).Seal(Place, "x")));

    [Fact]
    public void Sealed_WithAnotherSuite_IsRefused() =>
        Assert.Throws<SealedValueException>(() => Ring("guomi").OpenText(Place, Ring("aes-256-gcm").Seal(Place, "x")));

    [Fact]
    public void Refused_NamesTheColumnAndNoValue()
    {
        var value = Ring("aes-256-gcm").Seal(Place, "王小芳");
        value[^1] ^= 1;

        var refused = Assert.Throws<SealedValueException>(() => Ring("aes-256-gcm").OpenText(Place, value));

        Assert.Contains("people_person.Name", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("王", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sealed_Twice_IsNeverTheSame()
    {
        var ring = Ring("aes-256-gcm");

        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => Convert.ToHexString(ring.Seal(Place, "同"))).Distinct().Count());
    }

    [Fact]
    public async Task Sealing_OnManyThreads_MixesNothingUp()
    {
        var ring = Ring("aes-256-gcm");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var text = $"{t}-{i}";
                Assert.Equal(text, ring.OpenText(Place, ring.Seal(Place, text)));
                Assert.Equal(ring.Blind(BlindKind.Name, text), ring.Blind(BlindKind.Name, text));
            }
        })));
    }

    /// <summary>The two test vectors of https://c2sp.org/XAES-256-GCM.</summary>
    [Theory]
    [InlineData("01", "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271")]
    [InlineData("03", "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d")]
    public void Xaes_KnownAnswers(string keyByte, string context, string expected)
    {
        using var cipher = CipherSuite.Aes.Cipher([.. Enumerable.Repeat(Convert.FromHexString(keyByte)[0], 32)]);
        var plain = "XAES-256-GCM"u8.ToArray();
        var value = new byte[plain.Length + CipherSuite.TagBytes];

        cipher.Seal("ABCDEFGHIJKLMNOPQRSTUVWX"u8, plain, value, Encoding.ASCII.GetBytes(context));

        Assert.Equal(expected, Convert.ToHexStringLower(value));
    }

    /// <summary>GB/T 32905 example 1, GB/T 32907 example 1 and RFC 8998 appendix A.1.</summary>
    [Fact]
    public void Guomi_KnownAnswers()
    {
        var sm3 = new Org.BouncyCastle.Crypto.Digests.SM3Digest();
        sm3.BlockUpdate("abc"u8);
        var digest = new byte[32];
        sm3.DoFinal(digest);
        Assert.Equal("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", Convert.ToHexStringLower(digest));

        var gcm = new Org.BouncyCastle.Crypto.Modes.GcmBlockCipher(new Org.BouncyCastle.Crypto.Engines.SM4Engine());
        gcm.Init(true, new Org.BouncyCastle.Crypto.Parameters.AeadParameters(
            new Org.BouncyCastle.Crypto.Parameters.KeyParameter(Convert.FromHexString("0123456789ABCDEFFEDCBA9876543210")), 128,
            Convert.FromHexString("00001234567800000000ABCD"), Convert.FromHexString("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")));
        var plain = Convert.FromHexString(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDDEEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA");
        var value = new byte[gcm.GetOutputSize(plain.Length)];
        var done = gcm.ProcessBytes(plain, value);
        gcm.DoFinal(value.AsSpan(done));
        Assert.Equal("83DE3541E4C2B58177E065A9BF7B62EC", Convert.ToHexString(value[^16..]));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Blind_IsTheSameForTheSame_AndAnotherForAnythingElse(string suite) => Gen.Select(Gen.String, Gen.String).Sample(
        (a, b) =>
        {
            var ring = Ring(suite);
            Assert.Equal(ring.Blind(BlindKind.Name, a), ring.Blind(BlindKind.Name, a));
            Assert.NotEqual(ring.Blind(BlindKind.Name, a), ring.Blind(BlindKind.Phone, a));
            Assert.NotEqual(ring.Blind(BlindKind.Name, a), Ring(suite, seed: 2).Blind(BlindKind.Name, a));
            Assert.Equal(Encoding.UTF8.GetBytes(a).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(b)), ring.Blind(BlindKind.Name, a).SequenceEqual(ring.Blind(BlindKind.Name, b)));
        },
        iter: 300);

    [Fact]
    public void Opened_AfterFurtherGenerations_ByWhichSealedIt()
    {
        var keys = Keys(3);
        var ring = KeyRing.Of(CipherSuite.Aes, keys);
        var old = ring.Seal(Place, "老");
        ring.Replace(CipherSuite.Aes, [.. keys, new OpenKey(KeyPurpose.Data, 2, Bytes(77), default)]);
        var young = ring.Seal(Place, "新");

        Assert.Equal((1, 2), (ring.GenerationOf(old), ring.GenerationOf(young)));
        Assert.Equal(("老", "新"), (ring.OpenText(Place, old), ring.OpenText(Place, young)));
    }

    internal static OpenKey[] Keys(int seed) => [new(KeyPurpose.Data, 1, Bytes(seed), default), new(KeyPurpose.Index, 1, Bytes(seed + 100), default), new(KeyPurpose.Device, 1, Bytes(seed + 200), default)];

    private static KeyRing Ring(string suite, int seed = 1) => KeyRing.Of(CipherSuite.Find(suite)!, Keys(seed));

    private static byte[] Bytes(int seed)
    {
        var bytes = new byte[32];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
