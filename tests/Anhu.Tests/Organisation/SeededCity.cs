using Anhu.Data;
using Anhu.Hosting;
using Anhu.Modules.Organisation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Organisation;

/// <summary>A city with its regions and units on a store of its own.</summary>
public sealed class SeededCity : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("anhu-org-").FullName;

    public ServiceProvider Services { get; private set; } = default!;

    public OrganisationDirectory Organisation => Services.GetRequiredService<OrganisationDirectory>();

    public async ValueTask InitializeAsync()
    {
        Services = new ServiceCollection().AddLogging().AddCity(new AnhuSettings { Data = folder })
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        await AnhuApp.PrepareAsync(Services, TestContext.Current.CancellationToken);
    }

    public Task<AnhuDbContext> OpenAsync() => Services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync();

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
