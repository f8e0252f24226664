using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Documents;

/// <summary>Documents that any case can have: the certificate of an alarm, and the sheet that goes along when a case is handed on.</summary>
public sealed class CaseDocumentSource(RuleBook rules, CityZone zone) : IDocumentSource
{
    private const int MostDone = 6;

    /// <summary>报警记录证明: that she called the police, when, and what was done (handbook §4.23); what she may ask for.</summary>
    public static DocumentKind AlarmCertificate { get; } = new(
        "alarm-certificate", "报警记录证明",
        [
            .. DocumentKind.CommonFields, new("victim.name", true), new("victim.sex"), new("victim.birth"), new("victim.id"), new("other.name"), new("relation"),
            new("alarm.time", true), new("alarm.channel"), new("alarm.receipt"), new("alarm.district"), new("summary", true), new("handling", true), new("purpose"),
        ],
        [new("summary", true, 1000, 5), new("handling", true, 1000, 4), new("purpose", false, 100), new("alarm.receipt", false, 40)], DocumentAbout.Incident);

    /// <summary>转介单: the hand-over sheet with the part that the receiver fills (handbook form j).</summary>
    public static DocumentKind HandOver { get; } = new(
        "hand-over", "转介单",
        [
            .. DocumentKind.CommonFields, new("receiver.name", true), new("unit.phone"), new("person.name", true), new("class"), new("urgency", true), new("due.date"), new("summary", true),
            new("contact"), new("needs", true), new("enclosed"), new("consent", true), new("done", false, [new("what"), new("unit"), new("at")]),
            new("open", false, [new("what")]),
        ],
        [
            new("receiver.name", true, 60), new("urgency", true, 40), new("due.date", false, 40), new("summary", true, 300, 5), new("needs", true, 300, 3), new("contact", false, 100),
            new("enclosed", false, 200, 2), new("consent", true, 100),
        ]);

    /// <inheritdoc />
    public IReadOnlyList<DocumentKind> Kinds { get; } = [AlarmCertificate, HandOver];

    /// <summary>Certificates of alarms are the police's; a hand-over sheet is made by whoever works on the case.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="sight">What the caller sees of the case.</param>
    public bool MayIssue(DocumentKind kind, CaseSight sight) => kind == HandOver || (sight.Agency == Agency.Police && sight.View == CaseView.Full);

    /// <inheritdoc />
    public async Task<IReadOnlyDictionary<string, string?>> AnswersAsync(AnhuDbContext db, DocumentWish wish, CancellationToken ct)
    {
        var answers = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (wish.Kind == HandOver && wish.File.OpenDuties.FirstOrDefault(d => d.HandOverToUnitId is not null) is { HandOverToUnitId: { } to } offered)
        {
            answers["receiver.name"] = wish.Map.Find(to)?.Name;
            answers["due.date"] = offered.HandOverDueAt is { } due ? zone.DayAndTime(due) : null;
        }

        if (wish.Kind == HandOver && await SheetAsync(db, wish, ct) is { } sheet)
        {
            var ground = await db.SharingConsents.AsNoTracking().Where(c => c.SharingConsentId == sheet.SharingConsentId && c.WithdrawnAt == null).Select(c => (SharingGround?)c.Ground).SingleOrDefaultAsync(ct);
            answers["receiver.name"] = wish.Map.Find(sheet.ToUnitId)?.Name;
            answers["urgency"] = sheet.Urgency switch { HandOverUrgency.VeryUrgent => "非常紧急", HandOverUrgency.Urgent => "紧急", _ => "一般" };
            answers["summary"] = sheet.Summary;
            answers["needs"] = sheet.Needs;
            answers["enclosed"] = sheet.Enclosed;
            answers["consent"] = ground is null && !sheet.WithoutConsent ? null : SharingGrounds.Name(ground).Zh;
        }

        return answers;
    }

    /// <summary>The newest sheet by which the unit handed over a duty of the case that is still open.</summary>
    private static Task<HandOver?> SheetAsync(AnhuDbContext db, DocumentWish wish, CancellationToken ct)
    {
        var open = wish.File.OpenDuties.Select(d => d.DutyId).ToList();
        return db.HandOvers.AsNoTracking().Where(h => open.Contains(h.DutyId) && h.FromUnitId == wish.Unit.UnitId)
            .OrderByDescending(h => h.OfferedAt).ThenByDescending(h => h.HandOverId).FirstOrDefaultAsync(ct);
    }

    /// <inheritdoc />
    public async Task<Result> FillAsync(AnhuDbContext db, DocumentWish wish, DocumentValues values, CancellationToken ct)
    {
        var file = wish.File;
        var victim = file.People.FirstOrDefault(p => p.Role == PartyRole.Victim);
        var other = file.People.FirstOrDefault(p => p.Role == PartyRole.Perpetrator);
        if (wish.Kind == AlarmCertificate)
        {
            values.With("victim.name", victim?.Name).With("victim.sex", ChineseWords.Sex(victim?.Sex)).With("victim.birth", victim?.BirthDate is { } born ? DocumentDates.Day(born) : null)
                .With("victim.id", victim?.IdNumber).With("other.name", other?.Name).With("relation", ChineseWords.Relation(other?.RelationToVictim))
                .With("alarm.time", wish.Incident is { } incident ? zone.DayAndTime(incident.OccurredAt) : null)
                .With("alarm.district", wish.Incident?.RegionCode is { } code && CaseSecrets.District(code) is { } district ? wish.Map.RegionFullName(district) : null);
        }
        else if (await SheetAsync(db, wish, ct) is { Steps.Count: > 0 } sheet)
        {
            Receiving(wish, victim, values).With("done", [.. sheet.Steps.Where(s => s.DoneAt is not null).Select(s => new DocumentValues()
                    .With("what", s.What).With("unit", s.UnitId is { } by ? wish.Map.Find(by)?.Name : null).With("at", zone.Day(s.DoneAt!.Value)))])
                .With("open", [.. sheet.Steps.Where(s => s.DoneAt is null).Select(s => new DocumentValues().With("what", s.What))]);
        }
        else
        {
            Receiving(wish, victim, values).With(
                "done",
                [.. file.EndedDuties.Where(d => d.DoneAt is not null).Take(MostDone).Select(d => new DocumentValues()
                    .With("what", rules.Current.Playbook.Kinds.GetValueOrDefault(d.Kind)?.Title.Zh ?? d.Kind).With("unit", wish.Map.Find(d.OwnerUnitId)?.Name).With("at", zone.Day(d.DoneAt!.Value)))]);
        }

        return Result.Ok;
    }

    private static DocumentValues Receiving(DocumentWish wish, CasePerson? victim, DocumentValues values) =>
        values.With("unit.phone", wish.Unit.DutyPhone).With("person.name", victim?.Name).With("class", ChineseWords.Class(wish.File.Case.Class));
}
