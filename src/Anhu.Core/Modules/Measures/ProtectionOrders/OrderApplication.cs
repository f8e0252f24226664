using Anhu.Common;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;

namespace Anhu.Modules.Measures.ProtectionOrders;

/// <summary>What makes an application for a protection order fit to be handed in; asked when it is filed and when it is printed.</summary>
internal static class OrderApplication
{
    /// <summary>Who may apply for one who can't, or is coerced (Anti-Domestic Violence Law 23).</summary>
    private static readonly string[] Law23 = ["near-relative", "police", "womens-federation", "committee", "relief"];

    /// <summary>Who else may for the old, disabled or seriously ill, as they wish (SPC 2022, 2).</summary>
    private static readonly string[] Spc2 = [.. Law23, "civil-affairs", "disabled-federation", "elderly-organisation"];

    private static readonly string[] OfProxy = ["proxyGround", "proxyKind", "proxyName"];

    /// <summary>She applies and agrees, or somebody does who may for a reason that the law names.</summary>
    /// <param name="field">The application's fields.</param>
    public static Failure? MayApply(Func<string, string> field)
    {
        if (field("applicantWay") == "self")
        {
            return Yes(field, "consent") ? null : new Failure(FailureKind.NotAllowed, "measures.order-no-consent", "consent");
        }

        if (OfProxy.FirstOrDefault(f => field(f).Length == 0) is { } missing)
        {
            return MeasureFailures.Required(missing);
        }

        var byLaw = field("proxyGround") is "incapable" or "coerced";
        if (!(byLaw ? Law23 : Spc2).Contains(field("proxyKind")))
        {
            return new Failure(FailureKind.NotAllowed, "measures.order-not-a-proxy", "proxyKind");
        }

        return byLaw || Yes(field, "proxyWish") ? null : new Failure(FailureKind.NotAllowed, "measures.order-against-wish", "proxyWish");
    }

    /// <summary>Only a basic-level court issues orders.</summary>
    /// <param name="field">The application's fields.</param>
    /// <param name="map">The organisation.</param>
    public static Failure? WrongCourt(Func<string, string> field, OrganisationMap map) =>
        map.FindTyped(field("court")) is { } unit && (unit.Agency != Agency.Court || unit.Level != RegionLevel.County)
            ? new Failure(FailureKind.Invalid, "measures.order-wrong-court", "court") : null;

    /// <summary>Where she lives now stands in it only if she wants it there.</summary>
    /// <param name="field">The application's fields.</param>
    public static Failure? AddressNotWanted(Func<string, string> field) =>
        field("currentAddress").Length > 0 && !Yes(field, "addressWanted") ? new Failure(FailureKind.NotAllowed, "measures.order-address-not-wanted", "currentAddress") : null;

    /// <summary>Urgency needs a reason.</summary>
    /// <param name="field">The application's fields.</param>
    public static Failure? UrgentWithoutReason(Func<string, string> field) =>
        Yes(field, "urgent") && field("urgentReason").Length == 0 ? MeasureFailures.Required("urgentReason") : null;

    /// <summary>Why the application can't be printed: all that is missing at once, by its names, then what may not be.</summary>
    /// <param name="fields">The application's fields.</param>
    /// <param name="rules">Rules of orders.</param>
    /// <param name="map">The organisation.</param>
    public static Failure? FaultOf(IReadOnlyDictionary<string, string> fields, MeasureRules rules, OrganisationMap map)
    {
        string F(string name) => fields.GetValueOrDefault(name, "");
        var missing = ProtectionOrderTexts.Missing(fields);
        return missing.Count > 0
            ? new Failure(FailureKind.NotAllowed, "measures.order-incomplete", missing[0], string.Join("；", missing.Select(m => rules.Fields[m].Label.Text)))
            : MayApply(F) ?? WrongCourt(F, map) ?? AddressNotWanted(F) ?? UrgentWithoutReason(F);
    }

    private static bool Yes(Func<string, string> field, string name) => field(name) is "yes" or "true";
}
