using Anhu.Data;
using Anhu.Modules.KeyRotation;
using Anhu.Modules.Protection;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Anhu.Tests.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anhu.Tests.Protection;

public sealed class KeyRotationTests : IAsyncLifetime
{
    private static readonly ResealOptions AtOnce = new() { StepRows = 10, Grace = TimeSpan.Zero };
    private TestStore store = null!;
    private OpenCity city = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // Keys of its own: what is rotated here is nobody else's.
        store = await TestStore.CreateAsync(filled: false, ownKey: true);
        city = await OpenCity.CreateAsync(store.Configuration);
    }

    public async ValueTask DisposeAsync()
    {
        await city.DisposeAsync();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Rotated_EveryValueOpensToWhatItWas_AndTheOldKeyIsNotNeeded()
    {
        await new RandomRows(11).FillAsync(city, 12);
        var before = await ValuesAsync(city);

        Assert.Equal(2, (await Rotate(city).RotateAsync(Ct)).Value);
        Assert.Equal("keys.still-used", (await Rotate(city).DestroyOldAsync(Ct)).Failure?.Code);
        Assert.True(await ResealOf(city).RunAsync(null, Ct));
        Assert.Equal(1, (await Rotate(city).DestroyOldAsync(Ct)).Value);

        Assert.Equal([2], city.Services.GetRequiredService<CityKeys>().Ring.Generations);
        await using var again = await OpenCity.CreateAsync(store.Configuration);
        Assert.Equal(before, await ValuesAsync(again));
        Assert.Empty((await again.Services.GetRequiredService<VerifyTimeline>().RunAsync(null, Ct)).Faults);
    }

    [Fact]
    public async Task Rotated_AgainAndAgain_LosesNothing()
    {
        await new RandomRows(12).FillAsync(city, 4);
        var before = await ValuesAsync(city);
        for (var i = 0; i < 3; i++)
        {
            await Rotate(city).RotateAsync(Ct);
            await ResealOf(city).RunAsync(null, Ct);
        }

        Assert.Equal(3, (await Rotate(city).DestroyOldAsync(Ct)).Value);
        Assert.Equal(before, await ValuesAsync(city));
    }

    [Fact]
    public async Task OtherNode_ReadsWhatANewerKeySealed_AndSealsWithItSoon()
    {
        using var node = await OpenOtherNodeAsync();
        await new RandomRows(13).FillAsync(city, 3);
        await Rotate(city).RotateAsync(Ct);
        var ring = city.Services.GetRequiredService<CityKeys>().Ring;
        var young = ring.Seal("x"u8, "新");

        Assert.Equal(1, node.Ring.Generation);
        Assert.Equal("新", node.Ring.OpenText("x"u8, young));
        Assert.Equal(2, node.Ring.Generation);
    }

    [Fact]
    public async Task Reseal_OnTwoNodesAtOnce_DoesEachValueOnce()
    {
        await new RandomRows(14).FillAsync(city, 15);
        var before = await ValuesAsync(city);
        await Rotate(city).RotateAsync(Ct);
        var nodes = new[] { ResealOf(city), ResealOf(city) };

        await Task.WhenAll(nodes.Select(n => Task.Run(() => Until.TrueAsync(() => n.RunAsync(null, Ct)))));

        var status = await Rotate(city).StatusAsync(Ct);
        Assert.All(status.Tables, t => Assert.NotNull(t.DoneAt));
        Assert.Equal(await CountValuesAsync(), status.Tables.Sum(t => t.Resealed));
        Assert.Equal(before, await ValuesAsync(city));
    }

    [Fact]
    public async Task Reseal_WhileOthersWrite_KeepsTheirValues()
    {
        var rows = new RandomRows(15);
        await rows.FillAsync(city, 25);
        await Rotate(city).RotateAsync(Ct);
        var wrote = 0;

        await ResealOf(city).RunAsync(
            (table, _) =>
            {
                if (table == "people_person")
                {
                    wrote++;
                    Task.Run(() => city.QueryAsync(async db =>
                    {
                        foreach (var person in await db.People.Take(10).ToListAsync(Ct))
                        {
                            person.Name = "改名" + wrote;
                        }

                        return await db.SaveChangesAsync(Ct);
                    })).GetAwaiter().GetResult();
                }
            },
            Ct);

        Assert.True(wrote > 1);
        Assert.Equal(10, await city.QueryAsync(async db => (await db.People.Select(p => p.Name).ToListAsync(Ct)).Count(n => n == "改名" + wrote)));
        Assert.True((await Rotate(city).DestroyOldAsync(Ct)).IsOk);
    }

    [Fact]
    public async Task Reseal_KilledAgainAndAgain_EndsWithEveryValue()
    {
        await new RandomRows(16).FillAsync(city, 450);
        var before = await ValuesAsync(city);
        await Rotate(city).RotateAsync(Ct);
        await Rotate(city).RotateIndexAsync(Ct);
        await AgeAsync();

        var killed = 0;
        for (var i = 0; i < 3; i++)
        {
            await using var program = AnhuProcess.StartCommand(store.Configuration, "keys", "reseal");
            var seen = await ResealedAsync();
            await Until.TrueAsync(async () => await ResealedAsync() > seen || await IsDoneAsync());
            killed += await IsDoneAsync() ? 0 : 1;
            await program.KillAsync();
            await EndLeaseAsync();
        }

        var (code, output) = await AnhuProcess.RunAsync(store.Configuration, Ct, "keys", "reseal");
        Assert.True(code == 0, output);
        Assert.True(killed > 0);
        var (destroyed, said) = await AnhuProcess.RunAsync(store.Configuration, Ct, "keys", "destroy");
        Assert.True(destroyed == 0, said);
        await using var again = await OpenCity.CreateAsync(store.Configuration, filled: false);
        Assert.Equal(before, await ValuesAsync(again));
    }

    [Fact]
    public async Task CityKey_Replaced_OpensTheStore_AndTheOldOneDoesNot()
    {
        await new RandomRows(17).FillAsync(city, 5);
        var before = await ValuesAsync(city);
        var path = Path.Combine(store.Configuration["Anhu:Data"]!, "next.key");

        Assert.True((await Rotate(city).RewrapAsync($"file:{path}", Ct)).IsOk);

        await Assert.ThrowsAsync<CityKeysException>(() => OpenCity.CreateAsync(store.Configuration));
        var settings = store.Configuration;
        settings["Anhu:Keys"] = $"file:{path}";
        await using var again = await OpenCity.CreateAsync(settings);
        Assert.Equal(before, await ValuesAsync(again));
    }

    private static RotateKeys Rotate(OpenCity of) => of.Services.GetRequiredService<RotateKeys>();

    private static Reseal ResealOf(OpenCity of) =>
        new(of.Contexts, of.Services.GetRequiredService<CityKeys>(), TimeProvider.System, NullLogger<Reseal>.Instance, AtOnce);

    /// <summary>All sealed values, opened, by their place.</summary>
    private static async Task<SortedDictionary<string, List<string>>> ValuesAsync(OpenCity of)
    {
        await using var db = await of.OpenAsync();
        var all = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var table in SealedTable.Of(db))
        {
            foreach (var row in (await table.ReadAsync(db, null, int.MaxValue, Ct)).Rows)
            {
                all[$"{table.Name} {SealedTable.Write(row.Key)}"] =
                    [.. row.Values.Select((v, i) => v is null ? "" : Convert.ToHexString(table.Columns[i].Column.Open(table.Columns[i].Column.RowOf(row.Key), v)))];
            }
        }

        return all;
    }

    private async Task<long> CountValuesAsync()
    {
        await using var db = await city.OpenAsync();
        var count = 0L;
        foreach (var table in SealedTable.Of(db))
        {
            count += (await table.ReadAsync(db, null, int.MaxValue, Ct)).Rows.Sum(r => r.Values.Count(v => v is not null));
        }

        return count;
    }

    /// <summary>A node of the same city with a ring of its own.</summary>
    private async Task<CityKeys> OpenOtherNodeAsync()
    {
        var node = new CityKeys(
            city.Services.GetRequiredService<CityKeyOptions>() with { OwnRing = true }, city.Services.GetRequiredService<IKeyTable>(), TimeProvider.System, NullLogger<CityKeys>.Instance);
        await node.OpenAsync(Ct);
        return node;
    }

    private Task<long> ResealedAsync() => city.QueryAsync(db => db.ResealProgress.Where(p => p.Generation == 2).SumAsync(p => p.Rows, Ct));

    private Task<bool> IsDoneAsync() => city.QueryAsync(async db => await db.ResealProgress.CountAsync(p => p.Generation == 2 && p.DoneAt != null, Ct) == SealedTable.Of(db).Count + city.Services.GetRequiredService<Reindex>().TableNames.Count);

    /// <summary>A killed node's lease ends by itself; the test does not wait for it.</summary>
    private Task EndLeaseAsync() => city.TamperAsync($"DELETE FROM data_lease");

    /// <summary>The rotation happened long ago.</summary>
    private Task<int> AgeAsync() => city.QueryAsync(async db =>
    {
        var longAgo = DateTimeOffset.UnixEpoch;
        return await db.ProtectionKeys.ExecuteUpdateAsync(k => k.SetProperty(x => x.CreatedAt, longAgo), Ct);
    });
}
