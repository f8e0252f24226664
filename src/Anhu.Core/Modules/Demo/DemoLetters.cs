using System.Globalization;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.WarningLetters;
using Anhu.Modules.Security;

namespace Anhu.Modules.Demo;

/// <summary>Made-up warning letters of the made-up year: drafted, approved by another, read out, notified, watched; a few lie where they are.</summary>
internal sealed class DemoLetters(DemoBooks books, MeasureBook measures, DemoCrew crew)
{
    private readonly Dictionary<Guid, Measure> letters = [];
    private readonly Dictionary<Guid, List<string>> visits = [];
    private int number;

    /// <summary>Whether a kind of duty is done by a step on a letter.</summary>
    /// <param name="kind">The kind.</param>
    public static bool Does(string kind) => kind is "warning-letter" or "letter-delivery" or "letter-notices";

    /// <summary>Fields with which an officer drafts a letter.</summary>
    public static Dictionary<string, string> Draft(Incident incident, MeasureRules rules) => new()
    {
        ["relation"] = "配偶", ["happenedAt"] = Local(incident.OccurredAt, rules), ["place"] = "双方共同住所", ["facts"] = "因家庭琐事争吵后实施殴打。",
        ["admits"] = "yes", ["evidence"] = "abuser-statement,victim-statement,medical", ["circumstances"] = "not-forgiven",
    };

    /// <summary>Fields with which a letter is delivered.</summary>
    public static Dictionary<string, string> Delivery(DateTimeOffset at, MeasureRules rules) => new()
    {
        ["readAt"] = Local(at, rules), ["readPlace"] = "派出所", ["signed"] = "yes", ["fingerprint"] = "yes", ["present"] = "民警二人", ["victimCopyAt"] = Local(at, rules),
        ["victimCopyWay"] = "at-station", ["fileCopy"] = "yes",
    };

    /// <summary>Fields of the three notices.</summary>
    public static Dictionary<string, string> Notices(DateTimeOffset at, MeasureRules rules) =>
        ((string[])["committee", "federation", "centre"]).SelectMany(to => ((string, string)[])[($"{to}Receiver", "值班人员"), ($"{to}At", Local(at, rules)), ($"{to}Way", "platform")])
            .ToDictionary(f => f.Item1, f => f.Item2);

    /// <summary>Works on a duty of a letter.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="caller">Who.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="random">Chance.</param>
    public void Do(Duty duty, Caller caller, DateTimeOffset at, Random random)
    {
        var file = books.FileOf(duty);
        var (kind, rules) = measures[WarningLetter.KindId];
        if (file.Incidents.Find(i => i.IncidentId == duty.IncidentId) is not { } incident
            || file.With(PartyRole.Perpetrator).FirstOrDefault() is not { } abuser || file.With(PartyRole.Victim).FirstOrDefault(v => v.PersonId != abuser.PersonId) is not { } victim)
        {
            return;
        }

        if (!letters.TryGetValue(incident.IncidentId, out var letter))
        {
            letter = new Measure
            {
                MeasureId = Guid.CreateVersion7(at), Kind = kind.Id, IncidentId = incident.IncidentId, AgainstRecordId = abuser.PersonId, ProtectsRecordId = victim.PersonId,
                UnitId = duty.OwnerUnitId, State = "", IsOpen = true, StartsAt = incident.OccurredAt, ProposedAt = at, DraftedByWorkerId = caller.WorkerId,
                Fields = new Dictionary<string, string>(), RulesVersion = rules.Version,
            };
            letters.Add(incident.IncidentId, letter);
        }

        switch (duty.Kind)
        {
            case "warning-letter" when letter.State.Length == 0:
                Take("propose", caller, []);
                if (!random.Chance(0.04) && Take("submit", caller, Draft(incident, rules)) && !random.Chance(0.05))
                {
                    var text = $"合公家暴告字〔{rules.Clock.Zone.DateOf(at).Year}〕{(++number).ToString(CultureInfo.InvariantCulture)}号";
                    Take("approve", crew.Leader(books.Map.Find(letter.UnitId)!), new() { ["number"] = text, ["lateReason"] = "等待伤情鉴定意见。" });
                }

                break;
            case "letter-delivery" when letter.State == "issued" && random.Chance(0.08):
                Take("deem-delivered", caller, new(Delivery(at, rules).Where(f => f.Key is not ("signed" or "fingerprint"))) { ["refusalNote"] = "拒不签名，已当场宣读并交付。", ["videoId"] = "ZF-2026-017" });
                break;
            case "letter-delivery" when letter.State == "issued":
                Take("deliver", caller, Delivery(at, rules));
                break;
            case "letter-notices" when letter.State is "delivered" or "deemed-delivered":
                Take("notify", caller, Notices(at, rules));
                break;
        }

        bool Take(string action, Caller who, Dictionary<string, string> fields)
        {
            books.ActAs(who.Actor);
            var row = kind.Find(action, letter.State.Length == 0 ? null : letter.State)!;
            var context = Context(letter, file, incident, who, at) with { Fields = MeasureForm.Merge(letter, row, fields) };
            return MeasureMachine.Take(kind, row, context, books.Rules, books) is null;
        }
    }

    /// <summary>What follows from a visit.</summary>
    /// <param name="duty">The visit.</param>
    /// <param name="caller">Who.</param>
    /// <param name="at">When, UTC.</param>
    /// <returns>Null when it watches no letter.</returns>
    public Action<CaseFile, Duty, Timeline.IChangeSink>? AfterVisit(Duty duty, Caller caller, DateTimeOffset at)
    {
        if (duty is not { Kind: "check-visit", IncidentId: { } id } || !letters.TryGetValue(id, out var letter) || !letter.IsOpen)
        {
            return null;
        }

        return (file, visit, sink) =>
        {
            if (file.Incidents.Find(i => i.IncidentId == id) is { } incident)
            {
                new MeasureVisitFollower(measures).Follow(Context(letter, file, incident, caller, at), visit, books.Rules, sink);
                if (!visits.TryGetValue(id, out var made))
                {
                    visits.Add(id, made = []);
                }

                made.Add(visit.Outcome!);
            }
        };
    }

    private MeasureContext Context(Measure letter, CaseFile file, Incident incident, Caller caller, DateTimeOffset at)
    {
        var rules = measures[letter.Kind].Rules;
        return new MeasureContext
        {
            Measure = letter, Fields = letter.Fields, File = file, Incident = incident, At = at, Caller = caller, FromAbove = false, Rules = rules,
            Map = books.Map, On = rules.Clock.Zone.DateOf(incident.OccurredAt), History = MeasureHistory.None, Against = letter.AgainstRecordId, Protected = letter.ProtectsRecordId,
            Visits = visits.GetValueOrDefault(incident.IncidentId) ?? [],
        };
    }

    private static string Local(DateTimeOffset at, MeasureRules rules) =>
        rules.Clock.Zone.ToLocal(at).ToString(Playbooks.DutyField.LocalTime, CultureInfo.InvariantCulture);
}
