using YamlDotNet.RepresentationModel;

namespace Anhu.Common;

/// <summary>A compiled condition of a rule document, with its wording.</summary>
/// <typeparam name="T">The facts it looks at.</typeparam>
/// <param name="Holds">The test.</param>
/// <param name="Text">The condition in plain words.</param>
internal sealed record Condition<T>(Func<T, bool> Holds, Bilingual Text);

/// <summary>Reads conditions: every entry of a mapping must hold; <c>any</c> takes a list of mappings of which one is enough.</summary>
/// <typeparam name="T">The facts.</typeparam>
internal sealed class ConditionLanguage<T>
{
    private readonly Dictionary<string, Func<RuleReader, YamlNode, string, Condition<T>?>> words = new(StringComparer.Ordinal);

    /// <summary>Adds a word that a condition may use.</summary>
    /// <param name="word">The word.</param>
    /// <param name="read">Reads its value; null after reporting a fault.</param>
    public ConditionLanguage<T> Word(string word, Func<RuleReader, YamlNode, string, Condition<T>?> read)
    {
        words.Add(word, read);
        return this;
    }

    /// <summary>How a word is read, to take it over into another language.</summary>
    /// <param name="word">The word.</param>
    public Func<RuleReader, YamlNode, string, Condition<T>?> Reader(string word) => words[word];

    /// <summary>Reads a condition.</summary>
    /// <param name="map">The mapping.</param>
    /// <param name="used">Told each word that is used.</param>
    public Condition<T> Read(RuleMap map, Action<string, YamlNode>? used = null)
    {
        var parts = new List<Condition<T>>();
        foreach (var (key, keyNode, value) in map.All())
        {
            if (key == "any")
            {
                var options = RuleMap.AsList(map.Reader, value, key)
                    .Select(item => RuleMap.AsMap(map.Reader, item, key)).OfType<RuleMap>().Select(option => Read(option, used)).ToList();
                if (options.Count == 0)
                {
                    map.Reader.Fault(value, "“any”下面至少要有一项。", "\"any\" needs at least one entry.");
                    continue;
                }

                parts.Add(Any(options));
            }
            else if (words.TryGetValue(key, out var read))
            {
                used?.Invoke(key, value);
                if (read(map.Reader, value, key) is { } part)
                {
                    parts.Add(part);
                }
            }
            else
            {
                var (zh, en) = RuleReader.Suggest(key, words.Keys.Append("any"));
                map.Reader.Fault(keyNode, $"不认识条件“{key}”。{zh}", $"The condition \"{key}\" is not known. {en}");
            }
        }

        return All(parts);
    }

    private static Condition<T> All(List<Condition<T>> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        var tests = parts.Select(p => p.Holds).ToArray();
        return new Condition<T>(
            facts =>
            {
                foreach (var test in tests)
                {
                    if (!test(facts))
                    {
                        return false;
                    }
                }

                return true;
            },
            new Bilingual(string.Join("，且", parts.Select(p => p.Text.Zh)), string.Join(" and ", parts.Select(p => p.Text.En))));
    }

    private static Condition<T> Any(List<Condition<T>> options)
    {
        var tests = options.Select(p => p.Holds).ToArray();
        var text = new Bilingual($"（{string.Join("；或", options.Select(p => p.Text.Zh))}）", $"({string.Join(" or ", options.Select(p => p.Text.En))})");
        return new Condition<T>(facts => Array.Exists(tests, test => test(facts)), text);
    }
}
