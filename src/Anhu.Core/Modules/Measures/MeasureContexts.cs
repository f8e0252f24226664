using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Measures.Punishments;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Measures;

/// <summary>What was decided about an incident of which somebody is the alleged perpetrator.</summary>
internal sealed record PastIncident
{
    /// <summary>The alleged perpetrator.</summary>
    public required Guid PersonId { get; init; }

    /// <summary>The incident.</summary>
    public required Guid IncidentId { get; init; }

    /// <summary>When it happened, UTC.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>The disposition, as in <see cref="Incident.Disposition"/>.</summary>
    public required string? Disposition { get; init; }

    /// <summary>When a letter was issued, UTC.</summary>
    public required DateTimeOffset? LetterAt { get; init; }

    /// <summary>When it was punished, UTC.</summary>
    public required DateTimeOffset? PunishedAt { get; init; }
}

/// <summary>Reads what stands around a step from the store.</summary>
internal static class MeasureContexts
{
    private static readonly CompiledReads<Queries> Reads = new();

    public static async Task<MeasureContext> OfAsync(
        AnhuDbContext db, MeasureKind kind, MeasureRules rules, Measure measure, CaseFile file, Incident incident, IReadOnlyDictionary<string, string> fields,
        Caller caller, OrganisationMap map, DateTimeOffset now, CancellationToken ct)
    {
        Guid[] records = [measure.AgainstRecordId, measure.ProtectsRecordId];
        var people = await db.PersonRecords.AsNoTracking().Where(r => records.Contains(r.RecordId)).ToDictionaryAsync(r => r.RecordId, r => r.PersonId, ct);
        var against = people.GetValueOrDefault(measure.AgainstRecordId, measure.AgainstRecordId);
        return new MeasureContext
        {
            Measure = measure, Fields = fields, File = file, Incident = incident, At = now, Caller = caller, Rules = rules,
            FromAbove = caller.UnitId is { } unit && unit != measure.UnitId && AccessPolicy.MaySupervise(caller, measure.UnitId, map),
            On = kind.LawOf(measure, incident, rules.Clock.Zone), History = await HistoryAsync(db, against, incident, ct), Against = against, Map = map,
            Protected = people.GetValueOrDefault(measure.ProtectsRecordId, measure.ProtectsRecordId),
            Visits = rules.AllVisits.Count == 0 ? [] : await VisitsAsync(db, measure, ct), Acts = kind.Rows.Any(r => r.Keeps) ? await ActsAsync(db, measure.MeasureId, ct) : [],
            Beside = kind is AdministrativePenalty or CriminalCase ? await BesideAsync(db, measure, ct) : [],
        };
    }

    /// <summary>Other punishments of the incident that stand.</summary>
    private static async Task<List<(string, DateTimeOffset)>> BesideAsync(AnhuDbContext db, Measure measure, CancellationToken ct)
    {
        string[] kinds = [AdministrativePenalty.KindId, CriminalCase.KindId];
        var others = await db.Measures.AsNoTracking().Where(m => m.IncidentId == measure.IncidentId && m.MeasureId != measure.MeasureId && kinds.Contains(m.Kind)).ToListAsync(ct);
        return
        [
            .. others.Select(m => (Disposition: Custody.DispositionOf(m), At: m.Kind == CriminalCase.KindId ? m.StartsAt : m.IssuedAt))
                .Where(o => o is { Disposition: not null, At: not null }).Select(o => (o.Disposition!, o.At!.Value)).OrderBy(o => o.Value),
        ];
    }

    /// <summary>What was decided about a person's earlier incidents, of all cases: criticism counts by person, not by alarm.</summary>
    public static async Task<MeasureHistory> HistoryAsync(AnhuDbContext db, Guid person, Incident incident, CancellationToken ct) =>
        History((await PastAsync(db, [person], ct))[person], incident);

    /// <summary>What was decided before an incident.</summary>
    /// <param name="past">All incidents of the person.</param>
    /// <param name="incident">The incident.</param>
    public static MeasureHistory History(IEnumerable<PastIncident> past, Incident incident)
    {
        var before = past.Where(p => p.OccurredAt < incident.OccurredAt && p.IncidentId != incident.IncidentId).ToList();
        return new MeasureHistory(
            before.Count(b => b.Disposition == "criticism"), before.Count(b => b.LetterAt is not null), before.Count(b => b.PunishedAt is not null || b.Disposition is "penalty" or "criminal"));
    }

    /// <summary>The incidents of which people are the alleged perpetrators, of all cases, by person.</summary>
    public static async Task<ILookup<Guid, PastIncident>> PastAsync(AnhuDbContext db, Guid[] people, CancellationToken ct) =>
        (await Reads.Of(db).Past(db, people).ToListAsync(ct)).ToLookup(p => p.PersonId);

    /// <summary>What was done about a measure and is kept, oldest first, with what this transaction adds.</summary>
    public static async Task<List<MeasureAct>> ActsAsync(AnhuDbContext db, Guid measureId, CancellationToken ct)
    {
        var stored = await db.MeasureActs.AsNoTracking().Where(a => a.MeasureId == measureId).ToListAsync(ct);
        return [.. stored.Concat(db.MeasureActs.Local.Where(a => a.MeasureId == measureId)).DistinctBy(a => a.MeasureActId).OrderBy(a => a.Ordinal)];
    }

    /// <summary>Outcomes of the visits that watch a measure, oldest first.</summary>
    public static async Task<List<string>> VisitsAsync(AnhuDbContext db, Measure measure, CancellationToken ct)
    {
        var (incident, since) = (measure.IncidentId, measure.DeliveredAt ?? measure.ProposedAt);
        return await db.Duties.AsNoTracking().Where(d => d.IncidentId == incident && d.Kind == "check-visit" && d.DoneAt != null && d.CreatedAt >= since && d.Outcome != null)
            .OrderBy(d => d.DoneAt).ThenBy(d => d.DutyId).Select(d => d.Outcome!).ToListAsync(ct);
    }

    private sealed class Queries
    {
        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<PastIncident>> Past { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] people) =>
                from p in db.IncidentParties
                where people.Contains(p.PersonId) && p.Role == Alarms.PartyRole.Perpetrator
                join i in db.Incidents on p.IncidentId equals i.IncidentId
                select new PastIncident
                {
                    PersonId = p.PersonId, IncidentId = i.IncidentId, OccurredAt = i.OccurredAt, Disposition = i.Disposition, LetterAt = i.LetterAt, PunishedAt = i.PunishedAt,
                });
    }
}
