namespace Anhu.Linkage.Comparing;

/// <summary>
/// Says how alike two values of one field are, as one of a few ordered levels (Fellegi and Sunter's comparison vector).
/// Works on normalised values, without allocating; holds no state that changes, so all threads share one.
/// </summary>
public abstract class ValueComparer
{
    /// <summary>Name under which a model file asks for it, such as <c>citizen-id</c>.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// The levels, strongest agreement first; the first is equality of normalised values, the last is "different". A
    /// missing value is no level of the comparer: the engine knows it before it asks.
    /// </summary>
    public abstract IReadOnlyList<ComparisonLevel> Levels { get; }

    /// <summary>Brings a value into the one form that is compared: width, case, blanks, prefixes, whatever carries no meaning. The same value in two such writings becomes equal.</summary>
    /// <param name="value">As it came.</param>
    /// <param name="normalised">Takes the result; at least twice as long as the value and 64 characters.</param>
    /// <returns>How many characters were written; 0 when the value says nothing (a placeholder such as 不详), which makes it missing.</returns>
    public virtual int Normalise(ReadOnlySpan<char> value, Span<char> normalised)
    {
        var trimmed = value.Trim();
        trimmed.CopyTo(normalised);
        return trimmed.Length;
    }

    /// <summary>The level of two values that are equal: 0, unless the value says so little that equal is not the same (王某 and 王某).</summary>
    /// <param name="value">A normalised value.</param>
    /// <returns>Index into <see cref="Levels"/>.</returns>
    public virtual int LevelOfEqual(ReadOnlySpan<char> value) => 0;

    /// <summary>The level of two normalised values that are not equal.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other; the order of the two makes no difference.</param>
    /// <returns>Index into <see cref="Levels"/>, from 1 on.</returns>
    public abstract int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b);
}

/// <summary>One degree of likeness.</summary>
/// <param name="Name">Stable key, such as <c>exchanged-digits</c>: stands in model files and finds the sentence that explains it.</param>
/// <param name="ByFrequency">True where the agreement weighs less for a frequent value: equality, and likeness through which a frequent value matches as easily.</param>
public sealed record ComparisonLevel(string Name, bool ByFrequency = false);
