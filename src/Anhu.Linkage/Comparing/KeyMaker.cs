namespace Anhu.Linkage.Comparing;

/// <summary>Makes from a normalised value the key by which records come into one block, such as the sound of a name or the last digits of a phone.</summary>
public abstract class KeyMaker
{
    /// <summary>Name under which a model file asks for it, such as <c>sound</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Writes the key of a value.</summary>
    /// <param name="value">A normalised value.</param>
    /// <param name="key">Takes the key; at least twice as long as the value and 64 characters.</param>
    /// <returns>How many characters were written; 0 when the value gives no key, so that its record comes into no block of the rule.</returns>
    public abstract int Make(ReadOnlySpan<char> value, Span<char> key);
}
