using Anhu.Linkage.Comparing;

namespace Anhu.Linkage.Records;

/// <summary>A model with its names resolved: source columns, the fields made of them, comparisons over fields, rules over keys of fields.</summary>
internal sealed class LinkagePlan
{
    private readonly List<string> columns = [];
    private readonly List<FieldPlan> fields = [];
    private readonly List<(int Field, string Spec, KeyMaker Maker)> keys = [];
    private readonly LinkageModel model;

    public LinkagePlan(LinkageModel model)
    {
        this.model = model;
        Comparisons = [.. model.Comparisons.Select(Comparison)];
        if (Comparisons.Count == 0)
        {
            throw new LinkageModelException("The model compares nothing: 'comparisons' is empty.");
        }

        if (model.Threshold is { } threshold && threshold is not (> 0 and < 1))
        {
            throw new LinkageModelException("'threshold' is no probability above 0 and below 1.");
        }

        Apart = [.. model.Apart.Select(column => Field(column, null))];
        Rules = [.. model.Blocking.Select(Rule)];
        if (Rules.Count is 0 or > 32)
        {
            throw new LinkageModelException("The model needs 1 to 32 rules in 'blocking'.");
        }

        var strides = new ulong[Comparisons.Count];
        UInt128 product = 1;
        for (var i = 0; i < strides.Length; i++)
        {
            strides[i] = (ulong)product;
            product *= (uint)Comparisons[i].Levels.Count;
            if (product > ulong.MaxValue)
            {
                throw new LinkageModelException("The comparisons have more levels together than the engine counts: leave some out.");
            }
        }

        Strides = strides;
    }

    /// <summary>The columns that a record must bring, in the order in which it brings them.</summary>
    public IReadOnlyList<string> Columns => columns;

    /// <summary>The fields.</summary>
    public IReadOnlyList<FieldPlan> Fields => fields;

    /// <summary>The comparisons.</summary>
    public IReadOnlyList<Comparison> Comparisons { get; }

    /// <summary>Fields whose equality forbids a link.</summary>
    public IReadOnlyList<int> Apart { get; }

    /// <summary>Keys of fields, by which rules make blocks.</summary>
    public IReadOnlyList<(int Field, string Spec, KeyMaker Maker)> Keys => keys;

    /// <summary>The blocking rules.</summary>
    public IReadOnlyList<Rule> Rules { get; }

    /// <summary>What each comparison's level is multiplied with in the number of a pattern.</summary>
    public ulong[] Strides { get; }

    private Comparison Comparison(ComparisonModel said)
    {
        var fieldIndex = Field(said.Column, said.Comparator);
        return new Comparison(said.Name ?? said.Column, fieldIndex, fields[fieldIndex].Comparer, said.Otherwise is null ? null : Comparison(said.Otherwise));
    }

    private Rule Rule(string said)
    {
        var parts = new List<RulePart>();
        foreach (var part in said.Split('+', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (column, key) = SplitSource(part);
            var field = Field(column, null, anyComparer: true);
            if (key is null)
            {
                parts.Add(new RulePart(field, -1));
                continue;
            }

            var known = keys.FindIndex(k => k.Field == field && k.Spec == key);
            if (known < 0)
            {
                known = keys.Count;
                keys.Add((field, key, Catalogue.Key(key)));
            }

            parts.Add(new RulePart(field, known));
        }

        return parts.Count > 0 ? new Rule(said, [.. parts]) : throw new LinkageModelException("A rule in 'blocking' is empty.");
    }

    private int Field(string column, string? comparator, bool anyComparer = false)
    {
        var known = fields.FindIndex(f => f.Column == column && (anyComparer || f.ComparerSpec == comparator));
        if (known >= 0)
        {
            return known;
        }

        var sources = model.Derived.TryGetValue(column, out var derived) ? derived : [column];
        var resolved = new List<FieldSource>();
        foreach (var source in sources)
        {
            var (name, key) = SplitSource(source);

            // The value whose key is taken is first brought into the form of its own comparator.
            resolved.Add(new FieldSource(
                [.. name.Split('&', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Column)],
                key is null ? null : Catalogue.Comparer(ComparatorOf(name) ?? "exact"), key is null ? null : Catalogue.Key(key)));
        }

        fields.Add(new FieldPlan(column, comparator, Catalogue.Comparer(comparator ?? "exact"), resolved));
        return fields.Count - 1;
    }

    private int Column(string name)
    {
        if (columns.IndexOf(name) is var index && index >= 0)
        {
            return index;
        }

        columns.Add(name);
        return columns.Count - 1;
    }

    private string? ComparatorOf(string column)
    {
        static string? In(ComparisonModel? said, string column) => said is null ? null : said.Column == column ? said.Comparator : In(said.Otherwise, column);
        return model.Comparisons.Select(c => In(c, column)).FirstOrDefault(c => c is not null);
    }

    private static (string Column, string? Key) SplitSource(string source)
    {
        var colon = source.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (source.Trim(), null) : (source[..colon].Trim(), source[(colon + 1)..].Trim());
    }
}

/// <summary>A column in the form in which it is compared.</summary>
internal sealed record FieldPlan(string Column, string? ComparerSpec, ValueComparer Comparer, IReadOnlyList<FieldSource> Sources);

/// <summary>Where a field's value comes from.</summary>
internal sealed record FieldSource(int[] Columns, ValueComparer? Before, KeyMaker? Key);

/// <summary>A blocking rule.</summary>
internal sealed record Rule(string Text, RulePart[] Parts);

/// <summary>A part of a rule: a field's value, or a key of it.</summary>
internal readonly record struct RulePart(int Field, int Key);
