using System.Globalization;

namespace Anhu.Linkage;

/// <summary>Why two records are, or are not, one person's.</summary>
/// <param name="Probability">Probability that they are, 0 to 1.</param>
/// <param name="Weight">All evidence in bits, with what was to be expected before any: 1 doubles the odds.</param>
/// <param name="Before">What was to be expected before any evidence, in bits: most pairs are two people.</param>
/// <param name="Fields">The evidence field by field; with <paramref name="Before"/> it adds up to <paramref name="Weight"/>.</param>
public sealed record LinkageExplanation(double Probability, double Weight, double Before, IReadOnlyList<LinkageEvidence> Fields);

/// <summary>What one field says.</summary>
/// <param name="Name">The comparison's name in the model.</param>
/// <param name="Column">The column that spoke: the first, or the one in its stead.</param>
/// <param name="Comparer">The comparer.</param>
/// <param name="Level">The level it found; <c>missing</c> where one side says nothing.</param>
/// <param name="Weight">Evidence in bits: above zero for one person, below for two.</param>
/// <param name="SharedByKin">True where it would weigh much more if people of one household did not share it.</param>
public sealed record LinkageEvidence(string Name, string Column, string Comparer, string Level, double Weight, bool SharedByKin)
{
    /// <summary>How much it weighs, in words of a scale; the sign of <see cref="Weight"/> says which way.</summary>
    public EvidenceStrength Strength => Math.Abs(Weight) switch { < 1 => EvidenceStrength.None, < 4 => EvidenceStrength.Weak, < 10 => EvidenceStrength.Medium, _ => EvidenceStrength.Strong };

    /// <summary>The evidence as a sentence: what was seen, and how much that weighs.</summary>
    /// <param name="culture">Language of the reader.</param>
    public string Sentence(CultureInfo culture)
    {
        var seen = LinkageText.Sentence(Comparer, Level, culture) ?? string.Format(culture, LinkageText.Word("level", culture), Column, Level);
        var key = Strength == EvidenceStrength.None ? "none" : $"{Strength}-{(Weight > 0 ? "for" : "against")}".ToLowerInvariant();
        return string.Format(culture, LinkageText.Word(SharedByKin ? "evidence-kin" : "evidence", culture), seen, LinkageText.Word(key, culture));
    }
}

/// <summary>How much a piece of evidence weighs.</summary>
public enum EvidenceStrength
{
    /// <summary>Less than one bit either way.</summary>
    None,

    /// <summary>Up to 4 bits: up to 16 times as likely.</summary>
    Weak,

    /// <summary>Up to 10 bits: up to a thousand times as likely.</summary>
    Medium,

    /// <summary>More.</summary>
    Strong,
}
