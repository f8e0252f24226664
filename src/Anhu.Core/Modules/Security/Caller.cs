using System.Security.Claims;
using Anhu.Modules.Organisation;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Security;

/// <summary>Who asks: a signed-in worker, or another system that belongs to a unit. Comes from the sign-in, never from the request.</summary>
public sealed record Caller
{
    /// <summary>The worker; null for a system.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>The API client; null for a worker.</summary>
    public string? ClientId { get; init; }

    /// <summary>The unit; null only for a worker of no unit, who sees nothing.</summary>
    public Guid? UnitId { get; init; }

    /// <summary>Roles of a worker.</summary>
    public IReadOnlyList<WorkerRole> Roles { get; init; } = [];

    /// <summary>Scopes of an API client.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Grid or community of a grid worker.</summary>
    public string? RegionCode { get; init; }

    /// <summary>As it stands on events.</summary>
    public Actor Actor => new(WorkerId, ClientId);

    /// <summary>Whether a role or scope gives a permission.</summary>
    /// <param name="permission">One of <see cref="Permissions"/>.</param>
    public bool May(string permission) =>
        ClientId is not null ? Scopes.Any(s => Permissions.OfScope(s).Contains(permission)) : Roles.Any(r => Permissions.OfRole(r).Contains(permission));

    /// <summary>Reads the caller of a request.</summary>
    /// <param name="principal">The signed-in principal.</param>
    public static Caller? From(ClaimsPrincipal principal)
    {
        if (principal.Identity?.IsAuthenticated != true)
        {
            return null;
        }

        var unit = Guid.TryParse(principal.FindFirstValue(CallerClaims.Unit), out var unitId) ? unitId : (Guid?)null;
        if (principal.FindFirstValue(CallerClaims.Client) is { } client)
        {
            return new Caller { ClientId = client, UnitId = unit, Scopes = [.. principal.FindAll(CallerClaims.Scope).Select(c => c.Value)] };
        }

        return Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var workerId)
            ? new Caller
            {
                WorkerId = workerId,
                UnitId = unit,
                Roles = [.. principal.FindAll(CallerClaims.Role).Select(c => Enum.TryParse<WorkerRole>(c.Value, out var r) ? r : (WorkerRole?)null).OfType<WorkerRole>()],
                RegionCode = principal.FindFirstValue(CallerClaims.Region),
            }
            : null;
    }
}

/// <summary>Claims that the sign-in sets.</summary>
public static class CallerClaims
{
    /// <summary>The unit's id.</summary>
    public const string Unit = "anhu:unit";

    /// <summary>A <see cref="WorkerRole"/>, once per role.</summary>
    public const string Role = "anhu:role";

    /// <summary>Region of a grid worker.</summary>
    public const string Region = "anhu:region";

    /// <summary>Client id of a system.</summary>
    public const string Client = "anhu:client";

    /// <summary>A scope of a system, once per scope.</summary>
    public const string Scope = "anhu:scope";
}

/// <summary>What can be allowed; also the names of the authorisation policies of pages and endpoints.</summary>
public static class Permissions
{
    /// <summary>See cases of one's jurisdiction.</summary>
    public const string ReadCases = "cases.read";

    /// <summary>Send alarms through the API or enter them by hand.</summary>
    public const string WriteAlarms = "alarms.write";

    /// <summary>Take steps on duties, record visits, raise grades.</summary>
    public const string WorkDuties = "duties.write";

    /// <summary>See the task cards of one's grid, and record the visits that they ask for.</summary>
    public const string FieldTasks = "field.tasks";

    /// <summary>Approve, verify, decide hand-overs, close cases, see what is late below.</summary>
    public const string Supervise = "supervise";

    /// <summary>Decide whether records of two reports are one person.</summary>
    public const string LinkPeople = "people.link";

    /// <summary>Follow the live feed.</summary>
    public const string ReadFeed = "feed.read";

    /// <summary>Change units, jurisdictions, workers and rosters.</summary>
    public const string AdministerUnits = "units.write";

    /// <summary>See units, workers' names and rosters.</summary>
    public const string ReadUnits = "units.read";

    /// <summary>Change roles, sign-in rules and API clients.</summary>
    public const string AdministerSecurity = "security.write";

    /// <summary>Read and verify the record.</summary>
    public const string ReadAudit = "audit.read";

    /// <summary>See who opened what and why, and review emergencies.</summary>
    public const string ReviewAccess = "access.review";

    /// <summary>Read playbook and policy.</summary>
    public const string ReadRules = "rules.read";

    /// <summary>All, for registering policies.</summary>
    public static IReadOnlyList<string> All { get; } =
        [ReadCases, WriteAlarms, WorkDuties, FieldTasks, Supervise, LinkPeople, ReadFeed, AdministerUnits, ReadUnits, AdministerSecurity, ReadAudit, ReviewAccess, ReadRules];

    /// <summary>Scopes that an API client can be given (contract).</summary>
    public static IReadOnlyList<string> Scopes { get; } = ["alarms.write", "cases.read", "duties.write", "feed.read"];

    private static readonly IReadOnlyDictionary<WorkerRole, HashSet<string>> ByRole = new Dictionary<WorkerRole, HashSet<string>>
    {
        [WorkerRole.CallTaker] = [WriteAlarms, ReadCases, ReadFeed, ReadUnits, ReadRules],
        [WorkerRole.Caseworker] = [WriteAlarms, ReadCases, WorkDuties, LinkPeople, ReadFeed, ReadUnits, ReadRules],
        [WorkerRole.Supervisor] = [WriteAlarms, ReadCases, WorkDuties, Supervise, LinkPeople, ReadFeed, ReadUnits, ReadRules],
        [WorkerRole.GridWorker] = [FieldTasks, ReadUnits],
        [WorkerRole.SystemAdministrator] = [AdministerUnits, ReadUnits, ReadRules],
        [WorkerRole.SecurityAdministrator] = [AdministerSecurity, ReadUnits],
        [WorkerRole.AuditAdministrator] = [ReadAudit, ReadUnits],
        [WorkerRole.DataProtectionOfficer] = [ReviewAccess, ReadUnits],
    };

    private static readonly IReadOnlyDictionary<string, HashSet<string>> ByScope = new Dictionary<string, HashSet<string>>
    {
        ["alarms.write"] = [WriteAlarms],
        ["cases.read"] = [ReadCases, ReadUnits],
        ["duties.write"] = [WorkDuties, ReadCases],
        ["feed.read"] = [ReadFeed],
    };

    private static readonly HashSet<string> None = [];

    /// <summary>What a role gives.</summary>
    /// <param name="role">The role.</param>
    public static IReadOnlySet<string> OfRole(WorkerRole role) => ByRole.GetValueOrDefault(role, None);

    /// <summary>What a scope gives.</summary>
    /// <param name="scope">The scope.</param>
    public static IReadOnlySet<string> OfScope(string scope) => ByScope.GetValueOrDefault(scope, None);
}
