using Anhu.Data;
using Anhu.Modules.Organisation;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Organisation;

/// <summary>A city with its regions and units on a store of its own.</summary>
public sealed class SeededCity : AnhuFixture
{
    public OrganisationDirectory Organisation => Services.GetRequiredService<OrganisationDirectory>();

    public Task<AnhuDbContext> OpenAsync() => Services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync();
}
