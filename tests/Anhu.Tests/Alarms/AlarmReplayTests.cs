using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Anhu.Commands;
using Anhu.Modules.Alarms;
using Anhu.Modules.Alarms.Mapping;
using Anhu.Modules.Intake;
using Anhu.Testing;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Anhu.Tests.Alarms;

public sealed class AlarmReplayTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    private readonly string folder = Directory.CreateTempSubdirectory("anhu-replay-").FullName;
    private readonly AskedClock time = new(Hefei.Now);
    private readonly Door door = new();
    private readonly List<RefusedRow> refused = [];

    public AlarmReplayTests() => CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task AtOnce_TakesEachRowOnce_AndASecondReplayAddsNothing()
    {
        var file = Rows([("A", 1, 0), ("B", 1, 5), ("A", 2, 1), ("A", 2, 1), ("C", 0, 0), ("B", 1, 6)]);

        var first = await ReplayAsync(file, new ReplayOptions());
        var second = await ReplayAsync(file, new ReplayOptions());

        Assert.Equal(new ReplayCounts(6, 0, 2, 1, 1, 2, false), first); // C has no revision 0; the last B says something else
        Assert.Equal(0, second.Accepted + second.Updated);
        Assert.Equal([6, 7], refused.Take(2).Select(r => r.Row.Line).Order());
        Assert.Contains(refused, r => RefusedRows.Reason(r) == "Contradicts the stored revision 1, or is lower; nothing was changed.");
        Assert.Contains(refused, r => RefusedRows.Reason(r).StartsWith("revision: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AtOnce_ManyRevisionsUnderWay_KeepTheirOrder()
    {
        var file = Rows([.. from revision in Enumerable.Range(1, 20) from id in "ABCDEFGHIJ" select (id.ToString(), revision, revision)]);
        door.IsSlow = true;

        var counts = await ReplayAsync(file, new ReplayOptions { InFlight = 64 });

        Assert.Equal((10, 190, 0), (counts.Accepted, counts.Updated, counts.Refused));
        Assert.InRange(door.MostAtATime, 2, 64);
    }

    [Fact]
    public async Task AtSpeed_RowsAreSentInTheOrderOfTheirTimes_WhenTheyAreDue()
    {
        var file = Rows([("A", 1, 120), ("B", 1, 0), ("C", 1, 60), ("D", 1, 3600)]);

        var run = ReplayAsync(file, new ReplayOptions { Speed = 60 });

        await door.ReachAsync(1);
        Assert.Equal(["B"], door.Order);
        await AdvanceToAsync(TimeSpan.FromSeconds(1), 2);
        Assert.Equal(["B", "C"], door.Order);
        await AdvanceToAsync(TimeSpan.FromSeconds(1), 3);
        await AdvanceToAsync(TimeSpan.FromSeconds(58), 4);
        Assert.Equal(4, (await run).Accepted);
        Assert.Equal(["B", "C", "A", "D"], door.Order);
        Assert.Equal(Start.AddMinutes(60), door.Sent[^1].ReceivedAt);
    }

    [Fact]
    public async Task AtSpeed_ARowBeyondTheLookAhead_IsLateAndSentAtOnce()
    {
        var file = Rows([("A", 1, 10), ("B", 1, 20), ("C", 1, 0)]);

        var run = ReplayAsync(file, new ReplayOptions { Speed = 1, LookAhead = 1 });
        await AdvanceToAsync(TimeSpan.FromSeconds(20), 3, step: TimeSpan.FromSeconds(1));

        Assert.Equal(3, (await run).Accepted);
        Assert.Equal(["A", "C", "B"], door.Order);
    }

    [Fact]
    public async Task AsOfNow_EachAlarmIsReceivedWhenItIsSent()
    {
        var file = Rows([("A", 1, 0), ("B", 1, 600)]);
        var begun = time.GetUtcNow();

        var run = ReplayAsync(file, new ReplayOptions { Speed = 60, AsOfNow = true });
        await AdvanceToAsync(TimeSpan.FromSeconds(10), 2, step: TimeSpan.FromSeconds(1));
        await run;

        Assert.Equal([begun, begun.AddSeconds(10)], door.Sent.Select(r => r.ReceivedAt));
        Assert.Equal(begun.AddSeconds(40), door.Sent[1].Dispatch!.DispatchedAt);
    }

    [Fact]
    public async Task AStoreThatIsBusy_IsAskedAgainUntilItTakesTheAlarm()
    {
        door.BusyTimes = 3;

        var run = ReplayAsync(Rows([("A", 1, 0)]), new ReplayOptions());
        while (!run.IsCompleted)
        {
            await Until.TrueAsync(() => time.IsAsked || run.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, (await run).Accepted);
        Assert.Equal(4, door.Asked);
    }

    [Fact]
    public async Task AStoreThatTakesNothing_EndsTheReplay()
    {
        door.BusyTimes = int.MaxValue;

        var run = ReplayAsync(Rows([("A", 1, 0), ("B", 1, 0)]), new ReplayOptions());
        while (!run.IsCompleted)
        {
            await Until.TrueAsync(() => time.IsAsked || run.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(10));
        }

        await Assert.ThrowsAsync<IntakeUnavailableException>(() => run);
    }

    [Fact]
    public async Task Interrupt_EndsWithTheCountsSoFar()
    {
        using var stop = new CancellationTokenSource();

        var run = InterruptiblyAsync(Rows([("A", 1, 0), ("B", 1, 3600)]), new ReplayOptions { Speed = 1 }, stop.Token);
        await door.ReachAsync(1);
        await stop.CancelAsync();

        Assert.Equal(new ReplayCounts(2, 0, 1, 0, 0, 0, true), await run);
    }

    [Fact]
    public async Task Limit_StopsAfterSoManyAlarms() =>
        Assert.Equal(2, (await ReplayAsync(Rows([("A", 1, 0), ("B", 1, 5), ("C", 1, 5)]), new ReplayOptions { Limit = 2 })).Accepted);

    [Fact]
    public Task AnyFile_InAnyOrder_LeavesTheSameAlarms() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[1, 4], Gen.Int[0, 2]).Array[0, 30].SampleAsync(
            async rows =>
            {
                var file = Rows([.. rows.Select(r => ("S" + r.Item1, r.Item2, r.Item3))]);
                var fresh = new Door { IsSlow = true };

                var counts = await new AlarmReplay(fresh.SubmitAsync, TimeProvider.System, _ => { }).RunAsync(file, new ReplayOptions { InFlight = 8 }, CancellationToken.None);

                Assert.Equal(rows.Length, counts.Accepted + counts.Updated + counts.Duplicate + counts.Refused);
                Assert.Equal(rows.Select(r => r.Item1).Distinct().Count(), counts.Accepted);
            },
            iter: 100);

    [Fact]
    public void RefusedRows_KeepTheColumnsAndCanNotRunAsFormulas()
    {
        var path = Path.Combine(folder, "refused.csv");
        using (var rows = new RefusedRows(path, ["a", "=b"]))
        {
            rows.Clear();
            Assert.Null(rows.Written);
            rows.Add(new RefusedRow(new AlarmFileRow(7, ["=1+1", "@x,\"y\""], null, null), StoredRevision: 3));
            rows.Add(new RefusedRow(new AlarmFileRow(9, ["张三"], null, Hefei.Read("{}").Errors)));
            Assert.Equal((path, null), (rows.Written, rows.Problem));
        }

        var lines = File.ReadAllLines(path, Encoding.UTF8);
        Assert.Equal([0xEF, 0xBB, 0xBF], File.ReadAllBytes(path)[..3]);
        Assert.Equal("a,\"'=b\",line,reason", lines[0]);
        Assert.StartsWith("\"'=1+1\",\"'@x,\"\"y\"\"\",7,", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("张三,,9,", lines[2], StringComparison.Ordinal);
        Assert.Contains("receivedAt: ", lines[2], StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void RefusedRows_InAFolderThatIsNotThere_SayWhy()
    {
        using var rows = new RefusedRows(Path.Combine(folder, "none", "refused.csv"), ["a"]);

        rows.Add(new RefusedRow(new AlarmFileRow(7, ["x"], null, null), StoredRevision: 3));

        Assert.NotNull(rows.Problem);
        Assert.Null(rows.Written);
    }

    /// <summary>Moves the clock step by step, each once the replay waits for it, until so many alarms have been sent.</summary>
    private async Task AdvanceToAsync(TimeSpan by, int sent, TimeSpan? step = null)
    {
        for (var moved = TimeSpan.Zero; moved < by; moved += step ?? by)
        {
            await Until.TrueAsync(() => time.IsAsked || door.Sent.Count >= sent);
            time.Advance(step ?? by);
        }

        await door.ReachAsync(sent);
    }

    private Task<ReplayCounts> ReplayAsync(AlarmFile file, ReplayOptions options) => InterruptiblyAsync(file, options, TestContext.Current.CancellationToken);

    private Task<ReplayCounts> InterruptiblyAsync(AlarmFile file, ReplayOptions options, CancellationToken ct) =>
        new AlarmReplay(door.SubmitAsync, time, refused.Add).RunAsync(file, options, ct);

    private AlarmFile Rows(IReadOnlyList<(string Id, int Revision, int Second)> rows)
    {
        var path = Path.Combine(folder, Guid.CreateVersion7() + ".csv");
        File.WriteAllLines(path, rows.Select(r => $"{r.Id},{r.Revision},{Start.AddSeconds(r.Second):yyyy-MM-ddTHH:mm:ssZ},phone,other,x,{Start.AddSeconds(r.Second + 30):yyyy-MM-ddTHH:mm:ssZ}")
            .Prepend("sourceId,revision,receivedAt,channel,category,summary,dispatch.dispatchedAt"));
        return new AlarmFile(path, "test", null, Hefei.Instance, _ => [], Hefei.Now);
    }

    /// <summary>A clock that knows whether someone waits for it.</summary>
    private sealed class AskedClock(DateTimeOffset start) : FakeTimeProvider(start)
    {
        private int waiting;

        public bool IsAsked => Volatile.Read(ref waiting) > 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var isOver = 0;
            void End()
            {
                if (Interlocked.Exchange(ref isOver, 1) == 0)
                {
                    Interlocked.Decrement(ref waiting);
                }
            }

            Interlocked.Increment(ref waiting);
            return new Asked(
                base.CreateTimer(
                    s =>
                    {
                        End();
                        callback(s);
                    },
                    state, dueTime, period),
                End);
        }

        private sealed class Asked(ITimer timer, Action end) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

            public void Dispose()
            {
                end();
                timer.Dispose();
            }

            public ValueTask DisposeAsync()
            {
                end();
                return timer.DisposeAsync();
            }
        }
    }

    /// <summary>A door with the rules of the contract and a memory instead of a disk.</summary>
    private sealed class Door
    {
        private readonly Dictionary<string, AlarmReport> stored = [];
        private readonly ConcurrentQueue<AlarmReport> sent = new();
        private int atATime;

        public bool IsSlow { get; set; }

        public int BusyTimes { get; set; }

        public int Asked { get; private set; }

        public int MostAtATime { get; private set; }

        public List<AlarmReport> Sent => [.. sent];

        public IEnumerable<string> Order => Sent.Select(r => r.SourceId);

        public Task ReachAsync(int count) => Until.TrueAsync(() => sent.Count >= count);

        public async Task<AlarmReceipt> SubmitAsync(AlarmReport report, CancellationToken ct)
        {
            lock (stored)
            {
                Asked++;
                MostAtATime = Math.Max(MostAtATime, ++atATime);
                if (BusyTimes > 0)
                {
                    BusyTimes--;
                    atATime--;
                    throw new IntakeUnavailableException(TimeSpan.FromSeconds(5));
                }
            }

            if (IsSlow)
            {
                await Task.Yield();
            }

            lock (stored)
            {
                atATime--;
                var known = stored.GetValueOrDefault(report.SourceId);
                var status = known is null ? AlarmStatus.Created
                    : report.Revision > known.Revision ? AlarmStatus.Updated
                    : report.Revision == known.Revision && AlarmReportWriter.ToContent(report).Content == AlarmReportWriter.ToContent(known).Content ? AlarmStatus.Duplicate
                    : AlarmStatus.Conflict;
                if (status is AlarmStatus.Created or AlarmStatus.Updated)
                {
                    stored[report.SourceId] = report;
                }

                sent.Enqueue(report);
                return new AlarmReceipt(Guid.CreateVersion7(), Guid.CreateVersion7(), "x", status, stored[report.SourceId].Revision, 3, [], []);
            }
        }
    }
}
