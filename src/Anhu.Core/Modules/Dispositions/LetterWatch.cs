using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.WarningLetters;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Dispositions;

/// <summary>
/// Watches what has to do with warning letters and comes from outside of them (handbook §2.6, §4.4, §4.20): new violence by the same person against the same
/// one ends a running letter as recurrence; a letter that was due and was not issued in time becomes a duty of the station's leader.
/// It follows the record, so it also sees facts that come late and people who turn out to be one. Idempotent: what it does depends on the rows, never on what it did before.
/// </summary>
public sealed class LetterWatch(IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, RuleBook rules, MeasureBook book, TimeProvider time)
{
    /// <summary>The duty that a missed letter becomes.</summary>
    public const string MissedKind = "missed-letter";

    private const string DispositionKind = "police-disposition";
    private const string Position = "letter-watch";
    private const int Events = 2000;
    private const int Portion = 100;

    private readonly MeasureKind kind = book[WarningLetter.KindId].Kind;
    private readonly MeasureRules letters = book[WarningLetter.KindId].Rules;

    /// <summary>Does all that is waiting.</summary>
    /// <param name="ct">Cancels between portions.</param>
    /// <returns>How many cases changed.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var changed = 0;
        while (await FollowAsync(ct) is { } done)
        {
            changed += done;
        }

        return changed + await MissedAsync(ct);
    }

    /// <summary>Looks at the cases of which something was recorded since the last time; null when nothing was.</summary>
    private async Task<int?> FollowAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var from = await db.Counters.AsNoTracking().Where(c => c.Name == Position).Select(c => (long?)c.Value).SingleOrDefaultAsync(ct);
        var head = await db.Head().Select(h => h.Sequence).SingleAsync(ct);
        if (head <= (from ?? 0))
        {
            return null;
        }

        var upTo = Math.Min(head, (from ?? 0) + Events);
        var cases = await db.Timeline.AsNoTracking().Where(e => e.Sequence > (from ?? 0) && e.Sequence <= upTo && e.CaseId != null)
            .GroupBy(e => e.CaseId!.Value).OrderBy(g => g.Min(e => e.Sequence)).Select(g => g.Key).ToListAsync(ct);
        var changed = 0;
        foreach (var portion in cases.Chunk(Portion))
        {
            changed += await LookAsync(portion, ct);
        }

        // After the work: who is killed in between looks at the same cases again.
        await using var save = await contexts.CreateDbContextAsync(ct);
        await save.ExclusivelyAsync(
            async () =>
            {
                var counter = await save.Counters.SingleOrDefaultAsync(c => c.Name == Position, ct);
                if (counter is null)
                {
                    save.Add(new Counter { Name = Position, Value = upTo });
                }
                else
                {
                    counter.Value = Math.Max(counter.Value, upTo);
                }

                return true;
            },
            ct);
        return changed;
    }

    /// <summary>Letters that time has made missed.</summary>
    private async Task<int> MissedAsync(CancellationToken ct)
    {
        var changed = 0;
        var last = Guid.Empty;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            await using var db = await contexts.CreateDbContextAsync(ct);
            var now = time.Now;
            var missed = await db.LettersDue.AsNoTracking().Where(d => d.MissedAt == null && d.DueAt <= now)
                .Join(db.Incidents.Where(i => i.LetterAt == null), d => d.IncidentId, i => i.IncidentId, (d, i) => i.CaseId).Where(c => c.CompareTo(last) > 0).Distinct().OrderBy(c => c).Take(Portion).ToListAsync(ct);
            if (missed.Count == 0)
            {
                return changed;
            }

            // Each case once a run: one that nothing can be done for (no unit answers for its place) must not keep the others waiting.
            last = missed[^1];
            changed += await LookAsync(missed, ct);
        }
    }

    /// <summary>Reads first, for most cases need nothing; takes the turn to write for those that do.</summary>
    private async Task<int> LookAsync(IReadOnlyCollection<Guid> cases, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        List<Guid> waiting = [];
        List<LetterDue> due = [];
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            var files = await CaseFile.ReadAsync(db, cases, [DispositionKind, MissedKind], ct);
            var facts = await LetterFacts.LoadAsync(db, files.Values, ct);
            foreach (var file in cases.Select(files.GetValueOrDefault).OfType<CaseFile>())
            {
                var turn = new Turn(this, db, file, facts, new CaseRules(map, rules), null, time.Now);
                if (await turn.RunAsync(ct))
                {
                    waiting.Add(file.Case.CaseId);
                }
                else
                {
                    due.AddRange(turn.Due);
                }
            }
        }

        var kept = due.Count == 0 ? 0 : await KeepAsync(due, ct);
        if (waiting.Count == 0)
        {
            return kept;
        }

        ct.ThrowIfCancellationRequested();
        await using var write = await contexts.CreateDbContextAsync(ct);
        return kept + await write.ExclusivelyAsync(
            async () =>
            {
                // Read again: since then somebody else may have written.
                var files = await CaseFile.LoadAsync(write, waiting, ct);
                var facts = await LetterFacts.LoadAsync(write, files.Values, ct);
                var changed = 0;
                foreach (var file in waiting.Select(files.GetValueOrDefault).OfType<CaseFile>())
                {
                    changed += await new Turn(this, write, file, facts, new CaseRules(map, rules), new TrackedSink(write), time.Now).RunAsync(ct) ? 1 : 0;
                }

                return changed;
            },
            ct);
    }

    /// <summary>
    /// Keeps what was found due for the first time, without reading the cases again while others wait to write: what changed since was recorded,
    /// so it is looked at next.
    /// </summary>
    private async Task<int> KeepAsync(List<LetterDue> due, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.ExclusivelyAsync(
            async () =>
            {
                var ids = due.ConvertAll(d => d.IncidentId);
                var open = (await db.Incidents.Where(i => ids.Contains(i.IncidentId) && !db.LettersDue.Any(d => d.IncidentId == i.IncidentId)).Select(i => i.IncidentId).ToListAsync(ct)).ToHashSet();
                due.RemoveAll(d => !open.Contains(d.IncidentId));
                await db.Store.Provider.InsertAsync(db, [due], ct);
                return due.Count;
            },
            ct);
    }

    /// <summary>Whether an incident is violence: reported as such, or by what is known of it.</summary>
    /// <param name="incident">The incident.</param>
    public static bool IsViolence(Incident incident)
    {
        var known = IncidentKnowledge.Of(incident);
        return incident.Disposition != "not-established"
            && (incident.Category is AlarmCategory.DomesticViolence or AlarmCategory.ProtectionOrderBreach || known.Injury >= Injury.Minor
                || known.Weapon == true || known.Strangulation == true || known.ThreatToKill == true || known.SexualViolence == true);
    }

    /// <summary>One case, looked at once. Without a sink it only says whether there is something to do.</summary>
    private sealed class Turn(LetterWatch watch, AnhuDbContext db, CaseFile file, LetterFacts facts, CaseRules work, IChangeSink? sink, DateTimeOffset now)
    {
        private readonly Caller platform = new() { Roles = [] };
        private bool changes;

        /// <summary>What is due and not kept yet, where the turn only looks.</summary>
        public List<LetterDue> Due { get; } = [];

        public async Task<bool> RunAsync(CancellationToken ct)
        {
            foreach (var incident in file.Incidents.OrderBy(i => i.OccurredAt).ThenBy(i => i.IncidentId))
            {
                var own = facts.Letters[incident.IncidentId].ToList();
                var ticked = facts.Dispositions[incident.IncidentId].ToList();
                var circumstances = own.SelectMany(m => m.Fields.GetValueOrDefault("circumstances", "").Split(',', StringSplitOptions.RemoveEmptyEntries))
                    .Concat(ticked.SelectMany(d => d.Circumstances)).Distinct().ToList();
                await DueAsync(incident, [.. facts.Parties[incident.IncidentId]], own, circumstances, ticked.LastOrDefault()?.UnitId, facts.Due.GetValueOrDefault(incident.IncidentId), ct);
            }

            foreach (var letter in file.Incidents.SelectMany(i => facts.Letters[i.IncidentId]).Where(m => watch.kind.Find("recur", m.State) is not null).OrderBy(m => m.MeasureId))
            {
                await RecurAsync(letter, ct);
            }

            return changes;
        }

        private async Task DueAsync(
            Incident incident, List<IncidentParty> parties, List<Measure> own, List<string> circumstances, Guid? decided, LetterDue? row, CancellationToken ct)
        {
            var on = work.Clock.Zone.DateOf(incident.OccurredAt);
            var grounds = Grounds(incident, parties, circumstances, on);
            var due = watch.letters.DueAt("issue", incident.OccurredAt, on);
            if (grounds.Count == 0 || due is not { } dueAt)
            {
                if (row is not null)
                {
                    Change(() => db.Remove(row));
                }

                EndMissed(incident, "ended");
                return;
            }

            var unit = own.LastOrDefault()?.UnitId ?? decided ?? file.OpenDuties.Find(d => d.IncidentId == incident.IncidentId && d.Kind is DispositionKind or MissedKind)?.OwnerUnitId
                ?? row?.UnitId ?? work.Map.Responsible(Agency.Police, file.Case.RegionCode, Regions.RegionLevel.Township)?.UnitId;
            if (unit is not { } unitId)
            {
                return;
            }

            string[] groundIds = [.. grounds.Select(g => g.Id)];
            var strength = grounds[0].Strength;
            if (row is null)
            {
                row = new LetterDue { IncidentId = incident.IncidentId, UnitId = unitId, OccurredAt = incident.OccurredAt, DueAt = dueAt, Strength = strength, GroundIds = groundIds };
                if (sink is null)
                {
                    Due.Add(row);
                }
                else
                {
                    Change(() => sink.Add(row));
                }
            }
            else if ((row.UnitId, row.OccurredAt, row.DueAt, row.Strength) != (unitId, incident.OccurredAt, dueAt, strength) || !row.GroundIds.SequenceEqual(groundIds))
            {
                Change(() => (row.UnitId, row.OccurredAt, row.DueAt, row.Strength, row.GroundIds) = (unitId, incident.OccurredAt, dueAt, strength, groundIds));
            }

            if (incident.LetterAt is not null)
            {
                EndMissed(incident, "issued");
            }
            else if (dueAt <= now && row.MissedAt is null)
            {
                await MissedAsync(incident, row, on, ct);
            }
        }

        private async Task MissedAsync(Incident incident, LetterDue row, DateOnly on, CancellationToken ct)
        {
            var known = await db.Duties.AsNoTracking().AnyAsync(d => d.IncidentId == incident.IncidentId && d.Kind == MissedKind, ct);
            Change(() =>
            {
                row.MissedAt = now;
                if (work.Map.Find(row.UnitId) is not { } unit)
                {
                    return;
                }

                sink!.Record(new PendingEvent("letter.missed", now, file.Case.CaseId, null, unit.UnitId, file.Case.Class, EventData.Of(("dueAt", row.DueAt), ("strength", row.Strength), ("grounds", row.GroundIds))));
                if (!known && now <= (watch.letters.DueAt("pursue", incident.OccurredAt, on) ?? DateTimeOffset.MaxValue))
                {
                    work.Plan(file, [PlaybookEvent.LetterMissed], now, incident, sink, measure: (unit, null, false));
                }
            });
        }

        /// <summary>Why a letter is due; none where it is not, or where something heavier was done or is due.</summary>
        private IReadOnlyList<MeasureGround> Grounds(Incident incident, List<IncidentParty> parties, List<string> circumstances, DateOnly on)
        {
            var verified = incident.Disposition is "criticism" or "police-mediation" or "warning-letter" || incident.LetterAt is not null;
            var heavier = incident.PunishedAt is not null || incident.Disposition is "penalty" or "criminal" or "not-established";
            var abusers = parties.Where(p => p.Role == PartyRole.Perpetrator).ToList();
            if ((!verified && !IsViolence(incident)) || (heavier && incident.LetterAt is null) || abusers.Count == 0 || parties.All(p => p.Role != PartyRole.Victim))
            {
                return [];
            }

            var history = MeasureHistory.None;
            foreach (var abuser in abusers)
            {
                var before = facts.History(abuser.PersonId, incident);
                history = new MeasureHistory(history.Criticisms + before.Criticisms, history.Letters + before.Letters, history.Penalties + before.Penalties);
            }

            var known = CaseFacts.ForPlaybook(file, incident.OccurredAt, work.Clock.Zone, incident, null);
            var grounds = watch.letters.Grounds(new MeasureFacts(known.MinorVictim, known.ElderlyVictim, known.Pregnant, circumstances, history), on);
            return incident.LetterAt is null && grounds.Any(g => g.Strength == GroundStrength.Bars) ? [] : [.. grounds.Where(g => g.Strength != GroundStrength.Bars)];
        }

        /// <summary>The duty of a missed letter ends by itself once a letter is there, or once none is due any more.</summary>
        private void EndMissed(Incident incident, string outcome)
        {
            foreach (var duty in file.OpenDuties.Where(d => d.IncidentId == incident.IncidentId && d.Kind == MissedKind).ToList())
            {
                Change(() =>
                {
                    foreach (var step in DutyWrites.StepsTo(duty.State, DutyStep.Complete).ToList())
                    {
                        _ = TakeDutyStepHandler.Apply(
                            new TakeDutyStep { DutyId = duty.DutyId, Step = step, Outcome = step == DutyStep.Complete ? outcome : null, Form = "{}", ByMeasure = true },
                            duty, file, duty.OwnerUnitId, platform with { UnitId = duty.OwnerUnitId }, work, now, sink!, 1);
                    }
                });
            }
        }

        /// <summary>New violence by the same person against the same one, after delivery, ends a running letter as recurrence.</summary>
        private async Task RecurAsync(Measure letter, CancellationToken ct)
        {
            var (kind, own) = (watch.kind, watch.letters);
            var incident = file.Incidents.Find(i => i.IncidentId == letter.IncidentId)!;
            var context = await MeasureContexts.OfAsync(db, kind, own, letter, file, incident, letter.Fields, platform with { UnitId = letter.UnitId }, work.Map, now, ct);
            var again = file.Incidents.Where(i => i.IncidentId != incident.IncidentId && i.OccurredAt > letter.DeliveredAt && IsViolence(i)
                    && facts.Parties[i.IncidentId].Any(p => p.PersonId == context.Against && p.Role == PartyRole.Perpetrator)
                    && facts.Parties[i.IncidentId].Any(p => p.PersonId == context.Protected && p.Role != PartyRole.Perpetrator))
                .MinBy(i => (i.OccurredAt, i.IncidentId));
            if (again is null)
            {
                return;
            }

            Change(() => MeasureMachine.Take(
                kind, kind.Find("recur", letter.State)!,
                context with
                {
                    NewIncident = again,
                    Fields = new Dictionary<string, string>(letter.Fields, StringComparer.Ordinal)
                    {
                        ["recurrenceFoundBy"] = "alarm", [WarningLetter.RecurrenceIncident] = again.IncidentId.ToString(),
                    },
                },
                work, sink!));
        }

        private void Change(Action change)
        {
            changes = true;
            if (sink is not null)
            {
                change();
            }
        }
    }
}
