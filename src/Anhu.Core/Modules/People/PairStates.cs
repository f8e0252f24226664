namespace Anhu.Modules.People;

/// <summary>Where a pair stands by what was said of its people.</summary>
public static class PairStates
{
    /// <summary>Works it out.</summary>
    /// <param name="pair">The pair, with who both are now.</param>
    /// <param name="statements">All statements about its records.</param>
    public static LinkPairState Of(LinkPair pair, IEnumerable<LinkStatement> statements)
    {
        var all = statements.Where(s => Names(s, pair)).ToList();
        var (inForce, _) = WhoIsWho.Weigh(all);
        var answered = all.Where(s => s.Kind is LinkStatementKind.Seconded or LinkStatementKind.Refused).Select(s => s.TargetId).ToHashSet();
        return all.Exists(s => s.NeedsSecond && !answered.Contains(s.LinkStatementId)) ? LinkPairState.Waiting
            : pair.LeftPersonId == pair.RightPersonId ? LinkPairState.Settled
            : all.Exists(s => s.Kind == LinkStatementKind.Different && inForce.Contains(s.LinkStatementId)) ? LinkPairState.Settled
            : all.Exists(s => s.Kind == LinkStatementKind.Unsure && inForce.Contains(s.LinkStatementId)) ? LinkPairState.Unsure
            : LinkPairState.Open;
    }

    private static bool Names(LinkStatement s, LinkPair pair) =>
        (s.LeftRecordId == pair.LeftRecordId && s.RightRecordId == pair.RightRecordId) || (s.LeftRecordId == pair.RightRecordId && s.RightRecordId == pair.LeftRecordId);
}
