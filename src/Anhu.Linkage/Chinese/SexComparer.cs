using Anhu.Linkage.Comparing;

namespace Anhu.Linkage.Chinese;

/// <summary>Compares the sex, as a word or as the code of GB/T 2261.1 (1 man, 2 woman).</summary>
public sealed class SexComparer : ValueComparer
{
    private const int Different = 1;

    /// <inheritdoc/>
    public override string Name => "sex";

    /// <inheritdoc/>
    public override IReadOnlyList<ComparisonLevel> Levels { get; } = [new("equal", ByFrequency: true), new("different")];

    /// <inheritdoc/>
    public override int Normalise(ReadOnlySpan<char> value, Span<char> normalised)
    {
        if (value is ['男'] or ['女'])
        {
            normalised[0] = value[0];
            return 1;
        }

        Span<char> word = stackalloc char[8];
        var length = 0;
        foreach (var raw in value)
        {
            if (Writing.IsBlank(raw))
            {
                continue;
            }

            if (length == word.Length)
            {
                return 0;
            }

            word[length++] = char.ToUpperInvariant(Writing.Narrow(raw));
        }

        normalised[0] = word[..length] switch
        {
            "男" or "男性" or "男士" or "男子" or "M" or "MALE" or "MAN" or "1" or "1-男" or "1男" => '男',
            "女" or "女性" or "女士" or "女子" or "F" or "FEMALE" or "WOMAN" or "2" or "2-女" or "2女" => '女',
            _ => '\0',
        };
        return normalised[0] == '\0' ? 0 : 1;
    }

    /// <inheritdoc/>
    public override int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => Different;
}
