using System.Security.Cryptography;
using System.Text;

namespace Anhu.Modules.Documents;

/// <summary>The codes by which anybody who has a document can check it: 20 letters and digits, 100 random bits.</summary>
public static class CheckCodes
{
    /// <summary>Path of the check page; a code follows.</summary>
    public const string Path = "/check/";

    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const int Length = 20;

    /// <summary>A code as people read it: four groups of five.</summary>
    /// <param name="code">The code.</param>
    public static string Grouped(string code) => string.Join('-', code.Chunk(5).Select(c => new string(c)));

    /// <summary>A new one.</summary>
    internal static string New() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>SHA-256 of a code without what people put between; null for what can be none.</summary>
    internal static byte[]? HashOf(string? code)
    {
        var plain = string.Concat((code ?? "").Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return plain.Length == Length && (code?.Length ?? 0) <= 2 * Length ? SHA256.HashData(Encoding.ASCII.GetBytes(plain)) : null;
    }
}
