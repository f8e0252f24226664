using System.Text;

namespace Anhu.Modules.Security;

/// <summary>Why a password would be guessed early.</summary>
public enum GuessableBecause
{
    /// <summary>It, or what is left of it without digits and signs at its ends, is among the most common ones.</summary>
    Common,

    /// <summary>It is little more than words that everybody here would try: the city, the platform, the unit, the worker.</summary>
    Context,

    /// <summary>It is little more than rows of keys, sequences, repetitions, years and everyday words in pinyin.</summary>
    Pattern,
}

/// <summary>
/// Looks at a password as one who guesses would: small and capital letters alike, 3 for e, digits added at the end. Each run of neighbouring keys,
/// each sequence, year and known word counts as one character; what is left must be enough.
/// </summary>
public static class GuessablePassword
{
    /// <summary>Fewest characters that must be left.</summary>
    public const int Enough = 6;

    private const int ShortestRun = 3;
    private const int ShortestCore = 4;

    /// <summary>Rows and columns of a keyboard, the alphabet and the digits; walked either way.</summary>
    private static readonly string[] Walks =
    [
        "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "1234567890-=", "!@#$%^&*()_+", "abcdefghijklmnopqrstuvwxyz", "01234567890", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.",
        "qazwsxedcrfvtgbyhnujm", "147258369", "159357", "789456123",
    ];

    /// <summary>Words, numbers and pinyin that passwords here begin with. Longest first, so that the whole is taken for one.</summary>
    private static readonly string[] Everyday = [.. new[]
    {
        "password", "passwd", "admin", "administrator", "welcome", "letmein", "login", "secret", "iloveyou", "changeme", "default", "test", "user", "guest", "root",
        "woaini", "woaiwojia", "woaizuguo", "woaizhongguo", "wodemima", "mima", "zhongguo", "zhonghua", "beijing", "shanghai", "nihao", "baobei", "xiaobao", "laopo", "laogong", "mama", "baba", "jiayou",
        "pingan", "jiankang", "xingfu", "kuaile", "facai", "gongxi", "taiyang", "yueliang", "xiaoxiao", "gongan", "paichusuo", "jingcha", "fulian", "funv", "minzheng", "jiabao", "fanjiabao", "jiating",
        "shequ", "jiedao", "wangge", "zhengfu", "police", "women", "federation", "office", "court", "justice",
        "5201314", "1314520", "1314", "520", "521", "168", "888", "666", "110", "12338", "12345", "0551",
    }.OrderByDescending(w => w.Length)];

    /// <summary>Looks at a password.</summary>
    /// <param name="password">The password.</param>
    /// <param name="context">Words of the place and the person, each at least three characters; shorter ones do not count.</param>
    /// <returns>Why it would be guessed; null when it would not.</returns>
    public static GuessableBecause? Check(string password, IEnumerable<string> context)
    {
        // Halves of surrogate pairs are no text, and cannot be normalised.
        var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(password)).Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        if (IsCommon(text))
        {
            return GuessableBecause.Common;
        }

        var words = context.Select(w => w.Trim().ToLowerInvariant()).Where(w => w.Length >= ShortestRun || w.Any(c => c > 0x7f)).OrderByDescending(w => w.Length).ToList();
        foreach (var read in (string[])[text, Unmasked(text)])
        {
            var withoutContext = Without(read, words);
            if (Left(withoutContext) < Enough)
            {
                return withoutContext.Length < read.Length ? GuessableBecause.Context : GuessableBecause.Pattern;
            }
        }

        return null;
    }

    /// <summary>The password itself, or its letters without what stands before and after them when they are at least half of it.</summary>
    private static bool IsCommon(string text)
    {
        static bool Listed(string text, string core) => core.Length >= ShortestCore && core.Length * 2 >= text.Length && CommonPasswords.Contains(core);

        var inner = text.Trim([.. text.Where(c => !char.IsLetter(c)).Distinct()]);
        var masked = text.TrimEnd([.. text.Where(c => !char.IsLetter(c)).Distinct()]);
        return CommonPasswords.Contains(text) || Listed(text, inner) || Listed(text, Unmasked(inner)) || Listed(text, Unmasked(masked))
            || (text.Length % 2 == 0 && text.AsSpan(0, text.Length / 2).SequenceEqual(text.AsSpan(text.Length / 2)) && CommonPasswords.Contains(text.AsSpan(0, text.Length / 2)));
    }

    /// <summary>Signs and digits that stand for letters, as letters.</summary>
    private static string Unmasked(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = source[i] switch
            {
                '@' or '4' => 'a',
                '3' => 'e',
                '1' or '!' => 'i',
                '0' => 'o',
                '$' or '5' => 's',
                '7' or '+' => 't',
                var c => c,
            };
        }
    });

    /// <summary>Each word as one sign that is none of the words.</summary>
    private static string Without(string text, IReadOnlyList<string> words)
    {
        foreach (var word in words)
        {
            text = text.Replace(word, "\u0001", StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>How many characters are left when each everyday word, year, run and repetition counts as one.</summary>
    private static int Left(string text)
    {
        text = Without(text, Everyday);
        var left = 0;
        for (var i = 0; i < text.Length; left++)
        {
            i += Math.Max(1, Run(text.AsSpan(i)));
        }

        return left;
    }

    /// <summary>Length of the run that a text begins with; 0 when there is none.</summary>
    private static int Run(ReadOnlySpan<char> text)
    {
        var longest = 0;
        foreach (var walk in Walks)
        {
            longest = Math.Max(longest, Math.Max(Along(text, walk, 1), Along(text, walk, -1)));
        }

        for (var period = 1; period <= 4 && period * 2 <= text.Length; period++)
        {
            var same = period;
            while (same < text.Length && text[same] == text[same - period])
            {
                same++;
            }

            if (same >= Math.Max(ShortestRun, period * 2))
            {
                longest = Math.Max(longest, same);
            }
        }

        return Math.Max(longest >= ShortestRun ? longest : 0, Date(text));
    }

    private static int Along(ReadOnlySpan<char> text, string walk, int step)
    {
        var longest = 0;
        for (var start = 0; start < walk.Length; start++)
        {
            var length = 0;
            for (var at = start; length < text.Length && at >= 0 && at < walk.Length && walk[at] == text[length]; at += step)
            {
                length++;
            }

            longest = Math.Max(longest, length);
        }

        return longest;
    }

    /// <summary>A year from 1940 to 2039, or a day as <c>19990312</c>.</summary>
    private static int Date(ReadOnlySpan<char> text)
    {
        static bool Number(ReadOnlySpan<char> digits, int from, int to) => digits.IndexOfAnyExceptInRange('0', '9') < 0 && int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture) is var n && n >= from && n <= to;

        return text.Length < 4 || !Number(text[..4], 1940, 2039) ? 0
            : text.Length >= 8 && Number(text[4..6], 1, 12) && Number(text[6..8], 1, 31) ? 8 : 4;
    }
}
