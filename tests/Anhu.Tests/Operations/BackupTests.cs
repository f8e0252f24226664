using System.IO.Compression;
using System.Text.Json.Nodes;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Backup;
using Anhu.Modules.Protection;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Operations;

public sealed class BackupTests : IDisposable
{
    private OpenCity? sealedBy;
    private readonly string folder = Directory.CreateTempSubdirectory("anhu-backup-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string File1 => Path.Combine(folder, "city.zip");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Restore_IntoTheSameKindOfStore_GivesEveryRowBack()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await using var to = await OpenCity.CreateAsync(filled: false);
        await new RandomRows(1).FillAsync(from, 50);

        var made = await BackUpAsync(from);
        var restored = await RestoreAsync(to);

        Assert.Equal(made.Rows(), restored.Value.Rows());
        Assert.Equal(await from.RawRowsAsync(), await to.RawRowsAsync());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite, StoreKind.Postgres)]
    [InlineData(StoreKind.Postgres, StoreKind.Sqlite)]
    public async Task Restore_IntoAnotherKindOfStore_GivesEveryRowBack(StoreKind fromKind, StoreKind toKind)
    {
        Assert.SkipUnless(TestStore.IsPostgres, "Needs both databases.");
        await using var from = await OpenCity.CreateAsync(filled: true, fromKind);
        await using var to = await OpenCity.CreateAsync(filled: false, toKind);
        await new RandomRows(2).FillAsync(from, 50);

        await BackUpAsync(from);
        var restored = await RestoreAsync(to);

        Assert.True(restored.IsOk);
        Assert.Equal(await from.LinesAsync(), await to.LinesAsync());
    }

    [Fact]
    public async Task Restore_OfAStoreInUse_GoesOnCountingWhereItWas()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await using var to = await OpenCity.CreateAsync(filled: true);
        await new RandomRows(3).FillAsync(from, 5);
        await BackUpAsync(from);

        await RestoreAsync(to);
        await new RandomRows(4).RecordAsync(to, 3);
        var claim = new IdentityUserClaim<Guid> { UserId = await to.QueryAsync(db => db.Workers.Select(w => w.Id).FirstAsync(Ct)), ClaimType = "x", ClaimValue = "y" };
        await using (var db = await to.OpenAsync())
        {
            db.Add(claim);
            await db.SaveChangesAsync(Ct);
        }

        var check = await to.Services.GetRequiredService<VerifyTimeline>().RunAsync(null, Ct);
        Assert.Empty(check.Faults);
        Assert.Equal(await from.QueryAsync(db => db.Timeline.LongCountAsync(Ct)) + 3, check.LastSequence);
        Assert.Equal(1006, claim.Id);
    }

    [Fact]
    public async Task BackUp_WhileOthersWrite_HoldsOneInstant()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await using var to = await OpenCity.CreateAsync(filled: true);
        await new RandomRows(5).FillAsync(from, 200);
        var isOpen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var written = new ManualResetEventSlim();
        var interrupting = new Direct(p =>
        {
            isOpen.TrySetResult();
            written.Wait(Ct);
        });

        var making = Task.Run(() => Backup(from).RunAsync(File1, "test", overwrite: false, interrupting, Ct), Ct);
        await isOpen.Task;
        // The snapshot is open: what is written now, through another connection, belongs to the next backup.
        await new RandomRows(6).RecordAsync(from, 7);
        written.Set();
        var made = await making;
        var restored = await RestoreAsync(to);

        Assert.True(restored.IsOk);
        Assert.Equal(made.Value.Timeline.Sequence + 7, await from.QueryAsync(db => db.Timeline.MaxAsync(e => e.Sequence, Ct)));
        Assert.Equal(made.Value.Timeline.Sequence, await to.QueryAsync(db => db.Timeline.MaxAsync(e => e.Sequence, Ct)));
    }

    [Fact]
    public async Task BackUp_MakesAFile_ThatOnlyItsOwnerReads()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);

        await BackUpAsync(from);

        Assert.Equal([File1], Directory.GetFiles(folder));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(File1) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task BackUp_OverAFile_IsRefusedUnlessAsked()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await File.WriteAllTextAsync(File1, "mine", Ct);

        var refused = await Backup(from).RunAsync(File1, "test", overwrite: false, null, Ct);
        var asked = await Backup(from).RunAsync(File1, "test", overwrite: true, null, Ct);

        Assert.Equal(BackupFailures.Exists, refused.Failure);
        Assert.True(asked.IsOk);
    }

    [Fact]
    public async Task BackUp_Cancelled_LeavesNoFile()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Backup(from).RunAsync(File1, "test", overwrite: false, new Direct(_ => cancel.Cancel()), cancel.Token));

        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task Restore_IntoACity_IsRefused()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await using var to = await OpenCity.CreateAsync(filled: true);
        await new RandomRows(7).FillAsync(to, 1);
        var before = await to.RawRowsAsync();
        await BackUpAsync(from);

        var restored = await RestoreAsync(to);

        Assert.Equal(BackupFailures.NotEmpty, restored.Failure);
        Assert.Equal(before, await to.RawRowsAsync());
    }

    [Fact]
    public async Task Restore_IntoAStoreWithOnlyReferenceData_ReplacesIt()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await using var to = await OpenCity.CreateAsync(filled: true);
        await from.TamperAsync($"UPDATE organisation_unit SET \"DutyPhone\" = '12338'");
        await BackUpAsync(from);

        var restored = await RestoreAsync(to);

        Assert.True(restored.IsOk);
        Assert.Equal(await from.RawRowsAsync(), await to.RawRowsAsync());
    }

    [Fact]
    public async Task Restore_Cancelled_LeavesTheStoreAsItWas()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await using var to = await OpenCity.CreateAsync(filled: true);
        await new RandomRows(8).FillAsync(from, 20);
        await BackUpAsync(from);
        var before = await to.RawRowsAsync();
        using var cancel = new CancellationTokenSource();
        var halfWay = new Direct(p =>
        {
            if (p.Rows > p.OfRows / 2)
            {
                cancel.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => to.Services.GetRequiredService<RestoreBackup>().RunAsync(File1, despiteFaults: false, halfWay, cancel.Token));

        Assert.Equal(before, await to.RawRowsAsync());
    }

    [Theory]
    [InlineData("aes-256-gcm", "passphrase")]
    [InlineData("aes-256-gcm", "key")]
    [InlineData("guomi", "passphrase")]
    [InlineData("guomi", "key")]
    public async Task Restore_WhenTheCityKeyIsLost_OpensByTheOtherWay(string suite, string way)
    {
        await using var lost = await TestStore.CreateAsync(filled: false, ownKey: true);
        await using var place = await TestStore.CreateAsync(filled: false, ownKey: true);
        var settings = lost.Configuration;
        settings["Anhu:Crypto"] = suite;
        await using var from = await OpenCity.CreateAsync(settings);
        await new RandomRows(21).FillAsync(from, 10);
        var (privatePem, publicPem) = Recovery.NewPair(CipherSuite.Find(suite)!);
        var (write, read) = way == "key"
            ? (new BackupRecovery { KeyPem = publicPem }, new BackupRecovery { KeyPem = privatePem })
            : (new BackupRecovery { Passphrase = "a long passphrase in a safe" }, new BackupRecovery { Passphrase = "a long passphrase in a safe" });
        Assert.True((await Backup(from).RunAsync(File1, "test", overwrite: false, null, Ct, write)).IsOk);

        await using (var to = await OpenCity.CreateAsync(place.Configuration, tables: true))
        {
            var refused = await RestoreAsync(to);
            Assert.Equal(BackupFailures.Damaged, refused.Failure?.Code);
            Assert.Contains("opens it", refused.Failure!.Detail, StringComparison.Ordinal);
            Assert.True((await to.Services.GetRequiredService<RestoreBackup>().RunAsync(File1, despiteFaults: false, null, Ct, read)).IsOk);
        }

        await using var again = await OpenCity.CreateAsync(place.Configuration);
        Assert.Equal(suite, again.Services.GetRequiredService<CityKeys>().Ring.Suite.Name);
        Assert.Equal(await from.LinesAsync(), await again.LinesAsync());
        Assert.Equal(
            await from.QueryAsync(db => db.People.OrderBy(p => p.PersonId).Select(p => new { p.Name, p.Address }).ToListAsync(Ct)),
            await again.QueryAsync(db => db.People.OrderBy(p => p.PersonId).Select(p => new { p.Name, p.Address }).ToListAsync(Ct)));
    }

    [Fact]
    public async Task Restore_OfAFileWithAnyPieceChanged_IsRefused()
    {
        var content = new byte[5 * SealedFile.PieceBytes];
        new Random(1).NextBytes(content);
        var key = new byte[CipherSuite.KeyBytes];
        using var whole = new MemoryStream();
        await using (var stream = SealedFile.Write(whole, CipherSuite.Aes, key, []))
        {
            await stream.WriteAsync(content, Ct);
        }

        CsCheck.Check.Sample(CsCheck.Gen.Select(CsCheck.Gen.Int[0, (int)whole.Length - 1], CsCheck.Gen.Int[0, 7], CsCheck.Gen.Bool), x =>
        {
            var (at, bit, cut) = x;
            var bytes = whole.ToArray();
            bytes[at] ^= (byte)(1 << bit);
            var broken = cut ? whole.ToArray()[..at] : bytes;

            Assert.Throws<SealedFileException>(() =>
            {
                using var opened = SealedFile.Read(new MemoryStream(broken), (_, _) => key);
                opened.CopyTo(Stream.Null);
            });
        }, iter: 200);
        using var good = SealedFile.Read(new MemoryStream(whole.ToArray()), (_, _) => key);
        using var read = new MemoryStream();
        await good.CopyToAsync(read, Ct);
        Assert.Equal(content, read.ToArray());
    }

    [Theory]
    [InlineData("cut", "city.zip")]
    [InlineData("no zip", "city.zip")]
    [InlineData("no manifest", "manifest.json")]
    [InlineData("broken manifest", "manifest.json")]
    [InlineData("no table", "tables/organisation_unit.ndjson")]
    [InlineData("one letter", "tables/organisation_unit.ndjson")]
    [InlineData("one row less", "tables/organisation_unit.ndjson")]
    [InlineData("bad row", "tables/organisation_unit.ndjson")]
    [InlineData("bad bytes", "city.zip")]
    public async Task Restore_OfADamagedFile_NamesTheEntryAndTouchesNothing(string damage, string entry)
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await using var to = await OpenCity.CreateAsync(filled: true);
        await BackUpAsync(from);
        var before = await to.RawRowsAsync();
        await DamageAsync(damage);

        var restored = await RestoreAsync(to);

        Assert.Equal(BackupFailures.Damaged, restored.Failure?.Code);
        Assert.StartsWith(entry + ": ", restored.Failure!.Detail, StringComparison.Ordinal);
        Assert.Equal(before, await to.RawRowsAsync());
    }

    [Fact]
    public async Task Restore_OfANewerBackup_IsRefused()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await using var to = await OpenCity.CreateAsync(filled: true);
        await BackUpAsync(from);
        ChangeManifest(m =>
        {
            m["program"] = "9.0.0";
            m["migrations"]!.AsArray().Add("Later");
        });

        var restored = await RestoreAsync(to);

        Assert.Equal((BackupFailures.Newer, "9.0.0"), (restored.Failure?.Code, restored.Failure?.Detail));
    }

    [Fact]
    public async Task Restore_OfABackupWithOtherTables_IsRefused()
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await using var to = await OpenCity.CreateAsync(filled: true);
        await BackUpAsync(from);
        ChangeManifest(m => m["tables"]![0]!["columns"]!.AsArray().RemoveAt(0));

        var restored = await RestoreAsync(to);

        Assert.Equal("backup.older", restored.Failure?.Code);
    }

    [Theory]
    [InlineData("timeline_event", "3 changed")]
    [InlineData("audit_view", "view 3 changed")]
    public async Task Restore_OfARecordThatWasBroken_IsRefusedUnlessAsked(string table, string fault)
    {
        await using var from = await OpenCity.CreateAsync(filled: true);
        await using var to = await OpenCity.CreateAsync(filled: true);
        await new RandomRows(9).RecordAsync(from, 5);
        await from.TamperAsync(System.Runtime.CompilerServices.FormattableStringFactory.Create($"UPDATE {table} SET \"Data\" = '[]' WHERE \"Sequence\" = 3"));
        await BackUpAsync(from);
        var before = await to.RawRowsAsync();

        var refused = await RestoreAsync(to);

        Assert.Equal(("backup.record-faulty", fault), (refused.Failure?.Code, refused.Failure?.Detail));
        Assert.Equal(before, await to.RawRowsAsync());
        Assert.True((await to.Services.GetRequiredService<RestoreBackup>().RunAsync(File1, despiteFaults: true, null, Ct)).IsOk);
    }

    private static WriteBackup Backup(OpenCity city) => city.Services.GetRequiredService<WriteBackup>();

    private async Task<BackupManifest> BackUpAsync(OpenCity city) => (await Backup(sealedBy = city).RunAsync(File1, "test", overwrite: false, null, Ct)).Value;

    private Task<Result<BackupManifest>> RestoreAsync(OpenCity city) =>
        city.Services.GetRequiredService<RestoreBackup>().RunAsync(File1, despiteFaults: false, null, Ct);

    private async Task DamageAsync(string damage)
    {
        const string Unit = "tables/organisation_unit.ndjson";
        switch (damage)
        {
            case "cut":
                await using (var file = File.OpenWrite(File1))
                {
                    file.SetLength(file.Length / 2);
                }

                break;
            case "no zip":
                await File.WriteAllTextAsync(File1, "报警人", Ct);
                break;
            case "no manifest":
                Change(BackupManifest.EntryName, _ => null);
                break;
            case "broken manifest":
                Change(BackupManifest.EntryName, text => text[..(text.Length / 2)]);
                break;
            case "no table":
                Change(Unit, _ => null);
                break;
            case "one letter":
                Change(Unit, text => text.Replace("合肥市公安局", "合肥市公安処", StringComparison.Ordinal));
                break;
            case "one row less":
                Change(Unit, text => text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
                break;
            case "bad row":
                Change(Unit, text => "{}\n" + text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
                var hash = HashOf(Unit);
                ChangeManifest(m => Own(m)["sha256"] = hash);
                break;
            case "bad bytes":
                await FlipByteAsync();
                break;
        }

        static JsonNode Own(JsonNode manifest) => manifest["tables"]!.AsArray().Single(t => (string)t!["name"]! == "organisation_unit")!;
    }

    private string HashOf(string entry)
    {
        using var zip = new ZipArchive(Unsealed());
        using var stream = zip.GetEntry(entry)!.Open();
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream));
    }

    private void ChangeManifest(Action<JsonNode> change) => Change(BackupManifest.EntryName, text =>
    {
        var manifest = JsonNode.Parse(text)!;
        change(manifest);
        return manifest.ToJsonString();
    });

    private void Change(string name, Func<string, string?> change)
    {
        var content = Unsealed();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Update, leaveOpen: true))
        {
            Change(zip, name, change);
        }

        Seal(content.ToArray());
    }

    /// <summary>What is in the sealed file.</summary>
    private MemoryStream Unsealed()
    {
        using var file = File.OpenRead(File1);
        using var opened = SealedFile.Read(file, (_, ways) => Recovery.WithCityKey(ways, sealedBy!.Services.GetRequiredService<CityKeys>().CityKey));
        var content = new MemoryStream();
        opened.CopyTo(content);
        content.Position = 0;
        return content;
    }

    /// <summary>Puts other content into the file, sealed as the program would.</summary>
    private void Seal(byte[] content)
    {
        var key = System.Security.Cryptography.RandomNumberGenerator.GetBytes(CipherSuite.KeyBytes);
        using var file = File.Create(File1);
        using var stream = SealedFile.Write(file, CipherSuite.Aes, key, [Recovery.ByCityKey(key, sealedBy!.Services.GetRequiredService<CityKeys>().CityKey)]);
        stream.Write(content);
    }

    private static void Change(ZipArchive zip, string name, Func<string, string?> change)
    {
        var entry = zip.GetEntry(name)!;
        string text;
        using (var reader = new StreamReader(entry.Open()))
        {
            text = reader.ReadToEnd();
        }

        entry.Delete();
        if (change(text) is { } changed)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(changed);
        }
    }

    /// <summary>A bit that the disk lost.</summary>
    private async Task FlipByteAsync()
    {
        var bytes = await File.ReadAllBytesAsync(File1, Ct);
        bytes[bytes.Length / 2] ^= 0x10;
        await File.WriteAllBytesAsync(File1, bytes, Ct);
    }

    private sealed class Direct(Action<BackupProgress> report) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => report(value);
    }
}
