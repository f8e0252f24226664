using System.Security.Cryptography;

namespace Anhu.Modules.Organisation;

/// <summary>First passwords: told once, good for one sign-in within three days, at which the worker sets an own one.</summary>
public static class FirstPassword
{
    /// <summary>How long one is good for; then an administrator makes another.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    private const int Length = 14;

    // Nothing that is misread on paper or over the phone: no 0 O o, 1 l I.
    private const string Letters = "abcdefghijkmnpqrstuvwxyz";
    private const string Capitals = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const string Digits = "23456789";

    /// <summary>A random password of small letters, capitals and digits, all three in it.</summary>
    public static string Create()
    {
        var text = RandomNumberGenerator.GetItems<char>(Letters + Capitals + Digits, Length);
        text[0] = RandomNumberGenerator.GetItems<char>(Letters, 1)[0];
        text[1] = RandomNumberGenerator.GetItems<char>(Capitals, 1)[0];
        text[2] = RandomNumberGenerator.GetItems<char>(Digits, 1)[0];
        RandomNumberGenerator.Shuffle<char>(text);
        return new string(text);
    }
}
