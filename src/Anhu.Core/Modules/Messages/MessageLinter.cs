using System.Text;
using System.Text.RegularExpressions;
using Anhu.Common;
using Anhu.Modules.Shield;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Messages;

/// <summary>What no message may say (victim-safety B4): words of violence and near forms of them, agencies, links, names, numbers. Pure.</summary>
public sealed partial class MessageLinter
{
    private readonly List<string> words = [], agencies = [], stems = [];

    /// <summary>A linter that knows no words, only the rules of form.</summary>
    public MessageLinter()
    {
    }

    private MessageLinter(MessageLinter other)
    {
        words.AddRange(other.words);
        agencies.AddRange(other.agencies);
        stems.AddRange(other.stems);
    }

    /// <summary>Reads the list of words beside the templates.</summary>
    /// <param name="path">The file; where it is missing, only the rules of form hold.</param>
    /// <exception cref="RuleDocumentException">It is wrong.</exception>
    public static MessageLinter Load(string path) => File.Exists(path) ? Parse(File.ReadAllText(path), Path.GetFileName(path)) : new MessageLinter();

    /// <summary>Reads a list of words.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="RuleDocumentException">All that is wrong, with lines.</exception>
    public static MessageLinter Parse(string yaml, string file)
    {
        var reader = RuleReader.Open(yaml, file, out var root);
        if (root.Text("kind") != "message-words")
        {
            root.Fault("kind", "kind 应当是 message-words。", "kind must be message-words.");
        }

        root.Text("version", 40);
        var linter = new MessageLinter();
        linter.Add(Texts(reader, root, "words"), linter.words);
        linter.Add(Texts(reader, root, "agencies"), linter.agencies);
        root.Done();
        reader.ThrowIfFaulty();
        return linter;
    }

    /// <summary>The same linter with a city's own words.</summary>
    /// <param name="moreWords">Words that must not appear.</param>
    /// <param name="moreAgencies">Names of agencies.</param>
    public MessageLinter With(IEnumerable<string> moreWords, IEnumerable<string> moreAgencies)
    {
        var linter = new MessageLinter(this);
        linter.Add(moreWords, linter.words);
        linter.Add(moreAgencies, linter.agencies);
        return linter;
    }

    /// <summary>What is wrong with a text.</summary>
    /// <param name="text">As the phone would show it.</param>
    /// <param name="agencyAllowed">She agreed that an agency may be named.</param>
    public IEnumerable<Bilingual> Check(string text, bool agencyAllowed)
    {
        var folded = Folded.Words(text).Text;
        var tokens = Tokens(text);
        foreach (var word in words.Where(w => folded.Contains(Folded.Words(w).Text, StringComparison.Ordinal)).Concat(stems.Where(s => tokens.Any(t => Is(t, s)))))
        {
            yield return new Bilingual($"不得出现“{word}”。", $"\"{word}\" must not appear.");
        }

        foreach (var agency in agencyAllowed ? [] : agencies.Where(a => folded.Contains(Folded.Words(a).Text, StringComparison.Ordinal)))
        {
            yield return new Bilingual($"不得写出单位“{agency}”；本人同意的模板请写 agencyAllowed: yes。", $"The agency \"{agency}\" must not be named, unless agencyAllowed: yes.");
        }

        var plain = text.Normalize(NormalizationForm.FormKC);
        if (Link().IsMatch(plain))
        {
            yield return new Bilingual("不得有网址。", "No links.");
        }

        if (CaseNumber().IsMatch(plain))
        {
            yield return new Bilingual("不得有案号、电话等较长的数字。", "No case numbers, phones or other long numbers.");
        }

        if (text.AsSpan().ContainsAny("{}<>"))
        {
            yield return new Bilingual("不得有待填的空（姓名等不得写入短信）。", "No blanks to fill in: names do not belong in a message.");
        }
    }

    /// <summary>Whether a text names one of some people.</summary>
    /// <param name="text">The text.</param>
    /// <param name="names">Names of the people of the case.</param>
    public static bool TellsWho(string text, IEnumerable<string?> names)
    {
        var folded = Folded.Words(text).Text;
        return names.Any(name => name is not null && Folded.Words(name).Text is { Length: >= 2 } one && folded.Contains(one, StringComparison.Ordinal));
    }

    /// <summary>Latin words are compared one by one, since "therapist" holds no crime; others anywhere in the text.</summary>
    private void Add(IEnumerable<string> all, List<string> others)
    {
        foreach (var word in all)
        {
            (word.Any(char.IsAsciiLetter) ? stems : others).Add(word);
        }
    }

    /// <summary>A word, or all words that begin with it when it ends in a star.</summary>
    private static bool Is(string token, string stem) => stem.EndsWith('*')
        ? token.StartsWith(stem[..^1], StringComparison.OrdinalIgnoreCase)
        : token.Equals(stem, StringComparison.OrdinalIgnoreCase);

    /// <summary>Latin words in lower case, with digits and signs that stand for letters read as such; letters set apart (a b u s e) are one word.</summary>
    private static List<string> Tokens(string text)
    {
        var tokens = new List<string>();
        var apart = new StringBuilder();
        foreach (Match match in Latin().Matches(text.Normalize(NormalizationForm.FormKC)))
        {
            var token = string.Concat(match.Value.Select(c => c switch { '0' => 'o', '1' or '!' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', _ => char.ToLowerInvariant(c) }));
            tokens.Add(token);
            if (token.Length == 1)
            {
                apart.Append(token);
                continue;
            }

            tokens.Add(apart.ToString());
            apart.Clear();
        }

        tokens.Add(apart.ToString());
        return tokens;
    }

    private static List<string> Texts(RuleReader reader, RuleMap root, string key) =>
        [.. root.List(key).Select(n => n is YamlScalarNode ? RuleMap.AsText(reader, n, key, 40) : null).OfType<string>()];

    [GeneratedRegex(@"[A-Za-z0-9@$!]+")]
    private static partial Regex Latin();

    [GeneratedRegex(@"https?:|www\.|://|[A-Za-z0-9-]+\s?[.。]\s?(cn|com|net|org|gov|top|cc|me|io|ly|link|info|app)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Link();

    [GeneratedRegex(@"DV[\s-]*\d|\d([\s-]?\d){4,}|[〇零一二三四五六七八九]{5,}", RegexOptions.IgnoreCase)]
    private static partial Regex CaseNumber();
}
