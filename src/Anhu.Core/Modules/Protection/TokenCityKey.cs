using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Anhu.Modules.Protection;

/// <summary>A city key that never leaves its PKCS#11 token: an AES-256 secret key with CKM_AES_GCM.</summary>
internal sealed class TokenCityKey : CityKey
{
    private const int NonceBytes = 12;
    private const int TagBits = 8 * CipherSuite.TagBytes;

    /// <summary>A module is loaded once into a process, and its sessions are of the process.</summary>
    private static readonly Dictionary<string, IPkcs11Library> Modules = new(StringComparer.Ordinal);

    static TokenCityKey() => NativeLibrary.SetDllImportResolver(
        typeof(Pkcs11InteropFactories).Assembly,
        // The library asks for libdl, which has only its versioned name where no compiler is installed.
        static (name, _, _) => name == "libdl" && NativeLibrary.TryLoad("libdl.so.2", out var handle) ? handle : 0);

    private readonly Lock one = new();
    private readonly Pkcs11InteropFactories factories;
    private readonly ISession session;
    private readonly IObjectHandle key;

    private TokenCityKey(Pkcs11InteropFactories factories, ISession session, IObjectHandle key, string keyId)
    {
        this.factories = factories;
        this.session = session;
        this.key = key;
        KeyId = keyId;
    }

    public override string KeyId { get; }

    /// <summary>Opens the key of a label on a token.</summary>
    /// <param name="address"><c>module=…;token=…;label=…;pin-env=…</c>.</param>
    /// <param name="suite">The store's suite.</param>
    public static TokenCityKey OpenToken(string address, CipherSuite suite)
    {
        if (suite != CipherSuite.Aes)
        {
            throw new CityKeysException("PKCS#11 tokens serve AES only here: a store sealed with guomi takes its city key from a file or the environment.");
        }

        var parts = address.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2)).Where(p => p.Length == 2)
            .ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        string Part(string name) => parts.GetValueOrDefault(name) ?? throw new FormatException($"--keys pkcs11: needs {name}=…");
        var (module, tokenLabel, label, pinName) = (Part("module"), Part("token"), Part("label"), Part("pin-env"));
        var pin = Environment.GetEnvironmentVariable(pinName) ?? throw new CityKeysException($"The token's PIN is to come from the environment variable {pinName}, which is not set.");
        try
        {
            var factories = new Pkcs11InteropFactories();
            var slot = Load(factories, module).GetSlotList(SlotsType.WithTokenPresent)
                .FirstOrDefault(s => s.GetTokenInfo().Label.Trim() == tokenLabel)
                ?? throw new CityKeysException($"The PKCS#11 module {module} has no token {tokenLabel}.");
            var session = slot.OpenSession(SessionType.ReadOnly);
            LogIn(session, pin);
            var found = session.FindAllObjects(
            [
                factories.ObjectAttributeFactory.Create(CKA.CKA_CLASS, CKO.CKO_SECRET_KEY),
                factories.ObjectAttributeFactory.Create(CKA.CKA_KEY_TYPE, CKK.CKK_AES),
                factories.ObjectAttributeFactory.Create(CKA.CKA_LABEL, label),
            ]);
            return found.Count == 1
                ? new TokenCityKey(factories, session, found[0], $"token:{label}")
                : throw new CityKeysException($"The token {tokenLabel} has {found.Count} AES keys of the label {label}; one is needed.");
        }
        catch (Exception e) when (e is Pkcs11Exception or LibraryArchitectureException or UnmanagedException)
        {
            throw new CityKeysException($"The PKCS#11 token can't be used: {e.Message}", e);
        }
    }

    public override byte[] Wrap(ReadOnlySpan<byte> key, string context)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        lock (one)
        {
            using var parameters = Parameters(nonce, context);
            using var mechanism = factories.MechanismFactory.Create(CKM.CKM_AES_GCM, parameters);
            return [.. nonce, .. session.Encrypt(mechanism, this.key, key.ToArray())];
        }
    }

    public override byte[]? Unwrap(ReadOnlySpan<byte> wrapped, string context)
    {
        if (wrapped.Length <= NonceBytes + CipherSuite.TagBytes)
        {
            return null;
        }

        lock (one)
        {
            try
            {
                using var parameters = Parameters(wrapped[..NonceBytes].ToArray(), context);
                using var mechanism = factories.MechanismFactory.Create(CKM.CKM_AES_GCM, parameters);
                return session.Decrypt(mechanism, key, wrapped[NonceBytes..].ToArray());
            }
            catch (Pkcs11Exception e) when (e.RV is CKR.CKR_ENCRYPTED_DATA_INVALID or CKR.CKR_GENERAL_ERROR or CKR.CKR_ENCRYPTED_DATA_LEN_RANGE)
            {
                return null;
            }
        }
    }

    public override void Dispose() => session.Dispose();

    internal static IPkcs11Library Load(Pkcs11InteropFactories factories, string module)
    {
        lock (Modules)
        {
            if (!Modules.TryGetValue(module, out var library))
            {
                library = factories.Pkcs11LibraryFactory.LoadPkcs11Library(factories, module, AppType.MultiThreaded);
                Modules.Add(module, library);
            }

            return library;
        }
    }

    private static void LogIn(ISession session, string pin)
    {
        try
        {
            session.Login(CKU.CKU_USER, pin);
        }
        catch (Pkcs11Exception e) when (e.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // Signing in is the process's, not the session's.
        }
    }

    private Net.Pkcs11Interop.HighLevelAPI.MechanismParams.ICkGcmParams Parameters(byte[] nonce, string context) =>
        factories.MechanismParamsFactory.CreateCkGcmParams(nonce, (ulong)(8 * nonce.Length), Encoding.UTF8.GetBytes(context), TagBits);
}
