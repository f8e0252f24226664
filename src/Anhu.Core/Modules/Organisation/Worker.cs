using Microsoft.AspNetCore.Identity;

namespace Anhu.Modules.Organisation;

/// <summary>What a worker may do by office (handbook §3). Which cases they do it on is decided by unit and involvement.</summary>
public enum WorkerRole
{
    /// <summary>Takes alarms and enters walk-ins, hotline calls and mandatory reports (接警员).</summary>
    CallTaker,

    /// <summary>Works on cases and duties (办案、个案工作人员).</summary>
    Caseworker,

    /// <summary>Answers for a unit and those below: approves, decides hand-overs, sees what is late (负责人).</summary>
    Supervisor,

    /// <summary>Visits households of a grid with a task card and no story (网格员).</summary>
    GridWorker,

    /// <summary>Keeps units, jurisdictions, workers and rosters of the unit and those below (系统管理员). Reads no case by it.</summary>
    SystemAdministrator,

    /// <summary>Keeps roles, sign-in rules and clients (安全管理员). Reads no case by it.</summary>
    SecurityAdministrator,

    /// <summary>Reads the record of who did what (审计管理员). Reads no case by it.</summary>
    AuditAdministrator,
}

/// <summary>A person who signs in (工作人员); belongs to one unit.</summary>
public sealed class Worker : IdentityUser<Guid>
{
    /// <summary>Name shown to colleagues.</summary>
    public required string DisplayName { get; set; }

    /// <summary>The unit.</summary>
    public required Guid UnitId { get; set; }

    /// <summary>Roles.</summary>
    public List<WorkerRole> Roles { get; set; } = [];

    /// <summary>Grid or community that a grid worker covers; null for others.</summary>
    public string? RegionCode { get; set; }

    /// <summary>Language of the pages: <c>zh-CN</c> or <c>en</c>; null follows the city.</summary>
    public string? Culture { get; set; }

    /// <summary>False when the worker left; sign-in is refused.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>Whether the board may play a sound.</summary>
    public bool SoundOn { get; set; }

    /// <summary>When the password was last set, UTC.</summary>
    public DateTimeOffset? PasswordSetAt { get; set; }

    /// <summary>Concurrency token, raised with each change.</summary>
    public long Version { get; set; }
}
