using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.OpenSsl;
using Org.BouncyCastle.Security;

namespace Anhu.Modules.Protection;

/// <summary>Ways into a sealed file beside the city key: a passphrase, or a key pair whose private half lies in a safe (P-256, or SM2 in the guomi suite).</summary>
public static class Recovery
{
    /// <summary>Shortest passphrase, in characters.</summary>
    public const int ShortestPassphrase = 16;

    private const int Rounds = 600_000;
    private const string Context = "anhu file key";

    /// <summary>The way in by the city key.</summary>
    /// <param name="fileKey">The file's key.</param>
    /// <param name="cityKey">The city key.</param>
    public static FileEntrance ByCityKey(byte[] fileKey, CityKey cityKey) => new("city", cityKey.KeyId, cityKey.Wrap(fileKey, Context));

    /// <summary>The way in by a passphrase.</summary>
    /// <param name="fileKey">The file's key.</param>
    /// <param name="passphrase">The passphrase.</param>
    /// <param name="suite">The suite.</param>
    public static FileEntrance ByPassphrase(byte[] fileKey, string passphrase, CipherSuite suite)
    {
        if (passphrase.Length < ShortestPassphrase)
        {
            throw new FormatException($"The recovery passphrase must have at least {ShortestPassphrase} characters.");
        }

        var salt = RandomNumberGenerator.GetBytes(16);
        return new FileEntrance("passphrase", null, Wrap(fileKey, Stretch(passphrase, salt, Rounds, suite), suite), salt, Rounds);
    }

    /// <summary>The way in by a key pair.</summary>
    /// <param name="fileKey">The file's key.</param>
    /// <param name="publicPem">The public half, PEM.</param>
    /// <param name="suite">The suite.</param>
    /// <exception cref="FormatException">It is no such key.</exception>
    public static FileEntrance ByPublicKey(byte[] fileKey, string publicPem, CipherSuite suite)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(publicPem.ReplaceLineEndings("\n").Trim())).AsSpan(0, 8));
        try
        {
            if (suite == CipherSuite.Guomi)
            {
                return new FileEntrance("public-key", id, Sm2(true, new ParametersWithRandom((ICipherParameters)ReadPem(publicPem)), fileKey));
            }

            using var own = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            using var other = ECDiffieHellman.Create();
            other.ImportFromPem(publicPem);
            var ephemeral = own.ExportSubjectPublicKeyInfo();
            return new FileEntrance("public-key", id, Wrap(fileKey, Agree(own, other, ephemeral), suite), ephemeral);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or InvalidCastException or InvalidCipherTextException or IOException)
        {
            throw new FormatException($"The recovery key is no {(suite == CipherSuite.Guomi ? "SM2" : "P-256")} public key in PEM.", e);
        }
    }

    /// <summary>Finds a file's key by the city key.</summary>
    /// <param name="entrances">The ways in.</param>
    /// <param name="cityKey">The city key.</param>
    public static byte[]? WithCityKey(IEnumerable<FileEntrance> entrances, CityKey cityKey) =>
        entrances.Where(e => e.Kind == "city" && e.Id == cityKey.KeyId).Select(e => cityKey.Unwrap(e.Wrapped, Context)).FirstOrDefault(k => k is not null);

    /// <summary>Finds a file's key by a passphrase.</summary>
    /// <param name="entrances">The ways in.</param>
    /// <param name="passphrase">The passphrase.</param>
    /// <param name="suite">The suite.</param>
    public static byte[]? WithPassphrase(IEnumerable<FileEntrance> entrances, string passphrase, CipherSuite suite) => entrances
        .Where(e => e is { Kind: "passphrase", Salt: not null, Rounds: > 0 and <= 10_000_000 })
        .Select(e => Unwrap(e.Wrapped, Stretch(passphrase, e.Salt!, e.Rounds!.Value, suite), suite)).FirstOrDefault(k => k is not null);

    /// <summary>Finds a file's key by the private half of a key pair.</summary>
    /// <param name="entrances">The ways in.</param>
    /// <param name="privatePem">The private half, PEM.</param>
    /// <param name="suite">The suite.</param>
    /// <exception cref="FormatException">It is no such key.</exception>
    public static byte[]? WithPrivateKey(IEnumerable<FileEntrance> entrances, string privatePem, CipherSuite suite)
    {
        foreach (var entrance in entrances.Where(e => e.Kind == "public-key"))
        {
            try
            {
                if (suite == CipherSuite.Guomi)
                {
                    return Sm2(false, (ICipherParameters)ReadPem(privatePem), entrance.Wrapped);
                }

                using var own = ECDiffieHellman.Create();
                own.ImportFromPem(privatePem);
                using var other = ECDiffieHellman.Create();
                other.ImportSubjectPublicKeyInfo(entrance.Salt, out _);
                if (Unwrap(entrance.Wrapped, Agree(own, other, entrance.Salt!), suite) is { } key)
                {
                    return key;
                }
            }
            catch (InvalidCipherTextException)
            {
                // Another pair's.
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException or InvalidCastException or IOException)
            {
                throw new FormatException("The recovery key is no private key in PEM that fits the file's suite.", e);
            }
        }

        return null;
    }

    /// <summary>Makes a key pair.</summary>
    /// <param name="suite">The suite.</param>
    /// <returns>The halves, PEM.</returns>
    public static (string PrivatePem, string PublicPem) NewPair(CipherSuite suite)
    {
        if (suite != CipherSuite.Guomi)
        {
            using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            return (pair.ExportPkcs8PrivateKeyPem() + "\n", pair.ExportSubjectPublicKeyInfoPem() + "\n");
        }

        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(GMObjectIdentifiers.sm2p256v1, new SecureRandom()));
        var made = generator.GenerateKeyPair();
        return (Pem(new Pkcs8Generator(made.Private)), Pem(made.Public));
    }

    private static byte[] Stretch(string passphrase, byte[] salt, int rounds, CipherSuite suite)
    {
        var text = Encoding.UTF8.GetBytes(passphrase.Normalize(NormalizationForm.FormKC));
        if (suite != CipherSuite.Guomi)
        {
            return Rfc2898DeriveBytes.Pbkdf2(text, salt, rounds, HashAlgorithmName.SHA256, CipherSuite.KeyBytes);
        }

        var generator = new Pkcs5S2ParametersGenerator(new SM3Digest());
        generator.Init(text, salt, rounds);
        return ((KeyParameter)generator.GenerateDerivedMacParameters(8 * CipherSuite.KeyBytes)).GetKey();
    }

    private static byte[] Agree(ECDiffieHellman own, ECDiffieHellman other, byte[] ephemeral)
    {
        using var theirs = other.PublicKey;
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, own.DeriveRawSecretAgreement(theirs), CipherSuite.KeyBytes, ephemeral, Encoding.UTF8.GetBytes(Context));
    }

    private static byte[] Wrap(byte[] fileKey, byte[] key, CipherSuite suite)
    {
        using var cipher = new SoftCityKey(key, suite);
        return cipher.Wrap(fileKey, Context);
    }

    private static byte[]? Unwrap(byte[] wrapped, byte[] key, CipherSuite suite)
    {
        using var cipher = new SoftCityKey(key, suite);
        return cipher.Unwrap(wrapped, Context);
    }

    private static byte[] Sm2(bool seal, ICipherParameters key, byte[] data)
    {
        var engine = new SM2Engine(new SM3Digest(), SM2Engine.Mode.C1C3C2);
        engine.Init(seal, key);
        return engine.ProcessBlock(data, 0, data.Length);
    }

    private static object ReadPem(string pem)
    {
        using var reader = new StringReader(pem);
        return new PemReader(reader).ReadObject() switch
        {
            AsymmetricCipherKeyPair pair => pair.Private,
            { } key => key,
            null => throw new FormatException("There is no key in the PEM."),
        };
    }

    private static string Pem(object key)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new PemWriter(writer).WriteObject(key);
        return writer.ToString();
    }
}
