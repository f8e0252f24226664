using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Documents.Pdf;
using Anhu.Modules.Documents.Word;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Documents;

/// <summary>A wish to issue a document.</summary>
public sealed record IssueDocument
{
    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>The kind (<see cref="DocumentKind.Id"/>).</summary>
    public required string Kind { get; init; }

    /// <summary>The incident that it is about; null for the newest.</summary>
    public Guid? IncidentId { get; init; }

    /// <summary>The document in whose place it stands; null for none.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>The worker's answers, by field.</summary>
    public IReadOnlyDictionary<string, string?> Answers { get; init; } = new Dictionary<string, string?>();

    /// <summary>The address that the worker's browser uses; in the code when the settings name none.</summary>
    public required string BaseAddress { get; init; }
}

/// <summary>A document of a case as lists show it.</summary>
/// <param name="DocumentId">Key.</param>
/// <param name="Kind">The kind; null when the program no longer knows it.</param>
/// <param name="Number">Its number.</param>
/// <param name="UnitId">Who issued it.</param>
/// <param name="WorkerName">Which worker.</param>
/// <param name="IssuedAt">When, UTC.</param>
/// <param name="State">Where it stands.</param>
/// <param name="EndedAt">Since when it is not valid.</param>
/// <param name="EndReason">Why it was taken back.</param>
/// <param name="CheckCode">The code of the check page.</param>
/// <param name="TemplateVersion">The version of the template that made it.</param>
/// <param name="IncidentId">The incident that it is about.</param>
/// <param name="IsOwn">Whether the caller's unit issued it.</param>
public sealed record DocumentLine(
    Guid DocumentId, DocumentKind? Kind, string Number, Guid UnitId, string? WorkerName, DateTimeOffset IssuedAt, DocumentState State, DateTimeOffset? EndedAt,
    string? EndReason, string CheckCode, int TemplateVersion, Guid? IncidentId, bool IsOwn);

/// <summary>The documents of a case.</summary>
/// <param name="CaseNumber">The case's number.</param>
/// <param name="Sight">What the caller may see of the case.</param>
/// <param name="Lines">Those that the caller may see, newest first.</param>
/// <param name="MayIssue">Kinds that the caller may issue.</param>
public sealed record CaseDocuments(string CaseNumber, CaseSight Sight, IReadOnlyList<DocumentLine> Lines, IReadOnlyList<DocumentKind> MayIssue);

/// <summary>What a form for a new document begins with.</summary>
/// <param name="CaseNumber">The case's number.</param>
/// <param name="Sight">What the caller may see of the case.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Incidents">The incidents that it can be about, newest first.</param>
/// <param name="Answers">Answers to begin with.</param>
public sealed record DocumentStart(string CaseNumber, CaseSight Sight, DocumentKind Kind, IReadOnlyList<CaseIncident> Incidents, IReadOnlyDictionary<string, string?> Answers);

/// <summary>Which file of a document.</summary>
public enum DocumentFileKind
{
    /// <summary>The PDF, which is signed.</summary>
    Pdf,

    /// <summary>The Word file.</summary>
    Docx,

    /// <summary>The signature of the PDF.</summary>
    Signature,
}

/// <summary>A file that leaves.</summary>
/// <param name="Name">Its name: the document's number.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Content">What is in it.</param>
/// <param name="CaseId">The case that it tells of.</param>
/// <param name="Sight">What the caller may see of the case.</param>
public sealed record DocumentDownload(string Name, string ContentType, byte[] Content, Guid CaseId, CaseSight Sight);

/// <summary>What the public may know of a document by its code.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Kind">Its kind, in Chinese.</param>
/// <param name="Unit">Name of the unit that issued it.</param>
/// <param name="IssuedAt">When, UTC.</param>
/// <param name="State">Where it stands.</param>
/// <param name="EndedAt">Since when it is not valid.</param>
/// <param name="Sha256">SHA-256 of the PDF, hexadecimal.</param>
public sealed record CheckedDocument(string Number, string Kind, string Unit, DateTimeOffset IssuedAt, DocumentState State, DateTimeOffset? EndedAt, string Sha256);

/// <summary>Issues documents and hands them out. Nothing that the leak guard stops leaves (victim-safety C5).</summary>
public sealed class DocumentDesk(
    IDbContextFactory<AnhuDbContext> contexts, CaseQueries cases, CaseSights sights, OrganisationDirectory organisation, Templates templates, DocumentPress press, DocumentSettings settings,
    RuleBook rules, CityZone zone, TimeProvider time)
{
    /// <summary>A document was issued.</summary>
    public const string Issued = "document.issued";

    /// <summary>A document was taken back.</summary>
    public const string Withdrawn = "document.withdrawn";

    /// <summary>Another document stands in the place of one.</summary>
    public const string Superseded = "document.superseded";

    /// <summary>Path of the check page.</summary>
    public const string CheckPath = "/check/";

    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const int CodeLength = 20;
    private const int Most = 200;

    /// <summary>The documents of a case.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when the caller may not know of them.</returns>
    public async Task<CaseDocuments?> OfCaseAsync(Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await sights.FindAsync(db, caller, caseId, ct) is not ({ } dvCase, { View: >= CaseView.Working } sight))
        {
            return null;
        }

        var story = sight.Shows(FieldClass.Story);
        var rows = await db.IssuedDocuments.AsNoTracking().Where(d => d.CaseId == caseId && (story || d.UnitId == caller.UnitId)).OrderByDescending(d => d.IssuedAt).ThenByDescending(d => d.IssuedDocumentId).Take(Most)
            .Select(d => new
            {
                Document = d, Worker = db.Workers.Where(w => w.Id == d.WorkerId).Select(w => w.DisplayName).FirstOrDefault(),
                Version = db.DocumentTemplates.Where(t => t.DocumentTemplateId == d.DocumentTemplateId).Select(t => t.Version).FirstOrDefault(),
            }).ToListAsync(ct);
        return new CaseDocuments(
            dvCase.CaseNumber, sight,
            [.. rows.Select(r => r.Document is var d ? new DocumentLine(
                d.IssuedDocumentId, DocumentKinds.Find(d.Kind), d.Number, d.UnitId, r.Worker, d.IssuedAt, d.State, d.EndedAt, d.EndReason, d.CheckCode, r.Version, d.IncidentId, d.UnitId == caller.UnitId) : default!)],
            [.. DocumentKinds.All.Where(k => MayIssue(caller, sight, k))]);
    }

    /// <summary>What the form for a new document begins with.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="kindId">The kind.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<DocumentStart>> StartAsync(Caller caller, Guid caseId, string kindId, CancellationToken ct)
    {
        if (DocumentKinds.Find(kindId) is not { } kind || await cases.GetAsync(caller, caseId, ct) is not { View: >= CaseView.Working } file)
        {
            return DocumentFailures.NotFound;
        }

        if (!MayIssue(caller, file.Sight, kind))
        {
            return DocumentFailures.NotYours;
        }

        var map = await organisation.GetAsync(ct);
        var answers = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (kind == DocumentKinds.HandOver)
        {
            var offered = file.OpenDuties.FirstOrDefault(d => d.HandOverToUnitId is not null);
            answers["receiver.name"] = offered?.HandOverToUnitId is { } to ? map.Find(to)?.Name : null;
            answers["due.date"] = offered?.HandOverDueAt is { } due ? DateTimeOf(due) : null;
        }

        return new DocumentStart(file.Case.CaseNumber, file.Sight, kind, file.Incidents, answers);
    }

    /// <summary>Issues a document.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="command">What.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Its key.</returns>
    public async Task<Result<Guid>> IssueAsync(Caller caller, IssueDocument command, CancellationToken ct)
    {
        if (caller is not { WorkerId: { } worker, UnitId: { } unitId } || DocumentKinds.Find(command.Kind) is not { } kind || await cases.GetAsync(caller, command.CaseId, ct) is not { View: >= CaseView.Working } file)
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
        var values = Values(kind, file, incident, unit, map, await db.Workers.AsNoTracking().Where(w => w.Id == worker).Select(w => w.DisplayName).FirstOrDefaultAsync(ct), now);
        foreach (var input in kind.Inputs)
        {
            values.With(input.Name, command.Answers.GetValueOrDefault(input.Name));
        }

        return await IssueAsync(db, kind, values, new IssuedFor(command.CaseId, incident?.IncidentId, null, unit, worker, command.Replaces), command.BaseAddress, now, ct);
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
        if (document is null || await sights.FindAsync(db, caller, document.CaseId, ct) is not (_, { MayWork: true }) || document.UnitId != caller.UnitId || !caller.May(Permissions.WorkDuties) || caller.WorkerId is null)
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
        db.Record(Event(Withdrawn, document, time.Now, ("reason", reason.Trim())));
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

    /// <summary>A file of a document.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="documentId">The document.</param>
    /// <param name="format">Which file.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is none for the caller.</returns>
    public async Task<DocumentDownload?> FileAsync(Caller caller, Guid documentId, DocumentFileKind format, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var document = await db.IssuedDocuments.AsNoTracking().SingleOrDefaultAsync(d => d.IssuedDocumentId == documentId, ct);
        if (document is null || await sights.FindAsync(db, caller, document.CaseId, ct) is not (_, { View: >= CaseView.Working, Grant: not GrantKind.Emergency } sight)
            || !(sight.Shows(FieldClass.Story) || document.UnitId == caller.UnitId))
        {
            return null;
        }

        if (format == DocumentFileKind.Signature)
        {
            var signature = await SignatureAsync(db, document, ct);
            return new DocumentDownload($"{document.Number}.signature.json", "application/json", Encoding.UTF8.GetBytes(signature.ToJson()), document.CaseId, sight);
        }

        var files = await db.IssuedDocumentFiles.AsNoTracking().SingleAsync(f => f.IssuedDocumentId == documentId, ct);
        return format == DocumentFileKind.Pdf
            ? new DocumentDownload($"{document.Number}.pdf", "application/pdf", files.Pdf, document.CaseId, sight)
            : new DocumentDownload($"{document.Number}.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", files.Docx, document.CaseId, sight);
    }

    /// <summary>What anybody may know of a document whose code he has.</summary>
    /// <param name="code">The code as it was typed or scanned.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is none.</returns>
    public async Task<CheckedDocument?> CheckAsync(string? code, CancellationToken ct)
    {
        if (HashOf(code) is not { } hash)
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = await db.IssuedDocuments.AsNoTracking().Where(d => d.CheckHash == hash)
            .Select(d => new { d.Number, d.Kind, d.UnitId, d.IssuedAt, d.State, d.EndedAt, d.PdfHash }).SingleOrDefaultAsync(ct);
        var map = await organisation.GetAsync(ct);
        return found is null ? null : new CheckedDocument(
            found.Number, DocumentKinds.Find(found.Kind)?.Title ?? found.Kind, map.Find(found.UnitId)?.Name ?? "", found.IssuedAt, found.State, found.EndedAt, Convert.ToHexStringLower(found.PdfHash));
    }

    /// <summary>The public keys by which documents of this city are checked, oldest first.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<(string Algorithm, byte[] PublicKey, DateTimeOffset CreatedAt)>> KeysAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return [.. (await db.DocumentKeys.AsNoTracking().OrderBy(k => k.CreatedAt).Select(k => new { k.Algorithm, k.PublicKey, k.CreatedAt }).ToListAsync(ct)).Select(k => (k.Algorithm, k.PublicKey, k.CreatedAt))];
    }

    /// <summary>A check code as people read it: four groups of five.</summary>
    /// <param name="code">The code.</param>
    public static string Grouped(string code) => string.Join('-', code.Chunk(5).Select(c => new string(c)));

    /// <summary>Guards, prints, numbers, signs and keeps a document.</summary>
    internal async Task<Result<Guid>> IssueAsync(AnhuDbContext db, DocumentKind kind, DocumentValues values, IssuedFor about, string baseAddress, DateTimeOffset now, CancellationToken ct)
    {
        var secrets = (await CaseSecrets.LoadAsync(db, about.CaseId, ct)).Guard;
        // A number or an address that goes on in the next line is one all the same.
        if (secrets.Find(values.Texts.SelectMany(t => ((string, string?)[])[t, (t.Field, t.Text?.ReplaceLineEndings(""))])) is [var leak, ..])
        {
            return DocumentFailures.TellsPlace(leak.Field);
        }

        var template = await templates.CurrentAsync(kind, ct);
        var code = RandomNumberGenerator.GetString(Alphabet, CodeLength);
        var address = (settings.CheckAddress.Length > 0 ? settings.CheckAddress : baseAddress).TrimEnd('/') + CheckPath + code;
        values.With("check.code", Grouped(code)).With("check.address", address);

        // Printed once without a number, so that what can't be printed takes none.
        var area = RegionCodes.Full(about.Unit.RegionCode)[..6];
        var year = zone.DateOf(now).Year;
        var counterName = $"document:{area}:{year.ToString(CultureInfo.InvariantCulture)}";
        if (Press(NumberOf(area, year, 0)).Failure is { } trial)
        {
            return trial;
        }

        var number = NumberOf(area, year, await db.ExclusivelyAsync(() => NextAsync(db, counterName, ct), ct));
        var final = Press(number);
        return final.IsOk ? await db.ExclusivelyAsync(() => KeepAsync(db, kind, about, number, code, template, final.Value, now, ct), ct) : final.Failure!;

        Result<PressedDocument> Press(string number)
        {
            values.With("number", number);
            var faults = new List<TemplateFault>();
            try
            {
                var pressed = press.Press(template, kind, values, address, $"{kind.Title} {number}", now, faults);
                if (pressed is null)
                {
                    return faults.Find(f => f.Code == TemplateFault.Glyph) is { Detail: { } character } ? DocumentFailures.NoGlyph(character) : DocumentFailures.BadTemplate;
                }

                // Also what only arises when texts stand side by side.
                return secrets.Find(("", pressed.Words), ("", pressed.Words.ReplaceLineEndings(""))).Count > 0 ? DocumentFailures.TellsPlace(null) : pressed;
            }
            catch (FontMissingException e)
            {
                return DocumentFailures.NoFont(e.Message);
            }
        }
    }

    private static string NumberOf(string area, int year, long n) => string.Create(CultureInfo.InvariantCulture, $"WS{area}-{year}-{n:000000}");

    private static async Task<long> NextAsync(AnhuDbContext db, string name, CancellationToken ct)
    {
        var counter = await db.Counters.FindAsync([name], ct);
        if (counter is null)
        {
            counter = new Counter { Name = name, Value = 0 };
            db.Counters.Add(counter);
        }

        return ++counter.Value;
    }

    private static async Task<Result<Guid>> KeepAsync(
        AnhuDbContext db, DocumentKind kind, IssuedFor about, string number, string code, byte[] template, PressedDocument pressed, DateTimeOffset now, CancellationToken ct)
    {
        var key = await KeyAsync(db, now, ct);
        var made = await Templates.RowAsync(db, kind, template, now, ct);
        var hash = SHA256.HashData(pressed.Pdf);
        var sm3 = Sm3(key.Algorithm, pressed.Pdf);
        var document = new IssuedDocument
        {
            IssuedDocumentId = Guid.CreateVersion7(now), CaseId = about.CaseId, IncidentId = about.IncidentId, SubjectId = about.SubjectId, Kind = kind.Id, Number = number, UnitId = about.Unit.UnitId,
            WorkerId = about.WorkerId, IssuedAt = now, DocumentTemplateId = made.DocumentTemplateId, CheckCode = code, CheckHash = HashOf(code)!, PdfHash = hash, DocumentKeyId = key.DocumentKeyId,
            Signature = AuditSignature.Sign(
                key.Algorithm, Convert.FromBase64String(key.PrivateKey), DocumentSignature.TextOf(number, kind.Id, about.Unit.Code, now, Convert.ToHexStringLower(hash), sm3)),
        };
        if (about.Replaces is { } replaced)
        {
            var old = await db.IssuedDocuments.SingleOrDefaultAsync(d => d.IssuedDocumentId == replaced && d.CaseId == about.CaseId && d.UnitId == about.Unit.UnitId && d.Kind == kind.Id, ct);
            if (old is null)
            {
                return DocumentFailures.NotFound;
            }

            if (old.State != DocumentState.Valid)
            {
                return DocumentFailures.Ended;
            }

            (old.State, old.EndedAt, old.EndedByWorkerId, old.SupersededByDocumentId) = (DocumentState.Superseded, now, about.WorkerId, document.IssuedDocumentId);
            db.Record(Event(Superseded, old, now, ("by", number)));
        }

        db.Add(document);
        db.Add(new IssuedDocumentFiles { IssuedDocumentId = document.IssuedDocumentId, Docx = pressed.Docx, Pdf = pressed.Pdf });
        db.Record(Event(Issued, document, now));
        return document.IssuedDocumentId;
    }

    private static string? Sm3(string algorithm, byte[] pdf) => algorithm == AuditSignature.AlgorithmOf(Protection.CipherSuite.Guomi) ? DocumentSignature.Sm3Of(pdf) : null;

    private static PendingEvent Event(string type, IssuedDocument document, DateTimeOffset at, params ReadOnlySpan<(string Name, object? Value)> more) =>
        new(type, at, document.CaseId, null, document.UnitId, Data: EventData.Of([("kind", document.Kind), ("number", document.Number), .. more]));

    /// <summary>The key that signs now: the newest, unless the city's keys were rotated since it was made.</summary>
    private static async Task<DocumentKey> KeyAsync(AnhuDbContext db, DateTimeOffset now, CancellationToken ct)
    {
        var generation = db.Keys.Generation;
        if (await db.DocumentKeys.OrderByDescending(k => k.CreatedAt).FirstOrDefaultAsync(ct) is { } known && known.Generation >= generation)
        {
            return known;
        }

        var algorithm = AuditSignature.AlgorithmOf(db.Keys.Suite);
        var (own, shown) = AuditSignature.Create(algorithm);
        var key = new DocumentKey
        {
            DocumentKeyId = Guid.CreateVersion7(now), Algorithm = algorithm, PrivateKey = Convert.ToBase64String(own), PublicKey = shown, Generation = generation, CreatedAt = now,
        };
        db.Add(key);
        return key;
    }

    private async Task<DocumentSignature> SignatureAsync(AnhuDbContext db, IssuedDocument document, CancellationToken ct)
    {
        var key = await db.DocumentKeys.AsNoTracking().Where(k => k.DocumentKeyId == document.DocumentKeyId).Select(k => new { k.Algorithm, k.PublicKey }).SingleAsync(ct);
        var sm3 = key.Algorithm == AuditSignature.AlgorithmOf(Protection.CipherSuite.Guomi)
            ? DocumentSignature.Sm3Of(await db.IssuedDocumentFiles.AsNoTracking().Where(f => f.IssuedDocumentId == document.IssuedDocumentId).Select(f => f.Pdf).SingleAsync(ct)) : null;
        var unit = (await organisation.GetAsync(ct)).Find(document.UnitId);
        return new DocumentSignature(
            DocumentSignature.FormatName, document.Number, document.Kind, unit?.Code ?? "", document.IssuedAt.ToUniversalTime(), Convert.ToHexStringLower(document.PdfHash), sm3, key.Algorithm,
            Convert.ToBase64String(key.PublicKey), Convert.ToBase64String(document.Signature));
    }

    /// <summary>Certificates of alarms are the police's; a hand-over sheet is made by whoever works on the case.</summary>
    private static bool MayIssue(Caller caller, CaseSight sight, DocumentKind kind) =>
        caller.WorkerId is not null && caller.May(Permissions.WorkDuties) && sight.MayWork
        && (kind != DocumentKinds.AlarmCertificate || (sight.Agency == Agency.Police && sight.View == CaseView.Full));

    private static Failure? FaultOf(DocumentInput input, string? answer) =>
        string.IsNullOrWhiteSpace(answer) ? (input.IsRequired ? DocumentFailures.Missing(input.Name) : null)
        : answer.Trim().Length > input.MaxLength ? DocumentFailures.TooLong(input.Name, input.MaxLength) : null;

    /// <summary>SHA-256 of a code without what people put between; null for what can be none.</summary>
    private static byte[]? HashOf(string? code)
    {
        var plain = string.Concat((code ?? "").Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return plain.Length == CodeLength && (code?.Length ?? 0) <= 2 * CodeLength ? SHA256.HashData(Encoding.ASCII.GetBytes(plain)) : null;
    }

    private string DateOf(DateTimeOffset at) => zone.ToLocal(at).ToString("yyyy年M月d日", CultureInfo.InvariantCulture);

    private string DateTimeOf(DateTimeOffset at) => zone.ToLocal(at).ToString("yyyy年M月d日H时m分", CultureInfo.InvariantCulture);

    private DocumentValues Values(DocumentKind kind, CaseDetails file, CaseIncident? incident, Unit unit, OrganisationMap map, string? workerName, DateTimeOffset now)
    {
        var victim = file.People.FirstOrDefault(p => p.Role == Alarms.PartyRole.Victim);
        var other = file.People.FirstOrDefault(p => p.Role == Alarms.PartyRole.Perpetrator);
        var values = new DocumentValues().With("unit.name", unit.Name).With("issued.date", DateOf(now)).With("worker.name", workerName).With("case.number", file.Case.CaseNumber);
        if (kind == DocumentKinds.AlarmCertificate)
        {
            values.With("victim.name", victim?.Name).With("victim.sex", ChineseWords.Sex(victim?.Sex)).With("victim.birth", victim?.BirthDate?.ToString("yyyy年M月d日", CultureInfo.InvariantCulture))
                .With("victim.id", victim?.IdNumber).With("other.name", other?.Name).With("relation", ChineseWords.Relation(other?.RelationToVictim))
                .With("alarm.time", incident is null ? null : DateTimeOf(incident.OccurredAt))
                .With("alarm.district", incident?.RegionCode is { } code && CaseSecrets.District(code) is { } district ? map.RegionFullName(district) : null);
        }
        else if (kind == DocumentKinds.HandOver)
        {
            values.With("unit.phone", unit.DutyPhone).With("person.name", victim?.Name).With("class", ChineseWords.Class(file.Case.Class)).With("done", [.. file.EndedDuties.Where(d => d.DoneAt is not null).Take(6).Select(d =>
                new DocumentValues().With("what", rules.Current.Playbook.Kinds.GetValueOrDefault(d.Kind)?.Title.Zh ?? d.Kind).With("unit", map.Find(d.OwnerUnitId)?.Name).With("at", DateOf(d.DoneAt!.Value)))]);
        }

        return values;
    }
}

/// <summary>What a document is about and who issues it.</summary>
internal sealed record IssuedFor(Guid CaseId, Guid? IncidentId, Guid? SubjectId, Unit Unit, Guid WorkerId, Guid? Replaces);
