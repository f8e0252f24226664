using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.WarningLetters;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Dispositions;

/// <summary>
/// What stands around the incidents of many cases and says whether letters are due: read for all of them at once, for the watch follows every alarm and
/// asking for each case by itself cost intake a fifth of its speed.
/// </summary>
internal sealed class LetterFacts
{
    private static readonly CompiledReads<Queries> Reads = new();

    private readonly ILookup<Guid, PastIncident> past;

    private LetterFacts(ILookup<Guid, PastIncident> past) => this.past = past;

    /// <summary>The people of each incident.</summary>
    public required ILookup<Guid, IncidentParty> Parties { get; init; }

    /// <summary>The letters of each incident, oldest first; tracked.</summary>
    public required ILookup<Guid, Measure> Letters { get; init; }

    /// <summary>What is known to be due, by incident; tracked.</summary>
    public required Dictionary<Guid, LetterDue> Due { get; init; }

    /// <summary>The dispositions of each incident.</summary>
    public required ILookup<Guid, DispositionRecord> Dispositions { get; init; }

    /// <summary>Reads it.</summary>
    /// <param name="db">The context.</param>
    /// <param name="files">The cases.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<LetterFacts> LoadAsync(AnhuDbContext db, IEnumerable<CaseFile> files, CancellationToken ct)
    {
        var read = Reads.Of(db);
        Guid[] ids = [.. files.SelectMany(f => f.Incidents).Select(i => i.IncidentId)];
        var parties = await read.Parties(db, ids).ToListAsync(ct);
        Guid[] abusers = [.. parties.Where(p => p.Role == PartyRole.Perpetrator).Select(p => p.PersonId).Distinct()];
        return new LetterFacts(await MeasureContexts.PastAsync(db, abusers, ct))
        {
            Parties = parties.ToLookup(p => p.IncidentId),
            Letters = (await read.Letters(db, ids).ToListAsync(ct)).OrderBy(m => m.MeasureId).ToLookup(m => m.IncidentId),
            Due = await read.Due(db, ids).ToDictionaryAsync(d => d.IncidentId, cancellationToken: ct),
            Dispositions = (await read.Dispositions(db, ids).ToListAsync(ct)).ToLookup(d => d.IncidentId),
        };
    }

    /// <summary>What was decided about a person's incidents before one.</summary>
    /// <param name="person">The person.</param>
    /// <param name="incident">The incident.</param>
    public MeasureHistory History(Guid person, Incident incident) => MeasureContexts.History(past[person], incident);

    // A compiled query keeps the tracking of the context that runs it first, so each says its own.
    private sealed class Queries
    {
        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<IncidentParty>> Parties { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.IncidentParties.AsNoTracking().Where(p => ids.Contains(p.IncidentId)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<Measure>> Letters { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.Measures.AsTracking().Where(m => ids.Contains(m.IncidentId) && m.Kind == WarningLetter.KindId));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<LetterDue>> Due { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.LettersDue.AsTracking().Where(d => ids.Contains(d.IncidentId)));

        public Func<AnhuDbContext, Guid[], IAsyncEnumerable<DispositionRecord>> Dispositions { get; } =
            EF.CompileAsyncQuery((AnhuDbContext db, Guid[] ids) => db.Dispositions.AsNoTracking().Where(d => ids.Contains(d.IncidentId)));
    }
}
