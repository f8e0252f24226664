using System.Text.Json;
using System.Text.Json.Serialization;

namespace Anhu.Linkage;

/// <summary>
/// What an engine is told about data: which column is the key, how columns are compared, which records are looked at
/// together, which may never be joined; and, once trained, the weights. Reads and writes as JSON.
/// </summary>
public sealed record LinkageModel
{
    /// <summary>The column that names a record.</summary>
    public required string Id { get; init; }

    /// <summary>Columns made from others: the first source that says something. A source is a column, a column and a key (<c>id_no:id-birth</c>), or several columns one after another (<c>city &amp; address</c>).</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Derived { get => field ?? System.Collections.ObjectModel.ReadOnlyDictionary<string, IReadOnlyList<string>>.Empty; init; }

    /// <summary>The comparisons; each is one entry of the comparison vector.</summary>
    public required IReadOnlyList<ComparisonModel> Comparisons { get; init; }

    /// <summary>Blocking rules: two records are compared when they agree on one of them. A rule is parts joined by <c>+</c>, each a column or a column and a key: <c>name:sound + birth:year</c>.</summary>
    public required IReadOnlyList<string> Blocking { get; init; }

    /// <summary>Columns whose equality forbids a link: two records of one report are two people.</summary>
    public IReadOnlyList<string> Apart { get => field ?? []; init; }

    /// <summary>A block with more records is divided further, or left out where it can't be.</summary>
    public int MaxBlock { get => field > 0 ? field : 25; init; }

    /// <summary>Probability from which two records are joined, above 0 and below 1; one half unless said.</summary>
    public double? Threshold { get; init; }

    /// <summary>What training found; null before.</summary>
    public TrainedModel? Trained { get; init; }

    /// <summary>The steps in which it learned from decisions, the first first; null when it never did.</summary>
    public IReadOnlyList<LearningStep>? Lineage { get; init; }

    /// <summary>Rises by one with each step of <see cref="Lineage"/>, from 1.</summary>
    [JsonIgnore]
    public int Version => Lineage is [.., var last] ? last.Version : 1;

    /// <summary><see cref="Threshold"/> as natural log-odds.</summary>
    internal double LeastLogOdds => Threshold is { } said ? Math.Log(said / (1 - said)) : 0;

    /// <summary>Reads a model.</summary>
    /// <param name="json">The model file's text.</param>
    /// <exception cref="LinkageModelException">It is no model: says where and why.</exception>
    public static LinkageModel Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, LinkageJson.Default.LinkageModel) ?? throw new LinkageModelException("The model is empty.");
        }
        catch (JsonException fault)
        {
            throw new LinkageModelException($"The model is not understood at {fault.Path ?? "its beginning"}, line {fault.LineNumber + 1}: {fault.Message}");
        }
    }

    /// <summary>Writes the model.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LinkageJson.Default.LinkageModel);
}

/// <summary>One comparison: a column, or several of which a later one speaks only where the earlier says nothing or differs (a birth date beside an ID number that holds it).</summary>
public sealed record ComparisonModel
{
    /// <summary>Name; that of the first column unless said.</summary>
    public string? Name { get; init; }

    /// <summary>The column.</summary>
    public required string Column { get; init; }

    /// <summary>The comparator, such as <c>chinese-name</c> or <c>jaro-winkler</c>.</summary>
    public required string Comparator { get; init; }

    /// <summary>What is compared where this column is missing or different.</summary>
    public ComparisonModel? Otherwise { get; init; }
}

/// <summary>What training found.</summary>
public sealed record TrainedModel
{
    /// <summary>Records it was trained on.</summary>
    public required long Records { get; init; }

    /// <summary>Expected number of matching pairs per record.</summary>
    public required double MatchesPerRecord { get; init; }

    /// <summary>Expected number of pairs of different people who share a household (who stand in one report), per record. 0 without such knowledge.</summary>
    public required double KinPerRecord { get; init; }

    /// <summary>Per comparison, per level in order (the last is "missing"): shares among matches, strangers and kin.</summary>
    public required IReadOnlyList<TrainedComparison> Comparisons { get; init; }
}

/// <summary>The shares of one comparison's levels.</summary>
/// <param name="Levels">The levels' names.</param>
/// <param name="Match">m: share of each level among pairs of one person.</param>
/// <param name="Stranger">u: share among random pairs.</param>
/// <param name="Kin">Share among pairs that are known to be two people of one report.</param>
public sealed record TrainedComparison(IReadOnlyList<string> Levels, IReadOnlyList<double> Match, IReadOnlyList<double> Stranger, IReadOnlyList<double> Kin);

/// <summary>A model that can't be used; the message says where and why.</summary>
/// <param name="message">Where and why.</param>
public sealed class LinkageModelException(string message) : Exception(message);

/// <summary>Reads and writes models without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LinkageModel))]
internal sealed partial class LinkageJson : JsonSerializerContext;
