using System.Globalization;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Measures;
using Anhu.Modules.Measures.ProtectionOrders;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;

namespace Anhu.Modules.Demo;

/// <summary>Made-up protection orders of the made-up year: applied for, accepted, ruled on, served, checked, reported on at their end.</summary>
internal sealed class DemoOrders(DemoBooks books, MeasureBook measures)
{
    private readonly Dictionary<Guid, Measure> orders = [];
    private readonly Dictionary<Guid, List<MeasureAct>> acts = [];
    private int number;

    /// <summary>Whether a kind of duty is done by a step on an order.</summary>
    /// <param name="kind">The kind.</param>
    public static bool Does(string kind) => kind == Help || ActionOf(kind).Length > 0;

    /// <summary>The kind of duty with which an order begins.</summary>
    public const string Help = "protection-order-help";

    /// <summary>The action by which a duty is done; empty when it is none of an order.</summary>
    /// <param name="kind">Kind of the duty.</param>
    public static string ActionOf(string kind) => kind switch
    {
        Help => "file",
        "protection-order-acceptance" => "accept",
        "protection-order-ruling" => "issue",
        "protection-order-service" => "serve",
        "protection-order-assistance" => "verify",
        "protection-order-feedback" => "feedback",
        _ => "",
    };

    /// <summary>Fields with which a step is taken.</summary>
    /// <param name="action">The action.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="number">A number for its case.</param>
    /// <param name="rules">Rules of orders.</param>
    public static Dictionary<string, string> Fields(string action, DateTimeOffset at, int number, MeasureRules rules)
    {
        var now = rules.Clock.Zone.ToLocal(at).ToString(Playbooks.DutyField.LocalTime, CultureInfo.InvariantCulture);
        return action switch
        {
            "file" => new()
            {
                ["applicantWay"] = "self", ["consent"] = "yes", ["court"] = "340104-court", ["courtPlace"] = "violence-place", ["relation"] = "spouse",
                ["requests"] = "no-violence,no-harassment,no-contact", ["requestMonths"] = "6", ["facts"] = "多次因琐事被殴打，报警后仍受威胁，害怕再次发生。",
                ["evidence"] = "statements,police-records,medical", ["evidenceHolders"] = "派出所、区人民医院", ["evidenceCollect"] = "police-records",
                ["serviceAddress"] = "由区妇联转交", ["filedAt"] = now, ["filedWay"] = "window",
            },
            "accept" => new() { ["number"] = $"（{now[..4]}）皖0104民保令{number.ToString(CultureInfo.InvariantCulture)}号", ["acceptedAt"] = now },
            "issue" => new() { ["issuedAt"] = now, ["measures"] = "no-violence,no-harassment,no-contact", ["validMonths"] = "6" },
            "reject" => new() { ["ruledAt"] = now, ["reason"] = "现有材料不能证明存在家庭暴力或者现实危险。" },
            "serve" => new() { ["servedAt"] = now, ["servedTo"] = "applicant,respondent,station,committee,federation", ["addressLeftOut"] = "yes" },
            "verify" => new() { ["verifiedAt"] = now, ["applicantVerified"] = "yes", ["respondentVerified"] = "yes", ["urged"] = "yes" },
            "feedback" => new() { ["feedbackAt"] = now, ["kept"] = "kept", ["feedbackSigned"] = "yes", ["feedbackTo"] = "立案庭" },
            _ => [],
        };
    }

    /// <summary>Works on a duty of an order.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="caller">Who.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="random">Chance.</param>
    /// <returns>False when she does not apply: then the duty ends by its own form.</returns>
    public bool Do(Duty duty, Caller caller, DateTimeOffset at, Random random)
    {
        var file = books.FileOf(duty);
        var (kind, rules) = measures[ProtectionOrder.KindId];
        var incident = file.Incidents.Find(i => i.IncidentId == duty.IncidentId) ?? file.Incidents.MaxBy(i => i.OccurredAt)!;
        var action = ActionOf(duty.Kind);
        if (!orders.TryGetValue(incident.IncidentId, out var order))
        {
            if (action != "file" || random.Chance(0.25) || file.With(PartyRole.Perpetrator).FirstOrDefault() is not { } abuser
                || file.With(PartyRole.Victim).FirstOrDefault(v => v.PersonId != abuser.PersonId) is not { } victim)
            {
                return false;
            }

            order = new Measure
            {
                MeasureId = Guid.CreateVersion7(at), Kind = kind.Id, IncidentId = incident.IncidentId, AgainstRecordId = abuser.PersonId, ProtectsRecordId = victim.PersonId,
                UnitId = duty.OwnerUnitId, State = "", IsOpen = true, StartsAt = incident.OccurredAt, ProposedAt = at, DraftedByWorkerId = caller.WorkerId,
                Fields = new Dictionary<string, string>(), RulesVersion = rules.Version,
            };
            orders.Add(incident.IncidentId, order);
            acts.Add(order.MeasureId, []);
            Take("draft", []);
        }

        action = action == "issue" && random.Chance(0.15) ? "reject" : action;
        return Take(action, Fields(action, at, action == "accept" ? ++number : 0, rules));

        bool Take(string step, Dictionary<string, string> fields)
        {
            if (kind.Find(step, order.State.Length == 0 ? null : order.State) is not { } row)
            {
                return false;
            }

            books.ActAs(caller.Actor);
            var context = new MeasureContext
            {
                Measure = order, Fields = MeasureForm.Merge(order, row, fields), File = file, Incident = incident, At = at, Caller = caller, FromAbove = false, Rules = rules,
                Map = books.Map, On = kind.LawOf(order, incident, rules.Clock.Zone), History = MeasureHistory.None, Against = order.AgainstRecordId,
                Protected = order.ProtectsRecordId, Acts = acts[order.MeasureId],
            };
            if (MeasureMachine.Take(kind, row, context, books.Rules, books) is not null)
            {
                return false;
            }

            if (row.Keeps)
            {
                acts[order.MeasureId].Add(MeasureAct.Of(row, context, acts[order.MeasureId].Count));
            }

            return true;
        }
    }
}
