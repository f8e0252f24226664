using System.Security.Cryptography;
using System.Text;
using Anhu.Modules.Alarms;
using Anhu.Modules.People;
using Anhu.Modules.Protection;
using Anhu.Modules.Recognition;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anhu.Tests.Recognition;

/// <summary>The index rests sealed on disk and comes back as it was; whatever is wrong with its file, it is made anew from the store. No job follows beside the tests.</summary>
public sealed class PersonIndexFileTests(QuietFixture app) : IClassFixture<QuietFixture>, IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"anhu-index-{Guid.CreateVersion7():N}");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(path);

    [Fact]
    public async Task Written_IsSealedForItsOwner_AndComesBackAsItWas()
    {
        await SubmitAsync("巫马晴川", "13812350001");
        using var first = await FollowAsync();
        await app.QueryAsync(async db => { await first.RestAsync(db.Keys); return true; });
        await SubmitAsync("濮阳晚秋", "13812350002");
        var bytes = await File.ReadAllBytesAsync(path, Ct);

        using var again = await FollowAsync();

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("巫马晴川")));
        Assert.Equal(-1, bytes.AsSpan().IndexOf("13812350001"u8));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path, Ct));
        Assert.Equal((again.End, first.UpTo + 2), (again.UpTo, again.UpTo));
        Assert.Equal(Best(first, "巫马晴川", "13812350010")!.Value.RecordId, Best(again, "巫马晴川", "13812350010")?.RecordId);
        Assert.NotNull(Best(again, "濮阳晚秋", "13812350020"));
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("cut")]
    [InlineData("nonsense")]
    [InlineData("empty")]
    public async Task WrongFile_IsThrownAway_AndTheIndexIsMadeFromTheStore(string how)
    {
        await SubmitAsync("巫马晴川", "13812350001");
        using var first = await FollowAsync();
        await app.QueryAsync(async db => { await first.RestAsync(db.Keys); return true; });
        var bytes = await File.ReadAllBytesAsync(path, Ct);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(path, how switch { "damaged" => bytes, "cut" => bytes[..^200], "nonsense" => Encoding.UTF8.GetBytes(new string('x', 5000)), _ => [] }, Ct);

        using var again = await FollowAsync();

        Assert.True(again.IsReady);
        Assert.False(File.Exists(path));
        Assert.Equal(first.UpTo, again.UpTo);
        Assert.NotNull(Best(again, "巫马晴川", "13812350010"));
    }

    [Fact]
    public async Task FileOfAnotherStore_IsIgnored()
    {
        await SubmitAsync("巫马晴川", "13812350001");
        await app.QueryAsync(async db =>
        {
            var model = Anhu.Linkage.LinkageModel.Parse(await File.ReadAllTextAsync(Settings.Model!, Ct));
            var other = new Anhu.Linkage.LinkageIndex(model);
            var values = new string?[other.Columns.Count];
            values[other.Columns.ToList().IndexOf("name")] = "陌生人";
            other.Upsert(Guid.CreateVersion7(), values);
            await PersonIndexFile.SaveAsync(path, db.Keys, new IndexFileHead(1, Guid.CreateVersion7(), 0), other);
            return true;
        });

        using var index = await FollowAsync();

        Assert.NotNull(Best(index, "巫马晴川", "13812350010"));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task FileThatIsNotWantedAnyMore_IsDeleted()
    {
        await SubmitAsync("巫马晴川", "13812350001");
        using var first = await FollowAsync();
        await app.QueryAsync(async db => { await first.RestAsync(db.Keys); return true; });
        using var index = new PersonIndex(Settings with { KeepsFile = false }, TimeProvider.System, NullLogger<PersonIndex>.Instance);

        await app.QueryAsync(async db =>
        {
            await index.FollowAsync(db, Ct);
            await index.RestAsync(db.Keys, stopping: true);
            return true;
        });

        Assert.Equal(first.UpTo, index.UpTo);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task DeletedRecords_AreInNoFileAndNoIndexAnyMore()
    {
        await SubmitAsync("公西明远", "13812350005");
        using var running = await FollowAsync();
        await app.QueryAsync(async db => { await running.RestAsync(db.Keys); return true; });
        Assert.NotNull(Best(running, "公西明远", "13812350050"));

        await app.QueryAsync(db => db.ExclusivelyAsync(
            async () =>
            {
                var records = (await db.PersonRecords.AsNoTracking().ToListAsync(Ct)).Where(r => r.Name == "公西明远").Select(r => r.RecordId).ToList();
                await PersonIndex.ForgetAsync(db, Ct);
                return await db.PersonRecords.Where(r => records.Contains(r.RecordId)).ExecuteDeleteAsync(Ct);
            },
            Ct));
        using var started = await FollowAsync();
        await app.QueryAsync(async db => { await running.FollowAsync(db, Ct); return true; });

        Assert.Null(Best(started, "公西明远", "13812350050"));
        Assert.Null(Best(running, "公西明远", "13812350050"));
        Assert.False(File.Exists(path));
    }

    /// <summary>With a ring of its own: that of the store is shared by all tests of the process.</summary>
    [Fact]
    public async Task RotatedKeys_TheFileIsSealedAnew_AndOpensWithThoseKeysOnly()
    {
        await SubmitAsync("巫马晴川", "13812350001");
        using var index = await FollowAsync();
        await app.QueryAsync(async db => { await index.RestAsync(db.Keys); return true; });
        var before = await File.ReadAllBytesAsync(path, Ct);
        var rotated = await app.QueryAsync(db => Task.FromResult(KeyRing.Apart(
            db.Keys.Suite, [.. db.Keys.Keys, new OpenKey(KeyPurpose.Data, db.Keys.Generation + 1, RandomNumberGenerator.GetBytes(32), app.Clock.GetUtcNow())])));

        await index.RestAsync(rotated);

        var after = await File.ReadAllBytesAsync(path, Ct);
        await index.RestAsync(rotated);
        Assert.NotEqual(before, after);
        Assert.Equal(after, await File.ReadAllBytesAsync(path, Ct));
        var model = Anhu.Linkage.LinkageModel.Parse(await File.ReadAllTextAsync(Settings.Model!, Ct));
        Assert.Equal(index.UpTo, PersonIndexFile.Load(path, rotated, model).Head.UpTo);
        using var again = await FollowAsync();
        Assert.True(again.IsReady);
        Assert.False(File.Exists(path));
    }

    /// <summary>Until the index is there, alarms come in by exact keys, pages are served, and whom nobody looked up is looked up afterwards.</summary>
    [Fact]
    public async Task WhileItIsNotThere_AlarmsAndPagesGoOn_AndLookUpsComeAfterwards()
    {
        var one = await SubmitAsync("第五言", "13812350006");
        var two = await SubmitAsync("第五言", "13812350060");
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104001-police", roles: Modules.Security.WorkerRole.Supervisor));

        Assert.False(app.Services.GetRequiredService<PersonIndex>().IsReady);
        Assert.NotNull((await client.GetPageAsync("/people/links")).Body);
        Assert.All(await app.RecordsAsync(two.AlarmId), r => Assert.Equal(0, r.LookUpFrom));
        Assert.NotEqual(one.CaseId, two.CaseId);

        using var index = await FollowAsync();
        var missed = ActivatorUtilities.CreateInstance<MissedLookUps>(app.Services, index);
        await missed.RunAsync(Ct);

        var (left, right) = ((await app.RecordsAsync(one.AlarmId))[1], (await app.RecordsAsync(two.AlarmId))[1]);
        Assert.Null(right.LookUpFrom);
        Assert.True(await app.QueryAsync(db => db.LinkPairs.AnyAsync(p => p.LeftRecordId == left.RecordId && p.RightRecordId == right.RecordId, Ct)));
    }

    private RecognitionSettings Settings => app.Services.GetRequiredService<RecognitionSettings>() with { File = path, FileFrom = 1 };

    private static IndexHit? Best(PersonIndex index, string name, string phone) =>
        index.Best(new ReportedPerson { Role = PartyRole.Perpetrator, Name = name, Sex = Sex.Male, Phone = phone, BirthDate = new DateOnly(1985, 4, 12) });

    private async Task<PersonIndex> FollowAsync()
    {
        var index = new PersonIndex(Settings, TimeProvider.System, NullLogger<PersonIndex>.Instance);
        await app.QueryAsync(async db => { await index.FollowAsync(db, Ct); return true; });
        return index;
    }

    private Task<Modules.Intake.AlarmReceipt> SubmitAsync(string him, string phone)
    {
        var report = Reports.Of(app, address: null);
        return app.SubmitAsync(report with
        {
            People =
            [
                new ReportedPerson { Role = PartyRole.Victim, Name = "某女", Sex = Sex.Female },
                new ReportedPerson { Role = PartyRole.Perpetrator, Name = him, Sex = Sex.Male, Phone = phone, BirthDate = new DateOnly(1985, 4, 12), RelationToVictim = "spouse" },
            ],
        });
    }
}
