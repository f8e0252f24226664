namespace Anhu.Modules.Alarms;

/// <summary>
/// The words that our own page and mappings use for relations (handbook §5.2). The contract leaves the field open: other
/// systems may send other words.
/// </summary>
public static class AlarmRelations
{
    /// <summary>What someone is to the victim.</summary>
    public static IReadOnlyList<string> ToVictim { get; } =
    [
        "spouse", "former-spouse", "cohabitant", "dating", "former-dating", "parent", "child", "in-law", "sibling", "grandparent", "guardian", "other-relative", "other",
    ];

    /// <summary>What a reporter is to the victim.</summary>
    public static IReadOnlyList<string> OfReporter { get; } =
    [
        "self", "child", "relative", "neighbour", "school", "hospital", "community", "organisation", "perpetrator", "passer-by", "other",
    ];
}
