using Anhu.Modules.Security;

namespace Anhu.Modules.Organisation;

/// <summary>The boxes of a form that sets roles.</summary>
public sealed class RoleChoice
{
    /// <summary>Takes alarms.</summary>
    public bool CallTaker { get; set; }

    /// <summary>Works on cases.</summary>
    public bool Caseworker { get; set; }

    /// <summary>Answers for a unit.</summary>
    public bool Supervisor { get; set; }

    /// <summary>Visits households of a grid.</summary>
    public bool GridWorker { get; set; }

    /// <summary>Keeps units and workers.</summary>
    public bool SystemAdministrator { get; set; }

    /// <summary>Keeps roles.</summary>
    public bool SecurityAdministrator { get; set; }

    /// <summary>Reads the record.</summary>
    public bool AuditAdministrator { get; set; }

    /// <summary>Sees who opened what.</summary>
    public bool DataProtectionOfficer { get; set; }

    /// <summary>The boxes that are ticked.</summary>
    public IReadOnlyList<WorkerRole> Chosen => [.. Enum.GetValues<WorkerRole>().Where(Has)];

    /// <summary>The boxes for roles that a worker has.</summary>
    /// <param name="roles">The roles.</param>
    public static RoleChoice Of(IReadOnlyCollection<WorkerRole> roles) => new()
    {
        CallTaker = roles.Contains(WorkerRole.CallTaker), Caseworker = roles.Contains(WorkerRole.Caseworker),
        Supervisor = roles.Contains(WorkerRole.Supervisor), GridWorker = roles.Contains(WorkerRole.GridWorker),
        SystemAdministrator = roles.Contains(WorkerRole.SystemAdministrator),
        SecurityAdministrator = roles.Contains(WorkerRole.SecurityAdministrator),
        AuditAdministrator = roles.Contains(WorkerRole.AuditAdministrator),
        DataProtectionOfficer = roles.Contains(WorkerRole.DataProtectionOfficer),
    };

    private bool Has(WorkerRole role) => role switch
    {
        WorkerRole.CallTaker => CallTaker,
        WorkerRole.Caseworker => Caseworker,
        WorkerRole.Supervisor => Supervisor,
        WorkerRole.GridWorker => GridWorker,
        WorkerRole.SystemAdministrator => SystemAdministrator,
        WorkerRole.SecurityAdministrator => SecurityAdministrator,
        WorkerRole.AuditAdministrator => AuditAdministrator,
        WorkerRole.DataProtectionOfficer => DataProtectionOfficer,
    };
}
