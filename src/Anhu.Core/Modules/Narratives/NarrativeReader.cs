using System.Globalization;
using System.Text.RegularExpressions;
using Anhu.Modules.Alarms;

namespace Anhu.Modules.Narratives;

/// <summary>
/// Finds what a text tells of violence, for a person to confirm. Sentences of the law, denials, orders, fears and what the victim did in defence do not count.
/// It reads words, not meaning: what it finds is a hint, and what it does not find is not absent.
/// </summary>
/// <param name="words">The words.</param>
public sealed partial class NarrativeReader(NarrativeWords words)
{
    /// <summary>Longer texts are read up to here, characters.</summary>
    public const int MaxLength = 20_000;

    private const int ShortQuote = 60;

    private static readonly char[] ClauseEnds = ['，', ',', '：', ':', '。', '；'];

    private enum Who
    {
        Unknown,
        Victim,
        Abuser,
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="victims">Names of the victims, where known.</param>
    /// <param name="perpetrators">Names of the perpetrators, where known.</param>
    public NarrativeReading Read(string? text, IReadOnlyCollection<string>? victims = null, IReadOnlyCollection<string>? perpetrators = null)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return new NarrativeReading([], Injury.Unknown, null);
        }

        text = TitleOfLaw().Replace(text.Length > MaxLength ? text[..MaxLength] : text, m => KeptTitle().IsMatch(m.Value) ? m.Value : $"《{new string('□', m.Length - 2)}》");
        var cast = Cast(text, victims ?? [], perpetrators ?? []);
        var found = new SortedDictionary<NarrativeFact, NarrativeFinding>();
        (Injury Injury, string Quote) worst = (Injury.Unknown, "");
        foreach (Match match in Sentence().Matches(text))
        {
            var sentence = match.Value;
            if (words.Statute.Any(p => p.IsMatch(sentence)))
            {
                continue;
            }

            var unproven = words.Unproven.Any(p => p.IsMatch(sentence));
            foreach (var fact in words.Facts)
            {
                if (!(unproven && fact.Proven))
                {
                    Find(fact, sentence, match.Index, cast, found);
                }
            }

            if (!unproven && InjuryIn(sentence) is var injury && injury.Injury > worst.Injury)
            {
                worst = injury;
            }
        }

        foreach (var fact in words.Facts.Concat(words.Facts))
        {
            if (fact.ImpliedBy.Select(found.GetValueOrDefault).FirstOrDefault(f => f is not null) is { } implying)
            {
                found.TryAdd(fact.Fact, implying with { Fact = fact.Fact });
            }
        }

        if (Age().Matches(text).FirstOrDefault(m => int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture) < 18) is { } age)
        {
            found.TryAdd(NarrativeFact.VictimMinor, new NarrativeFinding(NarrativeFact.VictimMinor, age.Index, age.Length, Short(text, age.Index, age.Length)));
        }

        if (found.TryGetValue(NarrativeFact.VictimMinor, out var minor)
            && (found.ContainsKey(NarrativeFact.Physical) || found.ContainsKey(NarrativeFact.Psychological) || found.ContainsKey(NarrativeFact.Sexual)))
        {
            found.TryAdd(NarrativeFact.ChildAffected, minor with { Fact = NarrativeFact.ChildAffected });
        }

        return new NarrativeReading([.. found.Values], worst.Injury, worst.Injury == Injury.Unknown ? null : worst.Quote);
    }

    private void Find(FactWords fact, string sentence, int offset, Dictionary<string, Who> cast, SortedDictionary<NarrativeFact, NarrativeFinding> found)
    {
        foreach (var pattern in fact.Any)
        {
            foreach (Match match in pattern.Matches(sentence))
            {
                var (start, end) = Clause(sentence, match.Index);
                var whole = sentence[start..Math.Max(end, match.Index + match.Length)];
                if ((!fact.Anyway && Cancelled(sentence[start..match.Index], fact.Feared)) || fact.Unless.Any(p => p.IsMatch(whole)))
                {
                    continue;
                }

                var finding = new NarrativeFinding(fact.Fact, offset + match.Index, match.Length, Short(sentence, match.Index, match.Length));
                var byVictim = fact.ByAbuser && Agent(sentence, match.Index, cast) == Who.Victim;
                if (byVictim && fact.Fact == NarrativeFact.Weapon && Strike().IsMatch(whole))
                {
                    found.TryAdd(NarrativeFact.VictimFoughtBack, finding with { Fact = NarrativeFact.VictimFoughtBack });
                }

                if (!byVictim || words.Passive.IsMatch(sentence[start..Math.Min(match.Index + 2, sentence.Length)]))
                {
                    found.TryAdd(fact.Fact, finding);
                    return;
                }
            }
        }
    }

    private bool Cancelled(string before, bool feared) =>
        (words.Deny.IsMatch(before) && !words.DenyNot.IsMatch(before)) || words.Order.IsMatch(before) || (!feared && words.Fear.IsMatch(before));

    private (Injury Injury, string Quote) InjuryIn(string sentence)
    {
        foreach (var (injury, pattern) in words.Injuries)
        {
            foreach (Match match in pattern.Matches(sentence))
            {
                var (start, _) = Clause(sentence, match.Index);
                if (!Cancelled(sentence[start..match.Index], false))
                {
                    return (injury, Short(sentence, match.Index, match.Length));
                }
            }
        }

        return (Injury.Unknown, "");
    }

    /// <summary>Who is who: by the names given, by sentence forms, and by what people are called.</summary>
    private Dictionary<string, Who> Cast(string text, IReadOnlyCollection<string> victims, IReadOnlyCollection<string> perpetrators)
    {
        var votes = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (Match name in words.Name.Matches(text))
        {
            votes.TryAdd(name.Value, 0);
        }

        if (votes.Count > 0)
        {
            foreach (var act in words.Acts)
            {
                foreach (Match match in act.Pattern.Matches(text))
                {
                    var (a, v) = (match.Groups["a"].Value, match.Groups["v"].Value);
                    if (a != v)
                    {
                        Vote(a, act.Weight);
                        Vote(v, -act.Weight);
                    }
                }
            }
        }

        var cast = new Dictionary<string, Who>(StringComparer.Ordinal);
        foreach (var (name, vote) in votes)
        {
            cast[name] = vote > 0 ? Who.Abuser : vote < 0 ? Who.Victim : Who.Unknown;
        }

        foreach (var (called, who) in words.Other.Select(w => (w, Who.Unknown)).Concat(words.Victim.Select(w => (w, Who.Victim))).Concat(words.Abuser.Select(w => (w, Who.Abuser)))
            .Concat(victims.Select(w => (w, Who.Victim))).Concat(perpetrators.Select(w => (w, Who.Abuser))))
        {
            if (called.Length > 0)
            {
                cast[called] = who;
            }
        }

        return cast;

        void Vote(string name, double weight)
        {
            if (name.Length > 0 && votes.TryGetValue(name, out var sum))
            {
                votes[name] = sum + weight;
            }
        }
    }

    /// <summary>Who acts at a place of a sentence: the last one named before it who is not acted upon.</summary>
    private Who Agent(string sentence, int at, Dictionary<string, Who> cast)
    {
        (int End, int Length, Who Who) best = (-1, 0, Who.Unknown);
        foreach (var (name, who) in cast)
        {
            for (var i = sentence.IndexOf(name, StringComparison.Ordinal); i >= 0 && i + name.Length <= at; i = sentence.IndexOf(name, i + 1, StringComparison.Ordinal))
            {
                var end = i + name.Length;
                if ((end > best.End || (end == best.End && name.Length > best.Length)) && (i == 0 || words.SubjectAfter.IsMatch(sentence[Math.Max(0, i - 2)..i])))
                {
                    best = (end, name.Length, who);
                }
            }
        }

        return best.Who;
    }

    private static (int Start, int End) Clause(string sentence, int at)
    {
        var start = at == 0 ? 0 : sentence.LastIndexOfAny(['，', ',', '：', ':'], at - 1) + 1;
        var end = sentence.IndexOfAny(ClauseEnds, at);
        return (start, end < 0 ? sentence.Length : end);
    }

    /// <summary>The clause, cut around the words where it is long.</summary>
    private static string Short(string text, int at, int length)
    {
        var (start, end) = Clause(text, at);
        end = Math.Max(end, at + length);
        if (end - start > ShortQuote)
        {
            start = Math.Max(start, at - (ShortQuote / 3));
            end = Math.Min(end, Math.Max(start + ShortQuote, at + length));
        }

        return text[start..end].Trim();
    }

    [GeneratedRegex("《[^》]*》")]
    private static partial Regex TitleOfLaw();

    [GeneratedRegex("告诫书|保护令")]
    private static partial Regex KeptTitle();

    [GeneratedRegex("""[^。！？!?；;\n]+[。！？!?；;\n”"]*""")]
    private static partial Regex Sentence();

    [GeneratedRegex("刺|砍|捅|击|打")]
    private static partial Regex Strike();

    [GeneratedRegex("(?<![0-9])([0-9]{1,2})周?岁")]
    private static partial Regex Age();
}
