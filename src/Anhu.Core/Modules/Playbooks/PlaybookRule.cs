using Anhu.Common;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;

namespace Anhu.Modules.Playbooks;

/// <summary>One rule, compiled.</summary>
internal sealed class PlaybookRule
{
    public required string RuleId { get; init; }

    public required IReadOnlyList<PlaybookEvent> Events { get; init; }

    public required Condition<PlaybookFacts>? If { get; init; }

    public required Condition<PlaybookFacts>? Unless { get; init; }

    public required string? Kind { get; init; }

    public required Agency Agency { get; init; }

    public required RegionLevel Level { get; init; }

    public required Deadline? Deadline { get; init; }

    public required string Basis { get; init; }

    public required bool Once { get; init; }

    public required bool Proposed { get; init; }

    public required PlannedNotice? Notice { get; init; }

    public required int Line { get; init; }

    public PlaybookRuleView View => new(
        RuleId, [.. Events.Select(PlaybookWords.NameOf)], If?.Text, Unless?.Text, Kind, Notice?.Text, Agency, Level, Deadline?.Text, Basis, Once, Proposed, Line);

    public bool Applies(PlaybookFacts facts) => (If is null || If.Holds(facts)) && (Unless is null || !Unless.Holds(facts));
}
