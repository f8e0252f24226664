
namespace Anhu.Modules.Security;

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

    /// <summary>Sees who opened what and why, reviews emergencies (个人信息保护负责人). Reads no case by it.</summary>
    DataProtectionOfficer,
}
