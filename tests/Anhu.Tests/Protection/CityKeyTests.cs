using Anhu.Hosting;
using Anhu.Modules.Protection;
using Anhu.Testing;
using Anhu.Tests.Operations;
using Anhu.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Protection;

public sealed class CityKeyTests : IAsyncLifetime
{
    private TestStore store = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Folder => store.Configuration["Anhu:Data"]!;

    private string KeyFile => Path.Combine(Folder, "keys", "city.key");

    public async ValueTask InitializeAsync() => store = await TestStore.CreateAsync(filled: false, ownKey: true);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task FirstStart_MakesAKeyThatOnlyItsOwnerReads_AndLaterStartsUseIt()
    {
        await OpenAsync();
        var made = await File.ReadAllTextAsync(KeyFile, Ct);
        await OpenAsync();

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(KeyFile) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal(made, await File.ReadAllTextAsync(KeyFile, Ct));
    }

    [Fact]
    public async Task Start_WithAnotherKey_IsRefusedAndChangesNothing()
    {
        var before = await OpenAsync();
        CityKey.CreateFile(Path.Combine(Folder, "other.key"));

        var refused = await Assert.ThrowsAsync<CityKeysException>(() => OpenAsync(keys: $"file:{Path.Combine(Folder, "other.key")}"));

        Assert.Contains("not the city key of this store", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await OpenAsync());
    }

    [Fact]
    public async Task Start_WithoutTheKeyFile_IsRefusedAndMakesNoNewOne()
    {
        await OpenAsync();
        File.Move(KeyFile, KeyFile + ".away");

        await Assert.ThrowsAsync<CityKeysException>(() => OpenAsync());

        Assert.False(File.Exists(KeyFile));
    }

    [Fact]
    public async Task Start_WithAnotherSuite_IsRefused()
    {
        await OpenAsync(crypto: "guomi");

        var refused = await Assert.ThrowsAsync<CityKeysException>(() => OpenAsync(crypto: "aes-256-gcm"));

        Assert.Contains("sealed with guomi", refused.Message, StringComparison.Ordinal);
        await OpenAsync();
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("anhu-city-key:AAAA")]
    public async Task Start_WithAFileThatIsNoKey_IsRefused(string text)
    {
        var path = Path.Combine(Folder, "broken.key");
        await File.WriteAllTextAsync(path, text, Ct);

        await Assert.ThrowsAsync<CityKeysException>(() => OpenAsync(keys: $"file:{path}"));
    }

    [Fact]
    public async Task Key_FromTheEnvironment_IsTheSameAsFromAFile()
    {
        var first = await OpenAsync();
        Environment.SetEnvironmentVariable("ANHU_TEST_CITY_KEY", await File.ReadAllTextAsync(KeyFile, Ct));

        Assert.Equal(first, await OpenAsync(keys: "env:ANHU_TEST_CITY_KEY"));
        await Assert.ThrowsAsync<CityKeysException>(() => OpenAsync(keys: "env:ANHU_TEST_NO_SUCH"));
    }

    [Fact]
    public async Task Start_OnAStoreWhoseKeysWereTaken_IsRefused()
    {
        await using (var city = await OpenCity.CreateAsync(store.Configuration))
        {
            await city.TamperAsync($"DELETE FROM protection_key");
        }

        await Assert.ThrowsAsync<CityKeysException>(() => OpenAsync());
    }

    [Fact]
    public async Task Program_WithAnotherKey_EndsWithThreeAndSaysWhy()
    {
        await OpenAsync();
        CityKey.CreateFile(Path.Combine(Folder, "other.key"));

        var (code, error) = await AnhuProcess.RunAsync(store.Configuration, Ct, "user", "list", "--keys", $"file:{Path.Combine(Folder, "other.key")}");

        Assert.Equal(3, code);
        Assert.Contains("not the city key of this store", error, StringComparison.Ordinal);
    }

    /// <summary>Opens the city as a command does.</summary>
    /// <returns>A value's blind index, which tells keys apart.</returns>
    private async Task<string> OpenAsync(string? keys = null, string? crypto = null)
    {
        var values = store.Configuration;
        values["Anhu:Keys"] = keys;
        values["Anhu:Crypto"] = crypto;
        var settings = new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection("Anhu").Get<AnhuSettings>()!;
        await using var services = new ServiceCollection().AddLogging().AddCity(settings).BuildServiceProvider();
        await Migrator.MigrateAsync(services, Ct);
        return services.GetRequiredService<CityKeys>().Ring.Blind(BlindKind.Name, "x").Single();
    }
}
