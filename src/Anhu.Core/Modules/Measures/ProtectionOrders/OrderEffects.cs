using System.Globalization;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;

namespace Anhu.Modules.Measures.ProtectionOrders;

/// <summary>What steps on a protection order change on it and on its incident.</summary>
internal static class OrderEffects
{
    public static bool IsUrgent(MeasureContext c) => c["urgent"] is "yes" or "true";

    /// <summary>Who the two are, as known at this step.</summary>
    public static void People(MeasureContext c) => c.Measure.Fields = WarningLetters.WarningLetterTexts.WithPeople(c);

    public static void File(MeasureContext c)
    {
        People(c);
        c.Measure.StartsAt = At(c, "filedAt");
        c.Measure.DecidingUnitId = CourtOf(c)?.UnitId;
        c.Measure.DraftedByWorkerId ??= c.Caller.WorkerId;
    }

    public static void Accept(MeasureContext c)
    {
        c.Measure.StartsAt = At(c, "acceptedAt");
        c.Measure.Number = c["number"];
        c.Measure.NumberKey = Measure.KeyOf(c["number"]);
        c.Measure.DecidingUnitId = CourtOf(c)?.UnitId ?? c.Measure.DecidingUnitId;
    }

    public static void Issue(MeasureContext c)
    {
        c.Measure.IssuedAt = At(c, "issuedAt");
        Until(c, OrderTerm.Of(c.Rules.Clock.Zone.DateOf(c.Measure.IssuedAt.Value), c));
    }

    /// <summary>A ruling that gives no order: its five days for reconsideration run from it.</summary>
    public static void Rule(MeasureContext c) => c.Measure.IssuedAt = At(c, "ruledAt");

    public static void Serve(MeasureContext c)
    {
        c.Measure.DeliveredAt = At(c, "servedAt");
        var fields = new Dictionary<string, string>(c.Measure.Fields, StringComparer.Ordinal) { ["servedTo"] = string.Join(',', OrderGuards.ServedTo(c)) };
        c.Measure.Fields = fields;
    }

    public static void ClockIsMet(MeasureContext c) => (c.Measure.DeadlineKey, c.Measure.DueAt) = (null, null);

    public static void Extend(MeasureContext c)
    {
        c.Measure.IssuedAt = At(c, "ruledAt");
        Until(c, OrderTerm.Of(c.Measure.ValidUntil!.Value, c));
    }

    public static void Vary(MeasureContext c) => c.Measure.IssuedAt = At(c, "ruledAt");

    public static void Revoke(MeasureContext c) => Until(c, c.Rules.Clock.Zone.DateOf(At(c, "ruledAt")));

    public static void Breached(MeasureContext c) => c.Incident.OrderBreachedAt ??= At(c, "breachAt");

    /// <summary>Where an earlier breach was found to be one, it stays one.</summary>
    public static void Unfounded(MeasureContext c)
    {
        if (!c.Acts.Any(a => a.Action is "sanction" or "refer-criminal"))
        {
            c.Incident.OrderBreachedAt = null;
        }
    }

    /// <summary>The court that is meant: by its code or name, or the only one that may be.</summary>
    public static Unit? CourtOf(MeasureContext c) =>
        c.Map.FindTyped(c["court"]) is { Agency: Agency.Court } named ? named
        : c.Caller.UnitId is { } own && c.Map.Find(own) is { Agency: Agency.Court, Level: RegionLevel.County } calling ? calling : null;

    private static void Until(MeasureContext c, DateOnly last)
    {
        c.Measure.ValidUntil = last;
        c.Incident.OrderUntil = last;
    }

    private static DateTimeOffset At(MeasureContext c, string field) => c.Rules.Instant(c[field])!.Value;
}

/// <summary>The term of an order.</summary>
internal static class OrderTerm
{
    /// <summary>The last day of a term: the same day of a later month, or its last day where it has no such day; then days.</summary>
    /// <param name="from">The day of issuance, or the last day so far.</param>
    /// <param name="c">What stands around the step, with <c>validMonths</c> and <c>validDays</c>.</param>
    public static DateOnly Of(DateOnly from, MeasureContext c) => from.AddMonths(Number(c, "validMonths")).AddDays(Number(c, "validDays"));

    public static int Number(MeasureContext c, string field) => int.TryParse(c[field], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, 10_000) : 0;
}
