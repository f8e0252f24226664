using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Anhu.Modules.Evidence;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Duties;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Anhu.Tests.Evidence;

/// <summary>Files and a real scanner, Debian's clamd with one signature of this test's own.</summary>
public sealed class VirusScannerTests(VirusScannerTests.City city) : IClassFixture<VirusScannerTests.City>
{
    private const string Virus = "anhu-test-virus";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatTheScannerKnows_IsRefused_AndWhileItIsAway_NothingIsKept()
    {
        var alarm = await city.SubmitAsync(Reports.Of(city));
        var worker = await city.Data.CreateWorkerAsync("340104001-police");
        var caller = new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };

        // In the last bytes of a long film, across the pieces that are sent; and in a PDF that hides nothing that can be seen.
        var (film, pdf) = ((byte[])[.. Photos.Film(300_000), .. Encoding.ASCII.GetBytes(Virus)], Photos.Pdf($"/Note({Virus})"));
        foreach (var bad in (byte[][])[film, pdf])
        {
            var refused = Photos.Of(bad, alarm.CaseId, null, "scene-photos");
            Assert.Equal(EvidenceFailures.Infected("Anhu.Test.UNOFFICIAL"), (await Photos.SendAsync(city, caller, bad, refused)).Failure);
            Assert.False(await city.QueryAsync(db => db.EvidenceFiles.AnyAsync(f => f.EvidenceFileId == refused.Id, Ct)));
        }

        Assert.Equal(2, await city.QueryAsync(db => db.Timeline.CountAsync(e => e.CaseId == alarm.CaseId && e.Type == ReceiveEvidenceHandler.Refused && e.Data.Contains("evidence.infected"), Ct)));

        // Away: it waits, and is kept when the scanner is back.
        city.Scanner.Stop();
        var clean = Photos.Film(700_000);
        var waiting = Photos.Of(clean, alarm.CaseId, null, "scene-photos");
        Assert.Equal(EvidenceFailures.NotScanned, (await Photos.SendAsync(city, caller, clean, waiting)).Failure);
        Assert.Equal(EvidenceState.Receiving, (await StateAsync(waiting.Id)).State);
        Assert.DoesNotContain(await ShownAsync(), l => l == waiting.Id);
        await city.Scanner.StartAsync();
        Assert.True((await city.Services.GetRequiredService<ReceiveEvidenceHandler>().FinishAsync(waiting.Id, caller, Ct)).IsOk);
        Assert.Equal([waiting.Id], await ShownAsync());

        // What it does not look at in full is not looked at.
        var scanner = new VirusScanner(new ScannerSettings($"tcp:127.0.0.1:{city.Scanner.Port}"), NullLogger<VirusScanner>.Instance);
        Assert.Equal((ScanVerdict.Clean, null), await scanner.ScanAsync(clean, Ct));
        Assert.Equal((ScanVerdict.Infected, "Anhu.Test.UNOFFICIAL"), await scanner.ScanAsync(pdf, Ct));
        Assert.Equal(ScanVerdict.NotScanned, (await scanner.ScanAsync(new byte[3 << 20], Ct)).Verdict);

        async Task<List<Guid>> ShownAsync() => [.. (await city.Services.GetRequiredService<EvidenceQueries>().OfCaseAsync(caller, alarm.CaseId, null, Ct))!.Lines.Select(l => l.File.EvidenceFileId)];
        Task<EvidenceFile> StateAsync(Guid id) => city.QueryAsync(db => db.EvidenceFiles.AsNoTracking().SingleAsync(f => f.EvidenceFileId == id, Ct));
    }

    [Fact]
    public void Address_ThatIsNone_IsRefusedAtStart() =>
        Assert.All(["clamd", "unix:", "tcp:host", "tcp::3310", "tcp:host:99999"], a => Assert.Throws<FormatException>(() => new VirusScanner(new ScannerSettings(a), NullLogger<VirusScanner>.Instance)));

    /// <summary>A clamd of this test's own.</summary>
    public sealed class Clamd : IDisposable
    {
        private const string Program = "/usr/sbin/clamd";
        private readonly string folder = Directory.CreateTempSubdirectory("anhu-clamd-").FullName;
        private Process? process;

        public static bool IsInstalled => File.Exists(Program);

        public int Port { get; } = FreePort();

        public string Path => $"{folder}/clamd.ctl";

        public async Task StartAsync()
        {
            Directory.CreateDirectory($"{folder}/db");
            await File.WriteAllTextAsync($"{folder}/db/anhu.ndb", $"Anhu.Test:0:*:{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(Virus))}\n", Ct);
            await File.WriteAllTextAsync(
                $"{folder}/conf",
                $"""
                LocalSocket {Path}
                TCPSocket {Port}
                TCPAddr 127.0.0.1
                DatabaseDirectory {folder}/db
                Foreground yes
                StreamMaxLength 2M
                AlertExceedsMax yes
                MaxThreads 2

                """,
                Ct);
            process = Process.Start(new ProcessStartInfo(Program, $"--config-file={folder}/conf") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            await Until.TrueAsync(async () =>
            {
                try
                {
                    using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await probe.ConnectAsync(new UnixDomainSocketEndPoint(Path), Ct);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            });
        }

        public void Stop()
        {
            process!.Kill();
            process.WaitForExit();
            process.Dispose();
            process = null;
            File.Delete(Path);
        }

        public void Dispose()
        {
            if (process is not null)
            {
                Stop();
            }

            Directory.Delete(folder, true);
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }

    public sealed class City : FakeTimeFixture
    {
        public Clamd Scanner { get; } = new();

        public override async ValueTask InitializeAsync()
        {
            Assert.SkipUnless(Clamd.IsInstalled, "clamd is not installed.");
            await base.InitializeAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            Scanner.Dispose();
        }

        protected override Task PrepareAsync() => Scanner.StartAsync();

        protected override void Configure(Dictionary<string, string?> settings) => settings["Anhu:Evidence:Scanner"] = $"unix:{Scanner.Path}";
    }
}
