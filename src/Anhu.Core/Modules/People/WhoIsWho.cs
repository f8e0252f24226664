namespace Anhu.Modules.People;

/// <summary>
/// Who is who: a function of the records and the statements about them, and of nothing else. Whatever order statements are made
/// and taken back in, what remains in force gives the same people. Two parts of one report are never one person; two records
/// that a worker called different are never; two valid ID numbers only when a worker said so.
/// </summary>
public static class WhoIsWho
{
    /// <summary>The statements that hold: agreed where a second person was needed, and not taken back.</summary>
    /// <param name="statements">All statements about some records.</param>
    /// <returns>Ids of the statements that hold, and of the records whose arrival was taken back.</returns>
    public static (IReadOnlySet<Guid> InForce, IReadOnlySet<Guid> Undone) Weigh(IEnumerable<LinkStatement> statements)
    {
        var all = statements.ToList();
        var agreed = all.Where(s => s.Kind == LinkStatementKind.Seconded).Select(s => s.TargetId!.Value).ToHashSet();
        var effective = all.Where(s => !s.NeedsSecond || agreed.Contains(s.LinkStatementId)).ToList();

        // The latest first: what takes back may itself be taken back.
        var undone = new HashSet<Guid>();
        foreach (var s in effective.Where(s => s.Kind == LinkStatementKind.Undone).OrderByDescending(s => s.StatementSequence))
        {
            if (!undone.Contains(s.LinkStatementId))
            {
                undone.Add(s.TargetId!.Value);
            }
        }

        return (effective.Where(s => !undone.Contains(s.LinkStatementId)).Select(s => s.LinkStatementId).ToHashSet(), undone);
    }

    /// <summary>Works out who is who.</summary>
    /// <param name="records">Records, with all of the persons they could be part of.</param>
    /// <param name="statements">All statements about them; those that name other records do not count.</param>
    /// <returns>The person of each record: the id of the first record of its person.</returns>
    public static Dictionary<Guid, Guid> Of(IReadOnlyCollection<PersonRecord> records, IReadOnlyCollection<LinkStatement> statements)
    {
        var (inForce, undone) = Weigh(statements);
        var groups = new Groups(records, [
            .. statements.Where(s => s.Kind == LinkStatementKind.Different && inForce.Contains(s.LinkStatementId)).Select(s => (s.LeftRecordId, s.RightRecordId))]);

        // What a worker said counts before what the platform found, and what was found on arrival before what was found later.
        foreach (var s in statements.Where(s => s.Kind == LinkStatementKind.Confirmed && inForce.Contains(s.LinkStatementId)).OrderBy(s => s.StatementSequence))
        {
            groups.Join(s.LeftRecordId, s.RightRecordId, byWorker: true);
        }

        foreach (var record in records.OrderBy(r => r.RecordSequence))
        {
            if (record.FoundRecordId is { } found && !undone.Contains(record.RecordId))
            {
                groups.Join(found, record.RecordId, byWorker: false);
            }
        }

        foreach (var s in statements.Where(s => s.Kind == LinkStatementKind.Joined && inForce.Contains(s.LinkStatementId)).OrderBy(s => s.StatementSequence))
        {
            groups.Join(s.LeftRecordId, s.RightRecordId, byWorker: false);
        }

        return groups.Persons();
    }

    /// <summary>Whether two sets of records can be one person at all: no report names both as two people.</summary>
    /// <param name="one">Records.</param>
    /// <param name="other">Records.</param>
    public static bool SharesReport(IEnumerable<PersonRecord> one, IEnumerable<PersonRecord> other)
    {
        var parts = one.Where(r => r.AlarmId is not null).ToLookup(r => r.AlarmId!.Value, r => r.Part);
        return other.Any(r => r.AlarmId is { } alarm && parts[alarm].Any(part => part != r.Part));
    }

    /// <summary>Sets of records that grow together, unless something forbids it.</summary>
    private sealed class Groups
    {
        private readonly Dictionary<Guid, List<PersonRecord>> members = [];
        private readonly Dictionary<Guid, List<PersonRecord>> of = [];
        private readonly List<(Guid Left, Guid Right)> different;

        public Groups(IReadOnlyCollection<PersonRecord> records, List<(Guid, Guid)> different)
        {
            this.different = different;
            foreach (var record in records)
            {
                of.Add(record.RecordId, members[record.RecordId] = [record]);
            }
        }

        public void Join(Guid left, Guid right, bool byWorker)
        {
            if (!of.TryGetValue(left, out var a) || !of.TryGetValue(right, out var b) || a == b || SharesReport(a, b)
                || (!byWorker && !NumbersAgree(a, b)) || different.Exists(d => Parts(d, a, b) || Parts(d, b, a)))
            {
                return;
            }

            var (into, from) = a.Count >= b.Count ? (a, b) : (b, a);
            into.AddRange(from);
            foreach (var record in from)
            {
                of[record.RecordId] = into;
            }
        }

        public Dictionary<Guid, Guid> Persons()
        {
            var first = new Dictionary<List<PersonRecord>, Guid>();
            foreach (var group in of.Values)
            {
                first.TryAdd(group, group.MinBy(r => r.RecordSequence)!.RecordId);
            }

            return of.ToDictionary(p => p.Key, p => first[p.Value]);
        }

        private bool Parts((Guid Left, Guid Right) pair, List<PersonRecord> a, List<PersonRecord> b) =>
            of.TryGetValue(pair.Left, out var left) && of.TryGetValue(pair.Right, out var right) && left == a && right == b;

        private static bool NumbersAgree(List<PersonRecord> a, List<PersonRecord> b)
        {
            var (one, other) = (Numbers(a), Numbers(b));
            return one.IsSubsetOf(other) || other.IsSubsetOf(one);
        }

        private static HashSet<string> Numbers(List<PersonRecord> group) =>
            group.Where(r => r.IdNumber is { } number && Alarms.CitizenId.HasRightCheck(number)).Select(r => r.IdNumber!).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }
}
