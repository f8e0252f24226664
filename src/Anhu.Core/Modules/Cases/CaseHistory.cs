using Anhu.Modules.Alarms;

namespace Anhu.Modules.Cases;

/// <summary>What authority did on the incidents of a case, as far as it was done by a moment: what the policy counts as history.</summary>
/// <param name="Letters">When each warning letter that stands was issued, UTC.</param>
/// <param name="Criticisms">When each criticism was given.</param>
/// <param name="Penalties">When each penalty was decided or criminal case filed.</param>
/// <param name="OrderBreaches">When each breach of a protection order was reported.</param>
internal readonly record struct CaseHistory(
    IReadOnlyList<DateTimeOffset> Letters, IReadOnlyList<DateTimeOffset> Criticisms, IReadOnlyList<DateTimeOffset> Penalties, IReadOnlyList<DateTimeOffset> OrderBreaches)
{
    /// <summary>The history of a case.</summary>
    /// <param name="file">The case.</param>
    /// <param name="at">What came later is left out: a dry run looks at the past.</param>
    public static CaseHistory Of(CaseFile file, DateTimeOffset at)
    {
        List<DateTimeOffset>? letters = null, criticisms = null, penalties = null, breaches = null;
        foreach (var incident in file.Incidents)
        {
            Add(ref letters, incident.LetterAt);
            Add(ref criticisms, incident.Disposition == "criticism" ? incident.DisposedAt : null);
            Add(ref penalties, incident.PunishedAt ?? (incident.Disposition is "penalty" or "criminal" ? incident.DisposedAt : null));
            Add(ref breaches, incident.Category == AlarmCategory.ProtectionOrderBreach ? incident.OccurredAt : incident.OrderBreachedAt);
        }

        return new CaseHistory(letters ?? [], criticisms ?? [], penalties ?? [], breaches ?? []);

        void Add(ref List<DateTimeOffset>? list, DateTimeOffset? when)
        {
            if (when is { } known && known <= at)
            {
                (list ??= []).Add(known);
            }
        }
    }

    /// <summary>When each incident occurred that came after the first of some measures.</summary>
    /// <param name="file">The case.</param>
    /// <param name="measures">The measures.</param>
    public static IReadOnlyList<DateTimeOffset> After(CaseFile file, IReadOnlyList<DateTimeOffset> measures)
    {
        if (measures.Count == 0)
        {
            return [];
        }

        var first = measures.Min();
        return [.. file.Incidents.Where(i => i.OccurredAt > first).Select(i => i.OccurredAt)];
    }
}
