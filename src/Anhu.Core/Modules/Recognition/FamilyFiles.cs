using Anhu.Modules.Alarms;
using Anhu.Modules.People;

namespace Anhu.Modules.Recognition;

/// <summary>An incident as far as its case depends on it.</summary>
/// <param name="IncidentId">The incident.</param>
/// <param name="SeedCaseId">The case that the intake chose for it.</param>
/// <param name="Order">Place in the order of arrival.</param>
/// <param name="Records">What was recorded of its people.</param>
internal sealed record FiledIncident(Guid IncidentId, Guid SeedCaseId, long Order, IReadOnlyList<PersonRecord> Records);

/// <summary>A case that an alarm opened.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Order">Its place in the city's order of cases.</param>
/// <param name="IsSealed">Recognition leaves a sealed case as it is.</param>
internal sealed record SeedCase(Guid CaseId, long Order, bool IsSealed);

/// <summary>Incidents that belong into one case.</summary>
/// <param name="CaseId">The case that keeps them; null where it has to be the one made for <paramref name="PartedIncidentId"/>.</param>
/// <param name="PartedIncidentId">The incident for which a case of its own is made; null for a case that an alarm opened.</param>
/// <param name="Incidents">Its incidents.</param>
/// <param name="Across">What differs from the case as the alarms made it: other cases and parted incidents that are in it, own incidents that are not.</param>
/// <param name="Seeds">The cases that an alarm opened and that this one stands for.</param>
internal sealed record FamilyFile(Guid? CaseId, Guid? PartedIncidentId, IReadOnlyList<Guid> Incidents, IReadOnlyList<Guid> Across, IReadOnlyList<Guid> Seeds);

/// <summary>
/// Which incident belongs into which case: a function of what the intake chose, of the records and of who is who now. An incident
/// leaves the case that the intake chose when those whom both shared turn out to be others; two cases become one when
/// recognition shows that they are about the same pair, which the intake could not know.
/// </summary>
internal static class FamilyFiles
{
    /// <summary>Works it out.</summary>
    /// <param name="seeds">The cases.</param>
    /// <param name="incidents">All their incidents.</param>
    /// <param name="who">The person of each record now.</param>
    /// <param name="identified">Whether a person is known by more than a placeholder.</param>
    public static List<FamilyFile> Of(
        IReadOnlyCollection<SeedCase> seeds, IReadOnlyCollection<FiledIncident> incidents, IReadOnlyDictionary<Guid, Guid> who, Func<Guid, bool> identified)
    {
        var bySeed = incidents.ToLookup(i => i.SeedCaseId);
        var nodes = new List<Node>();
        foreach (var seed in seeds.OrderBy(s => s.Order))
        {
            nodes.AddRange(Parts(seed, [.. bySeed[seed.CaseId].OrderBy(i => i.Order).ThenBy(i => i.IncidentId)], who, identified));
        }

        var group = Enumerable.Range(0, nodes.Count).ToArray();
        for (var i = 0; i < nodes.Count; i++)
        {
            for (var k = i + 1; k < nodes.Count; k++)
            {
                if (!nodes[i].Seed.IsSealed && !nodes[k].Seed.IsSealed && nodes[i].IsOneFamilyWith(nodes[k], identified)
                    && nodes[i].Shared(nodes[k]) > nodes[i].SharedOnArrival(nodes[k]))
                {
                    var (into, from) = (Math.Min(group[i], group[k]), Math.Max(group[i], group[k]));
                    for (var n = 0; n < group.Length; n++)
                    {
                        group[n] = group[n] == from ? into : group[n];
                    }
                }
            }
        }

        return [.. nodes.Select((node, at) => (node, at)).GroupBy(n => group[n.at], n => n.node).Select(g => File([.. g], bySeed))];
    }

    private static FamilyFile File(List<Node> nodes, ILookup<Guid, FiledIncident> bySeed)
    {
        // Nodes stand in the order of their cases; what an alarm opened comes before what was parted from it.
        var first = nodes.Find(n => n.IsSeed) ?? nodes[0];
        var others = nodes.Where(n => n != first).Select(n => n.IsSeed ? n.Seed.CaseId : n.Incidents[0].IncidentId);
        var here = nodes.SelectMany(n => n.Incidents).Select(i => i.IncidentId).ToHashSet();
        var away = first.IsSeed ? bySeed[first.Seed.CaseId].Select(i => i.IncidentId).Where(id => !here.Contains(id)) : [];
        return new FamilyFile(
            first.IsSeed ? first.Seed.CaseId : null, first.IsSeed ? null : first.Incidents[0].IncidentId, [.. here], [.. others.Concat(away).Order()],
            [.. nodes.Where(n => n.IsSeed).Select(n => n.Seed.CaseId)]);
    }

    private static List<Node> Parts(SeedCase seed, List<FiledIncident> incidents, IReadOnlyDictionary<Guid, Guid> who, Func<Guid, bool> identified)
    {
        var parts = new List<Node> { new(seed, true) };
        foreach (var incident in incidents)
        {
            var one = new Node(seed, false);
            one.Add(incident, who);
            if (parts[0].Incidents.Count == 0 || seed.IsSealed)
            {
                parts[0].Add(incident, who);
                continue;
            }

            var best = parts.Where(p => p.IsOneFamilyWith(one, identified)).MaxBy(p => p.Shared(one));
            if (best is null && parts.Max(p => p.Shared(one)) >= parts.Max(p => p.SharedOnArrival(one)))
            {
                // Nobody of it was parted from anyone: it is where the intake put it.
                best = parts[0];
            }

            if (best is null)
            {
                parts.Add(best = new Node(seed, false));
            }

            best.Add(incident, who);
        }

        return parts;
    }

    /// <summary>Incidents of one case that stay together.</summary>
    private sealed class Node(SeedCase seed, bool isSeed)
    {
        private readonly Dictionary<Guid, PartyRole> roles = [];
        private readonly HashSet<Guid> arrived = [];

        public SeedCase Seed => seed;

        public bool IsSeed => isSeed;

        public List<FiledIncident> Incidents { get; } = [];

        public void Add(FiledIncident incident, IReadOnlyDictionary<Guid, Guid> who)
        {
            Incidents.Add(incident);
            foreach (var record in incident.Records)
            {
                if (record.Role is { } role)
                {
                    roles[who[record.RecordId]] = role;
                    if (IsPrincipal(role))
                    {
                        arrived.Add(record.ArrivedAsPersonId);
                    }
                }
            }
        }

        public int Shared(Node other) => Principals().Count(other.Principals().Contains);

        public int SharedOnArrival(Node other) => arrived.Count(other.arrived.Contains);

        /// <summary>As the intake asks it: both of the pair, or one where nobody else is known on one side.</summary>
        public bool IsOneFamilyWith(Node other, Func<Guid, bool> identified)
        {
            var (mine, theirs) = (Principals(), other.Principals());
            var shared = mine.Count(theirs.Contains);
            return shared >= 2 || (shared == 1 && (!mine.Except(theirs).Any(identified) || !theirs.Except(mine).Any(identified)));
        }

        private HashSet<Guid> Principals() => roles.Where(r => IsPrincipal(r.Value)).Select(r => r.Key).ToHashSet();

        private static bool IsPrincipal(PartyRole role) => role is PartyRole.Victim or PartyRole.Perpetrator;
    }
}
