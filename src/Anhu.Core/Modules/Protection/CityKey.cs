using System.Security.Cryptography;
using System.Text;

namespace Anhu.Modules.Protection;

/// <summary>The city key: wraps the store's keys, and is kept where the store is not.</summary>
public abstract class CityKey : IDisposable
{
    private const string Mark = "anhu-city-key:";

    /// <summary>Tells keys apart; says nothing about the key.</summary>
    public abstract string KeyId { get; }

    /// <summary>Wraps a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="context">What it is; must be the same when it is unwrapped.</param>
    public abstract byte[] Wrap(ReadOnlySpan<byte> key, string context);

    /// <summary>Unwraps a key; null when it was wrapped by another one, changed, or is something else.</summary>
    /// <param name="wrapped">The wrapped key.</param>
    /// <param name="context">What it is.</param>
    public abstract byte[]? Unwrap(ReadOnlySpan<byte> wrapped, string context);

    /// <inheritdoc />
    public abstract void Dispose();

    /// <summary>Opens the key that an address names: <c>file:PATH</c>, <c>env:NAME</c> or <c>pkcs11:module=…;token=…;label=…;pin-env=…</c>.</summary>
    /// <param name="address">The address.</param>
    /// <param name="suite">The store's suite.</param>
    /// <exception cref="CityKeysException">There is no such key, or it can't be used.</exception>
    public static CityKey Open(string address, CipherSuite suite)
    {
        var (kind, rest) = Split(address);
        return kind switch
        {
            "file" => new SoftCityKey(Parse(ReadFile(rest), $"The file {rest}"), suite),
            "env" => new SoftCityKey(
                Parse(Environment.GetEnvironmentVariable(rest) ?? throw new CityKeysException($"The city key is to come from the environment variable {rest}, which is not set."), $"The variable {rest}"), suite),
            "pkcs11" => TokenCityKey.OpenToken(rest, suite),
            _ => throw new FormatException("--keys takes \"file:PATH\", \"env:NAME\" or \"pkcs11:module=…;token=…;label=…;pin-env=…\"."),
        };
    }

    /// <summary>Makes a new key in a file that only its owner can read.</summary>
    /// <param name="path">The file; must not be there.</param>
    public static void CreateFile(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes($"{Mark}{Convert.ToBase64String(RandomNumberGenerator.GetBytes(CipherSuite.KeyBytes))}\n"));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Takes an address apart.</summary>
    internal static (string Kind, string Place) Split(string address)
    {
        var at = address.IndexOf(':', StringComparison.Ordinal);
        return at > 0 ? (address[..at], address[(at + 1)..]) : (address, "");
    }

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CityKeysException($"The city key can't be read: {e.Message} Name it with --keys; without it the store's personal data can't be opened.", e);
        }
    }

    private static byte[] Parse(string text, string where)
    {
        text = text.Trim();
        text = text.StartsWith(Mark, StringComparison.Ordinal) ? text[Mark.Length..] : text;
        var key = new byte[CipherSuite.KeyBytes];
        return Convert.TryFromBase64String(text, key, out var length) && length == key.Length
            ? key : throw new CityKeysException($"{where} does not hold a city key: {CipherSuite.KeyBytes} random bytes in base64.");
    }
}

/// <summary>A city key whose bytes the program holds.</summary>
internal sealed class SoftCityKey : CityKey
{
    private readonly TextCipher cipher;

    public SoftCityKey(byte[] key, CipherSuite suite)
    {
        cipher = suite.Cipher(suite.Derive(key, "city key wrap"));
        KeyId = Convert.ToHexStringLower(suite.Derive(key, "city key id").AsSpan(0, 8));
        CryptographicOperations.ZeroMemory(key);
    }

    public override string KeyId { get; }

    public override byte[] Wrap(ReadOnlySpan<byte> key, string context)
    {
        var wrapped = new byte[CipherSuite.NonceBytes + key.Length + CipherSuite.TagBytes];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, CipherSuite.NonceBytes));
        cipher.Seal(wrapped.AsSpan(0, CipherSuite.NonceBytes), key, wrapped.AsSpan(CipherSuite.NonceBytes), Encoding.UTF8.GetBytes(context));
        return wrapped;
    }

    public override byte[]? Unwrap(ReadOnlySpan<byte> wrapped, string context)
    {
        if (wrapped.Length <= CipherSuite.NonceBytes + CipherSuite.TagBytes)
        {
            return null;
        }

        var key = new byte[wrapped.Length - CipherSuite.NonceBytes - CipherSuite.TagBytes];
        return cipher.Open(wrapped[..CipherSuite.NonceBytes], wrapped[CipherSuite.NonceBytes..], key, Encoding.UTF8.GetBytes(context)) ? key : null;
    }

    public override void Dispose() => cipher.Dispose();
}
