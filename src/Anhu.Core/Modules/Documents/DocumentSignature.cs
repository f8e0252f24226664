using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Anhu.Modules.Audit;
using Org.BouncyCastle.Crypto.Digests;

namespace Anhu.Modules.Documents;

/// <summary>
/// A signature beside its PDF, with all that is needed to check it without the platform: whose document it is, the hash of the file, the key. What is signed are
/// the lines of <see cref="TextOf"/>, in UTF-8.
/// </summary>
/// <param name="Format">Always <see cref="FormatName"/>.</param>
/// <param name="Number">The document's number.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Unit">Code of the unit that issued it.</param>
/// <param name="IssuedAt">When, UTC.</param>
/// <param name="Sha256">SHA-256 of the PDF, hexadecimal.</param>
/// <param name="Sm3">SM3 of the PDF, hexadecimal, where the city works with the national algorithms.</param>
/// <param name="Algorithm"><c>ecdsa-p256-sha256</c> or <c>sm2-sm3</c>.</param>
/// <param name="PublicKey">The public key (SubjectPublicKeyInfo), Base64.</param>
/// <param name="Signature">The signature, Base64.</param>
public sealed record DocumentSignature(
    string Format, string Number, string Kind, string Unit, DateTimeOffset IssuedAt, string Sha256, string? Sm3, string Algorithm, string PublicKey, string Signature)
{
    /// <summary>Name of the format.</summary>
    public const string FormatName = "anhu-document-1";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What is signed.</summary>
    /// <param name="number">The document's number.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="unit">Code of the unit.</param>
    /// <param name="issuedAt">When.</param>
    /// <param name="sha256">SHA-256 of the PDF, hexadecimal.</param>
    /// <param name="sm3">SM3 of the PDF, hexadecimal; null for none.</param>
    public static byte[] TextOf(string number, string kind, string unit, DateTimeOffset issuedAt, string sha256, string? sm3) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{FormatName}\n{number}\n{kind}\n{unit}\n{issuedAt.UtcDateTime:O}\nsha256 {sha256}\n{(sm3 is null ? "" : $"sm3 {sm3}\n")}"));

    /// <summary>SM3 of a file, hexadecimal.</summary>
    /// <param name="file">The file.</param>
    public static string Sm3Of(byte[] file)
    {
        var digest = new SM3Digest();
        digest.BlockUpdate(file, 0, file.Length);
        var hash = new byte[digest.GetDigestSize()];
        digest.DoFinal(hash, 0);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>Reads a signature file.</summary>
    /// <param name="text">The file.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static DocumentSignature Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<DocumentSignature>(text, Json) is { Format: FormatName, Number: not null, Kind: not null, Unit: not null, Sha256: not null, Algorithm: not null, PublicKey: not null, Signature: not null } signature
                ? signature : throw new FormatException("This is not a signature of a document.");
        }
        catch (JsonException e)
        {
            throw new FormatException("This is not a signature of a document.", e);
        }
    }

    /// <summary>The file as it is handed out.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>SHA-256 of the public key, by which a city's key is told from any other: <c>anhu documents keys</c> names those of the city.</summary>
    public string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(PublicKey)));

    /// <summary>What is wrong with a file by its signature; null when nothing is.</summary>
    /// <param name="pdf">The file.</param>
    /// <returns><c>file</c>: it is not the one that was signed; <c>signature</c>: the signature is not of this key.</returns>
    public string? FaultOf(byte[] pdf)
    {
        try
        {
            if (!string.Equals(Convert.ToHexStringLower(SHA256.HashData(pdf)), Sha256, StringComparison.OrdinalIgnoreCase) || (Sm3 is not null && !string.Equals(Sm3Of(pdf), Sm3, StringComparison.OrdinalIgnoreCase)))
            {
                return "file";
            }

            return AuditSignature.Verify(Algorithm, Convert.FromBase64String(PublicKey), TextOf(Number, Kind, Unit, IssuedAt, Sha256, Sm3), Convert.FromBase64String(Signature)) ? null : "signature";
        }
        catch (FormatException)
        {
            return "signature";
        }
    }
}
