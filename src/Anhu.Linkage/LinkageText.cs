using System.Globalization;
using System.Resources;

namespace Anhu.Linkage;

/// <summary>What a level of comparison means, as a sentence for the people who decide.</summary>
public static class LinkageText
{
    private static readonly ResourceManager Sentences = new("Anhu.Linkage.LinkageText", typeof(LinkageText).Assembly);

    /// <summary>The sentence of one level.</summary>
    /// <param name="comparer">The comparer's name, such as <c>citizen-id</c>.</param>
    /// <param name="level">The level's name, such as <c>exchanged-digits</c>, or <c>missing</c> where one side says nothing.</param>
    /// <param name="culture">Language of the reader; Chinese where there is no other.</param>
    /// <returns>A sentence without full stop that says how the two values are alike, not how much that weighs; null when there is none.</returns>
    public static string? Sentence(string comparer, string level, CultureInfo culture) => Sentences.GetString($"{comparer}.{level}", culture);

    /// <summary>A word or form that sentences are made with.</summary>
    internal static string Word(string key, CultureInfo culture) => Sentences.GetString($"words.{key}", culture) ?? key;
}
