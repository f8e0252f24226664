using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Documents;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Measures.WarningLetters;

/// <summary>
/// The papers of a warning letter (handbook §4.23, §6(c)): the report that asks for it, the letter, the notices to others, the notice to the victim and the proof of
/// delivery. None has a field for where she lives, for her phone or for who reported. Notices are no copies: what happened does not stand in them (Opinions 2024, no. 11).
/// </summary>
public sealed class LetterDocuments(IDbContextFactory<AnhuDbContext> contexts, MeasureQueries measures, MeasureBook book, OrganisationDirectory organisation) : IDocumentSource
{
    private static readonly DocumentField[] People =
    [
        new("letter.number"), new("abuser.name", true), new("abuser.sex"), new("abuser.birth"), new("abuser.id"), new("abuser.address"), new("abuser.job"),
        new("victim.name", true), new("victim.sex"), new("victim.id"), new("relation"),
    ];

    private static readonly DocumentField[] Findings =
        [new("happened", true), new("place", true), new("facts", true), new("evidence", true), new("law", true)];

    /// <summary>呈请家庭暴力告诫报告书: what the officer asks the station's leader to approve; stays in the file.</summary>
    public static DocumentKind Request { get; } = new(
        "letter-request", "呈请家庭暴力告诫报告书",
        [.. DocumentKind.CommonFields, .. People, .. Findings, new("admits"), new("grounds", false, [new("text"), new("basis")]), new("opinion", true)],
        [new("opinion", true, 500, 4)], DocumentAbout.Subject);

    /// <summary>家庭暴力告诫书: three copies, for the abuser, for the victim and for the file.</summary>
    public static DocumentKind Letter { get; } = new(
        "warning-letter", "家庭暴力告诫书",
        [
            .. DocumentKind.CommonFields, .. People.Select(f => f.Name == "letter.number" ? f with { IsRequired = true } : f), .. Findings, new("prohibition", true),
            new("consequences", true), new("uses"), new("decided.date", true),
        ],
        [], DocumentAbout.Subject);

    /// <summary>告诫通知书: to the committee, the women's federation, the governance centre; to the abuser's employer only where she asks in writing (Anhui, art. 21).</summary>
    public static DocumentKind Notice { get; } = new(
        "letter-notice", "家庭暴力告诫通知书",
        [
            .. DocumentKind.CommonFields, new("receiver.name", true), new("letter.number", true), new("decided.date", true), new("delivered.date", true), new("abuser.name", true),
            new("victim.name"), new("asked", true), new("unit.phone"),
        ],
        [new("receiver.name", true, 60), new("asked", true, 300, 3)], DocumentAbout.Subject);

    /// <summary>告知书: tells the victim what the letter is for, and what else there is for her.</summary>
    public static DocumentKind RightsNotice { get; } = new(
        "letter-rights", "家庭暴力受害人权利告知书",
        [.. DocumentKind.CommonFields, new("victim.name", true), new("letter.number", true), new("decided.date", true), new("abuser.name", true), new("uses"), new("unit.phone")],
        [], DocumentAbout.Subject);

    /// <summary>送达回证: proof that the letter was read aloud and handed over, or refused, and to whom the notices went.</summary>
    public static DocumentKind Delivery { get; } = new(
        "letter-delivery", "家庭暴力告诫书送达回证",
        [
            .. DocumentKind.CommonFields, new("letter.number", true), new("abuser.name", true), new("victim.name", true), new("read.time", true), new("read.place", true), new("present"),
            new("signed"), new("fingerprint"), new("refusal"), new("video"), new("victim.copy.time", true), new("victim.copy.way", true), new("file.copy"),
            new("notices", false, [new("to"), new("receiver"), new("at"), new("way")]),
        ],
        [], DocumentAbout.Subject);

    private static readonly string[] Before = ["proposed", "under-approval"];
    private static readonly string[] Void = ["rejected", "dropped", "withdrawn"];

    /// <inheritdoc />
    public IReadOnlyList<DocumentKind> Kinds { get; } = [Request, Letter, Notice, RightsNotice, Delivery];

    /// <summary>Letters are the police's.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="sight">What the caller sees of the case.</param>
    public bool MayIssue(DocumentKind kind, CaseSight sight) => sight.Agency == Agency.Police && sight.View == CaseView.Full;

    /// <inheritdoc />
    public async Task<IReadOnlyList<DocumentSubject>> SubjectsAsync(DocumentKind kind, Caller caller, Guid caseId, CancellationToken ct)
    {
        if (await measures.OfCaseAsync(caller, caseId, ct) is not { Lines.Count: > 0 } ofCase)
        {
            return [];
        }

        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);

        var lines = ofCase.Lines.Where(l => l.Kind == WarningLetter.KindId && !Void.Contains(l.State) && Fits(kind, l) && IsOurs(l.UnitId, caller, map)).ToList();
        var incidents = await db.Measures.AsNoTracking().Where(m => lines.Select(l => l.MeasureId).Contains(m.MeasureId)).ToDictionaryAsync(m => m.MeasureId, m => m.IncidentId, ct);
        var rules = book[WarningLetter.KindId].Rules;
        return [.. lines.Select(l => new DocumentSubject(l.MeasureId, l.Number ?? $"{rules.Title.Text} {rules.Clock.Zone.Day(l.ProposedAt)}", incidents[l.MeasureId]))];
    }

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<string, string?>> AnswersAsync(AnhuDbContext db, DocumentWish wish, CancellationToken ct)
    {
        var answers = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (wish.Kind == Notice)
        {
            answers["asked"] = "请协助做好对被告诫人的法治教育和对受害人的关爱帮扶，并配合公安机关查访；发现再次实施家庭暴力的，立即报警。";
        }

        return Task.FromResult<IReadOnlyDictionary<string, string?>>(answers);
    }

    /// <inheritdoc />
    public async Task<Result> FillAsync(AnhuDbContext db, DocumentWish wish, DocumentValues values, CancellationToken ct)
    {
        if (wish.SubjectId is not { } id || await measures.GetAsync(wish.Caller, id, ct) is not { } details || await measures.TextsAsync(wish.Caller, id, ct) is not { } texts)
        {
            return DocumentFailures.NoSubject;
        }

        var rules = book[details.Measure.Kind].Rules;
        var zone = rules.Clock.Zone;
        string F(string name) => details.Measure.Fields.GetValueOrDefault(name, "");
        string? Time(string name) => rules.Instant(F(name)) is { } at ? zone.DayAndTime(at) : null;
        string? YesNo(string name) => F(name) is { Length: > 0 } answer ? answer is "yes" or "true" ? "是" : "否" : null;
        string? Choice(string name) => rules.Fields[name].Options.FirstOrDefault(o => o.Id == F(name))?.Label.Zh;

        // Before it is approved, the draft does not hold who the two are: then they are as the case knows them.
        values.With("letter.number", texts["number"]).With("abuser.name", Or(texts["abuserName"], details.Against?.Name)).With("abuser.sex", Or(texts["abuserSex"], ChineseWords.Sex(details.Against?.Sex)))
            .With("abuser.birth", Or(texts["abuserBirthDate"], details.Against?.BirthDate is { } born ? DocumentDates.Day(born) : null)).With("abuser.id", Or(texts["abuserIdNumber"], details.Against?.IdNumber))
            .With("abuser.address", texts["abuserAddress"]).With("abuser.job", texts["abuserJob"]).With("victim.name", Or(texts["victimName"], details.Protects?.Name))
            .With("victim.sex", Or(texts["victimSex"], ChineseWords.Sex(details.Protects?.Sex))).With("victim.id", Or(texts["victimIdNumber"], details.Protects?.IdNumber)).With("relation", texts["relation"])
            .With("decided.date", texts["decidedOn"]).With("unit.phone", wish.Unit.DutyPhone).With("uses", texts["uses"]);
        if (wish.Kind == Request || wish.Kind == Letter)
        {
            values.With("happened", texts["happenedAt"]).With("place", texts["place"]).With("facts", texts["facts"]).With("evidence", texts["evidence"]).With("law", texts["law"])
                .With("prohibition", texts["prohibition"]).With("consequences", texts["consequences"]).With("admits", YesNo("admits"))
                .With("grounds", [.. details.Grounds.Select(g => new DocumentValues().With("text", g.Text.Zh).With("basis", g.Basis))]);
        }
        else if (wish.Kind == Notice)
        {
            values.With("delivered.date", details.Measure.DeliveredAt is { } delivered ? zone.Day(delivered) : null);
        }
        else if (wish.Kind == Delivery)
        {
            values.With("read.time", Time("readAt")).With("read.place", F("readPlace")).With("present", F("present")).With("signed", YesNo("signed")).With("fingerprint", YesNo("fingerprint"))
                .With("refusal", F("refusalNote")).With("video", F("videoId")).With("victim.copy.time", Time("victimCopyAt")).With("victim.copy.way", Choice("victimCopyWay")).With("file.copy", YesNo("fileCopy"))
                .With(
                    "notices",
                    [.. new (string Field, string To)[] { ("committee", "社区（村）"), ("federation", "妇女联合会"), ("centre", "综治中心") }
                        .Where(n => F($"{n.Field}Receiver").Length > 0)
                        .Select(n => new DocumentValues().With("to", n.To).With("receiver", F($"{n.Field}Receiver")).With("at", Time($"{n.Field}At")).With("way", Choice($"{n.Field}Way")))]);
        }

        return Result.Ok;
    }

    private static string? Or(string text, string? other) => text.Length > 0 ? text : other;

    /// <summary>A report is asked for before, all others after; what proves a delivery needs one.</summary>
    private static bool Fits(DocumentKind kind, MeasureLine letter) =>
        kind == Request ? Before.Contains(letter.State) : kind == Letter || kind == RightsNotice ? letter.IssuedAt is not null : letter.DeliveredAt is not null;

    /// <summary>The unit that answers for the letter, and those above it.</summary>
    private static bool IsOurs(Guid unitId, Caller caller, OrganisationMap map) =>
        map.Find(unitId) is { } unit && map.WithSuperiors(unit).Any(u => u.UnitId == caller.UnitId);
}
