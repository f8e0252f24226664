using Anhu.Modules.Organisation;
using Anhu.Modules.Security;

namespace Anhu.Modules.Demo;

/// <summary>The workers who did the made-up work: those who can sign in, and others without a sign-in where a unit has none.</summary>
internal sealed class DemoCrew
{
    private readonly Dictionary<Guid, List<Caller>> workers = [];
    private readonly Dictionary<Guid, Caller> leaders = [];

    /// <summary>Takes workers that are in the store.</summary>
    /// <param name="known">Them.</param>
    public DemoCrew(IEnumerable<Worker> known)
    {
        foreach (var worker in known.Where(w => w.IsActive))
        {
            Take(worker);
        }
    }

    /// <summary>Somebody who works on duties of a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="random">Chance.</param>
    /// <param name="hire">Takes a new worker where there is none.</param>
    public Caller Worker(Unit unit, Random random, Action<Worker> hire)
    {
        if (!workers.TryGetValue(unit.UnitId, out var own))
        {
            Hire(unit, WorkerRole.Caseworker, hire);
            own = workers[unit.UnitId];
        }

        return random.Pick(own);
    }

    /// <summary>Somebody who leads a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="hire">Takes a new worker where there is none.</param>
    public Caller Leader(Unit unit, Action<Worker> hire)
    {
        if (!leaders.ContainsKey(unit.UnitId))
        {
            Hire(unit, WorkerRole.Supervisor, hire);
        }

        return leaders[unit.UnitId];
    }

    /// <summary>The worker of a unit who is there already; null when there is none.</summary>
    /// <param name="unitId">The unit.</param>
    public Caller? Known(Guid unitId) => workers.TryGetValue(unitId, out var own) ? own[0] : null;

    /// <summary>The leader of a unit who is there already; null when there is none.</summary>
    /// <param name="unitId">The unit.</param>
    public Caller? KnownLeader(Guid unitId) => leaders.GetValueOrDefault(unitId);

    private void Hire(Unit unit, WorkerRole role, Action<Worker> hire)
    {
        var userName = $"{(role == WorkerRole.Supervisor ? "l" : "w")}-{unit.Code}";
        var worker = new Worker
        {
            Id = Guid.CreateVersion7(), UserName = userName, NormalizedUserName = userName.ToUpperInvariant(),
            DisplayName = DemoPeople.Name(DemoRandom.For(0, userName)), UnitId = unit.UnitId, Roles = [role], LockoutEnabled = true,
            SecurityStamp = Guid.CreateVersion7().ToString("N"), ConcurrencyStamp = Guid.CreateVersion7().ToString("N"),
        };
        Take(worker);
        hire(worker);
    }

    private void Take(Worker worker)
    {
        var caller = new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles, RegionCode = worker.RegionCode };
        if (worker.Roles.Contains(WorkerRole.Supervisor))
        {
            leaders.TryAdd(worker.UnitId, caller);
        }
        else if (worker.Roles.Contains(WorkerRole.Caseworker))
        {
            if (!workers.TryGetValue(worker.UnitId, out var own))
            {
                workers.Add(worker.UnitId, own = []);
            }

            own.Add(caller);
        }
    }
}
