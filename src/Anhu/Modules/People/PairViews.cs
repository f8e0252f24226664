using Anhu.Modules.Audit;
using Anhu.Modules.Recognition;
using Anhu.Web;

namespace Anhu.Modules.People;

/// <summary>Takes down that people of cases were seen beside each other.</summary>
internal static class PairViews
{
    /// <summary>Pairs are shown: the list, and the people of each case once.</summary>
    /// <param name="views">The recorder.</param>
    /// <param name="list">Name of the list.</param>
    /// <param name="pairs">The pairs.</param>
    public static void Pairs(this ViewRecorder views, string list, IReadOnlyCollection<LinkPairView> pairs) =>
        views.Sides(list, pairs.Count, pairs.SelectMany(p => new[] { p.Left, p.Right }));

    /// <summary>Statements are shown.</summary>
    /// <param name="views">The recorder.</param>
    /// <param name="list">Name of the list.</param>
    /// <param name="lines">The statements.</param>
    public static void Statements(this ViewRecorder views, string list, IReadOnlyCollection<LinkStatementLine> lines) =>
        views.Sides(list, lines.Count, lines.SelectMany(l => new[] { l.Left, l.Right }));

    private static void Sides(this ViewRecorder views, string list, int shown, IEnumerable<LinkSide> sides)
    {
        views.List(list, shown);
        foreach (var side in sides.Where(s => s.CaseId is not null).DistinctBy(s => (s.CaseId, s.PersonId)))
        {
            views.Saw(ViewTypes.Person, side.CaseId, ("person", side.PersonId));
        }
    }
}
