using System.Security.Cryptography;
using Anhu.Modules.Protection;
using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Anhu.Modules.Audit;

/// <summary>Signs marks of the record, so that anyone with the public key can tell that the city made them.</summary>
public static class AuditSignature
{
    private const string Ecdsa = "ecdsa-p256-sha256";
    private const string Sm2 = "sm2-sm3";

    /// <summary>The algorithm that goes with a store's suite.</summary>
    /// <param name="suite">The suite.</param>
    public static string AlgorithmOf(CipherSuite suite) => suite == CipherSuite.Guomi ? Sm2 : Ecdsa;

    /// <summary>Whether a signature is right.</summary>
    /// <param name="algorithm">Its algorithm.</param>
    /// <param name="publicKey">The public key (SubjectPublicKeyInfo).</param>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">The signature.</param>
    /// <returns>False also for keys and signatures that are none.</returns>
    public static bool Verify(string algorithm, byte[] publicKey, byte[] data, byte[] signature)
    {
        try
        {
            switch (algorithm)
            {
                case Ecdsa:
                    using (var key = ECDsa.Create())
                    {
                        key.ImportSubjectPublicKeyInfo(publicKey, out _);
                        return key.VerifyData(data, signature, HashAlgorithmName.SHA256);
                    }

                case Sm2:
                    var signer = new SM2Signer();
                    signer.Init(false, PublicKeyFactory.CreateKey(publicKey));
                    signer.BlockUpdate(data);
                    return signer.VerifySignature(signature);
                default:
                    return false;
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or InvalidCastException or IOException or CryptoException)
        {
            return false;
        }
    }

    /// <summary>Makes a key pair.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <returns>The private key (PKCS#8) and the public one (SubjectPublicKeyInfo).</returns>
    internal static (byte[] Private, byte[] Public) Create(string algorithm)
    {
        if (algorithm == Sm2)
        {
            var generator = new ECKeyPairGenerator("EC");
            generator.Init(new ECKeyGenerationParameters(GMObjectIdentifiers.sm2p256v1, new SecureRandom()));
            var pair = generator.GenerateKeyPair();
            return (PrivateKeyInfoFactory.CreatePrivateKeyInfo(pair.Private).GetDerEncoded(), SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(pair.Public).GetDerEncoded());
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (key.ExportPkcs8PrivateKey(), key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Signs.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="privateKey">The private key (PKCS#8).</param>
    /// <param name="data">What to sign.</param>
    internal static byte[] Sign(string algorithm, byte[] privateKey, byte[] data)
    {
        if (algorithm == Sm2)
        {
            var signer = new SM2Signer();
            signer.Init(true, PrivateKeyFactory.CreateKey(privateKey));
            signer.BlockUpdate(data);
            return signer.GenerateSignature();
        }

        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        return key.SignData(data, HashAlgorithmName.SHA256);
    }
}
