using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Measures;

/// <summary>What time alone demands of measures, such as the end of a protection order. Idempotent: running it twice, or on two nodes, does it once.</summary>
public sealed class MeasureTimes(
    IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, RuleBook rules, MeasureBook book, TimeProvider time)
{
    private const int Portion = 100;

    /// <summary>Does all that is due now.</summary>
    /// <param name="ct">Cancels between portions.</param>
    /// <returns>How many measures it looked at.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var changed = 0;
        for (var portion = -1; portion != 0;)
        {
            portion = await PortionAsync(ct);
            changed += portion;
        }

        return changed;
    }

    private async Task<int> PortionAsync(CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var asOf = time.Now;
        if (!await db.Measures.AnyAsync(m => m.NextCheckAt != null && m.NextCheckAt <= asOf, ct))
        {
            return 0;
        }

        return await db.ExclusivelyAsync(
            async () =>
            {
                var now = time.Now;
                var work = new CaseRules(map, rules);
                var due = await db.Measures.Where(m => m.NextCheckAt != null && m.NextCheckAt <= now).OrderBy(m => m.NextCheckAt).Take(Portion).ToListAsync(ct);
                Guid[] incidents = [.. due.Select(m => m.IncidentId).Distinct()];
                var cases = await db.Incidents.Where(i => incidents.Contains(i.IncidentId)).ToDictionaryAsync(i => i.IncidentId, i => i.CaseId, ct);
                var files = await CaseFile.LoadAsync(db, [.. cases.Values.Distinct()], ct);
                var sink = new TrackedSink(db);
                foreach (var measure in due)
                {
                    var (kind, own) = book[measure.Kind];
                    var file = files[cases[measure.IncidentId]];
                    var incident = file.Incidents.Find(i => i.IncidentId == measure.IncidentId)!;
                    var context = await MeasureContexts.OfAsync(db, kind, own, measure, file, incident, measure.Fields, new Caller(), map, now, ct);
                    kind.Tick(context, work, sink);
                }

                return due.Count;
            },
            ct);
    }
}
