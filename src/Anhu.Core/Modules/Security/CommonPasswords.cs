using System.Security.Cryptography;
using System.Text;

namespace Anhu.Modules.Security;

/// <summary>The passwords that occur most in published breaches; in the program itself, so that nobody else is asked (<c>data/passwords/SOURCE.md</c>).</summary>
public static class CommonPasswords
{
    private const int Bytes = 6;
    private const string Resource = "Anhu.common-passwords";

    private static readonly byte[] Hashes = Load();

    /// <summary>How many there are.</summary>
    public static int Count => Hashes.Length / Bytes;

    /// <summary>Whether a password is one of them, in whatever case.</summary>
    /// <param name="password">The password.</param>
    public static bool Contains(ReadOnlySpan<char> password)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(password.ToString().ToLowerInvariant()), hash);
        var wanted = hash[..Bytes];
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (Hashes.AsSpan(middle * Bytes, Bytes).SequenceCompareTo(wanted))
            {
                case 0:
                    return true;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return false;
    }

    private static byte[] Load()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException("The list of common passwords is not in the program.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
