namespace Anhu.Linkage.Comparing;

/// <summary>The first characters.</summary>
/// <param name="count">How many.</param>
public sealed class PrefixKey(int count) : KeyMaker
{
    /// <inheritdoc/>
    public override string Name => "first";

    /// <inheritdoc/>
    public override int Make(ReadOnlySpan<char> value, Span<char> key)
    {
        var length = Math.Min(count, value.Length);
        value[..length].CopyTo(key);
        return length;
    }
}

/// <summary>The last characters.</summary>
/// <param name="count">How many.</param>
public sealed class SuffixKey(int count) : KeyMaker
{
    /// <inheritdoc/>
    public override string Name => "last";

    /// <inheritdoc/>
    public override int Make(ReadOnlySpan<char> value, Span<char> key)
    {
        var length = Math.Min(count, value.Length);
        value[^length..].CopyTo(key);
        return length;
    }
}

/// <summary>Some characters from the middle, such as the month and day of a date.</summary>
/// <param name="start">Where they begin, from 0.</param>
/// <param name="count">How many.</param>
public sealed class PartKey(int start, int count) : KeyMaker
{
    /// <inheritdoc/>
    public override string Name => "part";

    /// <inheritdoc/>
    public override int Make(ReadOnlySpan<char> value, Span<char> key)
    {
        if (value.Length < start + count)
        {
            return 0;
        }

        value.Slice(start, count).CopyTo(key);
        return count;
    }
}

/// <summary>The n-th word.</summary>
/// <param name="index">Which, from 1; negative counts from the end.</param>
public sealed class WordKey(int index) : KeyMaker
{
    /// <inheritdoc/>
    public override string Name => "word";

    /// <inheritdoc/>
    public override int Make(ReadOnlySpan<char> value, Span<char> key)
    {
        Span<Range> words = stackalloc Range[32];
        var count = value.Split(words, ' ', StringSplitOptions.RemoveEmptyEntries);
        var at = index > 0 ? index - 1 : count + index;
        if (at < 0 || at >= count)
        {
            return 0;
        }

        var word = value[words[at]];
        word.CopyTo(key);
        return word.Length;
    }
}

/// <summary>The words in alphabetical order: first name and surname exchanged give the same key.</summary>
public sealed class SortedWordsKey : KeyMaker
{
    /// <inheritdoc/>
    public override string Name => "sorted-words";

    /// <inheritdoc/>
    public override int Make(ReadOnlySpan<char> value, Span<char> key)
    {
        Span<Range> words = stackalloc Range[16];
        var count = value.Split(words, ' ', StringSplitOptions.RemoveEmptyEntries);
        var length = 0;
        for (var done = 0; done < count; done++)
        {
            // The smallest of those left; there are two or three.
            var least = done;
            for (var i = done + 1; i < count; i++)
            {
                least = value[words[i]].SequenceCompareTo(value[words[least]]) < 0 ? i : least;
            }

            (words[done], words[least]) = (words[least], words[done]);
            var word = value[words[done]];
            if (length > 0)
            {
                key[length++] = ' ';
            }

            word.CopyTo(key[length..]);
            length += word.Length;
        }

        return length;
    }
}

/// <summary>The American Soundex code of a word in Latin letters. R. C. Russell, 1918.</summary>
public sealed class SoundexKey : KeyMaker
{
    /// <inheritdoc/>
    public override string Name => "soundex";

    /// <inheritdoc/>
    public override int Make(ReadOnlySpan<char> value, Span<char> key)
    {
        var length = 0;
        var last = '0';
        foreach (var raw in value)
        {
            var c = char.ToUpperInvariant(raw);
            if (c is < 'A' or > 'Z')
            {
                continue;
            }

            var code = "01230120022455012623010202"[c - 'A'];
            if (length == 0)
            {
                key[length++] = c;
            }
            else if (code != '0' && code != last)
            {
                key[length++] = code;
            }

            // H and W don't part two letters of one sound; vowels do.
            last = c is 'H' or 'W' ? last : code;
            if (length == 4)
            {
                break;
            }
        }

        if (length == 0)
        {
            return 0;
        }

        key[length..4].Fill('0');
        return 4;
    }
}
