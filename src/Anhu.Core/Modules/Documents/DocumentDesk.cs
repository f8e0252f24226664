using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Time;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Documents;

/// <summary>The documents of a case: what there is, what can be made, making it and taking it back.</summary>
public sealed class DocumentDesk(
    IDbContextFactory<AnhuDbContext> contexts, CaseQueries cases, CaseSights sights, OrganisationDirectory organisation, DocumentCatalog catalog, DocumentIssuer issuer, CityZone zone,
    TimeProvider time)
{
    /// <summary>A document was issued.</summary>
    public const string Issued = "document.issued";

    /// <summary>A document was taken back.</summary>
    public const string Withdrawn = "document.withdrawn";

    /// <summary>Another document stands in the place of one.</summary>
    public const string Superseded = "document.superseded";

    private const int Most = 200;

    /// <summary>The documents of a case.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="subjectId">Only those about this (<see cref="DocumentSubject.SubjectId"/>).</param>
    /// <returns>Null when the caller may not know of them.</returns>
    public async Task<CaseDocuments?> OfCaseAsync(Caller caller, Guid caseId, CancellationToken ct, Guid? subjectId = null)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await sights.FindAsync(db, caller, caseId, ct) is not ({ } dvCase, { View: >= CaseView.Working } sight))
        {
            return null;
        }

        var story = sight.Shows(FieldClass.Story);
        var rows = await db.IssuedDocuments.AsNoTracking().Where(d => d.CaseId == caseId && (story || d.UnitId == caller.UnitId) && (subjectId == null || d.SubjectId == subjectId)).OrderByDescending(d => d.IssuedAt).ThenByDescending(d => d.IssuedDocumentId).Take(Most)
            .Select(d => new
            {
                Document = d, Worker = db.Workers.Where(w => w.Id == d.WorkerId).Select(w => w.DisplayName).FirstOrDefault(),
                Version = db.DocumentTemplates.Where(t => t.DocumentTemplateId == d.DocumentTemplateId).Select(t => t.Version).FirstOrDefault(),
            }).ToListAsync(ct);
        var kinds = new List<DocumentKind>();
        foreach (var kind in catalog.All.Where(k => MayIssue(caller, sight, k)))
        {
            var fits = kind.About == DocumentAbout.Subject
                ? (await catalog.SourceOf(kind).SubjectsAsync(kind, caller, caseId, ct)).Any(s => subjectId is null || s.SubjectId == subjectId) : subjectId is null;
            if (fits)
            {
                kinds.Add(kind);
            }
        }

        return new CaseDocuments(
            dvCase.CaseNumber, sight,
            [.. rows.Select(r => r.Document is var d ? new DocumentLine(
                d.IssuedDocumentId, catalog.Find(d.Kind), d.Number, d.UnitId, r.Worker, d.IssuedAt, d.State, d.EndedAt, d.EndReason, d.CheckCode, r.Version, d.IncidentId, d.SubjectId, d.UnitId == caller.UnitId) : default!)],
            kinds);
    }

    /// <summary>The case of a document.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="documentId">The document.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is none for the caller.</returns>
    public async Task<Guid?> CaseOfAsync(Caller caller, Guid documentId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.IssuedDocuments.AsNoTracking().Where(d => d.IssuedDocumentId == documentId).Select(d => (Guid?)d.CaseId).SingleOrDefaultAsync(ct) is { } caseId
            && await sights.FindAsync(db, caller, caseId, ct) is (_, { View: >= CaseView.Working }) ? caseId : null;
    }

    /// <summary>What the form for a new document begins with.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="kindId">The kind.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<DocumentStart>> StartAsync(Caller caller, Guid caseId, string kindId, CancellationToken ct)
    {
        if (catalog.Find(kindId) is not { } kind || await cases.GetAsync(caller, caseId, ct) is not { View: >= CaseView.Working } file)
        {
            return DocumentFailures.NotFound;
        }

        if (!MayIssue(caller, file.Sight, kind))
        {
            return DocumentFailures.NotYours;
        }

        if (caller.UnitId is not { } unitId || (await organisation.GetAsync(ct)) is not { } map || map.Find(unitId) is not { } unit)
        {
            return DocumentFailures.NotFound;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var source = catalog.SourceOf(kind);
        var wish = new DocumentWish(kind, caller, file, file.Incidents is [var newest, ..] ? newest : null, null, unit, map, time.Now);
        var subjects = kind.About == DocumentAbout.Subject ? await source.SubjectsAsync(kind, caller, file.Case.CaseId, ct) : [];
        var answers = await source.AnswersAsync(db, wish, ct);
        return new DocumentStart(file.Case.CaseNumber, file.Sight, kind, kind.About == DocumentAbout.Incident ? file.Incidents : [], subjects, answers);
    }

    /// <summary>Issues a document.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="command">What.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Its key.</returns>
    public async Task<Result<Guid>> IssueAsync(Caller caller, IssueDocument command, CancellationToken ct)
    {
        if (caller.UnitId is not { } unitId || catalog.Find(command.Kind) is not { } kind || await cases.GetAsync(caller, command.CaseId, ct) is not { View: >= CaseView.Working } file)
        {
            return DocumentFailures.NotFound;
        }

        if (!MayIssue(caller, file.Sight, kind))
        {
            return DocumentFailures.NotYours;
        }

        if (kind.Inputs.Select(i => FaultOf(i, command.Answers.GetValueOrDefault(i.Name))).FirstOrDefault(f => f is not null) is { } wrong)
        {
            return wrong;
        }

        var incident = command.IncidentId is { } id ? file.Incidents.FirstOrDefault(i => i.IncidentId == id) : file.Incidents is [var newest, ..] ? newest : null;
        if (command.IncidentId is not null && incident is null)
        {
            return DocumentFailures.NotFound;
        }

        var map = await organisation.GetAsync(ct);
        var unit = map.Find(unitId)!;
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        var now = time.Now;
        var source = catalog.SourceOf(kind);
        var wish = new DocumentWish(kind, caller, file, incident, null, unit, map, now) { Answers = command.Answers };
        if (kind.About == DocumentAbout.Subject)
        {
            var subjects = await source.SubjectsAsync(kind, caller, file.Case.CaseId, ct);
            if ((command.SubjectId is { } wanted ? subjects.FirstOrDefault(s => s.SubjectId == wanted) : (subjects is [var latest, ..] ? latest : null)) is not { } subject)
            {
                return DocumentFailures.NoSubject;
            }

            wish = wish with { SubjectId = subject.SubjectId, Incident = file.Incidents.FirstOrDefault(i => i.IncidentId == subject.IncidentId) ?? incident };
        }

        var values = new DocumentValues().With("unit.name", unit.Name).With("issued.date", zone.Day(now)).With("case.number", file.Case.CaseNumber)
            .With("worker.name", await db.Workers.AsNoTracking().Where(w => w.Id == caller.WorkerId).Select(w => w.DisplayName).FirstOrDefaultAsync(ct));
        if (await source.FillAsync(db, wish, values, ct) is { IsOk: false } unfilled)
        {
            return unfilled.Failure!;
        }

        foreach (var input in kind.Inputs.Where(i => kind.Fields.Any(f => f.Name == i.Name)))
        {
            values.With(input.Name, command.Answers.GetValueOrDefault(input.Name));
        }

        return await issuer.IssueAsync(db, kind, values, new IssuedFor(command.CaseId, wish.Incident?.IncidentId, wish.SubjectId, unit, caller.WorkerId, command.Replaces, command.DocumentId), command.BaseAddress, now, ct);
    }

    /// <summary>Takes a document back: its check page says so from here on.</summary>
    /// <param name="caller">Who; of the unit that issued it.</param>
    /// <param name="documentId">The document.</param>
    /// <param name="reason">Why.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result> WithdrawAsync(Caller caller, Guid documentId, string? reason, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            return DocumentFailures.Missing("reason");
        }

        if (reason.Length > IssuedDocument.ReasonMaxLength)
        {
            return DocumentFailures.TooLong("reason", IssuedDocument.ReasonMaxLength);
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Actor = caller.Actor;
        var document = await db.IssuedDocuments.SingleOrDefaultAsync(d => d.IssuedDocumentId == documentId, ct);
        if (document is null || await sights.FindAsync(db, caller, document.CaseId, ct) is not (_, { MayWork: true }) || document.UnitId != caller.UnitId || !caller.May(Permissions.WorkDuties))
        {
            return DocumentFailures.NotFound;
        }

        if (document.State != DocumentState.Valid)
        {
            return DocumentFailures.Ended;
        }

        if (await CaseLeaks.TellsAsync(db, document.CaseId, CaseLeaks.Reason(reason), ct))
        {
            return DocumentFailures.TellsPlace("reason");
        }

        (document.State, document.EndedAt, document.EndedByWorkerId, document.EndReason) = (DocumentState.Withdrawn, time.Now, caller.WorkerId, reason.Trim());
        db.Record(DocumentIssuer.Event(Withdrawn, document, time.Now, ("reason", reason.Trim())));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return CaseFailures.SomeoneWasFaster;
        }

        return Result.Ok;
    }

    private static Failure? FaultOf(DocumentInput input, string? answer) =>
        string.IsNullOrWhiteSpace(answer) ? (input.IsRequired ? DocumentFailures.Missing(input.Name) : null)
        : answer.Trim().Length > input.MaxLength ? DocumentFailures.TooLong(input.Name, input.MaxLength) : null;

    private bool MayIssue(Caller caller, CaseSight sight, DocumentKind kind) =>
        caller.May(Permissions.WorkDuties) && sight.MayWork && catalog.SourceOf(kind).MayIssue(kind, sight);
}
