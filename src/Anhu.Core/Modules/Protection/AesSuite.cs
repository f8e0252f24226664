using System.Security.Cryptography;
using BlockCipher = System.Security.Cryptography.Aes;

namespace Anhu.Modules.Protection;

/// <summary>AES-256-GCM and HMAC-SHA-256 of the platform.</summary>
internal sealed class AesSuite : CipherSuite
{
    public override byte Code => 1;

    public override string Name => "aes-256-gcm";

    public override TextCipher Cipher(ReadOnlySpan<byte> key) => new XaesCipher(key);

    public override KeyedHash Hash(ReadOnlySpan<byte> key) => new HmacSha256(key);

    /// <summary>
    /// XAES-256-GCM (https://c2sp.org/XAES-256-GCM): AES-CMAC over the first half of a 24-byte nonce makes the key of the one text, so that
    /// random nonces never run out under one data key.
    /// </summary>
    private sealed class XaesCipher : TextCipher
    {
        private readonly BlockCipher aes;
        private readonly byte[] tweak = new byte[16];
        private Derivation? spare;

        public XaesCipher(ReadOnlySpan<byte> key)
        {
            aes = BlockCipher.Create();
            aes.Key = key.ToArray();
            aes.EncryptEcb(new byte[16], tweak, PaddingMode.None);
            var carry = tweak[0] >> 7;
            for (var i = 0; i < 16; i++)
            {
                tweak[i] = (byte)((tweak[i] << 1) | (i < 15 ? tweak[i + 1] >> 7 : 0));
            }

            tweak[15] ^= (byte)(carry * 0x87);
        }

        public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> sealedText, ReadOnlySpan<byte> context)
        {
            using var gcm = Gcm(nonce);
            gcm.Encrypt(nonce[12..], plain, sealedText[..plain.Length], sealedText[plain.Length..], context);
        }

        public override bool Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, Span<byte> plain, ReadOnlySpan<byte> context)
        {
            using var gcm = Gcm(nonce);
            try
            {
                gcm.Decrypt(nonce[12..], sealedText[..^TagBytes], sealedText[^TagBytes..], plain, context);
                return true;
            }
            catch (AuthenticationTagMismatchException)
            {
                return false;
            }
        }

        public override void Dispose()
        {
            aes.Dispose();
            Interlocked.Exchange(ref spare, null)?.Dispose();
        }

        private AesGcm Gcm(ReadOnlySpan<byte> nonce)
        {
            // The platform's block transform serves one thread at a time: one is kept, and who finds none makes another.
            var derivation = Interlocked.Exchange(ref spare, null) ?? new Derivation(aes, tweak);
            var gcm = derivation.Make(nonce[..12]);
            Interlocked.Exchange(ref spare, derivation)?.Dispose();
            return gcm;
        }

        private sealed class Derivation(BlockCipher aes, byte[] tweak) : IDisposable
        {
            private readonly ICryptoTransform transform = Transform(aes);
            private readonly byte[] blocks = new byte[32];
            private readonly byte[] key = new byte[32];

            public AesGcm Make(ReadOnlySpan<byte> salt)
            {
                for (var block = 0; block < 2; block++)
                {
                    var at = blocks.AsSpan(16 * block, 16);
                    (at[0], at[1], at[2], at[3]) = (0, (byte)(block + 1), (byte)'X', 0);
                    salt.CopyTo(at[4..]);
                    for (var i = 0; i < 16; i++)
                    {
                        at[i] ^= tweak[i];
                    }
                }

                transform.TransformBlock(blocks, 0, 32, key, 0);
                return new AesGcm(key, TagBytes);
            }

            public void Dispose()
            {
                transform.Dispose();
                CryptographicOperations.ZeroMemory(key);
            }

            private static ICryptoTransform Transform(BlockCipher aes)
            {
                lock (aes)
                {
                    // One block by itself needs no chaining; the mode is that of the construction, not of the texts.
#pragma warning disable CA5358
                    (aes.Mode, aes.Padding) = (CipherMode.ECB, PaddingMode.None);
#pragma warning restore CA5358
                    return aes.CreateEncryptor();
                }
            }
        }
    }

    private sealed class HmacSha256(ReadOnlySpan<byte> key) : KeyedHash
    {
        private readonly byte[] key = key.ToArray();
        private IncrementalHash? spare;

        public override void Compute(ReadOnlySpan<byte> data, Span<byte> hash)
        {
            var hmac = Interlocked.Exchange(ref spare, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
            hmac.AppendData(data);
            hmac.GetHashAndReset(hash);
            Interlocked.Exchange(ref spare, hmac)?.Dispose();
        }

        public override void Dispose()
        {
            Interlocked.Exchange(ref spare, null)?.Dispose();
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
