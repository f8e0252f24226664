using System.Diagnostics;
using System.Runtime.InteropServices;
using Anhu.Modules.Protection;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Anhu.Tests.Protection;

/// <summary>The city key on a token: SoftHSM, which <c>./test</c> installs.</summary>
public sealed class TokenTests : IDisposable
{
    private const string Module = "/usr/lib/softhsm/libsofthsm2.so";
    private const string Pin = "ANHU_TEST_TOKEN_PIN";
    private readonly string folder = Directory.CreateTempSubdirectory("anhu-token-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Token_WrapsAndUnwraps_AndTellsEveryChange()
    {
        Assert.SkipUnless(File.Exists(Module), "SoftHSM is not installed.");
        await MakeTokenAsync();
        var address = $"pkcs11:module={Module};token=anhu-test;label=city;pin-env={Pin}";
        using var token = CityKey.Open(address, CipherSuite.Aes);
        var key = new byte[32];
        new Random(1).NextBytes(key);

        var wrapped = token.Wrap(key, "one");

        Assert.Equal(key, token.Unwrap(wrapped, "one"));
        Assert.Null(token.Unwrap(wrapped, "two"));
        for (var at = 0; at < wrapped.Length; at++)
        {
            var changed = wrapped.ToArray();
            changed[at] ^= 1;
            Assert.Null(token.Unwrap(changed, "one"));
        }

        Assert.Throws<CityKeysException>(() => CityKey.Open(address.Replace("label=city", "label=other", StringComparison.Ordinal), CipherSuite.Aes));
        Assert.Throws<CityKeysException>(() => CityKey.Open(address.Replace("anhu-test", "nobody", StringComparison.Ordinal), CipherSuite.Aes));
        Assert.Throws<CityKeysException>(() => CityKey.Open(address, CipherSuite.Guomi));
    }

    /// <summary>A token in a folder of its own, with an AES key that can't be taken out.</summary>
    private async Task MakeTokenAsync()
    {
        var settings = Path.Combine(folder, "softhsm2.conf");
        await File.WriteAllTextAsync(
            settings, $"directories.tokendir = {Directory.CreateDirectory(Path.Combine(folder, "tokens")).FullName}\nobjectstore.backend = file\nlog.level = ERROR\n",
            TestContext.Current.CancellationToken);

        // The module reads its settings through the C library, which does not see what .NET sets.
        Assert.Equal(0, SetVariable("SOFTHSM2_CONF", settings, 1));
        Environment.SetEnvironmentVariable(Pin, "123456");
        var start = new ProcessStartInfo("softhsm2-util", ["--init-token", "--free", "--label", "anhu-test", "--pin", "123456", "--so-pin", "12345678"]) { RedirectStandardOutput = true };
        start.Environment["SOFTHSM2_CONF"] = settings;
        using var made = Process.Start(start)!;
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, made.ExitCode);

        var factories = new Pkcs11InteropFactories();
        var library = TokenCityKey.Load(factories, Module);
        var slot = library.GetSlotList(SlotsType.WithTokenPresent).First(s => s.GetTokenInfo().Label.Trim() == "anhu-test");
        using var session = slot.OpenSession(SessionType.ReadWrite);
        session.Login(CKU.CKU_USER, "123456");
        using var mechanism = factories.MechanismFactory.Create(CKM.CKM_AES_KEY_GEN);
        session.GenerateKey(
            mechanism,
            [
                factories.ObjectAttributeFactory.Create(CKA.CKA_LABEL, "city"),
                factories.ObjectAttributeFactory.Create(CKA.CKA_TOKEN, true),
                factories.ObjectAttributeFactory.Create(CKA.CKA_SENSITIVE, true),
                factories.ObjectAttributeFactory.Create(CKA.CKA_EXTRACTABLE, false),
                factories.ObjectAttributeFactory.Create(CKA.CKA_ENCRYPT, true),
                factories.ObjectAttributeFactory.Create(CKA.CKA_DECRYPT, true),
                factories.ObjectAttributeFactory.Create(CKA.CKA_VALUE_LEN, 32UL),
            ]);
    }

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetVariable(string name, string value, int overwrite);
}
