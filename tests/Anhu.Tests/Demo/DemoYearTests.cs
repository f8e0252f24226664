using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Demo;
using Anhu.Modules.Duties;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Anhu.Tests.Account;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anhu.Tests.Demo;

/// <summary>The demo as it ships, on a clock that stands still, with nothing coming in.</summary>
public sealed class DemoYearFixture : FakeTimeFixture
{
    protected override void Configure(Dictionary<string, string?> settings)
    {
        settings["Anhu:Demo"] = "true";
        settings["Anhu:DemoSimulator"] = "false";
    }
}

/// <summary>A visitor of the demo meets all that the platform is about.</summary>
public sealed class DemoYearTests(DemoYearFixture app) : IClassFixture<DemoYearFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Rules_RefuseNoMadeUpStep() => Assert.Empty(app.Services.GetRequiredService<DemoCity>().Refused.Distinct());

    [Fact]
    public async Task Classes_AreSharedBelievably()
    {
        var classes = await app.QueryAsync(db => db.Cases.Where(c => c.JoinedIntoCaseId == null).Select(c => c.Class).ToListAsync(Ct));

        Assert.InRange(classes.Count(c => c == 1) * 100 / classes.Count, 7, 15);
        Assert.InRange(classes.Count(c => c == 2) * 100 / classes.Count, 24, 37);
    }

    [Fact]
    public async Task Cases_AreClosedReopenedAndGrowWorse()
    {
        var cases = await app.QueryAsync(db => db.Cases.AsNoTracking().ToListAsync(Ct));

        Assert.Contains(cases, c => c.State == CaseState.Closed);
        Assert.Contains(cases, c => c.State == CaseState.Observation);
        Assert.Contains(cases, c => c.ReopenCount > 0);
        Assert.Contains(cases, c => c is { IncidentCount: >= 4, Class: 1 });
        Assert.True(await app.QueryAsync(db => db.Timeline.AnyAsync(e => e.Type == CloseCaseHandler.Requested, Ct)));
    }

    [Fact]
    public async Task Alarms_ComeThroughEveryDoorAndWithFaults()
    {
        var reports = await app.QueryAsync(db => db.AlarmRevisions.Select(r => r.Content).ToListAsync(Ct));
        var incidents = await app.QueryAsync(db => db.Incidents.AsNoTracking().ToListAsync(Ct));

        foreach (var door in (string[])["\"phone\"", "\"walk-in\"", "\"hotline\"", "\"mandatory-report\""])
        {
            Assert.Contains(reports, r => r.Contains(door, StringComparison.Ordinal));
        }

        Assert.Contains(incidents, i => i.AlarmCount > 1);
        Assert.Contains(incidents, i => i is { Longitude: not null, IsDrawable: false });
        Assert.Contains(reports, r => r.Contains("地址保密", StringComparison.Ordinal));
        Assert.DoesNotContain(incidents, i => i.Address is { } address && AddressPlaceholders.IsPlaceholder(address));
        Assert.Contains(incidents, i => i.Category == AlarmCategory.ProtectionOrderBreach);
    }

    [Fact]
    public async Task Duties_AreDoneLateHandedOverAndLeft()
    {
        var duties = await app.QueryAsync(db => db.Duties.AsNoTracking().ToListAsync(Ct));
        var open = duties.Where(d => d.IsOpen).ToList();

        Assert.Contains(duties, d => d is { State: DutyState.Done, OverdueAt: not null });
        Assert.Contains(open, d => d.EscalationLevel == 1);
        Assert.Contains(open, d => d.EscalationLevel >= 3);
        Assert.Contains(open, d => d.HandOverToUnitId is not null);
        Assert.Contains(open, d => d.DecidingUnitId is not null);
        Assert.Contains(open, d => d.CancelRequestedByWorkerId is not null);
        Assert.Contains(open, d => d.State == DutyState.Proposed);
        Assert.Contains(open, d => d.State == DutyState.InProgress);
        Assert.Contains(duties, d => d is { Kind: "check-visit", State: DutyState.Done });
        Assert.Equal(0, await app.QueryAsync(db => db.Duties.CountAsync(d => !db.CaseAccess.Any(a => a.CaseId == d.CaseId && a.UnitId == d.OwnerUnitId), Ct)));
        var counts = await app.QueryAsync(db => db.Cases.ToDictionaryAsync(c => c.CaseId, c => c.OpenDutyCount, Ct));
        Assert.All(counts, c => Assert.Equal(open.Count(d => d.CaseId == c.Key), c.Value));
        Assert.All(open, d => Assert.True(d.NextCheckAt is null || d.NextCheckAt > app.Time.GetUtcNow()));
    }

    [Fact]
    public async Task MissedLetters_AreSome_AndNoFlood()
    {
        var missed = await app.QueryAsync(db => db.Duties.AsNoTracking().Where(d => d.Kind == "missed-letter").ToListAsync(Ct));
        var letters = await app.QueryAsync(db => db.Measures.CountAsync(m => m.Kind == "warning-letter", Ct));

        Assert.InRange(missed.Count, 1, letters / 2);
    }

    [Fact]
    public async Task Visits_Messages_Rosters_AndDraftsAreThere()
    {
        var messages = await app.QueryAsync(db => db.OutboxMessages.AsNoTracking().ToListAsync(Ct));

        Assert.Contains(messages, m => m.State == MessageState.Delivered);
        Assert.Contains(messages, m => m.State == MessageState.Failed);
        Assert.True(await app.QueryAsync(db => db.SafeContacts.AnyAsync(c => !c.SafeToCall && !c.SafeToText, Ct)));
        Assert.True(await app.QueryAsync(db => db.ReturnVisits.AnyAsync(v => v.OnSite && v.Details != null, Ct)));
        Assert.True(await app.QueryAsync(db => db.FormDrafts.AnyAsync(Ct)));
        Assert.True(await app.QueryAsync(db => db.DutyRoster.CountAsync(Ct)) > 50);
        foreach (var type in (string[])["contact.marked", "contact.withdrawn", "visit.tried", "visit.recorded", "message.delivered"])
        {
            Assert.True(await app.QueryAsync(db => db.Timeline.AnyAsync(e => e.Type == type, Ct)), type);
        }
    }

    [Fact]
    public async Task Record_Holds()
    {
        var check = await app.WithAsync<VerifyTimeline, TimelineCheck>(verify => verify.RunAsync(null, Ct));

        Assert.Empty(check.Faults);
        Assert.True(check.Events > 10_000, $"{check.Events} events");
    }

    /// <summary>Each agency that works on cases, and each role, can be signed in as from the sign-in page; the page behind it has something to do.</summary>
    [Fact]
    public async Task SignIns_OfTheSignInPage_OpenAHomeWithSomethingToDo()
    {
        var map = await app.WithAsync<OrganisationDirectory, OrganisationMap>(o => o.GetAsync(Ct).AsTask());
        var cast = DemoCast.Of(map);
        using var anyone = app.CreateClient();
        var signIn = await anyone.GetPageAsync("/sign-in");
        Assert.Equal(Enum.GetValues<WorkerRole>().Order(), cast.Select(m => m.Role).Distinct().Order());
        foreach (var member in cast)
        {
            var list = signIn.TextOf(".demo-list");
            Assert.Contains(member.UserName, list, StringComparison.Ordinal);
            Assert.Contains(map.Find(member.UnitCode)!.Name, list, StringComparison.Ordinal);

            using var client = app.CreateClient();
            using var answer = await client.EnterAsync(member.UserName, DemoCast.Password);
            Assert.Equal("/", answer.Target());
            var home = await client.GetPageAsync("/");
            var work = home.QuerySelectorAll("main tbody tr, main .task-card, main .empty-action a, main .card a.btn, main .card code").Length;
            Assert.True(work > 0, $"{member.UserName} has an empty home.");
        }
    }
}
