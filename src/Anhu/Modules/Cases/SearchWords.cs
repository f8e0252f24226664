using System.Security.Cryptography;
using System.Text;
using Anhu.Modules.Security;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Anhu.Modules.Cases;

/// <summary>
/// Carries the words of a search through addresses sealed: they are names, phones and ID numbers, and an address stays in
/// histories and in the logs of proxies. Only the worker who searched can open the seal.
/// </summary>
public sealed class SearchWords(IDataProtectionProvider protection)
{
    /// <summary>Longest words.</summary>
    public const int MaxLength = 100;

    private const int SealMaxLength = 1500;

    /// <summary>Seals words for an address.</summary>
    /// <param name="caller">Who searches.</param>
    /// <param name="words">What was typed; cut to <see cref="MaxLength"/>.</param>
    /// <returns>Null when there are none.</returns>
    public string? Seal(Caller caller, string? words)
    {
        words = words?.Trim();
        return string.IsNullOrEmpty(words) ? null
            : WebEncoders.Base64UrlEncode(Of(caller).Protect(Encoding.UTF8.GetBytes(words.Length > MaxLength ? words[..MaxLength] : words)));
    }

    /// <summary>Opens a seal.</summary>
    /// <param name="caller">Who searches.</param>
    /// <param name="seal">As made by <see cref="Seal"/>.</param>
    /// <returns>The words; null when it is no seal of this caller.</returns>
    public string? Open(Caller caller, string? seal)
    {
        if (seal is not { Length: > 0 and <= SealMaxLength })
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetString(Of(caller).Unprotect(WebEncoders.Base64UrlDecode(seal)));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }

    private IDataProtector Of(Caller caller) => protection.CreateProtector("cases.search", caller.WorkerId?.ToString("N") ?? "");
}
