namespace Anhu.Linkage.Comparing;

/// <summary>Names of several words in Latin letters, whatever their order and however many are left out: each word of the shorter name looks for its like in the longer.</summary>
public sealed class NamesComparer : TextComparer
{
    private const int MostWords = 12;

    /// <summary>Likeness from which two words count as one badly written.</summary>
    private const double Alike = 0.88;

    /// <inheritdoc/>
    public override string Name => "names";

    /// <inheritdoc/>
    public override IReadOnlyList<ComparisonLevel> Levels { get; } =
    [
        new("equal", ByFrequency: true), new("same-words"), new("all-words-found", ByFrequency: true), new("all-words-alike"), new("three-words-alike"), new("first-and-last-alike"), new("two-words-alike"),
        new("only-word-found"), new("only-word-alike"), new("last-word-alike"), new("first-word-alike"), new("some-word-alike"), new("initials"), new("different"),
    ];

    /// <inheritdoc/>
    public override int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        // The one with fewer words looks for its like in the other; of equally many, the first in order, so that the two may be exchanged.
        return Words(a) is var x && Words(b) is var y && (x < y || (x == y && a.SequenceCompareTo(b) <= 0)) ? CompareOrdered(a, b) : CompareOrdered(b, a);
    }

    private static int Words(ReadOnlySpan<char> text) => Math.Min(MostWords, text.Count(' ') + 1);

    private static int CompareOrdered(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        Span<Range> wordsA = stackalloc Range[MostWords + 1];
        Span<Range> wordsB = stackalloc Range[MostWords + 1];
        var countA = Math.Min(MostWords, a.Split(wordsA, ' ', StringSplitOptions.RemoveEmptyEntries));
        var countB = Math.Min(MostWords, b.Split(wordsB, ' ', StringSplitOptions.RemoveEmptyEntries));
        var (equal, alike, taken) = (0, 0, 0u);
        var (firstAlike, lastAlike) = (false, false);

        // Equal words first, so that a like one doesn't take the place of an equal.
        Span<bool> done = stackalloc bool[MostWords];
        done.Clear();
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = 0; i < countA; i++)
            {
                var word = a[wordsA[i]];
                for (var j = 0; j < countB && !done[i]; j++)
                {
                    var other = b[wordsB[j]];
                    if ((taken & (1u << j)) == 0 && (pass == 0 ? word.SequenceEqual(other) : word.Length > 2 && other.Length > 2 && Likeness.JaroWinkler(word, other) >= Alike))
                    {
                        taken |= 1u << j;
                        done[i] = true;
                        equal += pass == 0 ? 1 : 0;
                        alike++;
                        firstAlike |= i == 0 && j == 0;
                        lastAlike |= i == countA - 1 && j == countB - 1;
                    }
                }
            }
        }

        if (countA == 1)
        {
            return equal == 1 ? 7 : alike == 1 ? 8 : Initials(a, wordsA, countA, b, wordsB, countB) ? 12 : 13;
        }

        return equal == countA && countA == countB ? 1
            : equal == countA ? 2
            : alike == countA ? 3
            : alike >= 3 ? 4
            : firstAlike && lastAlike ? 5
            : alike == 2 ? 6
            : lastAlike ? 9
            : firstAlike ? 10
            : alike == 1 ? 11
            : Initials(a, wordsA, countA, b, wordsB, countB) ? 12 : 13;
    }

    private static bool Initials(ReadOnlySpan<char> a, ReadOnlySpan<Range> wordsA, int countA, ReadOnlySpan<char> b, ReadOnlySpan<Range> wordsB, int countB) =>
        countA > 0 && countB > 0 && a[wordsA[0]][0] == b[wordsB[0]][0] && a[wordsA[countA - 1]][0] == b[wordsB[countB - 1]][0];
}
