using Anhu.Modules.Alarms;
using Anhu.Modules.Duties;
using Anhu.Modules.Intake;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Operations;

public sealed class DeadlinesOnTwoNodesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deadlines_OnTwoNodesAtOnce_AreHandledOnce()
    {
        await using var store = await TestStore.CreateAsync();
        await using var first = await OpenCity.CreateAsync(store.Configuration);
        await using var second = await OpenCity.CreateAsync(store.Configuration);
        await Task.WhenAll(Enumerable.Range(1, 20).Select(n => first.Services.GetRequiredService<AlarmIntake>().SubmitAsync(Alarm(n), Actor.Platform, Ct)));
        await first.QueryAsync(db => db.Duties.ExecuteUpdateAsync(
            d => d.SetProperty(x => x.DueAt, DateTimeOffset.UnixEpoch).SetProperty(x => x.NextCheckAt, DateTimeOffset.UnixEpoch), Ct));
        var late = await first.QueryAsync(db => db.Duties.Select(d => d.DutyId).ToListAsync(Ct));

        var work = ((OpenCity[])[first, second, first, second]).Select(node => Task.Run(() => node.Services.GetRequiredService<DeadlineWork>().RunAsync(Ct), Ct));
        await Task.WhenAll(work);

        var marks = await first.QueryAsync(db => db.Timeline.Where(e => e.Type == "duty.overdue" && late.Contains(e.DutyId!.Value)).Select(e => e.DutyId!.Value).ToListAsync(Ct));
        Assert.NotEmpty(late);
        Assert.Equal(late.Order(), marks.Order());
        Assert.Empty((await first.Services.GetRequiredService<VerifyTimeline>().RunAsync(null, Ct)).Faults);
    }

    private static AlarmReport Alarm(int n) => new()
    {
        Source = "110", SourceId = $"late{n}", Revision = 1, ReceivedAt = DateTimeOffset.UnixEpoch.AddDays(20_000), Channel = AlarmChannel.Phone,
        Category = AlarmCategory.DomesticViolence, Summary = "家中殴打",
        People = [new ReportedPerson { Role = PartyRole.Victim, Name = $"王{n}", Phone = $"137{n:00000000}" }],
    };
}
