using Anhu.Modules.Duties;
using Anhu.Modules.Timeline;
using CsCheck;
using Xunit;

namespace Anhu.Tests.Duties;

/// <summary>The promises of the duty engine (design §3) over random histories, on the machine alone.</summary>
[Trait("Store", "none")]
public sealed class DutyMachineTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid[] Units = [.. Enumerable.Range(1, 5).Select(n => new Guid(n, 0, 0, new byte[8]))];
    private static readonly Guid[] Workers = [.. Enumerable.Range(101, 4).Select(n => new Guid(n, 0, 0, new byte[8]))];
    private static readonly Guid Top = Units[4];
    private static readonly TimeSpan Rest = TimeSpan.FromHours(12);

    private static readonly Gen<(int Kind, int Unit, int Worker, int Receiver, bool Supervises, bool Reason, int Minutes)> Move =
        Gen.Select(Gen.Int[0, 10], Gen.Int[0, 4], Gen.Int[0, 3], Gen.Int[0, 4], Gen.Bool, Gen.Frequency((5, Gen.Const(true)), (1, Gen.Const(false))), Gen.Int[0, 3000]);

    [Fact]
    public void RandomHistory_OfStepsAndTime_KeepsOneOwnerAndRecordsEveryChange() => Move.Array[1, 40].Sample(moves =>
    {
        var duty = NewDuty();
        var now = Start;
        foreach (var move in moves)
        {
            now += TimeSpan.FromMinutes(move.Minutes);
            var before = Snapshot(duty);
            var events = new List<PendingEvent>();
            var changed = move.Kind > 8
                ? DutyMachine.Tick(duty, now, Top, Above(duty.EscalatedToUnitId ?? duty.OwnerUnitId), Rest, events)
                : DutyMachine.Take(duty, (DutyStep)move.Kind, Context(duty, move, now), events) is null;

            // 1: exactly one accountable unit, always a real one.
            Assert.Contains(duty.OwnerUnitId, Units);

            // 4: each change leaves an event that names states before and after; a refused step leaves the duty as it was.
            if (!changed)
            {
                Assert.Equal(before, Snapshot(duty));
                Assert.Empty(events);
            }
            else if (before != Snapshot(duty) && move.Kind <= 8)
            {
                Assert.NotEmpty(events);
                Assert.All(events, e => Assert.Equal(duty.DutyId, e.DutyId));
            }

            // 3: a pending hand-over always has a date on which it goes to the superior of both.
            if (duty.HandOverToUnitId is not null)
            {
                Assert.True(duty.IsOpen);
                Assert.NotNull(duty.HandOverDueAt);
                Assert.True(duty.NextCheckAt <= duty.HandOverDueAt);
            }

            // 5: an open duty is always looked at again; an ended one never.
            Assert.Equal(duty.IsOpen, duty.NextCheckAt is not null);
        }
    });

    [Fact]
    public void EndedDuty_NeverOpensAgain() => Gen.Select(Move.Array[1, 30], Gen.OneOf(Gen.Const(DutyState.Done), Gen.Const(DutyState.Verified), Gen.Const(DutyState.Cancelled))).Sample((moves, end) =>
    {
        var duty = NewDuty();
        duty.State = end;
        duty.NextCheckAt = null;
        foreach (var move in moves)
        {
            if (move.Kind <= 8)
            {
                DutyMachine.Take(duty, (DutyStep)move.Kind, Context(duty, move, Start), []);
            }
            else
            {
                Assert.False(DutyMachine.Tick(duty, Start.AddYears(1), Top, Top, Rest, []));
            }

            Assert.False(duty.IsOpen);
        }
    });

    [Fact]
    public void HandOver_ThatNobodyAccepts_GoesToTheSuperiorOfBoth()
    {
        var duty = NewDuty();
        Assert.Null(DutyMachine.Take(duty, DutyStep.HandOver, Context(duty, (0, 0, 0, 1, false, true, 0), Start), []));
        Assert.Equal(Units[0], duty.OwnerUnitId);

        var events = new List<PendingEvent>();
        Assert.True(DutyMachine.Tick(duty, duty.HandOverDueAt!.Value, Top, Top, Rest, events));

        Assert.Equal(Top, duty.OwnerUnitId);
        Assert.Equal(Top, duty.DecidingUnitId);
        Assert.Null(duty.HandOverToUnitId);
        Assert.Equal("duty.hand-over-expired", Assert.Single(events).Type);
    }

    [Fact]
    public void HandOver_UntilTheReceiverAccepts_StaysWithTheGiver()
    {
        var duty = NewDuty();
        DutyMachine.Take(duty, DutyStep.HandOver, Context(duty, (0, 0, 0, 1, false, true, 0), Start), []);
        DutyMachine.Take(duty, DutyStep.Accept, Context(duty, (0, 2, 1, 0, false, true, 0), Start), []);
        Assert.Equal(Units[0], duty.OwnerUnitId);

        Assert.Null(DutyMachine.Take(duty, DutyStep.Accept, Context(duty, (0, 1, 1, 0, false, true, 0), Start), []));

        Assert.Equal(Units[1], duty.OwnerUnitId);
        Assert.Equal(DutyState.Accepted, duty.State);
    }

    [Fact]
    public void Overdue_IsMarkedOnceAndEscalatedAgainAndAgain()
    {
        var duty = NewDuty();
        var events = new List<PendingEvent>();
        var now = duty.DueAt;
        for (var i = 0; i < 4; i++)
        {
            Assert.True(DutyMachine.Tick(duty, now, Top, Above(duty.EscalatedToUnitId ?? duty.OwnerUnitId), Rest, events));
            Assert.False(DutyMachine.Tick(duty, now, Top, Top, Rest, events));
            now = duty.NextCheckAt!.Value;
        }

        Assert.Single(events, e => e.Type == "duty.overdue");
        Assert.Equal(4, events.Count(e => e.Type == "duty.escalated"));
        Assert.Equal(Top, duty.EscalatedToUnitId);
        Assert.Equal(Units[0], duty.OwnerUnitId);
    }

    [Fact]
    public void Cancel_NeedsTwoPeople()
    {
        var duty = NewDuty();
        Assert.Null(DutyMachine.Take(duty, DutyStep.Cancel, Context(duty, (0, 0, 0, 0, true, true, 0), Start), []));
        Assert.True(duty.IsOpen);
        Assert.Equal("duties.needs-second-person", DutyMachine.Take(duty, DutyStep.Cancel, Context(duty, (0, 0, 0, 0, true, true, 0), Start), [])!.Code);
        Assert.Equal("duties.needs-supervisor", DutyMachine.Take(duty, DutyStep.Cancel, Context(duty, (0, 0, 1, 0, false, true, 0), Start), [])!.Code);

        Assert.Null(DutyMachine.Take(duty, DutyStep.Cancel, Context(duty, (0, 0, 1, 0, true, true, 0), Start), []));

        Assert.Equal(DutyState.Cancelled, duty.State);
    }

    [Theory]
    [InlineData(DutyStep.Return)]
    [InlineData(DutyStep.HandOver)]
    [InlineData(DutyStep.Reassign)]
    [InlineData(DutyStep.Cancel)]
    public void Step_WithoutItsReason_NamesTheField(DutyStep step)
    {
        var failure = DutyMachine.Take(NewDuty(), step, Context(NewDuty(), (0, 0, 0, 1, true, false, 0), Start), []);

        Assert.Equal("reason", failure!.Field);
    }

    private static Duty NewDuty() => new()
    {
        DutyId = new Guid(999, 0, 0, new byte[8]), CaseId = Guid.Empty, Kind = "on-site-visit", OwnerUnitId = Units[0], State = DutyState.Assigned,
        CreatedAt = Start, DueAt = Start.AddDays(1), Class = 1, Basis = "b", NextCheckAt = Start.AddDays(1),
    };

    private static Guid Above(Guid unit) => Units[Math.Min(Array.IndexOf(Units, unit) + 1, Units.Length - 1)];

    private static DutyContext Context(Duty duty, (int Kind, int Unit, int Worker, int Receiver, bool Supervises, bool Reason, int Minutes) move, DateTimeOffset at) => new()
    {
        At = at, ActingUnitId = Units[move.Unit], WorkerId = Workers[move.Worker], MaySupervise = move.Supervises, Reason = move.Reason ? "r" : null,
        ReceiverUnitId = Units[move.Receiver], SuperiorUnitId = duty.OwnerUnitId == Top ? Top : Above(duty.OwnerUnitId), HandOverDueAt = at.AddHours(8),
        Outcome = "met", EscalationStep = Rest,
    };

    private static string Snapshot(Duty d) => string.Join('|', d.OwnerUnitId, d.WorkerId, d.State, d.OverdueAt, d.EscalationLevel, d.EscalatedToUnitId,
        d.HandOverToUnitId, d.HandOverDueAt, d.DecidingUnitId, d.CancelRequestedByWorkerId, d.NextCheckAt, d.DoneAt);
}
