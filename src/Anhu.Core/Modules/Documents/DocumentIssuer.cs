using System.Globalization;
using System.Security.Cryptography;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Documents.Pdf;
using Anhu.Modules.Documents.Word;
using Anhu.Modules.Regions;
using Anhu.Modules.Time;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Documents;

/// <summary>Guards, prints, numbers, signs and keeps documents. Nothing that the leak guard stops leaves (victim-safety C5).</summary>
public sealed class DocumentIssuer(Templates templates, DocumentPress press, DocumentSettings settings, CityZone zone)
{
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
        var code = CheckCodes.New();
        var address = (settings.CheckAddress.Length > 0 ? settings.CheckAddress : baseAddress).TrimEnd('/') + CheckCodes.Path + code;
        values.With("check.code", CheckCodes.Grouped(code)).With("check.address", address);

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
        return final.IsOk ? await db.ExclusivelyAsync(() => KeepAsync(db, kind, about, number, code, template, final.Value, values.Data, now, ct), ct) : final.Failure!;

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

    internal static PendingEvent Event(string type, IssuedDocument document, DateTimeOffset at, params ReadOnlySpan<(string Name, object? Value)> more) =>
        new(type, at, document.CaseId, null, document.UnitId, Data: EventData.Of([("kind", document.Kind), ("number", document.Number), .. more]));

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
        AnhuDbContext db, DocumentKind kind, IssuedFor about, string number, string code, byte[] template, PressedDocument pressed, byte[]? data, DateTimeOffset now,
        CancellationToken ct)
    {
        if (about.DocumentId is { } wanted && await db.IssuedDocuments.AsNoTracking().Where(d => d.IssuedDocumentId == wanted).Select(d => new { d.CaseId, d.Kind, d.UnitId }).SingleOrDefaultAsync(ct) is { } known)
        {
            return known.CaseId == about.CaseId && known.Kind == kind.Id && known.UnitId == about.Unit.UnitId ? wanted : DocumentFailures.IdTaken;
        }

        var key = await KeyAsync(db, now, ct);
        var made = await Templates.RowAsync(db, kind, template, now, ct);
        var hash = SHA256.HashData(pressed.Pdf);
        var sm3 = Sm3(key.Algorithm, pressed.Pdf);
        var document = new IssuedDocument
        {
            IssuedDocumentId = about.DocumentId ?? Guid.CreateVersion7(now), CaseId = about.CaseId, IncidentId = about.IncidentId, SubjectId = about.SubjectId, Kind = kind.Id, Number = number, UnitId = about.Unit.UnitId,
            WorkerId = about.WorkerId, IssuedAt = now, DocumentTemplateId = made.DocumentTemplateId, CheckCode = code, CheckHash = CheckCodes.HashOf(code)!, PdfHash = hash, DocumentKeyId = key.DocumentKeyId,
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
            db.Record(Event(DocumentDesk.Superseded, old, now, ("by", number)));
        }

        db.Add(document);
        db.Add(new IssuedDocumentFiles { IssuedDocumentId = document.IssuedDocumentId, Docx = pressed.Docx, Pdf = pressed.Pdf, Data = data });
        db.Record(Event(DocumentDesk.Issued, document, now));
        return document.IssuedDocumentId;
    }

    private static string? Sm3(string algorithm, byte[] pdf) => algorithm == AuditSignature.AlgorithmOf(Protection.CipherSuite.Guomi) ? DocumentSignature.Sm3Of(pdf) : null;

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
}
