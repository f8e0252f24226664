using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.KeyRotation;
using Anhu.Modules.People;
using Anhu.Modules.Protection;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anhu.Tests.Protection;

/// <summary>The key of the blind indexes is changed while people are reported and looked for.</summary>
public sealed class IndexRotationTests(OwnKeyFixture app) : IClassFixture<OwnKeyFixture>
{
    private const string Phone = "13955512345";
    private static readonly string Number = CitizenId.Complete("34010419900307452");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private RotateKeys Rotate => app.Services.GetRequiredService<RotateKeys>();

    [Fact]
    public async Task Rotated_PeopleAreFoundJoinedAndShutOutThroughout_AndTheOldIndexesGo()
    {
        var worker = await app.Data.CreateWorkerAsync();
        await app.WithAsync<Conflicts>(async conflicts => Assert.True((await conflicts.DeclareAsync(
            new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles }, worker.Id, new NewTie(TieKind.Sibling, "寻小梅", Number, null, null), Ct)).IsOk));
        var before = await ReportAsync();
        var person = await OnlyPersonAsync(before);

        var next = (await Rotate.RotateIndexAsync(Ct)).Value;
        Assert.Equal("keys.index-under-way", (await Rotate.RotateIndexAsync(Ct)).Failure?.Code);
        Assert.Equal("keys.index-under-way", (await Rotate.DestroyOldAsync(Ct)).Failure?.Code);
        Assert.Equal(person, await OnlyPersonAsync(await ReportAsync()));
        await AssertFoundAsync(person);

        // One row a step, and cut off after each: every step goes on where the last one ended.
        for (var cut = true; cut;)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            try
            {
                cut = !await Fill().RunAsync((_, _) => stop.Cancel(), stop.Token);
            }
            catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
            {
                await AssertFoundAsync(person);
            }
        }

        Assert.Equal(1, (await Rotate.DestroyOldAsync(Ct)).Value);
        Assert.Equal([next], app.Services.GetRequiredService<CityKeys>().Ring.IndexGenerations);
        await AssertFoundAsync(person);
        var after = await ReportAsync();
        Assert.Equal(person, await OnlyPersonAsync(after));
        Assert.True(await app.QueryAsync(db => db.AccessBlocks.AnyAsync(b => b.CaseId == after && b.WorkerId == worker.Id, Ct)));

        Assert.True(await Fill().RunAsync(null, Ct));
        await app.QueryAsync(async db =>
        {
            var wanted = (await db.PersonRecords.AsNoTracking().ToListAsync(Ct))
                .SelectMany(r => PersonKeys.All(db.Keys, r.Name, r.Phone, r.IdNumber), (r, key) => $"{key} {r.PersonId}").ToHashSet();
            Assert.Equal(wanted.Order(), (await db.PersonKeys.AsNoTracking().ToListAsync(Ct)).Select(k => $"{k.Value} {k.PersonId}").Order());
            Assert.All(await db.WorkerTieKeys.AsNoTracking().ToListAsync(Ct), k => Assert.StartsWith($"{next:x2}", k.Value, StringComparison.Ordinal));
            return true;
        });
    }

    [Fact]
    public void DeviceKeys_StayTheSame_WhenTheIndexKeyIsRotated()
    {
        OpenKey[] keys = KeyRingTests.Keys(7);
        var ring = KeyRing.Of(CipherSuite.Aes, keys);
        var (queue, index) = (ring.DeviceKey("w:d"), ring.Blind(BlindKind.Name, "王小芳"));

        ring.Replace(CipherSuite.Aes, [.. keys, new OpenKey(KeyPurpose.Index, 2, [.. Enumerable.Repeat((byte)9, 32)], default)]);

        Assert.Equal(queue, ring.DeviceKey("w:d"));
        Assert.Equal(index[0], ring.Blind(BlindKind.Name, "王小芳")[0]);
        Assert.Equal(2, ring.Blind(BlindKind.Name, "王小芳").Count);
    }

    private Reindex Fill() => new(
        app.Services.GetRequiredService<IDbContextFactory<AnhuDbContext>>(), app.Services.GetRequiredService<CityKeys>(), app.Services.GetServices<IBlindIndex>(), TimeProvider.System,
        NullLogger<Reindex>.Instance, new ResealOptions { StepRows = 1, Grace = TimeSpan.Zero, Lease = TimeSpan.Zero });

    private async Task<Guid> ReportAsync() => (await app.SubmitAlarmAsync(r => r with
    {
        People = [.. r.People.Select(p => p.Role == PartyRole.Victim ? p with { Name = "寻小梅", IdNumber = Number, Phone = Phone } : p)],
    })).CaseId;

    private Task<Guid> OnlyPersonAsync(Guid caseId) => app.QueryAsync(db => db.CaseParties.Where(p => p.CaseId == caseId && p.Role == PartyRole.Victim).Select(p => p.PersonId).SingleAsync(Ct));

    private async Task AssertFoundAsync(Guid person)
    {
        foreach (var words in (string[])[Number, Phone, "寻小梅"])
        {
            Assert.Equal([person], await app.QueryAsync(db => CaseQueries.PeopleOf(words, db).Distinct().ToListAsync(Ct)));
        }
    }
}
