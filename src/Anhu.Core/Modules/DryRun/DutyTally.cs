using System.Runtime.InteropServices;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;

namespace Anhu.Modules.DryRun;

/// <summary>Counts duties of one side by kind, and by unit and day.</summary>
internal sealed class DutyTally(DateOnly from, DateOnly to)
{
    private readonly Dictionary<string, int> kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<(Agency Agency, RegionLevel Level, Guid? Unit), int[]> units = [];

    public IEnumerable<string> Kinds => kinds.Keys;

    public IEnumerable<(Agency Agency, RegionLevel Level, Guid? Unit)> Units => units.Keys;

    private int DayCount => to.DayNumber - from.DayNumber + 1;

    public int OfKind(string kind) => kinds.GetValueOrDefault(kind);

    /// <summary>Duties of a unit on each day of the period.</summary>
    public int[] OfUnit((Agency Agency, RegionLevel Level, Guid? Unit) unit) => units.GetValueOrDefault(unit) ?? new int[DayCount];

    public void Count(PlannedDuty duty, Guid? unit, DateOnly dueOn)
    {
        if (dueOn < from || dueOn > to)
        {
            return;
        }

        CollectionsMarshal.GetValueRefOrAddDefault(kinds, duty.Kind, out _)++;
        ref var days = ref CollectionsMarshal.GetValueRefOrAddDefault(units, (duty.Agency, duty.Level, unit), out _);
        days ??= new int[DayCount];
        days[dueOn.DayNumber - from.DayNumber]++;
    }
}
