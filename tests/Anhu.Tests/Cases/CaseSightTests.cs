using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Cases;

/// <summary>What is looked up of one case and what lists are filtered by are one decision.</summary>
public sealed class CaseSightTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OneCase_IsFound_WhenAndOnlyWhenListsShowIt()
    {
        var sights = app.Services.GetRequiredService<CaseSights>();
        var map = await app.Services.GetRequiredService<OrganisationDirectory>().GetAsync(Ct);
        var alarm = await app.SubmitAlarmAsync();
        var near = map.Find((await app.QueryAsync(db => db.CaseAccess.AsNoTracking().Where(a => a.CaseId == alarm.CaseId && a.IsDirect).ToListAsync(Ct)))
            .First(a => map.Find(a.UnitId) is { Agency: Agency.Police }).UnitId)!;
        var far = map.Units.First(u => u.Agency == Agency.Police && u.Level == near.Level && u.UnitId != near.UnitId);
        var found = 0;
        foreach (var (unit, role, seat, block) in
            from unit in (Unit?[])[near, far, null]
            from role in (WorkerRole[])[WorkerRole.Caseworker, WorkerRole.SecurityAdministrator]
            from seat in (bool[])[false, true]
            from block in (bool[])[false, true]
            select (unit, role, seat, block))
        {
            var caller = new Caller { WorkerId = Guid.CreateVersion7(), UnitId = unit?.UnitId, Roles = [role] };
            await TieAsync(caller.WorkerId.Value, alarm.CaseId, seat, block);
            found += await SameAsync(caller) ? 1 : 0;
        }

        foreach (var (unit, scope) in from unit in (Unit[])[near, far] from scope in (string[])["cases.read", "alarms.write"] select (unit, scope))
        {
            found += await SameAsync(new Caller { ClientId = "system", UnitId = unit.UnitId, Scopes = [scope] }) ? 1 : 0;
        }

        // Near with or without a seat, far with one, each not shut out; and the system of the near unit.
        Assert.Equal(4, found);

        async Task<bool> SameAsync(Caller caller)
        {
            var listed = await app.QueryAsync(db => db.Cases.VisibleTo(caller, db).AnyAsync(c => c.CaseId == alarm.CaseId, Ct));
            var single = await app.QueryAsync(db => sights.FindAsync(db, caller, alarm.CaseId, Ct));

            // Who belongs to no unit has no agency, and without one sees nothing of what is found.
            Assert.Equal(listed && caller.UnitId is not null, single is not null);
            return single is not null;
        }
    }

    private Task<int> TieAsync(Guid worker, Guid caseId, bool seat, bool block) => app.QueryAsync(async db =>
    {
        if (seat)
        {
            db.SealedSeats.Add(new SealedSeat { WorkerId = worker, CaseId = caseId, Since = DateTimeOffset.UnixEpoch });
        }

        if (block)
        {
            var person = await db.CaseParties.Where(p => p.CaseId == caseId).Select(p => p.PersonId).FirstAsync(Ct);
            db.AccessBlocks.Add(new AccessBlock { WorkerId = worker, CaseId = caseId, TiedWorkerId = worker, PersonId = person, Since = DateTimeOffset.UnixEpoch });
        }

        return await db.SaveChangesAsync(Ct);
    });
}
