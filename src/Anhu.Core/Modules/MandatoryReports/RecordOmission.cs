using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.MandatoryReports;

/// <summary>Records that a unit had to report and did not.</summary>
public sealed record RecordOmission
{
    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>The incident; the latest when null.</summary>
    public Guid? IncidentId { get; init; }

    /// <summary>Kind of the unit (<see cref="ReportOmission.BodyKinds"/>).</summary>
    public string? BodyKind { get; init; }

    /// <summary>Its name.</summary>
    public string? BodyName { get; init; }

    /// <summary>From when it knew, city date.</summary>
    public DateOnly? KnewOn { get; init; }

    /// <summary>How that was found.</summary>
    public string? Findings { get; init; }

    /// <summary>What is wrong with it, each with its field.</summary>
    /// <param name="today">Today in the city.</param>
    public IEnumerable<Failure> Check(DateOnly today)
    {
        if (BodyKind is null || !ReportOmission.BodyKinds.Contains(BodyKind))
        {
            yield return BodyKind is null ? ReportFailures.Missing("bodyKind") : ReportFailures.Wrong("bodyKind");
        }

        foreach (var (text, field, most) in ((string?, string, int)[])[(BodyName, "bodyName", ReportOmission.NameMaxLength), (Findings, "findings", ReportOmission.WordsMaxLength)])
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                yield return ReportFailures.Missing(field);
            }
            else if (text.Trim().Length > most)
            {
                yield return ReportFailures.TooLong(field);
            }
        }

        if (KnewOn > today || KnewOn is { Year: < 2016 })
        {
            yield return ReportFailures.Wrong("knewOn");
        }
    }
}

/// <summary>Records reports that were not made; the procuratorate's duty follows by the playbook.</summary>
public sealed class RecordOmissionHandler(IDbContextFactory<AnhuDbContext> contexts, CaseSights sights, OrganisationDirectory organisation, RuleBook rules, TimeProvider time)
{
    private readonly CaseTurn turn = new(contexts, sights, organisation);

    /// <summary>Records one. The same unit on the same incident is recorded once.</summary>
    /// <param name="command">What.</param>
    /// <param name="caller">Who; must work on the case and know its story.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<Result<ReportOmission>> Handle(RecordOmission command, Caller caller, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        var work = new CaseRules(map, rules);
        if (command.Check(work.Clock.Zone.DateOf(time.Now)).FirstOrDefault() is { } wrong)
        {
            return wrong;
        }

        return await turn.TakeAsync<ReportOmission>(command.CaseId, caller, (db, file, _) => RecordAsync(command, caller, work, db, file, ct), ct);
    }

    private async Task<Result<ReportOmission>> RecordAsync(RecordOmission command, Caller caller, CaseRules work, AnhuDbContext db, CaseFile file, CancellationToken ct)
    {
        if (await sights.FindAsync(db, caller, command.CaseId, ct) is not (_, var sight) || !sight.Shows(FieldClass.Story))
        {
            return ReportFailures.NotFound;
        }

        var incident = command.IncidentId is { } id ? file.Incidents.Find(i => i.IncidentId == id) : file.Incidents.MaxBy(i => i.OccurredAt);
        if (incident is null)
        {
            return ReportFailures.NoIncident;
        }

        var name = command.BodyName!.Trim();
        var known = (await db.ReportOmissions.Where(o => o.IncidentId == incident.IncidentId).ToListAsync(ct)).Find(o => o.BodyName == name);
        if (known is not null)
        {
            return known;
        }

        var now = time.Now;
        var sink = new TrackedSink(db);
        work.Plan(file, [PlaybookEvent.ReportOmitted], now, incident, sink);
        var omission = new ReportOmission
        {
            ReportOmissionId = Guid.CreateVersion7(now), IncidentId = incident.IncidentId, BodyKind = command.BodyKind!, BodyName = name, KnewOn = command.KnewOn,
            Findings = command.Findings!.Trim(), FoundByUnitId = caller.UnitId!.Value, WorkerId = caller.WorkerId, FoundAt = now,
            DecidingDutyId = file.OpenDuties.Find(d => d.Kind == ReportOmission.DutyKind)?.DutyId,
        };
        sink.Add(omission);
        sink.Record(new PendingEvent("report.omitted", now, file.Case.CaseId, null, caller.UnitId, file.Case.Class, EventData.Of(("bodyKind", omission.BodyKind))));
        return omission;
    }
}
