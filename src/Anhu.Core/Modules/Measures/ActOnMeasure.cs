using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Measures;

/// <summary>Begins a measure.</summary>
public sealed record ProposeMeasure
{
    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>The kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The action that begins it; the first of the kind's table when null.</summary>
    public string? Action { get; init; }

    /// <summary>The incident that it answers; the latest one when null.</summary>
    public Guid? IncidentId { get; init; }

    /// <summary>Against whom; the one alleged perpetrator of the incident when null.</summary>
    public Guid? AgainstPersonId { get; init; }

    /// <summary>Whom it protects; the one victim of the incident when null.</summary>
    public Guid? ProtectsPersonId { get; init; }

    /// <summary>The filled fields as a JSON object; null for none.</summary>
    public string? Form { get; init; }

    /// <summary>The writer has seen that a text holds a shielded value; a measure is refused all the same, since its document goes to the other party.</summary>
    public bool LeaksSeen { get; init; }
}

/// <summary>Takes a step on a measure.</summary>
public sealed record ActOnMeasure
{
    /// <summary>The measure.</summary>
    public required Guid MeasureId { get; init; }

    /// <summary>The action, as in the table of its kind.</summary>
    public required string Action { get; init; }

    /// <summary>The filled fields as a JSON object; null for none.</summary>
    public string? Form { get; init; }

    /// <summary>The version that the caller saw; null when it does not matter to the caller.</summary>
    public long? Version { get; init; }
}

/// <summary>Takes every step on every kind of measure, for pages and API alike: finds the row of the kind's table and what stands around it.</summary>
public sealed class ActOnMeasureHandler(
    IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, RuleBook rules, MeasureBook book, TimeProvider time)
{
    private const int FormMaxLength = 64 * 1024;

    private readonly CaseTurn turn = new(contexts, sights, organisation);

    /// <summary>Begins a measure.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result<Measure>> Handle(ProposeMeasure command, Caller caller, CancellationToken ct)
    {
        if (book.Find(command.Kind) is not { } known)
        {
            return MeasureFailures.KindUnknown;
        }

        return await turn.TakeAsync(command.CaseId, caller, (db, file, map) => ProposeAsync(command, known.Kind, known.Rules, caller, db, file, map, ct), ct);
    }

    /// <summary>Takes a step.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who.</param>
    /// <param name="ct">Cancels before the commit.</param>
    /// <returns>The measure after it.</returns>
    public async Task<Result<Measure>> Handle(ActOnMeasure command, Caller caller, CancellationToken ct)
    {
        Guid caseId;
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            caseId = await (from m in db.Measures where m.MeasureId == command.MeasureId join i in db.Incidents on m.IncidentId equals i.IncidentId select i.CaseId)
                .SingleOrDefaultAsync(ct);
        }

        try
        {
            var result = await turn.TakeAsync(caseId, caller, (db, file, map) => ActAsync(command, caller, db, file, map, ct), ct);
            return result.Failure == CaseFailures.NotFound ? MeasureFailures.NotFound : result;
        }
        catch (DbUpdateConcurrencyException)
        {
            return MeasureFailures.SomeoneWasFaster;
        }
        catch (DbUpdateException e) when (IsConstraint(e))
        {
            return MeasureFailures.NumberTaken;
        }
    }

    /// <summary>Why a caller may not take a row's step on a measure; null when they may.</summary>
    /// <remarks>That the caller works on the case has been asked before.</remarks>
    internal static Failure? MayNot(MeasureRow row, Measure measure, Caller caller, OrganisationMap map)
    {
        var supervises = AccessPolicy.MaySupervise(caller, measure.UnitId, map);
        var ofUnit = caller.UnitId == measure.UnitId
            || (caller.ClientId is not null && caller.UnitId is { } own && map.Find(measure.UnitId) is { } unit && map.WithSuperiors(unit).Any(u => u.UnitId == own));
        return row.Who switch
        {
            MeasureWho.Platform => MeasureFailures.ActionUnknown,
            MeasureWho.Officer => ofUnit || supervises ? null : MeasureFailures.NotYourUnit,
            MeasureWho.Court => ofUnit || supervises || (caller.UnitId is { } of && map.Find(of) is { Agency: Agency.Court }) ? null : MeasureFailures.CourtOnly,
            MeasureWho.Anyone => row.By.Count == 0 || (caller.UnitId is { } its && map.Find(its) is { } acting && row.By.Contains(acting.Agency)) ? null : MeasureFailures.WrongAgency,
            MeasureWho.Leader when caller.WorkerId is null || !supervises => MeasureFailures.NeedsLeader,
            MeasureWho.Leader => caller.WorkerId == measure.DraftedByWorkerId ? MeasureFailures.NeedsAnother : null,
        };
    }

    private async Task<Result<Measure>> ProposeAsync(
        ProposeMeasure command, MeasureKind kind, MeasureRules own, Caller caller, AnhuDbContext db, CaseFile file, OrganisationMap map, CancellationToken ct)
    {
        if (caller.UnitId is not { } unitId || map.Find(unitId) is not { } unit || !kind.Agencies.Contains(unit.Agency))
        {
            return MeasureFailures.WrongAgency;
        }

        if ((command.Action is { } begins ? kind.Find(begins, null) : kind.Rows[0]) is not { } row)
        {
            return MeasureFailures.ActionUnknown;
        }

        var incident = command.IncidentId is { } id ? file.Incidents.Find(i => i.IncidentId == id) : file.Incidents.MaxBy(i => i.OccurredAt);
        if (incident is null)
        {
            return MeasureFailures.NoIncident;
        }

        var parties = await db.IncidentParties.AsNoTracking().Where(p => p.IncidentId == incident.IncidentId).ToListAsync(ct);
        Guid? Only(Alarms.PartyRole role) => parties.Where(p => p.Role == role).ToList() is [var one] ? one.PersonId : null;
        var against = command.AgainstPersonId ?? Only(Alarms.PartyRole.Perpetrator);
        var protects = command.ProtectsPersonId ?? Only(Alarms.PartyRole.Victim);
        if (against is not { } abuser || parties.All(p => p.PersonId != abuser))
        {
            return MeasureFailures.WrongPerson("againstPersonId");
        }

        if (protects is not { } victim || victim == abuser || parties.All(p => p.PersonId != victim))
        {
            return MeasureFailures.WrongPerson("protectsPersonId");
        }

        var records = await db.PersonRecords.AsNoTracking().Where(r => r.IncidentId == incident.IncidentId).OrderBy(r => r.RecordSequence)
            .Select(r => new { r.RecordId, r.PersonId }).ToListAsync(ct);
        Guid RecordOf(Guid person) => records.Find(r => r.PersonId == person)?.RecordId ?? person;
        var now = time.Now;
        var measure = new Measure
        {
            MeasureId = Guid.CreateVersion7(now), Kind = kind.Id, IncidentId = incident.IncidentId, AgainstRecordId = RecordOf(abuser),
            ProtectsRecordId = RecordOf(victim), UnitId = Issuing(unit, caller, file, map).UnitId, State = "", IsOpen = true, StartsAt = incident.OccurredAt,
            ProposedAt = now, DraftedByWorkerId = caller.WorkerId, Fields = new Dictionary<string, string>(), RulesVersion = own.Version,
            DecidingUnitId = unit.Agency == Agency.Court && kind.Agencies.Count > 1 ? unit.UnitId : null,
        };
        var before = await db.Measures.AsNoTracking().Where(m => m.IncidentId == incident.IncidentId && m.Kind == kind.Id && m.AgainstRecordId == measure.AgainstRecordId).ToListAsync(ct);
        foreach (var earlier in before)
        {
            if (await RepeatsAsync(db, row, own, earlier, command.Form, caller, map, ct))
            {
                return earlier;
            }
        }

        if (before.Exists(m => m.IsOpen))
        {
            return MeasureFailures.AlreadyOpen;
        }

        return await TakeAsync(kind, own, row, measure, command.Form, caller, db, file, map, incident, now, ct);
    }

    /// <summary>The office that answers for it: the own one, or for an agency's system the one of the place.</summary>
    private static Unit Issuing(Unit own, Caller caller, CaseFile file, OrganisationMap map) =>
        caller.ClientId is not null && map.Responsible(own.Agency, file.Case.RegionCode, RegionLevel.Township) is { } local && map.WithSuperiors(local).Contains(own)
            ? local : own;

    private async Task<Result<Measure>> ActAsync(ActOnMeasure command, Caller caller, AnhuDbContext db, CaseFile file, OrganisationMap map, CancellationToken ct)
    {
        var measure = await db.Measures.SingleAsync(m => m.MeasureId == command.MeasureId, ct);
        var (kind, own) = book[measure.Kind];
        if (command.Version is { } seen && seen != measure.Version)
        {
            return MeasureFailures.SomeoneWasFaster;
        }

        if (kind.Rows.All(r => r.Action != command.Action || r.Who == MeasureWho.Platform || r.From.Count == 0))
        {
            return MeasureFailures.ActionUnknown;
        }

        // A letter goes with the duty that it is worked on by: where that was handed over, its new owner answers for it.
        if (caller.UnitId is { } unitId && unitId != measure.UnitId && map.Find(unitId)?.Agency == map.Find(measure.UnitId)?.Agency
            && file.OpenDuties.Exists(d => d.IncidentId == measure.IncidentId && d.OwnerUnitId == unitId && rules.Current.Playbook.Kinds.GetValueOrDefault(d.Kind) is { Form: DutyKind.MeasureForm }))
        {
            measure.UnitId = unitId;
        }

        if (await RepeatsAsync(db, kind.Rows.First(r => r.Action == command.Action), own, measure, command.Form, caller, map, ct))
        {
            return measure;
        }

        if (kind.Find(command.Action, measure.State) is not { } row || !MeasureKind.Fits(row, measure))
        {
            return MeasureFailures.NotFromHere(own.States[measure.State].Text);
        }

        if (MayNot(row, measure, caller, map) is { } refused)
        {
            return refused;
        }

        var incident = file.Incidents.Find(i => i.IncidentId == measure.IncidentId)!;
        return await TakeAsync(kind, own, row, measure, command.Form, caller, db, file, map, incident, time.Now, ct);
    }

    /// <summary>Whether a system, or somebody who is not sure, sends a kept step again just as it was taken: it is answered with what stands, and nothing happens twice.</summary>
    private static async Task<bool> RepeatsAsync(
        AnhuDbContext db, MeasureRow row, MeasureRules own, Measure measure, string? form, Caller caller, OrganisationMap map, CancellationToken ct)
    {
        if (!row.Keeps || MayNot(row, measure, caller, map) is not null || MeasureForm.Read(own, row, form ?? "{}") is not { IsOk: true } filled)
        {
            return false;
        }

        var fields = filled.Value.Where(f => f.Value.Length > 0).ToDictionary(StringComparer.Ordinal);
        return (await MeasureContexts.ActsAsync(db, measure.MeasureId, ct)).FindLast(a => a.Action == row.Action) is { } last
            && last.Fields.Count == fields.Count && last.Fields.All(f => fields.GetValueOrDefault(f.Key) == f.Value);
    }

    /// <summary>Takes a row's step within a turn on the case: reads the fields, looks at what stands around, and asks the table.</summary>
    internal async Task<Result<Measure>> TakeAsync(
        MeasureKind kind, MeasureRules own, MeasureRow row, Measure measure, string? form, Caller caller, AnhuDbContext db, CaseFile file, OrganisationMap map,
        Incident incident, DateTimeOffset now, CancellationToken ct)
    {
        var filled = MeasureForm.Read(own, row, form is null or { Length: > FormMaxLength } ? form is null ? "{}" : "" : form);
        if (!filled.IsOk)
        {
            return filled.Failure!;
        }

        // Its document goes to the other party: nothing shielded may stand in it, whoever wants it.
        if (await CaseLeaks.TellsAsync(db, file.Case.CaseId, [.. filled.Value.Select(f => (f.Key, (string?)f.Value))], ct))
        {
            return MeasureFailures.TellsPlace;
        }

        if (filled.Value.TryGetValue("number", out var number))
        {
            var key = Measure.KeyOf(number);
            if (await db.Measures.AnyAsync(m => m.Kind == measure.Kind && m.NumberKey == key && m.MeasureId != measure.MeasureId, ct))
            {
                return MeasureFailures.NumberTaken;
            }
        }

        var context = await MeasureContexts.OfAsync(db, kind, own, measure, file, incident, MeasureForm.Merge(measure, row, filled.Value), caller, map, now, ct);
        return MeasureMachine.Take(kind, row, context, new CaseRules(map, rules), new TrackedSink(db)) is { } failure ? failure : measure;
    }

    private bool IsConstraint(DbUpdateException e)
    {
        using var db = contexts.CreateDbContext();
        return db.Store.Provider.IsConstraint(e);
    }
}

/// <summary>Reads the fields of a step.</summary>
public static class MeasureForm
{
    /// <summary>Reads and checks what was filled in for a step.</summary>
    /// <param name="rules">Rules of the kind.</param>
    /// <param name="row">The row.</param>
    /// <param name="form">A JSON object.</param>
    /// <returns>Texts by field; several choices are joined by commas.</returns>
    public static Result<Dictionary<string, string>> Read(MeasureRules rules, MeasureRow row, string form)
    {
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(form, new JsonDocumentOptions { MaxDepth = 8 });
        }
        catch (JsonException)
        {
            return MeasureFailures.Invalid("fields");
        }

        using (json)
        {
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return MeasureFailures.Invalid("fields");
            }

            string[] taken = [.. row.Required, .. row.Optional];
            if (json.RootElement.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => !taken.Contains(n, StringComparer.Ordinal)) is { } unknown)
            {
                return MeasureFailures.Invalid(rules.Fields.ContainsKey(unknown) ? unknown : "fields");
            }

            if (DutyKind.Check(taken.Select(t => rules.Fields[t]), row.Required, json.RootElement) is [var fault, ..])
            {
                return fault.Code.EndsWith("required", StringComparison.Ordinal) ? MeasureFailures.Required(fault.Field) : MeasureFailures.Invalid(fault.Field);
            }

            var texts = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in json.RootElement.EnumerateObject())
            {
                var text = Flat(property.Value).Trim();
                if (text.Length > MeasureMachine.FieldMaxLength || (property.Name == "number" && Measure.KeyOf(text).Length > Measure.NumberMaxLength))
                {
                    return MeasureFailures.Invalid(property.Name);
                }

                texts[property.Name] = text;
            }

            return texts;
        }
    }

    /// <summary>What a measure's fields are after a step: a step that offers a field and leaves it empty empties it.</summary>
    internal static Dictionary<string, string> Merge(Measure measure, MeasureRow row, IReadOnlyDictionary<string, string> filled)
    {
        var merged = new Dictionary<string, string>(measure.Fields, StringComparer.Ordinal);
        foreach (var name in row.Required.Concat(row.Optional))
        {
            merged.Remove(name);
            if (filled.GetValueOrDefault(name) is { Length: > 0 } text)
            {
                merged[name] = text;
            }
        }

        return merged;
    }

    private static string Flat(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(v => v.GetString())),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        _ => value.GetRawText(),
    };
}
