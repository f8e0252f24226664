using Anhu.Modules.Alarms;
using Anhu.Modules.People;

namespace Anhu.Modules.Recognition;

/// <summary>What one report says of one person, as far as who lives with whom depends on it.</summary>
/// <param name="Record">The record.</param>
/// <param name="PersonId">Who that is now.</param>
/// <param name="Home">Key of the address where the report says that the person lives; null where it says nothing, or the address is a secret.</param>
internal sealed record HomeRecord(PersonRecord Record, Guid PersonId, string? Home);

/// <summary>A person is at a place that is shielded.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="At">When that was recorded, UTC.</param>
/// <param name="Place">Key of the place. Compared, never told.</param>
internal sealed record Hiding(Guid PersonId, DateTimeOffset At, string? Place);

/// <summary>Somebody's time in a household.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="Role">The part played in the last report of that time.</param>
/// <param name="From">Since when, UTC: the first report that tells so, or the day that a worker named.</param>
/// <param name="To">Until when, UTC; null while nothing tells otherwise.</param>
public sealed record HouseholdMember(Guid PersonId, PartyRole Role, DateTimeOffset From, DateTimeOffset? To);

/// <summary>People who live together (一户), as far as reports and workers tell. Where, it does not tell.</summary>
/// <param name="HouseholdId">The earliest record of it.</param>
/// <param name="Members">Times of its people, the earliest first; somebody who left and came back has several.</param>
/// <param name="Incidents">Incidents that name somebody of it while he or she lived there, the earliest first.</param>
public sealed record Household(Guid HouseholdId, IReadOnlyList<HouseholdMember> Members, IReadOnlyList<Guid> Incidents);

/// <summary>
/// Who lives with whom: a function of the records, of who is who now, and of what workers said; nothing of it is kept. Undoing a merge or a statement therefore gives
/// back exactly what was. Two people of one report live together when it gives both the same address, when one is the victim's spouse or lives with her or him, when one is a child
/// of the report and the other its victim, or when the victim is a minor and the other a parent; not when it gives them different addresses. Somebody whom a later report places
/// elsewhere, who went to a shielded place, or of whom a couple's report says that they are a couple no more, has left.
/// </summary>
internal static class Households
{
    private static readonly string[] Couple = ["spouse", "cohabitant", "partner"];
    private static readonly string[] Former = ["former-spouse", "ex-spouse", "former-dating"];
    private static readonly string[] Elders = ["parent", "grandparent", "guardian"];

    /// <summary>Works it out.</summary>
    /// <param name="records">Records of reports; all of each report.</param>
    /// <param name="hidings">Who went to a shielded place.</param>
    /// <param name="statements">What workers said, with who the two records are now.</param>
    public static IReadOnlyList<Household> Of(
        IReadOnlyCollection<HomeRecord> records, IReadOnlyCollection<Hiding> hidings, IReadOnlyCollection<(HouseholdStatement Said, Guid PersonId, Guid WithPersonId)> statements)
    {
        var homes = new Homes();
        var undone = Undone(statements.Select(s => s.Said));
        var reports = records.Where(r => r.Record.AlarmId is not null).GroupBy(r => r.Record.AlarmId!.Value).Select(Newest).ToList();
        var steps = reports.Select(r => (At: r[0].Record.ReceivedAt, Kind: 0, Order: r.Min(x => x.Record.RecordSequence), Do: (Action)(() => homes.Report(r))))
            .Concat(hidings.Select(h => (h.At, Kind: 1, Order: 0L, Do: (Action)(() => homes.Hide(h)))))
            .Concat(statements.Where(s => s.Said.Kind != HouseholdStatementKind.Undone && !undone.Contains(s.Said.HouseholdStatementId))
                .Select(s => (s.Said.At, Kind: 2, Order: s.Said.StatementSequence, Do: (Action)(() => homes.Say(s.Said, s.PersonId, s.WithPersonId)))));
        foreach (var step in steps.OrderBy(s => s.At).ThenBy(s => s.Kind).ThenBy(s => s.Order))
        {
            step.Do();
        }

        return homes.All(reports);
    }

    /// <summary>Statements that were taken back, and not given back.</summary>
    /// <param name="statements">All that was said.</param>
    public static IReadOnlySet<Guid> Undone(IEnumerable<HouseholdStatement> statements)
    {
        var undone = new HashSet<Guid>();
        foreach (var s in statements.Where(s => s.Kind == HouseholdStatementKind.Undone).OrderByDescending(s => s.StatementSequence))
        {
            if (!undone.Contains(s.HouseholdStatementId))
            {
                undone.Add(s.TargetId!.Value);
            }
        }

        return undone;
    }

    /// <summary>Whether somebody is under 18 at a moment, as far as birth date or ID number tell.</summary>
    /// <param name="born">Birth date, if known.</param>
    /// <param name="role">The part played: a child is one where nothing else is known.</param>
    /// <param name="at">The moment, UTC.</param>
    public static bool IsMinor(DateOnly? born, PartyRole? role, DateTimeOffset at) =>
        born is { } day ? day > DateOnly.FromDateTime(at.UtcDateTime).AddYears(-18) : role == PartyRole.Child;

    /// <summary>What the newest revision says of each part of a report, each person once.</summary>
    private static List<HomeRecord> Newest(IEnumerable<HomeRecord> report) =>
    [
        .. report.GroupBy(r => r.Record.Part).Select(part => part.MaxBy(r => r.Record.RecordSequence)!).GroupBy(r => r.PersonId)
            .Select(person => person.MaxBy(r => r.Record.RecordSequence)!).OrderBy(r => r.Record.Role).ThenBy(r => r.Record.RecordSequence),
    ];

    /// <summary>Witnesses and others may be neighbours.</summary>
    private static bool IsOfHome(HomeRecord r) => r.Record.Role is PartyRole.Victim or PartyRole.Perpetrator or PartyRole.Child;

    private static bool IsCouple(HomeRecord a, HomeRecord b) => Says(a, b, Couple);

    private static bool IsFormer(HomeRecord a, HomeRecord b) => Says(a, b, Former);

    /// <summary>A report says what each one is to the victim.</summary>
    private static bool Says(HomeRecord a, HomeRecord b, string[] relations) =>
        (a.Record.Role == PartyRole.Victim && b.Record.RelationToVictim is { } theirs && relations.Contains(theirs))
        || (b.Record.Role == PartyRole.Victim && a.Record.RelationToVictim is { } own && relations.Contains(own));

    private static bool MayShare(HomeRecord a, HomeRecord b) =>
        IsOfHome(a) && IsOfHome(b) && (a.Home is not null && b.Home is not null ? a.Home == b.Home : !IsFormer(a, b));

    private static bool LiveTogether(HomeRecord a, HomeRecord b) => MayShare(a, b) && (
        (a.Home is not null && a.Home == b.Home) || IsCouple(a, b)
        || (a.Record.Role, b.Record.Role) is (PartyRole.Child, PartyRole.Victim) or (PartyRole.Victim, PartyRole.Child) or (PartyRole.Child, PartyRole.Child)
        || (Says(a, b, Elders) && IsMinor((a.Record.Role == PartyRole.Victim ? a : b).Record.BirthDate, null, a.Record.ReceivedAt)));

    /// <summary>One person's time.</summary>
    private sealed class Stay(Guid personId, PartyRole role, DateTimeOffset from)
    {
        public Guid PersonId => personId;

        public PartyRole Role { get; set; } = role;

        public DateTimeOffset From => from;

        public DateTimeOffset? To { get; set; }

        public bool Holds(DateTimeOffset at) => From <= at && (To is not { } to || at < to);
    }

    /// <summary>One home while it is worked out.</summary>
    private sealed class Home(Guid id)
    {
        public Guid Id => id;

        public string? Key { get; set; }

        public List<Stay> Stays { get; } = [];

        /// <summary>Couples of it, each in both orders.</summary>
        public HashSet<(Guid, Guid)> Couples { get; } = [];

        public Stay? Of(Guid person) => Stays.Find(s => s.PersonId == person && s.To is null);

        public bool HasPartner(Guid person, Guid but) => Stays.Exists(s => s.To is null && s.PersonId != but && Couples.Contains((person, s.PersonId)));

        /// <summary>Ends somebody's time. Whoever would be left alone has no household any more.</summary>
        public void Close(Stay stay, DateTimeOffset at)
        {
            stay.To = at < stay.From ? stay.From : at;
            EndIfAlone(at);
        }

        public void EndIfAlone(DateTimeOffset at)
        {
            if (Stays.Where(s => s.To is null).ToList() is [var last])
            {
                last.To = at < last.From ? last.From : at;
            }
        }
    }

    /// <summary>All homes while they are worked out.</summary>
    private sealed class Homes
    {
        private readonly List<Home> homes = [];

        /// <summary>Of whom a worker said that they never lived with somebody.</summary>
        private readonly HashSet<(Guid Person, Guid With)> never = [];

        public void Report(List<HomeRecord> report)
        {
            var at = report[0].Record.ReceivedAt;
            var groups = Groups(report);
            foreach (var one in report.Where(IsOfHome))
            {
                if (Current(one.PersonId) is not { } home)
                {
                    continue;
                }

                // Who of a former couple has gone is told by nobody where no address is: then it is taken to be who was reported.
                var parted = one is { Home: null, Record.Role: PartyRole.Perpetrator } && report.Exists(o => home.Of(o.PersonId) is not null && IsFormer(one, o));
                var elsewhere = one.Home is { } key && home.Key is { } known && key != known && !MovesAsOne(home, groups, one);
                if (parted || elsewhere)
                {
                    home.Close(home.Of(one.PersonId)!, at);
                }
            }

            foreach (var group in groups)
            {
                Enter(group, at);
            }
        }

        public void Hide(Hiding hiding)
        {
            if (Current(hiding.PersonId) is { } home && (home.Key is null || home.Key != hiding.Place))
            {
                home.Close(home.Of(hiding.PersonId)!, hiding.At);
            }
        }

        public void Say(HouseholdStatement s, Guid person, Guid with)
        {
            if (person == with)
            {
                return;
            }

            if (s.Kind == HouseholdStatementKind.LivesThere)
            {
                var into = Current(with);
                if (into is null)
                {
                    homes.Add(into = new Home(s.WithRecordId));
                    into.Stays.Add(new Stay(with, PartyRole.Other, s.OnAt));
                }

                never.RemoveWhere(n => n.Person == person && (n.With == with || into.Of(n.With) is not null));
                if (into.Of(person) is null)
                {
                    Leave(person, s.OnAt);
                    into.Stays.Add(new Stay(person, PartyRole.Other, s.OnAt));
                }

                return;
            }

            if (s.Kind == HouseholdStatementKind.NeverLivedThere)
            {
                never.Add((person, with));
            }

            foreach (var home in homes.Where(h => h.Stays.Exists(x => x.PersonId == with)))
            {
                foreach (var stay in home.Stays.Where(x => x.PersonId == person).ToList())
                {
                    if (s.Kind == HouseholdStatementKind.NeverLivedThere || stay.From >= s.OnAt)
                    {
                        home.Stays.Remove(stay);
                    }
                    else if (stay.To is null || stay.To > s.OnAt)
                    {
                        home.Close(stay, s.OnAt);
                    }
                }

                home.EndIfAlone(s.OnAt);
            }
        }

        public List<Household> All(List<List<HomeRecord>> reports)
        {
            var all = new List<Household>(homes.Count);
            foreach (var home in homes.Where(h => h.Stays.Select(s => s.PersonId).Distinct().Count() > 1))
            {
                var incidents = reports.Where(r => r.Exists(x => IsOfHome(x) && home.Stays.Exists(s => s.PersonId == x.PersonId && s.Holds(x.Record.ReceivedAt))))
                    .OrderBy(r => r[0].Record.ReceivedAt).Select(r => r[0].Record.IncidentId).OfType<Guid>().Distinct();
                all.Add(new Household(
                    home.Id, [.. home.Stays.OrderBy(s => s.From).ThenBy(s => s.PersonId).Select(s => new HouseholdMember(s.PersonId, s.Role, s.From, s.To))], [.. incidents]));
            }

            return all;
        }

        /// <summary>The people of a report who live together. A child belongs to the victim rather than to who is known to live elsewhere.</summary>
        private static List<List<HomeRecord>> Groups(List<HomeRecord> report)
        {
            var groups = new List<List<HomeRecord>>();
            foreach (var one in report)
            {
                var near = groups.Where(g => g.Exists(o => LiveTogether(one, o)) && g.TrueForAll(o => MayShare(one, o))).ToList();
                var group = near.Count == 0 ? [] : near[0];
                foreach (var other in near.Skip(1).Where(o => o.TrueForAll(x => group.TrueForAll(y => MayShare(x, y)))))
                {
                    group.AddRange(other);
                    groups.Remove(other);
                }

                group.Add(one);
                if (near.Count == 0)
                {
                    groups.Add(group);
                }
            }

            return [.. groups.Where(g => g.Count > 1)];
        }

        /// <summary>Whether all who live in a home are placed elsewhere together: then the home has moved, and nobody left it.</summary>
        private static bool MovesAsOne(Home home, List<List<HomeRecord>> groups, HomeRecord one) =>
            groups.Find(g => g.Contains(one)) is { } group && home.Stays.TrueForAll(s => s.To is not null || group.Exists(g => g.PersonId == s.PersonId));

        private Home? Current(Guid person) => homes.Find(h => h.Of(person) is not null);

        private void Leave(Guid person, DateTimeOffset at)
        {
            if (Current(person) is { } home)
            {
                home.Close(home.Of(person)!, at);
            }
        }

        private void Enter(List<HomeRecord> group, DateTimeOffset at)
        {
            group = [.. group.Where(one => !group.Exists(o => never.Contains((one.PersonId, o.PersonId))))];
            if (group.Count < 2)
            {
                return;
            }

            var key = group.Find(g => g.Home is not null)?.Home;
            var couples = group.SelectMany(a => group.Where(b => a != b && IsCouple(a, b)).Select(b => (a.PersonId, b.PersonId))).ToList();
            var home = homes.Where(h => May(h)).Select(h => (Home: h, Shared: group.Count(g => h.Of(g.PersonId) is not null)))
                .Where(h => h.Shared > 0).OrderByDescending(h => h.Shared).FirstOrDefault().Home;
            if (home is null)
            {
                homes.Add(home = new Home(group[0].Record.RecordId));
            }

            home.Key = key ?? home.Key;
            home.Couples.UnionWith(couples);
            foreach (var one in group.Where(g => !home.Stays.Exists(s => s.To is null && never.Contains((g.PersonId, s.PersonId)))))
            {
                var role = one.Record.Role ?? PartyRole.Other;
                if (home.Of(one.PersonId) is { } stay)
                {
                    stay.Role = role;
                    continue;
                }

                Leave(one.PersonId, at);
                home.Stays.Add(new Stay(one.PersonId, role, at));
            }

            // Not a home known to be elsewhere, unless all of them moved; nor one in which somebody already lives with another partner.
            bool May(Home h) => (key is null || h.Key is null || h.Key == key || group.TrueForAll(g => h.Of(g.PersonId) is not null))
                && !couples.Exists(c => h.Of(c.Item1) is not null && h.Of(c.Item2) is null && h.HasPartner(c.Item1, c.Item2));
        }
    }
}
