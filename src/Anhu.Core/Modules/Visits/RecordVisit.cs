using System.Globalization;
using System.Text.Json;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Visits;

/// <summary>A phone or on-site visit as its form tells it.</summary>
public sealed record RecordVisit
{
    /// <summary>The duty.</summary>
    public required Guid DutyId { get; init; }

    /// <summary>The version of the duty that was seen.</summary>
    public long? Version { get; init; }

    /// <summary>Outcome code of the duty's kind.</summary>
    public required string? Outcome { get; init; }

    /// <summary>The filled form as JSON, with the kind's fields.</summary>
    public required string Form { get; init; }

    /// <summary>The writer was told that the form holds a shielded value, and keeps it.</summary>
    public bool LeaksSeen { get; init; }
}

/// <summary>What came of recording a visit.</summary>
/// <param name="Done">True when the duty is done; false when it stays open after a try.</param>
/// <param name="Try">Which try this was, of those at different hours; 0 when somebody was reached.</param>
/// <param name="RaiseTo">The class to raise to, where the worker's view is more serious than the grade.</param>
public sealed record VisitRecorded(bool Done, int Try, int? RaiseTo);

/// <summary>What can go wrong with a visit.</summary>
public static class VisitFailures
{
    /// <summary>The duty is no visit.</summary>
    public static Failure NoVisit { get; } = new(FailureKind.NotAllowed, "visits.no-visit");

    /// <summary>The form holds a shielded address or phone of somebody of the case.</summary>
    public static Failure TellsPlace { get; } = new(FailureKind.NotAllowed, "visits.tells-place");

    /// <summary>A try in this hour is recorded already; the next one counts at another hour.</summary>
    public static Failure SameHour { get; } = new(FailureKind.NotAllowed, "visits.same-hour");
}

/// <summary>
/// Records visits (handbook §4.7): takes the duty's steps, stores the visit, proposes what answers the needs. A call that
/// nobody answers is tried at three different hours before the duty ends as not reached.
/// </summary>
public sealed class RecordVisitHandler(
    IDbContextFactory<AnhuDbContext> contexts, TakeDutyStepHandler steps, DutyWrites writes, FormDrafts drafts, CaseLeaks leaks, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    /// <summary>How many different hours a call is tried at.</summary>
    public const int Tries = 3;

    /// <summary>Outcome code of a visit that met nobody.</summary>
    public const string NotReached = "not-reached";

    /// <summary>Kinds of duties that are phone visits.</summary>
    public static IReadOnlyList<string> PhoneKinds { get; } = ["phone-return-visit", "regular-return-visit"];

    /// <summary>Records a visit.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who visited.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<VisitRecorded>> Handle(RecordVisit command, Caller caller, CancellationToken ct)
    {
        await organisation.GetAsync(ct);
        if (caller.WorkerId is not { } worker)
        {
            return new Failure(FailureKind.Forbidden, "duties.needs-worker");
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var duty = await db.Duties.AsNoTracking().WorkableBy(caller, db).SingleOrDefaultAsync(d => d.DutyId == command.DutyId, ct);
        if (duty is null)
        {
            return DutyFailures.NotFound;
        }

        if (rules.Current.Playbook.Kinds.GetValueOrDefault(duty.Kind) is not { Form: "phone-visit" or "on-site-visit" } kind)
        {
            return VisitFailures.NoVisit;
        }

        var now = time.Now;
        var phone = kind.Form == "phone-visit";
        var tries = phone && command.Outcome == NotReached ? await HoursTriedAsync(db, duty.DutyId, ct) : null;
        var hour = HourOf(now);
        if (tries?.Contains(hour) == true)
        {
            return VisitFailures.SameHour;
        }

        var form = tries is null ? command.Form : WithTries(command.Form, tries.Count + 1);
        using var json = JsonDocument.Parse(form);
        if (kind.Check(command.Outcome, json.RootElement) is { Count: > 0 } faults)
        {
            return new Failure(FailureKind.Invalid, faults[0].Code, faults[0].Field);
        }

        if (!command.LeaksSeen && (await leaks.FindAsync(duty.CaseId, CaseLeaks.Texts(form), ct)).Count > 0)
        {
            return VisitFailures.TellsPlace;
        }

        var visit = Visit(command.Outcome!, json.RootElement, duty, kind, worker, now, phone);
        if (tries is not null && tries.Count + 1 < Tries)
        {
            var tried = await writes.AddAsync(duty.DutyId, command.Version, caller, (file, d, sink) =>
            {
                sink.Add(visit);
                sink.Record(Tried(d, tries.Count + 1, now));
            }, ct);
            if (!tried.IsOk)
            {
                return tried.Failure!;
            }

            await drafts.ForgetAsync(worker, FormDrafts.KeyOf(duty.DutyId), ct);
            return new VisitRecorded(false, tries.Count + 1, null);
        }

        var list = DutyWrites.StepsTo(duty.State, DutyStep.Complete).ToList();
        var taken = new List<TakeDutyStep>();
        foreach (var step in list)
        {
            taken.Add(new TakeDutyStep
            {
                DutyId = duty.DutyId, Step = step, Version = taken.Count == 0 ? command.Version : null,
                Outcome = step == DutyStep.Complete ? command.Outcome : null, Form = step == DutyStep.Complete ? form : null, LeaksSeen = true,
                Needs = step == DutyStep.Complete ? visit.Needs : [], RiskView = step == DutyStep.Complete ? visit.RiskView : null,
                Also = step != DutyStep.Complete ? null : (file, d, sink) =>
                {
                    sink.Add(visit);
                    sink.Record(Recorded(d, command.Outcome!, visit, now));
                },
            });
        }

        var result = await steps.Handle(taken, caller, ct);
        if (!result.IsOk)
        {
            return result.Failure!;
        }

        await drafts.ForgetAsync(worker, FormDrafts.KeyOf(duty.DutyId), ct);
        var @class = await db.Cases.Where(c => c.CaseId == duty.CaseId).Select(c => c.Class).SingleAsync(ct);
        return new VisitRecorded(true, tries is null ? 0 : tries.Count + 1, visit.RiskView < @class ? visit.RiskView : null);
    }

    /// <summary>The hours at which nobody answered, each once.</summary>
    /// <param name="dutyId">The duty.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<DateTimeOffset>> TriesAsync(Guid dutyId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.ReturnVisits.AsNoTracking().Where(v => v.DutyId == dutyId && v.Outcome == VisitOutcome.NotReached)
            .OrderBy(v => v.VisitedAt).Select(v => v.VisitedAt).Take(20).ToListAsync(ct);
    }

    private async Task<HashSet<DateTimeOffset>> HoursTriedAsync(AnhuDbContext db, Guid dutyId, CancellationToken ct) =>
        [.. (await db.ReturnVisits.AsNoTracking().Where(v => v.DutyId == dutyId && v.Outcome == VisitOutcome.NotReached)
            .Select(v => v.VisitedAt).Take(20).ToListAsync(ct)).Select(HourOf)];

    private DateTimeOffset HourOf(DateTimeOffset at)
    {
        var local = rules.Clock.Zone.ToLocal(at);
        return local.AddTicks(-(local.Ticks % TimeSpan.TicksPerHour)).ToUniversalTime();
    }

    internal static PendingEvent Tried(Duty duty, int tries, DateTimeOffset at) =>
        new("visit.tried", at, duty.CaseId, duty.DutyId, duty.OwnerUnitId, duty.Class, EventData.Of(("kind", duty.Kind), ("try", tries)));

    internal static PendingEvent Recorded(Duty duty, string outcome, ReturnVisit visit, DateTimeOffset at) =>
        new("visit.recorded", at, duty.CaseId, duty.DutyId, duty.OwnerUnitId, duty.Class, EventData.Of(
            ("kind", duty.Kind), ("outcome", outcome), ("needs", visit.Needs.Count == 0 ? null : visit.Needs), ("riskView", visit.RiskView)));

    private static string WithTries(string form, int tries)
    {
        var fields = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(form) ?? [];
        fields["attempts"] = JsonSerializer.SerializeToElement(tries);
        return JsonSerializer.Serialize(fields);
    }

    internal static ReturnVisit Visit(string outcome, JsonElement form, Duty duty, DutyKind kind, Guid worker, DateTimeOffset at, bool phone)
    {
        return new ReturnVisit
        {
            ReturnVisitId = Guid.CreateVersion7(at), CaseId = duty.CaseId, DutyId = duty.DutyId, WorkerId = worker, VisitedAt = at, OnSite = !phone,
            Outcome = outcome switch
            {
                NotReached or "not-met" => VisitOutcome.NotReached,
                "refused" => VisitOutcome.Refused,
                "unsafe-to-talk" => VisitOutcome.UnsafeToTalk,
                _ => VisitOutcome.Reached,
            },
            FamilyRelations = Text("familyRelations"), PoliceHandling = Text("policeHandling"), DisputeSettled = Text("disputeSettled"),
            Needs = Texts("needs"), Advice = Text("advice"), Notes = Text("notes"),
            RiskView = int.TryParse(Text("riskView"), NumberStyles.None, CultureInfo.InvariantCulture, out var view) ? view : null,
            Details = phone ? null : Details(),
        };

        string? Text(string name) => form.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        List<string> Texts(string name) => form.TryGetProperty(name, out var value)
            ? value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => v.GetString()!)] : [value.GetString()!]
            : [];

        string Details()
        {
            var all = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["result"] = JsonSerializer.SerializeToElement(outcome) };
            foreach (var field in kind.Fields.Where(f => f.Id is not ("needs" or "riskView" or "notes")))
            {
                if (form.TryGetProperty(field.Id, out var value))
                {
                    all[field.Id] = value;
                }
            }

            return JsonSerializer.Serialize(all);
        }
    }
}
