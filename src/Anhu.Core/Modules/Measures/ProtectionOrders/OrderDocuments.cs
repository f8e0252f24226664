using System.Globalization;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Documents;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Measures.ProtectionOrders;

/// <summary>
/// The application for a protection order on paper (handbook §4.6, §6(f)): the court's edition, and the copy that the respondent gets. The copy has no field for where she is, how she is
/// reached or who knows it; what stands in its free texts is hidden, never written anew (Opinions 2022, no. 4).
/// </summary>
public sealed class OrderDocuments(IDbContextFactory<AnhuDbContext> contexts, MeasureQueries measures, MeasureBook book, OrganisationDirectory organisation) : IDocumentSource
{
    private const string LeaveOut = "leave.out";
    private const int MostEarlier = 20;
    private const int ShortestPlace = 4;

    private static readonly DocumentField[] Respondent =
    [
        new("respondent.name", true), new("respondent.sex"), new("respondent.birth"), new("respondent.id"), new("respondent.address"), new("respondent.phone"), new("respondent.job"),
        new("relation", true),
    ];

    private static readonly DocumentField[] Asked =
        [new("court", true), new("court.number"), new("requests", true, [new("n"), new("text")]), new("distance"), new("other"), new("months", true), new("urgent"), new("facts", true)];

    /// <summary>人身安全保护令申请书: for the court.</summary>
    public static DocumentKind Application { get; } = new(
        "order-application", "人身安全保护令申请书",
        [
            .. DocumentKind.CommonFields, new("applicant.name", true), new("applicant.sex"), new("applicant.birth"), new("applicant.id"), new("service.place", true), new("service.phone"),
            new("current.place"), new("consent", true), new("proxy.name"), new("proxy.kind"), new("proxy.ground"), .. Respondent, new("covered"), .. Asked, new("places"), new("court.why", true),
            new("evidence", true, [new("n"), new("kind"), new("collect")]), new("evidence.holders"), new("evidence.note"), new("earlier", false, [new("what"), new("at")]),
        ],
        [], DocumentAbout.Subject);

    /// <summary>人身安全保护令申请书副本: what the respondent gets.</summary>
    public static DocumentKind Copy { get; } = new(
        "order-application-copy", "人身安全保护令申请书（副本）",
        [
            .. DocumentKind.CommonFields.Where(f => f.Name is not ("worker.name" or "case.number")), new("applicant.name", true), new("applicant.sex"), new("proxy.kind"), .. Respondent,
            new("covered"), .. Asked, new("evidence", true, [new("n"), new("kind")]),
        ],
        [new(LeaveOut, false, 2000, 5)], DocumentAbout.Subject);

    private static readonly string[] Names = ["applicant.name", "respondent.name"];
    private static readonly string[] Void = ["dropped", "withdrawn", "deemed-withdrawn", "terminated"];

    /// <summary>Kinds of evidence whose full name tells who spoke or where she asked for help.</summary>
    private static readonly Dictionary<string, string> InCopy = new(StringComparer.Ordinal) { ["testimony"] = "证人证言", ["complaint-records"] = "有关单位的记录" };

    /// <inheritdoc />
    public IReadOnlyList<DocumentKind> Kinds { get; } = [Application, Copy];

    /// <summary>Who drafts applications, and the court.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="sight">What the caller sees of the case.</param>
    public bool MayIssue(DocumentKind kind, CaseSight sight) => sight.View == CaseView.Full && sight.Agency is Agency.WomensFederation or Agency.Police or Agency.Court;

    /// <inheritdoc />
    public async Task<IReadOnlyList<DocumentSubject>> SubjectsAsync(DocumentKind kind, Caller caller, Guid caseId, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        if (caller.UnitId is not { } own || map.Find(own) is not { } unit || (kind == Copy && unit.Level > RegionLevel.County) || await measures.OfCaseAsync(caller, caseId, ct) is not var (_, lines))
        {
            // The name of a station or a street's office would tell the respondent in which neighbourhood she is helped.
            return [];
        }

        List<MeasureLine> ours = [.. lines.Where(l => l.Kind == ProtectionOrder.KindId && !Void.Contains(l.State) && (unit.Agency == Agency.Court || IsOurs(l.UnitId, own, map)))];
        await using var db = await contexts.CreateDbContextAsync(ct);
        var incidents = await db.Measures.AsNoTracking().Where(m => ours.Select(l => l.MeasureId).Contains(m.MeasureId)).ToDictionaryAsync(m => m.MeasureId, m => m.IncidentId, ct);
        var rules = book[ProtectionOrder.KindId].Rules;
        return [.. ours.Select(l => new DocumentSubject(l.MeasureId, l.Number ?? $"{rules.Title.Text} {rules.Clock.Zone.Day(l.ProposedAt)}", incidents[l.MeasureId]))];
    }

    /// <inheritdoc />
    public async Task<Result> FillAsync(AnhuDbContext db, DocumentWish wish, DocumentValues values, CancellationToken ct)
    {
        if (wish.SubjectId is not { } id || await measures.GetAsync(wish.Caller, id, ct) is not { } details || await measures.TextsAsync(wish.Caller, id, ct) is not { } texts)
        {
            return DocumentFailures.NoSubject;
        }

        var rules = book[details.Measure.Kind].Rules;
        var fields = details.Measure.Fields;
        if (OrderApplication.FaultOf(fields, rules, wish.Map) is { } fault)
        {
            return fault;
        }

        string F(string name) => fields.GetValueOrDefault(name, "");
        string? Birth(string text, CasePerson? person) => text.Length > 0 ? text : person?.BirthDate is { } born ? DocumentDates.Day(born) : null;
        var (applicant, respondent) = (details.Protects, details.Against);
        values.With("applicant.name", Or(texts["applicantName"], applicant?.Name)).With("applicant.sex", Or(texts["applicantSex"], ChineseWords.Sex(applicant?.Sex)))
            .With("respondent.name", Or(texts["respondentName"], respondent?.Name)).With("respondent.sex", Or(texts["respondentSex"], ChineseWords.Sex(respondent?.Sex)))
            .With("respondent.birth", Birth(texts["respondentBirthDate"], respondent)).With("respondent.id", Or(texts["respondentIdNumber"], respondent?.IdNumber))
            .With("respondent.address", texts["respondentAddress"]).With("respondent.phone", texts["respondentPhone"]).With("respondent.job", texts["respondentJob"])
            .With("relation", texts["relation"]).With("court", wish.Map.FindTyped(F("court"))?.Name ?? F("court")).With("court.number", details.Measure.Number)
            .With("requests", Numbered(rules, "requests", F("requests"), o => o.Label.Zh)).With("distance", texts["distance"]).With("other", texts["requestOther"])
            .With("months", texts["requestMonths"]).With("urgent", texts["urgent"]).With("facts", texts["facts"]).With("proxy.kind", texts["proxyKind"]);
        if (Names.FirstOrDefault(n => values.Text(n).Length == 0) is { } nameless)
        {
            return new Failure(FailureKind.NotAllowed, "measures.order-nameless", nameless);
        }

        return wish.Kind == Copy ? await CopyAsync(db, wish, values, fields, rules, ct) : await ForCourtAsync(wish, values, details, texts, rules, applicant, Birth, ct);
    }

    private static IReadOnlyList<DocumentValues> Numbered(MeasureRules rules, string field, string chosen, Func<Playbooks.DutyOption, string> words) =>
        [.. chosen.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => rules.Fields[field].Options.FirstOrDefault(o => o.Id == id)).OfType<Playbooks.DutyOption>()
            .Select((o, i) => new DocumentValues().With("n", (i + 1).ToString(CultureInfo.InvariantCulture)).With("text", words(o)).With("kind", words(o)).With("id", o.Id))];

    private async Task<Result> ForCourtAsync(
        DocumentWish wish, DocumentValues values, MeasureDetails details, IReadOnlyDictionary<string, string> texts, MeasureRules rules, CasePerson? applicant,
        Func<string, CasePerson?, string?> birth, CancellationToken ct)
    {
        var fields = details.Measure.Fields;
        var collect = fields.GetValueOrDefault("evidenceCollect", "").Split(',');
        var evidence = Numbered(rules, "evidence", fields["evidence"], o => o.Label.Zh);
        foreach (var line in evidence)
        {
            line.With("collect", collect.Contains(line.Text("id")) ? "请求调取" : null);
        }

        var zone = rules.Clock.Zone;
        var others = await measures.OfCaseAsync(wish.Caller, wish.File.Case.CaseId, ct) is var (_, lines) ? lines : [];
        values.With("applicant.birth", birth(texts["applicantBirthDate"], applicant)).With("applicant.id", Or(texts["applicantIdNumber"], applicant?.IdNumber))
            .With("service.place", texts["serviceAddress"]).With("service.phone", texts["servicePhone"]).With("current.place", texts["currentAddress"])
            .With("consent", texts["proxyKind"].Length == 0 ? "本人申请，已单独听取本人意见，本人同意申请" : fields.GetValueOrDefault("proxyWish") is "yes" or "true" ? "代为申请，符合本人意愿" : "依法代为申请")
            .With("proxy.name", texts["proxyName"]).With("proxy.ground", texts["proxyGround"]).With("covered", texts["covered"]).With("places", texts["places"])
            .With("court.why", texts["courtPlace"]).With("evidence", evidence).With("evidence.holders", texts["evidenceHolders"]).With("evidence.note", texts["evidenceNote"])
            .With(
                "earlier",
                [
                    .. wish.File.Incidents.OrderBy(i => i.OccurredAt).Select(i => (At: i.OccurredAt, What: "报警"))
                        .Concat(others.Where(o => o.MeasureId != details.Measure.MeasureId && o.IssuedAt is not null).Select(o => (At: o.IssuedAt!.Value, What: $"{book[o.Kind].Rules.Title.Zh} {o.Number}")))
                        .OrderBy(e => e.At).TakeLast(MostEarlier).Select(e => new DocumentValues().With("what", e.What).With("at", zone.Day(e.At))),
                ]);
        return Result.Ok;
    }

    /// <summary>Hides what the other party must not read. What the worker names must stand in the texts: otherwise something else was meant.</summary>
    private static async Task<Result> CopyAsync(
        AnhuDbContext db, DocumentWish wish, DocumentValues values, IReadOnlyDictionary<string, string> fields, MeasureRules rules, CancellationToken ct)
    {
        string F(string name) => fields.GetValueOrDefault(name, "");
        List<ShieldedValue> contacts =
        [
            // Papers may be sent to her through the court or the federation: such a name is no place of hers.
            .. ((string[])["serviceAddress", "currentAddress"]).Where(f => F(f).Any(char.IsDigit)).Select(f => new ShieldedValue(ShieldKind.Address, F(f), Guid.Empty)),
            new(ShieldKind.Phone, F("servicePhone"), Guid.Empty),
            .. F("places").Split(['、', '，', ',', '；', ';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(p => p.Length >= ShortestPlace)
                .Select(p => new ShieldedValue(ShieldKind.School, p, Guid.Empty)),
        ];
        var guard = await OtherPartyGuard.LoadAsync(db, wish.File.Case.CaseId, [.. contacts.Where(c => c.Value.Length > 0)], ct);
        var passages = (wish.Answers.GetValueOrDefault(LeaveOut) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] free = ["facts", "urgent", "other", "distance"];
        foreach (var (passage, line) in passages.Select((p, i) => (p, i + 1)))
        {
            var isThere = false;
            foreach (var name in free)
            {
                var text = values.Text(name);
                var left = text.Replace(passage, LeakGuard.Hidden, StringComparison.Ordinal);
                isThere |= left != text;
                values.With(name, left);
            }

            if (!isThere)
            {
                return new Failure(FailureKind.Invalid, "measures.order-not-in-text", LeaveOut, line.ToString(CultureInfo.InvariantCulture));
            }
        }

        foreach (var name in free)
        {
            values.With(name, guard.Mask(values.Text(name)));
        }

        values.With("covered", F("covered").Length > 0 ? "申请书载明的未成年子女、近亲属" : null)
            .With("evidence", Numbered(rules, "evidence", F("evidence"), o => InCopy.GetValueOrDefault(o.Id, o.Label.Zh)));

        // What can't be hidden word by word, such as an address that goes on in the next line, and what should never stand in the respondent's own data. The rest are words of the form.
        return values.Texts.FirstOrDefault(t => (free.Contains(t.Field) || t.Field.StartsWith("respondent.", StringComparison.Ordinal)) && guard.Tells(t.Text)) is { Field: { } field } ? DocumentFailures.TellsPlace(field) : Result.Ok;
    }

    private static string? Or(string text, string? other) => text.Length > 0 ? text : other;

    private static bool IsOurs(Guid unitId, Guid own, OrganisationMap map) => map.Find(unitId) is { } unit && map.WithSuperiors(unit).Any(u => u.UnitId == own);
}
