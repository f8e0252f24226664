using Anhu.Common;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;

namespace Anhu.Modules.DryRun;

/// <summary>What changed rules would have made of past alarms. Both sides are played through from the first alarm on, so the difference is the rules' alone.</summary>
public sealed record DryRunReport
{
    /// <summary>The policy compared.</summary>
    public required DryRunVersions Policy { get; init; }

    /// <summary>The playbook compared.</summary>
    public required DryRunVersions Playbook { get; init; }

    /// <summary>First city date counted.</summary>
    public required DateOnly From { get; init; }

    /// <summary>Last city date counted: today.</summary>
    public required DateOnly To { get; init; }

    /// <summary>Cases with an incident in the period.</summary>
    public required int Cases { get; init; }

    /// <summary>Incidents in the period.</summary>
    public required int Incidents { get; init; }

    /// <summary>Cases whose rules never came to rest within 2,000 duties, on either side: a rule sets itself going without end.</summary>
    public required int EndlessCases { get; init; }

    /// <summary>Classes of the cases after their last incident, from the rules in force to the changed ones.</summary>
    public required IReadOnlyList<DryRunClasses> Classes { get; init; }

    /// <summary>Duties falling due in the period, by kind.</summary>
    public required IReadOnlyList<DryRunKind> Kinds { get; init; }

    /// <summary>Duties falling due in the period, by the office that answers for them.</summary>
    public required IReadOnlyList<DryRunUnit> Units { get; init; }

    /// <summary>Duties by agency, level and the day on which they fall due.</summary>
    public required IReadOnlyList<DryRunDay> Days { get; init; }

    /// <summary>True when neither a class nor a duty would differ.</summary>
    public bool IsSame => Classes.All(c => c.From == c.To) && Kinds.All(k => k.Before == k.After) && Units.All(u => u.Before == u.After && u.DaysChanged == 0);
}

/// <summary>Versions compared.</summary>
/// <param name="Before">In force.</param>
/// <param name="After">Changed; the same where only the other document is changed.</param>
public sealed record DryRunVersions(string Before, string After);

/// <summary>Cases that go from one class to another.</summary>
/// <param name="From">Class by the rules in force.</param>
/// <param name="To">Class by the changed rules.</param>
/// <param name="Cases">How many.</param>
/// <param name="Samples">Some of them, where the class differs.</param>
public sealed record DryRunClasses(int From, int To, int Cases, IReadOnlyList<DryRunSample> Samples);

/// <summary>A case whose class would differ.</summary>
/// <param name="CaseNumber">Its number.</param>
/// <param name="Reason">The first reason of the changed policy.</param>
public sealed record DryRunSample(string CaseNumber, Bilingual Reason);

/// <summary>Duties of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Title">Its title.</param>
/// <param name="Before">By the rules in force.</param>
/// <param name="After">By the changed rules.</param>
public sealed record DryRunKind(string Kind, Bilingual Title, int Before, int After);

/// <summary>Duties of one unit.</summary>
/// <param name="Unit">The unit's code; null where the city has no such unit.</param>
/// <param name="Name">Its name.</param>
/// <param name="Agency">Its agency.</param>
/// <param name="Level">The level that the playbook asks for.</param>
/// <param name="Before">Duties by the rules in force.</param>
/// <param name="After">Duties by the changed rules.</param>
/// <param name="BeforePerDay">On an average day.</param>
/// <param name="AfterPerDay">On an average day.</param>
/// <param name="BusiestBefore">On the busiest day.</param>
/// <param name="BusiestAfter">On the busiest day.</param>
/// <param name="DaysChanged">Days on which the number differs.</param>
public sealed record DryRunUnit(
    string? Unit, string? Name, Agency Agency, RegionLevel Level, int Before, int After, double BeforePerDay, double AfterPerDay, int BusiestBefore, int BusiestAfter,
    int DaysChanged);

/// <summary>Duties of one agency at one level on one day.</summary>
/// <param name="Agency">The agency.</param>
/// <param name="Level">The level.</param>
/// <param name="On">The city's date.</param>
/// <param name="Before">By the rules in force.</param>
/// <param name="After">By the changed rules.</param>
public sealed record DryRunDay(Agency Agency, RegionLevel Level, DateOnly On, int Before, int After);
