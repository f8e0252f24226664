using Anhu.Linkage.Records;

namespace Anhu.Linkage.Comparing;

/// <summary>
/// One entry of the comparison vector. Its levels are those of its comparer and, last, "missing"; where another comparison
/// speaks in its stead, "different" and "missing" are each split by that one's levels: evidence that hangs together (an ID
/// number holds the birth date) is counted once.
/// </summary>
internal sealed class Comparison
{
    private readonly ValueComparer comparer;
    private readonly Comparison? otherwise;
    private readonly int different;
    private readonly int missing;

    public Comparison(string name, int field, ValueComparer comparer, Comparison? otherwise)
    {
        (Name, Field, this.comparer, this.otherwise) = (name, field, comparer, otherwise);
        different = comparer.Levels.Count - 1;
        missing = different + (otherwise?.Levels.Count ?? 1);
        List<ComparisonStep> levels = [.. comparer.Levels.Take(different).Select(level => new ComparisonStep(level.Name, this, level, null))];
        if (otherwise is null)
        {
            levels.Add(new ComparisonStep(comparer.Levels[different].Name, this, comparer.Levels[different], null));
            levels.Add(new ComparisonStep("missing", this, null, null));
        }
        else
        {
            levels.AddRange(otherwise.Levels.Select(then => new ComparisonStep($"{comparer.Levels[different].Name}/{then.Name}", this, comparer.Levels[different], then)));
            levels.AddRange(otherwise.Levels.Select(then => new ComparisonStep($"missing/{then.Name}", this, null, then)));
        }

        Levels = levels;
    }

    /// <summary>Name in the model.</summary>
    public string Name { get; }

    /// <summary>The field that is compared first.</summary>
    public int Field { get; }

    /// <summary>The comparer of the first field.</summary>
    public ValueComparer Comparer => comparer;

    /// <summary>What is compared where the first is missing or different.</summary>
    public Comparison? Otherwise => otherwise;

    /// <summary>All levels in the order of their numbers; the last is "nothing known".</summary>
    public IReadOnlyList<ComparisonStep> Levels { get; }

    /// <summary>The first level of those where its own value is missing.</summary>
    public int Missing => missing;

    /// <summary>The level of a pair.</summary>
    public int Compare(FieldColumn[] fields, ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        var (x, y) = (a[Field], b[Field]);
        if (x == 0 || y == 0)
        {
            return missing + (otherwise?.Compare(fields, a, b) ?? 0);
        }

        var level = x == y ? fields[Field].LevelOfEqual(x) : comparer.Compare(fields[Field].Texts[x], fields[Field].Texts[y]);
        return level < different || otherwise is null ? level : different + otherwise.Compare(fields, a, b);
    }

    /// <summary>All fields it looks at.</summary>
    public IEnumerable<int> FieldsSeen() => otherwise is null ? [Field] : [Field, .. otherwise.FieldsSeen()];
}

/// <summary>A level of a comparison: what its own comparer said, and what the one in its stead.</summary>
/// <param name="Name">Name in trained models.</param>
/// <param name="Of">The comparison.</param>
/// <param name="Own">Level of its comparer; null when the value was missing.</param>
/// <param name="Then">Level of the comparison in its stead, if that was asked.</param>
internal sealed record ComparisonStep(string Name, Comparison Of, ComparisonLevel? Own, ComparisonStep? Then)
{
    /// <summary>True when nothing at all was compared.</summary>
    public bool IsMissing => Own is null && (Then is null || Then.IsMissing);

    /// <summary>The field whose frequencies weigh this level, or -1.</summary>
    public int FrequencyField => Then is { } then ? then.FrequencyField : Own is { ByFrequency: true } ? Of.Field : -1;

    /// <summary>True when the values are equal at this level, not only alike.</summary>
    public bool IsEqual => Then?.IsEqual ?? (Own is not null && ReferenceEquals(Own, Of.Comparer.Levels[0]));
}
