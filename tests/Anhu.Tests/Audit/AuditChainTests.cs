using System.Text;
using Anhu.Common;
using Anhu.Modules.Audit;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Anhu.Tests.Operations;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Audit;

/// <summary>The chain of views, its checkpoints, files and archives: whatever is changed is found.</summary>
public sealed class AuditChainTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyAtOnce_EachHasItsPlace()
    {
        await using var city = await OpenCity.CreateAsync(filled: true);
        var log = city.Services.GetRequiredService<ViewLog>();
        var actors = Enumerable.Range(0, 300).Select(_ => new Actor(Guid.NewGuid())).ToList();

        await Task.WhenAll(actors.Select(a => log.RecordAsync(View(DateTimeOffset.UtcNow), a)));

        var check = await VerifyAsync(city);
        Assert.True(check.IsWhole);
        Assert.Equal(300, check.Views!.Events);
        var seen = await city.QueryAsync(db => db.Views.Select(v => v.WorkerId!.Value).ToListAsync(Ct));
        Assert.Equal(actors.Select(a => a.WorkerId!.Value).Order(), seen.Order());
    }

    [Theory]
    [InlineData("UPDATE audit_view SET \"Data\" = '{}' WHERE \"Sequence\" = 5", "changed")]
    [InlineData("DELETE FROM audit_view WHERE \"Sequence\" = 5", "missing")]
    [InlineData("DELETE FROM audit_view WHERE \"Sequence\" > 9", "missing")]
    [InlineData("UPDATE timeline_head SET \"Sequence\" = \"Sequence\" + 1 WHERE \"TimelineHeadId\" = 2", "missing")]
    [InlineData("UPDATE audit_view SET \"PreviousHash\" = \"Hash\" WHERE \"Sequence\" = 5", "unlinked")]
    public async Task Tampering_IsFound(string sql, string fault)
    {
        await using var city = await ViewedAsync(12);
        await city.TamperAsync(System.Runtime.CompilerServices.FormattableStringFactory.Create(sql.Replace("{}", "{{}}", StringComparison.Ordinal)));

        var check = await VerifyAsync(city);

        Assert.Contains(check.Views!.Faults, f => f.Kind == fault);
        Assert.False(check.IsWhole);
    }

    [Fact]
    public async Task ACleanCut_AgreesWithItself_ButNotWithTheCheckpoint()
    {
        await using var city = await ViewedAsync(12);
        var (checkpoint, _) = await city.Services.GetRequiredService<Checkpoints>().MakeAsync(Ct);
        await city.TamperAsync($"DELETE FROM audit_view WHERE \"Sequence\" > 9");
        await city.TamperAsync($"UPDATE timeline_head SET \"Sequence\" = 9, \"Hash\" = (SELECT \"Hash\" FROM audit_view WHERE \"Sequence\" = 9) WHERE \"TimelineHeadId\" = 2");

        var check = await VerifyAsync(city);
        Assert.Empty(check.Views!.Faults);
        Assert.Equal([new CheckpointFault(checkpoint.At, "views")], check.CheckpointFaults);

        // Also when the checkpoint in the store went with it: the one kept outside remains.
        await city.TamperAsync($"DELETE FROM audit_checkpoint");
        Assert.True((await VerifyAsync(city)).IsWhole);
        Assert.Contains((await VerifyAsync(city, checkpoint)).CheckpointFaults, f => f.Kind == "views");
    }

    [Fact]
    public async Task Checkpoint_OfAnothersMaking_HasAWrongSignature()
    {
        await using var city = await ViewedAsync(3);
        var (checkpoint, isNew) = await city.Services.GetRequiredService<Checkpoints>().MakeAsync(Ct);
        var (same, again) = await city.Services.GetRequiredService<Checkpoints>().MakeAsync(Ct);

        Assert.True(isNew);
        Assert.Equal((checkpoint, false), (same, again));
        Assert.True((await VerifyAsync(city, checkpoint)).IsWhole);
        Assert.Contains((await VerifyAsync(city, checkpoint with { ViewSequence = 2 })).CheckpointFaults, f => f.Kind == "signature");
        Assert.False((checkpoint with { Signature = "AAAA" }).IsSigned());
        Assert.False((checkpoint with { PublicKey = "not base64" }).IsSigned());
    }

    [Theory]
    [InlineData("aes-256-gcm", "sha-256", "ecdsa-p256-sha256")]
    [InlineData("guomi", "sm3", "sm2-sm3")]
    public async Task Export_IsCheckedWithoutTheStore(string suite, string function, string signature)
    {
        await using var store = await TestStore.CreateAsync(false);
        await using var city = await OpenCity.CreateAsync(new Dictionary<string, string?>(store.Configuration) { ["Anhu:Crypto"] = suite });
        await ViewAsync(city, 20);
        var (checkpoint, _) = await city.Services.GetRequiredService<Checkpoints>().MakeAsync(Ct);
        await ViewAsync(city, 5);
        using var file = new MemoryStream();

        var (events, views) = await city.Services.GetRequiredService<ExportAudit>().RunAsync(file, null, Ct);

        file.Position = 0;
        var check = await VerifyAudit.RunAsync(file, [checkpoint], null, Ct);
        Assert.True(check.IsWhole);
        Assert.Equal((events, views, 25L, 2), (check.Record!.Events, check.Views!.Events, views, check.Checkpoints));
        Assert.True(events > 0);
        Assert.Equal(signature, checkpoint.Algorithm);
        Assert.Contains($"\"algorithm\":\"{function}\"", Encoding.UTF8.GetString(file.ToArray()), StringComparison.Ordinal);
        Assert.True((await VerifyAsync(city)).IsWhole);
    }

    [Fact]
    public async Task Export_ChangedAnywhere_IsRefused()
    {
        await using var city = await ViewedAsync(30);
        await city.Services.GetRequiredService<Checkpoints>().MakeAsync(Ct);
        using var file = new MemoryStream();
        await city.Services.GetRequiredService<ExportAudit>().RunAsync(file, null, Ct);
        var text = Encoding.UTF8.GetString(file.ToArray());
        var lines = text.Split('\n')[..^1];

        // A letter of a value, a line taken out, doubled or moved, or the end cut off. The head's time proves nothing and may be changed.
        var change = Gen.Select(Gen.Int[1, lines.Length - 2], Gen.Int[0, 4], Gen.Int[0, int.MaxValue]).Select((line, kind, seed) =>
        {
            var changed = lines.ToList();
            switch (kind)
            {
                case 0:
                    var at = LettersOf(changed[line]) is { Count: > 0 } letters ? letters[seed % letters.Count] : 0;
                    changed[line] = changed[line][..at] + (changed[line][at] == 'a' ? 'b' : 'a') + changed[line][(at + 1)..];
                    break;
                case 1:
                    changed.RemoveAt(line);
                    changed[^1] = $"{{\"end\":{changed.Count - 1}}}";
                    break;
                case 2:
                    changed.Insert(line, changed[line]);
                    changed[^1] = $"{{\"end\":{changed.Count - 1}}}";
                    break;
                case 3:
                    (changed[line], changed[2 + (seed % (lines.Length - 3))]) = (changed[2 + (seed % (lines.Length - 3))], changed[line]);
                    break;
                default:
                    changed.RemoveRange(line, changed.Count - line);
                    break;
            }

            return string.Join('\n', changed) + "\n";
        });
        await change.SampleAsync(async changed =>
        {
            if (changed == text || IsTheSameWithoutCheckpoint(changed, text))
            {
                return true;
            }

            try
            {
                using var read = new MemoryStream(Encoding.UTF8.GetBytes(changed));
                return !(await VerifyAudit.RunAsync(read, [], null, Ct)).IsWhole;
            }
            catch (AuditFileException)
            {
                return true;
            }
        }, iter: 300);

        // Within the hash, the data or the type: what the chain covers.
        static List<int> LettersOf(string line) => [.. Enumerable.Range(0, line.Length).Where(i =>
            line.IndexOf("\"hash\":\"", StringComparison.Ordinal) is var hash and > 0 && i > hash + 8 && i < hash + 40
            || line.IndexOf("\"type\":\"", StringComparison.Ordinal) is var type and > 0 && i > type + 8 && i < line.IndexOf('"', type + 8))];

        // The only checkpoint may be left out or doubled: the file then proves less, which the reader is told by their number. The two chains may stand in any order to each other.
        static bool IsTheSameWithoutCheckpoint(string changed, string text) =>
            Bare(changed) == Bare(text);

        static string Bare(string file) => string.Join('\n', file.Split('\n').Where(l => !l.StartsWith("{\"checkpoint\"", StringComparison.Ordinal) && !l.StartsWith("{\"end\"", StringComparison.Ordinal))
            .OrderBy(l => l.StartsWith("{\"chain\":\"views\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello\n")]
    [InlineData("{}\n")]
    [InlineData("{\"format\":\"anhu-audit-2\"}\n{\"end\":1}\n")]
    [InlineData("{\"format\":\"anhu-audit-1\",\"at\":\"2026-01-01T00:00:00Z\",\"views\":{\"algorithm\":\"md5\",\"after\":0,\"afterHash\":\"\",\"sequence\":0,\"hash\":\"\"}}\n{\"end\":1}\n")]
    [InlineData("{\"format\":\"anhu-audit-1\",\"at\":\"2026-01-01T00:00:00Z\"}\n{\"chain\":\"views\",\"sequence\":1}\n{\"end\":2}\n")]
    [InlineData("{\"format\":\"anhu-audit-1\",\"at\":\"2026-01-01T00:00:00Z\"}\n{\"end\":1}\n{\"end\":1}\n")]
    [InlineData("{\"format\":\"anhu-audit-1\",\"at\":\"2026-01-01T00:00:00Z\"}\n{\"end\":1}")]
    public async Task WhatIsNoExport_IsToldSo(string text)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(text));

        await Assert.ThrowsAsync<AuditFileException>(() => VerifyAudit.RunAsync(file, [], null, Ct));
    }

    [Fact]
    public async Task Archive_TakesWhatIsOldEnough_AndTheChainGoesOn()
    {
        await using var city = await OpenCity.CreateAsync(filled: true);
        var old = DateTimeOffset.UtcNow.AddYears(-4);
        await ViewAsync(city, 8, old, "{\"list\":\"cases\",\"words\":\"赵不见\"}");
        var (kept, _) = await city.Services.GetRequiredService<Checkpoints>().MakeAsync(Ct);
        await ViewAsync(city, 5);
        var folder = Directory.CreateTempSubdirectory("anhu-archive-");
        var archive = city.Services.GetRequiredService<ArchiveViews>();

        Assert.Equal("audit.too-young", (await archive.RunAsync(folder.FullName, DateTimeOffset.UtcNow.AddYears(-2), null, Ct)).Failure?.Code);
        var done = (await archive.RunAsync(folder.FullName, null, null, Ct)).Value;
        var nothing = (await archive.RunAsync(folder.FullName, null, null, Ct)).Value;
        await ViewAsync(city, 3);

        Assert.Equal((8L, 0L), (done.Views, nothing.Views));
        Assert.True((await VerifyAsync(city, kept)).IsWhole);
        Assert.Equal(8, (await VerifyAsync(city)).Views!.Events);
        var check = await archive.CheckAsync(done.Path!, [kept], Ct);
        Assert.True(check.IsWhole);
        Assert.Equal((8L, 8L), (check.Views!.Events, check.Views.LastSequence));
        Assert.Equal(0, await city.QueryAsync(db => db.EventTextKeys.CountAsync(Ct)));
        Assert.Equal(1, await city.QueryAsync(db => db.Timeline.CountAsync(e => e.Type == ArchiveViews.Archived, Ct)));

        // An export of what stays begins where the archive ends.
        using var export = new MemoryStream();
        await city.Services.GetRequiredService<ExportAudit>().RunAsync(export, null, Ct);
        export.Position = 0;
        Assert.True((await VerifyAudit.RunAsync(export, [kept], null, Ct)).IsWhole);

        var bytes = await File.ReadAllBytesAsync(done.Path!, Ct);
        Assert.DoesNotContain("view.list", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(done.Path!, bytes, Ct);
        await Assert.ThrowsAsync<Anhu.Modules.Protection.SealedFileException>(() => archive.CheckAsync(done.Path!, [], Ct));
        folder.Delete(recursive: true);
    }

    private static async Task<OpenCity> ViewedAsync(int views)
    {
        var city = await OpenCity.CreateAsync(filled: true);
        await ViewAsync(city, views);
        return city;
    }

    private static async Task ViewAsync(OpenCity city, int views, DateTimeOffset? at = null, string data = "{\"list\":\"cases\"}")
    {
        var log = city.Services.GetRequiredService<ViewLog>();
        for (var i = 0; i < views; i++)
        {
            await log.RecordAsync(View(at ?? DateTimeOffset.UtcNow, data), new Actor(Guid.NewGuid()));
        }
    }

    private static PendingEvent View(DateTimeOffset at, string data = "{}") => new(ViewTypes.List, at, Data: data);

    private static Task<AuditCheck> VerifyAsync(OpenCity city, params PublishedCheckpoint[] known) => city.Services.GetRequiredService<VerifyAudit>().RunAsync(known, null, Ct);
}
