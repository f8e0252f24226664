using Anhu.Data;
using Anhu.Data.Postgres;
using Anhu.Data.Sqlite;
using Anhu.Hosting;

namespace Anhu.Tests.Architecture;

/// <summary>The order of Anhu's folders, as <c>docs/developers/architecture.md</c> tells it. Core's modules come first, then the program's.</summary>
internal static class HouseOrder
{
    private const string Core = "Anhu.Core";
    private const string Program = "anhu";

    /// <summary>Lowest first.</summary>
    public static Layers Layers { get; } = new(
        [
            ["core/Common"],
            ["core/Protection"],
            ["core/Data"],
            ["core/Time"],
            ["core/Regions"],
            ["core/Timeline"],
            ["core/Security"],
            ["core/KeyRotation"],
            ["core/Organisation"],
            ["core/Alarms"],
            ["core/Narratives"],
            ["core/People"],
            ["core/Shield"],
            ["core/Grading"],
            ["core/Playbooks"],
            ["core/Duties"],
            ["core/Cases"],
            ["core/Audit"],
            ["core/Feed", "core/DryRun", "core/Work", "core/Intake"],
            ["core/Documents"],
            ["core/Messages"],
            ["core/Whereabouts"],
            ["core/Scene"],
            ["core/Evidence"],
            ["core/MandatoryReports"],
            ["core/Measures"],
            ["core/Dispositions"],
            ["core/Visits"],
            ["core/Recognition"],
            ["core/DataRequests"],
            ["core/Retention"],
            ["core/Backup"],
            ["core/Demo"],
            ["core/Modules"],
            ["Anhu.Data.Postgres", "Anhu.Data.Sqlite"],
            ["web/Components.Shared"],
            ["web/Web"],
            ["web/Components"],
            ["web/Api", "web/Jobs"],
            ["web/Feed"],
            ["web/Organisation"],
            ["web/Account"],
            ["web/Safety"],
            ["web/Clients"],
            ["web/Alarms"],
            ["web/Duties"],
            ["web/Documents"],
            ["web/Evidence"],
            ["web/Scene"],
            ["web/Cases"],
            ["web/MandatoryReports"],
            ["web/Measures"],
            ["web/Dispositions"],
            ["web/Audit"],
            ["web/People"],
            ["web/Playbooks"],
            ["web/Messages"],
            ["web/Visits"],
            ["web/Whereabouts"],
            ["web/DataRequests"],
            ["web/Retention"],
            ["web/Operations"],
            ["web/Demo"],
            ["web/Modules"],
            ["web/Hosting"],
            ["web/Commands"],
        ],
        Folder);

    /// <summary>
    /// The only types below the modules that know their entities: one context with one transaction for all modules has to be told
    /// of every table somewhere. Everything else in <c>Data</c> serves any entity.
    /// </summary>
    public static IReadOnlySet<string> KnowEntities { get; } =
        new HashSet<string>(StringComparer.Ordinal) { nameof(AnhuDbContext), "AccessMapping", "AuditMapping", "DispositionMapping", "DocumentMapping", "EvidenceMapping", "FoundationMapping", "MandatoryReportMapping", "MeasureMapping", "PeopleMapping", "SceneMapping", "SpineMapping", "VisitMapping" };

    /// <summary>Where the compiled code is.</summary>
    public static IReadOnlyList<string> Assemblies { get; } =
    [
        typeof(AnhuDbContext).Assembly.Location,
        typeof(PostgresStoreProvider).Assembly.Location,
        typeof(SqliteStoreProvider).Assembly.Location,
        typeof(AnhuApp).Assembly.Location,
    ];

    /// <summary>The folder of a type: a module by its name, the rest of a project by its first folder; null for what a compiler adds.</summary>
    /// <param name="place">The type's place.</param>
    public static string? Folder(CodePlace place)
    {
        const string madeByRazor = "__Blazor.";
        var name = place.Namespace.StartsWith(madeByRazor, StringComparison.Ordinal) ? place.Namespace[madeByRazor.Length..] : place.Namespace;
        return name.Split('.') switch
        {
            ["Anhu", ..] when place.Project is not (Core or Program) => place.Project,
            ["Anhu", "Modules", var module, ..] => $"{Side(place)}/{module}",
            ["Anhu", "Components", "Shared", ..] => $"{Side(place)}/Components.Shared",
            ["Anhu", var folder, ..] => $"{Side(place)}/{folder}",
            _ => null,
        };
    }

    private static string Side(CodePlace place) => place.Project == Core ? "core" : "web";
}
