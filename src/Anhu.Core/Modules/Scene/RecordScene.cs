using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Scene;

/// <summary>One tap as the page sends it.</summary>
public sealed record SceneTap
{
    /// <summary>Made by the page; a tap that is sent again has the same one.</summary>
    public required Guid Id { get; init; }

    /// <summary>What it is about.</summary>
    public required ScenePart Part { get; init; }

    /// <summary>Which item.</summary>
    public required string Item { get; init; }

    /// <summary>The value; empty takes an earlier one back.</summary>
    public string? Value { get; init; }

    /// <summary>Words, for a note.</summary>
    public string? Words { get; init; }

    /// <summary>When it was tapped.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>A counter that only grows: of two taps of one officer the one with the higher count is the later.</summary>
    public required long Count { get; init; }

    /// <summary>Version of the checklist or instrument that was shown.</summary>
    public string? List { get; init; }

    /// <summary>The writer was told that the words hold a shielded value, and keeps them.</summary>
    public bool LeaksSeen { get; init; }
}

/// <summary>Records taps at the scene of a duty.</summary>
/// <param name="DutyId">The duty.</param>
/// <param name="Taps">The taps, in any order; some may have been sent before.</param>
/// <param name="CaseId">The case that the caller takes the duty to be of; null when it does not say.</param>
public sealed record RecordScene(Guid DutyId, IReadOnlyList<SceneTap> Taps, Guid? CaseId = null);

/// <summary>What became of a tap.</summary>
/// <param name="Id">The tap.</param>
/// <param name="IsNew">False when it had been stored before.</param>
/// <param name="Failure">Why it was not taken; null when it is stored.</param>
public sealed record TapTaken(Guid Id, bool IsNew, Failure? Failure);

/// <summary>What came of taps.</summary>
/// <param name="Taps">Each tap, in the order given.</param>
/// <param name="Class">The class of the case now.</param>
/// <param name="Raised">It rose by them.</param>
/// <param name="NewDuties">How many duties arose.</param>
/// <param name="Record">What holds at the scene now.</param>
public sealed record SceneRecorded(IReadOnlyList<TapTaken> Taps, int Class, bool Raised, int NewDuties, SceneRecord Record);

/// <summary>What can go wrong at the scene.</summary>
public static class SceneFailures
{
    /// <summary>Too many taps at once, or none.</summary>
    public static Failure Batch { get; } = new(FailureKind.Invalid, "scene.batch", "entries");

    /// <summary>No such item, or no such value for it.</summary>
    public static Failure Wrong { get; } = new(FailureKind.Invalid, "scene.wrong", "item");

    /// <summary>The words are too long.</summary>
    public static Failure TooLong { get; } = new(FailureKind.Invalid, "scene.too-long", "words");

    /// <summary>Count or time make no sense.</summary>
    public static Failure Count { get; } = new(FailureKind.Invalid, "scene.count", "count");

    /// <summary>The id stands for another tap.</summary>
    public static Failure Taken { get; } = new(FailureKind.Conflict, "scene.taken", "id");

    /// <summary>The words hold a shielded value.</summary>
    public static Failure TellsPlace { get; } = new(FailureKind.NotAllowed, "scene.tells-place", "words");

    /// <summary>There are more taps at this scene than anybody makes.</summary>
    public static Failure TooMany { get; } = new(FailureKind.NotAllowed, "scene.too-many");

    /// <summary>The duty is not done at a scene.</summary>
    public static Failure NoScene { get; } = new(FailureKind.NotAllowed, "scene.none");
}

/// <summary>
/// Takes what is tapped at the scene. Each tap is a row of its own, stored once however often it comes and in whatever order; facts go to grading at once.
/// Taps that arrive when the duty has ended are still taken: evidence is not lost because a phone had no line.
/// </summary>
public sealed class RecordSceneHandler(
    IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, AnswerQuestionsHandler answers, RuleBook rules, SceneBook book, TimeProvider time)
{
    /// <summary>How many taps are taken at once.</summary>
    public const int MostAtOnce = 200;

    /// <summary>How many taps a scene holds.</summary>
    public const int MostInAll = 4000;

    /// <summary>What was noted at the scene.</summary>
    public const string Noted = "scene.noted";

    private readonly CaseTurn turn = new(contexts, sights, organisation);

    /// <summary>Takes them.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result<SceneRecorded>> Handle(RecordScene command, Caller caller, CancellationToken ct)
    {
        if (command.Taps.Count is 0 or > MostAtOnce)
        {
            return SceneFailures.Batch;
        }

        Guid? caseId;
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            caseId = await db.Duties.AsNoTracking().VisibleTo(caller, db).Where(d => d.DutyId == command.DutyId).Select(d => (Guid?)d.CaseId).SingleOrDefaultAsync(ct);
        }

        for (var attempt = 1; caseId is { } id && (command.CaseId ?? id) == id; attempt++)
        {
            try
            {
                return await turn.TakeAsync(id, caller, (db, file, map) => TakeAsync(command, caller, db, file, map, ct), ct);
            }
            catch (DbUpdateConcurrencyException) when (attempt < 6)
            {
                // Somebody took a step on the duty meanwhile: read again.
            }
            catch (DbUpdateException e) when (attempt < 6 && IsConstraint(e))
            {
                // The same taps came twice at once: the second time they are known.
            }
        }

        return DutyFailures.NotFound;
    }

    /// <summary>Whether a caller's unit may write at the scene of a duty: the one that answers for it, those above it, and its agency's other offices that are in the case.</summary>
    /// <param name="caller">Who asks; must be able to work on the case.</param>
    /// <param name="ownerUnitId">The unit that answers for the duty.</param>
    /// <param name="map">Units as of now.</param>
    public static bool MayWrite(Caller caller, Guid ownerUnitId, OrganisationMap map) =>
        caller.May(Permissions.WorkDuties) && caller.UnitId is { } own && map.Find(own)?.Agency is { } agency && map.Find(ownerUnitId)?.Agency == agency;

    /// <summary>Takes taps in a transaction that has the case's turn.</summary>
    internal async Task<Result<SceneRecorded>> TakeAsync(RecordScene command, Caller caller, AnhuDbContext db, CaseFile file, OrganisationMap map, CancellationToken ct)
    {
        var duty = file.OpenDuties.FirstOrDefault(d => d.DutyId == command.DutyId)
            ?? await db.Duties.AsTracking().SingleOrDefaultAsync(d => d.DutyId == command.DutyId && d.CaseId == file.Case.CaseId, ct);
        if (duty is null)
        {
            return DutyFailures.NotFound;
        }

        if (!book.IsScene(duty.Kind))
        {
            return SceneFailures.NoScene;
        }

        if (!MayWrite(caller, duty.OwnerUnitId, map))
        {
            return new Failure(FailureKind.Forbidden, "duties.not-your-unit");
        }

        var now = time.Now;
        var stored = await db.SceneEntries.AsNoTracking().Where(e => e.DutyId == duty.DutyId).ToListAsync(ct);
        var ids = command.Taps.Select(t => t.Id).ToList();
        var elsewhere = (await db.SceneEntries.AsNoTracking().Where(e => ids.Contains(e.SceneEntryId) && e.DutyId != duty.DutyId).Select(e => e.SceneEntryId).ToListAsync(ct)).ToHashSet();
        var known = stored.ToDictionary(e => e.SceneEntryId);
        var (taken, added) = (new List<TapTaken>(), new List<SceneEntry>());
        foreach (var tap in command.Taps)
        {
            var entry = EntryOf(tap, duty, caller, now);
            Failure? failure;
            if (known.TryGetValue(tap.Id, out var before) || elsewhere.Contains(tap.Id))
            {
                taken.Add(new TapTaken(tap.Id, false, before is not null && entry is not null && IsSame(before, entry) ? null : SceneFailures.Taken));
            }
            else if ((failure = entry is null ? SceneFailures.Wrong : await CheckAsync(tap, entry, stored.Count + added.Count, db, file, ct)) is not null)
            {
                taken.Add(new TapTaken(tap.Id, false, failure));
            }
            else
            {
                taken.Add(new TapTaken(tap.Id, true, null));
                known.Add(tap.Id, entry!);
                added.Add(entry!);
                db.Add(entry!);
            }
        }

        var record = SceneRecord.Of([.. stored, .. added]);
        if (added.Count == 0)
        {
            return new SceneRecorded(taken, file.Case.Class, false, 0, record);
        }

        var work = new CaseRules(map, rules);
        var sink = new TrackedSink(db);
        Begin(duty, file, caller, work, now, sink);
        db.Record(new PendingEvent(Noted, now, file.Case.CaseId, duty.DutyId, caller.UnitId, file.Case.Class, EventData.Of(
            ("kind", duty.Kind), ("entries", added.Count), ("ids", added.Select(e => e.SceneEntryId.ToString())))));
        var duties = Evidence(SceneRecord.Of(stored), record, added, file, duty, work, now, sink);
        var graded = Answer(SceneRecord.Of(stored), record, duty, caller, db, file, map);
        return new SceneRecorded(taken, file.Case.Class, graded.Raised, graded.NewDuties + duties, record);
    }

    private SceneEntry? EntryOf(SceneTap tap, Duty duty, Caller caller, DateTimeOffset now)
    {
        var (item, value, words) = (tap.Item.Trim(), tap.Value?.Trim() ?? "", string.IsNullOrWhiteSpace(tap.Words) ? null : tap.Words.Trim());
        if (item.Length > SceneEntry.ItemMaxLength || (words is not null && tap.Part != ScenePart.Note) || book.VersionOf(tap.Part, item, value, tap.List) is not { } version)
        {
            return null;
        }

        return new SceneEntry
        {
            SceneEntryId = tap.Id, CaseId = duty.CaseId, DutyId = duty.DutyId, WorkerId = caller.WorkerId, ClientId = caller.ClientId, Part = tap.Part, Item = item, Value = value,
            Words = words, ListVersion = version, MadeAt = Micro(tap.MadeAt) is var made && made > now ? now : made, Count = tap.Count, ReceivedAt = now,
        };
    }

    private static DateTimeOffset Micro(DateTimeOffset at) => at.ToUniversalTime().AddTicks(-(at.Ticks % 10));

    private static bool IsSame(SceneEntry a, SceneEntry b) =>
        (a.WorkerId, a.ClientId, a.Part, a.Item, a.Value, a.Words, a.Count) == (b.WorkerId, b.ClientId, b.Part, b.Item, b.Value, b.Words, b.Count);

    private static async Task<Failure?> CheckAsync(SceneTap tap, SceneEntry entry, int count, AnhuDbContext db, CaseFile file, CancellationToken ct)
    {
        if (tap.Id == Guid.Empty || tap.Count is < 1 or > 9_007_199_254_740_991 || tap.MadeAt.Year is < 2000 or > 9000)
        {
            return SceneFailures.Count;
        }

        if (entry.Words?.Length > SceneEntry.WordsMaxLength)
        {
            return SceneFailures.TooLong;
        }

        if (count >= MostInAll)
        {
            return SceneFailures.TooMany;
        }

        return entry.Words is not null && !tap.LeaksSeen && await CaseLeaks.TellsAsync(db, file.Case.CaseId, [("words", entry.Words)], ct) ? SceneFailures.TellsPlace : null;
    }

    /// <summary>Whoever taps first has taken the duty and begun it. A duty that can't be begun now (it was offered to another unit) keeps its state; the taps are taken all the same.</summary>
    private static void Begin(Duty duty, CaseFile file, Caller caller, CaseRules work, DateTimeOffset now, IChangeSink sink)
    {
        if (!duty.IsOpen || duty.State == DutyState.InProgress || (duty.OwnerUnitId != caller.UnitId && caller.ClientId is null))
        {
            return;
        }

        foreach (var step in DutyWrites.StepsTo(duty.State, DutyStep.Start).ToList())
        {
            if (TakeDutyStepHandler.Apply(new TakeDutyStep { DutyId = duty.DutyId, Step = step }, duty, file, caller.UnitId!.Value, caller, work, now, sink, 1) is not null)
            {
                return;
            }
        }
    }

    /// <summary>Tells the playbook of each item whose status changed; terms run from when it was tapped.</summary>
    private static int Evidence(
        SceneRecord before, SceneRecord after, IReadOnlyList<SceneEntry> added, CaseFile file, Duty duty, CaseRules work, DateTimeOffset now, IChangeSink sink)
    {
        var incident = file.Incidents.FirstOrDefault(i => i.IncidentId == duty.IncidentId);
        var duties = 0;
        foreach (var item in added.Where(e => e.Part == ScenePart.Check).Select(e => e.Item).Distinct())
        {
            if (after.Value(ScenePart.Check, item) is { } status && status != before.Value(ScenePart.Check, item))
            {
                var at = after.Says(ScenePart.Check, item)[0].At;
                duties += work.Plan(
                    file, [PlaybookEvent.SceneItem], now, incident, sink, startsAt: at < duty.CreatedAt ? duty.CreatedAt : at, evidence: (item, status)).Count;
            }
        }

        return duties;
    }

    /// <summary>What grading learns: facts and dangers that were affirmed, and denials where nobody else affirmed them.</summary>
    private AnswersTaken Answer(SceneRecord before, SceneRecord after, Duty duty, Caller caller, AnhuDbContext db, CaseFile file, OrganisationMap map)
    {
        var incident = file.Incidents.FirstOrDefault(i => i.IncidentId == duty.IncidentId) ?? file.Incidents.MaxBy(i => i.OccurredAt);
        if (incident is null)
        {
            return new AnswersTaken(file.Case.Class, false, 0);
        }

        var authors = after.Entries.Select(e => e.WorkerId).ToHashSet();
        var (was, now) = (Facts(before), Facts(after));
        var (raised, duties) = (false, 0);
        foreach (var bySource in now.Where(f => was.GetValueOrDefault(f.Key).Value != f.Value.Value).GroupBy(f => f.Value.Source))
        {
            var reported = IncidentKnowledge.Reported(incident);
            var given = bySource.Where(f => MayAnswer(f.Key, f.Value.Value)).ToDictionary(f => f.Key, f => f.Value.Value);
            if (given.Count == 0)
            {
                continue;
            }

            var result = answers.Take(
                new AnswerQuestions { CaseId = file.Case.CaseId, IncidentId = incident.IncidentId, Answers = given, Source = bySource.Key }, caller, file, map, db);
            (raised, duties) = result.IsOk ? (raised || result.Value.Raised, duties + result.Value.NewDuties) : throw new InvalidOperationException($"The scene answered what can't be answered: {result.Failure!.Code}.");

            bool MayAnswer(IncidentQuestion question, string value)
            {
                var inForce = incident.Answers.LastOrDefault(a => a.Question == question);
                return value == "yes" || question is IncidentQuestion.DangerScale
                    || (!(value == "no" && reported[question] == "yes") && (inForce is null or { Value: IncidentAnswer.Unknown or "no" } || authors.Contains(inForce.WorkerId)));
            }
        }

        return new AnswersTaken(file.Case.Class, raised, duties);
    }

    /// <summary>What the scene says of each fact that grading asks for; unanswered is not no.</summary>
    internal Dictionary<IncidentQuestion, (string Value, AnswerSource Source)> Facts(SceneRecord record)
    {
        var facts = new Dictionary<IncidentQuestion, (string Value, AnswerSource Source)>();
        foreach (var fact in book.Checklists.SelectMany(c => c.Facts).DistinctBy(f => f.Question))
        {
            var value = fact.Question == IncidentQuestion.Injury ? Worst(record, fact.Id) : record.Answer(ScenePart.Fact, fact.Id);
            if (value is not null || record.Says(ScenePart.Fact, fact.Id).Count > 0)
            {
                Say(fact.Question, value ?? IncidentAnswer.Unknown, fact.Source);
            }
        }

        foreach (var instrument in book.Instruments.Where(book.IsOn).DistinctBy(i => i.Id))
        {
            foreach (var item in instrument.Items.Where(i => i.Question is not null))
            {
                if (record.Says(ScenePart.Danger, instrument.NameOf(item)).Count > 0)
                {
                    // Two items may tell of one danger: only when each is denied is it denied.
                    var same = instrument.Items.Where(i => i.Question == item.Question).Select(i => record.Answer(ScenePart.Danger, instrument.NameOf(i))).ToList();
                    Say(item.Question!.Value, same.Contains("yes") ? "yes" : same.TrueForAll(a => a == "no") ? "no" : IncidentAnswer.Unknown, AnswerSource.Victim);
                }
            }

            if (instrument.Grades && instrument.Items.Any(i => record.Says(ScenePart.Danger, instrument.NameOf(i)).Count > 0))
            {
                Say(IncidentQuestion.DangerScale, instrument.Result(record).Level?.Id ?? IncidentAnswer.Unknown, AnswerSource.Victim);
            }
        }

        foreach (var (_, wound, _) in record.Wounds)
        {
            if (book.Checklists.SelectMany(c => c.Kinds).FirstOrDefault(k => k.Id == wound.Kind)?.Question is { } question)
            {
                Say(question, "yes", AnswerSource.Seen);
            }
        }

        return facts;

        void Say(IncidentQuestion question, string value, AnswerSource source)
        {
            if (!facts.TryGetValue(question, out var said) || value == "yes" || said.Value == IncidentAnswer.Unknown)
            {
                facts[question] = (value, source);
            }
        }
    }

    /// <summary>The worst degree that an officer gives; a first view of one never hides another's.</summary>
    private static string? Worst(SceneRecord record, string item) =>
        record.Says(ScenePart.Fact, item).Select(s => s.Value).Where(IncidentAnswer.Degrees.ContainsKey).MaxBy(v => IncidentAnswer.Degrees[v]);

    private bool IsConstraint(DbUpdateException e)
    {
        using var db = contexts.CreateDbContext();
        return db.Store.Provider.IsConstraint(e);
    }
}
