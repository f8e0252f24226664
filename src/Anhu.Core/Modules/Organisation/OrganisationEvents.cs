namespace Anhu.Modules.Organisation;

/// <summary>Types of events in the city's record that are about its organisation.</summary>
public static class OrganisationEvents
{
    /// <summary>Regions and units were added from the reference data.</summary>
    public const string Seeded = "organisation.seeded";

    /// <summary>Name or duty telephone of a unit was changed.</summary>
    public const string UnitChanged = "organisation.unit-changed";

    /// <summary>A region went from one unit to another.</summary>
    public const string JurisdictionMoved = "organisation.jurisdiction-moved";

    /// <summary>A unit was dissolved; its regions fell to the unit above.</summary>
    public const string UnitDissolved = "organisation.unit-dissolved";

    /// <summary>A worker was added.</summary>
    public const string WorkerAdded = "organisation.worker-added";

    /// <summary>Name, unit or grid of a worker was changed.</summary>
    public const string WorkerChanged = "organisation.worker-changed";

    /// <summary>Roles of a worker were changed.</summary>
    public const string WorkerRolesChanged = "organisation.worker-roles-changed";

    /// <summary>A worker may no longer sign in; data: <c>cause</c> <c>not-confirmed</c> where nobody confirmed roles and unit in time.</summary>
    public const string WorkerDeactivated = "organisation.worker-deactivated";

    /// <summary>A worker may sign in again.</summary>
    public const string WorkerReactivated = "organisation.worker-reactivated";

    /// <summary>Somebody confirmed that a worker still needs roles and unit; data: <c>roles</c>, <c>until</c>.</summary>
    public const string AccessConfirmed = "organisation.access-confirmed";

    /// <summary>A worker got a new first password.</summary>
    public const string WorkerPasswordReset = "organisation.worker-password-reset";

    /// <summary>A worker who had mistyped the password too often may try again.</summary>
    public const string WorkerUnlocked = "organisation.worker-unlocked";

    /// <summary>A worker was put on the duty roster.</summary>
    public const string RosterAdded = "organisation.roster-added";

    /// <summary>A worker was taken off the duty roster.</summary>
    public const string RosterRemoved = "organisation.roster-removed";

    /// <summary>A system got a sign-in.</summary>
    public const string ClientAdded = "security.client-added";

    /// <summary>The secret that a system had before its present one was ended before its time.</summary>
    public const string ClientOldSecretEnded = "security.client-old-secret-ended";

    /// <summary>Which certificate a system has to connect with was changed; data: <c>certificate</c>, none when any connection will do.</summary>
    public const string ClientCertificateBound = "security.client-certificate-bound";

    /// <summary>A system's secret was replaced; data: <c>oldUntil</c> where the one before is still taken.</summary>
    public const string ClientRotated = "security.client-rotated";

    /// <summary>A system's sign-in was taken away.</summary>
    public const string ClientRemoved = "security.client-removed";
}
