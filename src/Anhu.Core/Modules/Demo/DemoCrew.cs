using Anhu.Modules.Organisation;
using Anhu.Modules.Security;

namespace Anhu.Modules.Demo;

/// <summary>The workers who did the made-up work: those who can sign in, and others without a sign-in where a unit has none.</summary>
internal sealed class DemoCrew
{
    private readonly Dictionary<Guid, List<Caller>> workers = [];
    private readonly Dictionary<Guid, Caller> leaders = [];

    private readonly Action<Worker>? hired;

    /// <summary>Takes workers that are there.</summary>
    /// <param name="known">Them.</param>
    /// <param name="hired">Gets new workers, where a unit has none; null when nobody is taken on.</param>
    public DemoCrew(IEnumerable<Worker> known, Action<Worker>? hired = null)
    {
        this.hired = hired;
        foreach (var worker in known.Where(w => w.IsActive))
        {
            Take(worker);
        }
    }

    /// <summary>Somebody who works on duties of a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="random">Chance.</param>
    public Caller Worker(Unit unit, Random random)
    {
        if (!workers.TryGetValue(unit.UnitId, out var own))
        {
            Hire(unit, WorkerRole.Caseworker);
            own = workers[unit.UnitId];
        }

        return random.Pick(own);
    }

    /// <summary>Somebody who leads a unit.</summary>
    /// <param name="unit">The unit.</param>
    public Caller Leader(Unit unit)
    {
        if (!leaders.ContainsKey(unit.UnitId))
        {
            Hire(unit, WorkerRole.Supervisor);
        }

        return leaders[unit.UnitId];
    }

    /// <summary>The worker of a unit who is there already; null when there is none.</summary>
    /// <param name="unitId">The unit.</param>
    public Caller? Known(Guid unitId) => workers.TryGetValue(unitId, out var own) ? own[0] : null;

    private void Hire(Unit unit, WorkerRole role)
    {
        var userName = $"{(role == WorkerRole.Supervisor ? "l" : "w")}-{unit.Code}";
        var worker = new Worker
        {
            Id = Guid.CreateVersion7(), UserName = userName, NormalizedUserName = userName.ToUpperInvariant(),
            DisplayName = DemoPeople.Name(DemoRandom.For(0, userName)), UnitId = unit.UnitId, Roles = [role], LockoutEnabled = true,
            SecurityStamp = Guid.CreateVersion7().ToString("N"), ConcurrencyStamp = Guid.CreateVersion7().ToString("N"),
        };
        Take(worker);
        hired?.Invoke(worker);
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
