using System.Globalization;
using Anhu.Linkage.Chinese;

namespace Anhu.Linkage.Comparing;

/// <summary>Finds comparers and keys by the names that model files use: <c>jaro-winkler(0.95,0.9)</c>, <c>first(3)</c>.</summary>
internal static class Catalogue
{
    private static readonly Dictionary<string, Func<double[], ValueComparer>> Comparers = new(StringComparer.Ordinal)
    {
        ["exact"] = _ => new ExactComparer(),
        ["jaro-winkler"] = steps => new JaroWinklerComparer(steps),
        ["damerau-levenshtein"] = steps => new DamerauLevenshteinComparer(steps),
        ["prefix"] = steps => new PrefixComparer(steps),
        ["names"] = _ => new NamesComparer(),
        ["date"] = steps => new DateComparer(steps),
    };

    private static readonly Dictionary<string, Func<double[], KeyMaker>> Keys = new(StringComparer.Ordinal)
    {
        ["first"] = x => new PrefixKey((int)x.ElementAtOrDefault(0)),
        ["last"] = x => new SuffixKey((int)x.ElementAtOrDefault(0)),
        ["part"] = x => new PartKey((int)x.ElementAtOrDefault(0), (int)x.ElementAtOrDefault(1)),
        ["word"] = x => new WordKey((int)x.ElementAtOrDefault(0)),
        ["sorted-words"] = _ => new SortedWordsKey(),
        ["soundex"] = _ => new SoundexKey(),
    };

    /// <summary>A comparer.</summary>
    /// <param name="spec">Name, with arguments in parentheses where it takes some.</param>
    /// <exception cref="LinkageModelException">There is none of that name.</exception>
    public static ValueComparer Comparer(string spec)
    {
        var (name, arguments) = Parse(spec);
        return Comparers.TryGetValue(name, out var make) ? make(arguments) : ChineseCatalogue.Comparers.FirstOrDefault(c => c.Name == name)
            ?? throw new LinkageModelException($"There is no comparator '{name}'. There are: {string.Join(", ", Comparers.Keys.Concat(ChineseCatalogue.Comparers.Select(c => c.Name)).Order(StringComparer.Ordinal))}.");
    }

    /// <summary>A maker of block keys.</summary>
    /// <param name="spec">Name, with arguments in parentheses where it takes some.</param>
    /// <exception cref="LinkageModelException">There is none of that name.</exception>
    public static KeyMaker Key(string spec)
    {
        var (name, arguments) = Parse(spec);
        return Keys.TryGetValue(name, out var make) ? make(arguments) : ChineseCatalogue.Keys.FirstOrDefault(k => k.Name == name)
            ?? throw new LinkageModelException($"There is no key '{name}'. There are: {string.Join(", ", Keys.Keys.Concat(ChineseCatalogue.Keys.Select(k => k.Name)).Order(StringComparer.Ordinal))}.");
    }

    private static (string Name, double[] Arguments) Parse(string spec)
    {
        var open = spec.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return (spec.Trim(), []);
        }

        var inside = spec[(open + 1)..].TrimEnd();
        if (!inside.EndsWith(')'))
        {
            throw new LinkageModelException($"'{spec}' lacks its closing parenthesis.");
        }

        var parts = inside[..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var numbers = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
            {
                throw new LinkageModelException($"'{parts[i]}' in '{spec}' is no number.");
            }
        }

        return (spec[..open].Trim(), numbers);
    }
}
