using Anhu.Common;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Demo;

/// <summary>Who is on duty this week and the next: stations around the clock, the others from eight to eight.</summary>
internal sealed class DemoRosters(DemoBooks books)
{
    private const int Days = 10;

    /// <summary>Plans the turns of all units that have workers with a sign-in.</summary>
    /// <param name="workers">All workers.</param>
    /// <param name="now">Now, UTC.</param>
    public void Plan(IEnumerable<Worker> workers, DateTimeOffset now)
    {
        var today = books.Zone.DateOf(now);
        var units = workers.Where(w => w.PasswordHash is not null && w.Roles.Any(r => r is WorkerRole.Caseworker or WorkerRole.Supervisor or WorkerRole.CallTaker))
            .GroupBy(w => w.UnitId).OrderBy(g => books.Map.Find(g.Key)!.Code, StringComparer.Ordinal);
        foreach (var unit in units)
        {
            var turns = unit.OrderBy(w => w.UserName, StringComparer.Ordinal).ToList();
            var aroundTheClock = books.Map.Find(unit.Key)!.Agency == Agency.Police;
            for (var day = 0; day < Days; day++)
            {
                var starts = books.Zone.At(today.AddDays(day), new TimeOnly(8, 0));
                Add(turns[day % turns.Count], starts, starts + TimeSpan.FromHours(aroundTheClock ? 24 : 12), now);
            }
        }
    }

    private void Add(Worker worker, DateTimeOffset starts, DateTimeOffset ends, DateTimeOffset now)
    {
        books.Add(new DutyRosterEntry
        {
            DutyRosterEntryId = Guid.CreateVersion7(now), UnitId = worker.UnitId, WorkerId = worker.Id, StartsAt = starts, EndsAt = ends,
        });
        books.ActAs(Actor.Platform);
        books.Record(new PendingEvent(
            OrganisationEvents.RosterAdded, now, UnitId: worker.UnitId, Data: EventData.Of(("workerId", worker.Id), ("startsAt", starts), ("endsAt", ends))));
    }
}
