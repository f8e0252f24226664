using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace Anhu.Modules.Protection;

/// <summary>SM4-GCM (RFC 8998) and HMAC-SM3, by BouncyCastle. Its engines serve one thread at a time, so each text gets one of its own.</summary>
internal sealed class GuomiSuite : CipherSuite
{
    public override byte Code => 2;

    public override string Name => "guomi";

    public override TextCipher Cipher(ReadOnlySpan<byte> key) => new Sm4Cipher(key);

    public override KeyedHash Hash(ReadOnlySpan<byte> key) => new HmacSm3(key);

    private sealed class Sm4Cipher(ReadOnlySpan<byte> key) : TextCipher
    {
        private readonly HmacSm3 hash = new(key);

        public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> sealedText, ReadOnlySpan<byte> context)
        {
            var cipher = Gcm(true, nonce, context);
            var done = cipher.ProcessBytes(plain, sealedText);
            cipher.DoFinal(sealedText[done..]);
        }

        public override bool Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, Span<byte> plain, ReadOnlySpan<byte> context)
        {
            var cipher = Gcm(false, nonce, context);
            try
            {
                // The engine asks for room for a block that it holds back.
                Span<byte> room = sealedText.Length <= 1024 ? stackalloc byte[sealedText.Length + 16] : new byte[sealedText.Length + 16];
                var done = cipher.ProcessBytes(sealedText, room);
                done += cipher.DoFinal(room[done..]);
                room[..done].CopyTo(plain);
                return done == plain.Length;
            }
            catch (InvalidCipherTextException)
            {
                return false;
            }
        }

        public override void Dispose() => hash.Dispose();

        private GcmBlockCipher Gcm(bool seal, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> context)
        {
            Span<byte> salt = stackalloc byte[4 + 12];
            "text"u8.CopyTo(salt);
            nonce[..12].CopyTo(salt[4..]);
            Span<byte> own = stackalloc byte[32];
            hash.Compute(salt, own);
            var cipher = new GcmBlockCipher(new SM4Engine());
            cipher.Init(seal, new AeadParameters(new KeyParameter(own[..16]), 8 * TagBytes, nonce[12..].ToArray(), context.ToArray()));
            return cipher;
        }
    }

    private sealed class HmacSm3(ReadOnlySpan<byte> key) : KeyedHash
    {
        private readonly byte[] key = key.ToArray();
        private HMac? spare;

        public override void Compute(ReadOnlySpan<byte> data, Span<byte> hash)
        {
            var hmac = Interlocked.Exchange(ref spare, null);
            if (hmac is null)
            {
                hmac = new HMac(new SM3Digest());
                hmac.Init(new KeyParameter(key));
            }

            hmac.BlockUpdate(data);
            hmac.DoFinal(hash);
            Interlocked.Exchange(ref spare, hmac);
        }

        public override void Dispose() => System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
    }
}
