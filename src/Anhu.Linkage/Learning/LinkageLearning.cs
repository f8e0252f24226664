using System.Text.Json.Serialization;

namespace Anhu.Linkage;

/// <summary>What people decided of two records.</summary>
/// <param name="Left">The one, by its place in the table.</param>
/// <param name="Right">The other.</param>
/// <param name="Same">True: confirmed, one person. False: refused, two.</param>
public readonly record struct LinkageDecision(int Left, int Right, bool Same);

/// <summary>How well a model foretells decisions it has not seen.</summary>
/// <param name="LogLoss">Mean of −ln of the probability that it gave to what was decided; 0 is best, 0.69 is a coin.</param>
/// <param name="Precision">Of the pairs it would join, the share that was confirmed.</param>
/// <param name="Recall">Of the confirmed pairs, the share it would join.</param>
/// <param name="Wrong">Decisions it would have taken otherwise.</param>
public sealed record DecisionAccuracy(double LogLoss, double Precision, double Recall, int Wrong);

/// <summary>A step in which a model learned from decisions: kept in the model, so that it says where it comes from.</summary>
public sealed record LearningStep
{
    /// <summary>Version of the model that came of it; a model that never learned from decisions is version 1.</summary>
    public required int Version { get; init; }

    /// <summary>SHA-256 of the file of the model before, lower case.</summary>
    public required string Parent { get; init; }

    /// <summary>The day.</summary>
    public required DateOnly On { get; init; }

    /// <summary>Confirmed pairs it learned from.</summary>
    public required int Confirmed { get; init; }

    /// <summary>Refused pairs it learned from.</summary>
    public required int Refused { get; init; }

    /// <summary>Nine in ten of the decided pairs had at least this probability by the model before.</summary>
    public required double BandFrom { get; init; }

    /// <summary>Nine in ten had at most this.</summary>
    public required double BandTo { get; init; }

    /// <summary>The model before, on the decisions.</summary>
    public required DecisionAccuracy Before { get; init; }

    /// <summary>Learning, on decisions that were held out of it.</summary>
    public required DecisionAccuracy After { get; init; }

    /// <summary>Probability that chance alone gives such a gain.</summary>
    public required double Chance { get; init; }

    /// <summary>Whether it was better beyond chance; if not, somebody wanted it all the same.</summary>
    public required bool IsBetter { get; init; }
}

/// <summary>How much one level weighed before and after.</summary>
/// <param name="Comparison">The comparison's name in the model.</param>
/// <param name="Level">The level.</param>
/// <param name="Confirmed">Confirmed pairs that show it.</param>
/// <param name="Refused">Refused pairs that show it.</param>
/// <param name="Before">Bits against strangers, at a value of middling frequency.</param>
/// <param name="After">The same after learning.</param>
/// <param name="KinBefore">Bits against kin.</param>
/// <param name="KinAfter">The same after learning.</param>
public sealed record LearnedWeight(string Comparison, string Level, int Confirmed, int Refused, double Before, double After, double KinBefore, double KinAfter)
{
    /// <summary>How far it moved, bits.</summary>
    [JsonIgnore]
    public double Moved => Math.Max(Math.Abs(After - Before), Math.Abs(KinAfter - KinBefore));
}

/// <summary>Why a model that learned is not taken for better.</summary>
public enum LearningVerdict
{
    /// <summary>It is better beyond chance.</summary>
    Better,

    /// <summary>There are too few decisions to tell.</summary>
    TooFew,

    /// <summary>It foretells decisions no better than chance explains.</summary>
    NotBeyondChance,

    /// <summary>It gives better probabilities, but would take more decisions wrongly.</summary>
    MoreWrong,
}

/// <summary>What learning from decisions came to.</summary>
public sealed record LearningReport
{
    /// <summary>Confirmed pairs.</summary>
    public required int Confirmed { get; init; }

    /// <summary>Refused pairs.</summary>
    public required int Refused { get; init; }

    /// <summary>Decisions about two records that the model never joins, such as those of one report: nothing is learned from them.</summary>
    public required int PassedOver { get; init; }

    /// <summary>Sets of people that hang together through decisions; what is held out is held out by these.</summary>
    public required int People { get; init; }

    /// <summary>Nine in ten of the decided pairs had at least this probability by the model before: nothing is known of pairs outside.</summary>
    public required double BandFrom { get; init; }

    /// <summary>Nine in ten had at most this.</summary>
    public required double BandTo { get; init; }

    /// <summary>The model before, on the decisions.</summary>
    public required DecisionAccuracy Before { get; init; }

    /// <summary>Learning, on decisions that were held out of it.</summary>
    public required DecisionAccuracy After { get; init; }

    /// <summary>Probability that chance alone gives such a gain in log loss.</summary>
    public required double Chance { get; init; }

    /// <summary>Pairs that the weights before count for, against decisions: chosen by what foretold held-out decisions best.</summary>
    public required double Strength { get; init; }

    /// <summary>Whether the model is better, and if not why.</summary>
    public required LearningVerdict Verdict { get; init; }

    /// <summary>The weights, those that moved most first.</summary>
    public required IReadOnlyList<LearnedWeight> Weights { get; init; }
}
