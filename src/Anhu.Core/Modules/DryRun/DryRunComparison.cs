using Anhu.Common;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;

namespace Anhu.Modules.DryRun;

/// <summary>Plays cases through under the rules in force and under the changed ones, and adds up the difference.</summary>
internal sealed class DryRunComparison(
    RuleSet before, RuleSet after, OrganisationMap map, CityZone zone, DateOnly from, DateOnly to, DateTimeOffset until)
{
    private const int MaxSamples = 10;

    private readonly DutyTally dutiesBefore = new(from, to);
    private readonly DutyTally dutiesAfter = new(from, to);
    private readonly Dictionary<(int From, int To), (int Cases, List<DryRunSample> Samples)> classes = [];
    private int incidentCount;
    private int endless;

    /// <summary>Cases played so far.</summary>
    public int Cases { get; private set; }

    public void Play(DvCase dvCase, IReadOnlyList<PastIncident> incidents)
    {
        var old = Play(dvCase, incidents, before, dutiesBefore);
        var changed = Play(dvCase, incidents, after, dutiesAfter);
        Cases++;
        incidentCount += incidents.Count(i => zone.DateOf(i.Incident.OccurredAt) >= from);
        endless += old.IsEndless || changed.IsEndless ? 1 : 0;
        var (cases, samples) = classes.GetValueOrDefault((old.Class, changed.Class), (0, []));
        if (old.Class != changed.Class && samples.Count < MaxSamples && changed.Reason is { } reason)
        {
            samples.Add(new DryRunSample(dvCase.CaseNumber, new Bilingual(reason.TextZh, reason.TextEn)));
        }

        classes[(old.Class, changed.Class)] = (cases + 1, samples);
    }

    public DryRunReport ToReport() => new()
    {
        Policy = new DryRunVersions(before.Policy.Version, after.Policy.Version),
        Playbook = new DryRunVersions(before.Playbook.Version, after.Playbook.Version),
        From = from,
        To = to,
        Cases = Cases,
        Incidents = incidentCount,
        EndlessCases = endless,
        Classes = [.. classes.OrderBy(c => c.Key).Select(c => new DryRunClasses(c.Key.From, c.Key.To, c.Value.Cases, c.Value.Samples))],
        Kinds =
        [
            .. dutiesBefore.Kinds.Union(dutiesAfter.Kinds).Order(StringComparer.Ordinal)
                .Select(k => new DryRunKind(k, TitleOf(k), dutiesBefore.OfKind(k), dutiesAfter.OfKind(k))),
        ],
        Units =
        [
            .. dutiesBefore.Units.Union(dutiesAfter.Units).Select(Compare)
                .OrderByDescending(u => Math.Abs(u.After - u.Before)).ThenBy(u => u.Unit, StringComparer.Ordinal).ThenBy(u => u.Level),
        ],
        Days = [.. Days()],
    };

    private CaseReplay Play(DvCase dvCase, IReadOnlyList<PastIncident> incidents, RuleSet rules, DutyTally tally)
    {
        var replay = new CaseReplay(
            rules, dvCase, zone, until, (duty, region) => tally.Count(duty, map.Responsible(duty.Agency, region, duty.Level)?.UnitId, zone.DateOf(duty.DueAt)));
        replay.Run(incidents);
        return replay;
    }

    private Bilingual TitleOf(string kind) =>
        (after.Playbook.Kinds.TryGetValue(kind, out var changed) ? changed : before.Playbook.Kinds[kind]).Title;

    private DryRunUnit Compare((Agency Agency, Regions.RegionLevel Level, Guid? Unit) key)
    {
        var unit = key.Unit is { } id ? map.Find(id) : null;
        var (old, changed) = (dutiesBefore.OfUnit(key), dutiesAfter.OfUnit(key));
        double days = old.Length;
        return new DryRunUnit(
            unit?.Code, unit?.Name, key.Agency, key.Level, old.Sum(), changed.Sum(), Math.Round(old.Sum() / days, 2), Math.Round(changed.Sum() / days, 2),
            old.Max(), changed.Max(), old.Zip(changed).Count(d => d.First != d.Second));
    }

    private IEnumerable<DryRunDay> Days()
    {
        foreach (var group in dutiesBefore.Units.Union(dutiesAfter.Units).GroupBy(u => (u.Agency, u.Level)).OrderBy(g => g.Key))
        {
            var (old, changed) = (Sum(group.Select(dutiesBefore.OfUnit)), Sum(group.Select(dutiesAfter.OfUnit)));
            for (var i = 0; i < old.Length; i++)
            {
                if (old[i] > 0 || changed[i] > 0)
                {
                    yield return new DryRunDay(group.Key.Agency, group.Key.Level, from.AddDays(i), old[i], changed[i]);
                }
            }
        }
    }

    private int[] Sum(IEnumerable<int[]> units)
    {
        var days = new int[to.DayNumber - from.DayNumber + 1];
        foreach (var unit in units)
        {
            for (var i = 0; i < days.Length; i++)
            {
                days[i] += unit[i];
            }
        }

        return days;
    }
}
