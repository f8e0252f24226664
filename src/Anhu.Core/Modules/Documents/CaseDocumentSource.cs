using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;

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
    public Task<IReadOnlyDictionary<string, string?>> AnswersAsync(AnhuDbContext db, DocumentWish wish, CancellationToken ct)
    {
        var answers = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (wish.Kind == HandOver && wish.File.OpenDuties.FirstOrDefault(d => d.HandOverToUnitId is not null) is { HandOverToUnitId: { } to } offered)
        {
            answers["receiver.name"] = wish.Map.Find(to)?.Name;
            answers["due.date"] = offered.HandOverDueAt is { } due ? zone.DayAndTime(due) : null;
        }

        return Task.FromResult<IReadOnlyDictionary<string, string?>>(answers);
    }

    /// <inheritdoc />
    public Task<Result> FillAsync(AnhuDbContext db, DocumentWish wish, DocumentValues values, CancellationToken ct)
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
        else
        {
            values.With("unit.phone", wish.Unit.DutyPhone).With("person.name", victim?.Name).With("class", ChineseWords.Class(file.Case.Class)).With(
                "done",
                [.. file.EndedDuties.Where(d => d.DoneAt is not null).Take(MostDone).Select(d => new DocumentValues()
                    .With("what", rules.Current.Playbook.Kinds.GetValueOrDefault(d.Kind)?.Title.Zh ?? d.Kind).With("unit", wish.Map.Find(d.OwnerUnitId)?.Name).With("at", zone.Day(d.DoneAt!.Value)))]);
        }

        return Task.FromResult(Result.Ok);
    }
}
