using Anhu.Common;

namespace Anhu.Modules.Retention;

/// <summary>How long cases of one class are kept.</summary>
/// <param name="TermId">Its id within the document.</param>
/// <param name="From">From which day on it applies.</param>
/// <param name="Class">The gravest class that the case ever had: 1, 2 or 3.</param>
/// <param name="Years">Years after closing.</param>
/// <param name="MinorsUntilAge">At least until minors of the case are so old; null without such a rule.</param>
/// <param name="Basis">The law or the city's rule that it stands on.</param>
public sealed record RetentionTerm(string TermId, DateOnly From, int Class, int Years, int? MinorsUntilAge, string Basis);

/// <summary>How long notices of courts that were never joined to a case are kept.</summary>
/// <param name="From">From which day on it applies.</param>
/// <param name="Years">Years after they were received.</param>
/// <param name="Basis">The law or the city's rule that it stands on.</param>
public sealed record NoticeTerm(DateOnly From, int Years, string Basis);

/// <summary>A city's retention terms, as a document with a version (<c>data/retention</c>).</summary>
public sealed class RetentionPolicy
{
    private RetentionPolicy()
    {
    }

    /// <summary>Of a city without the document: nothing is ever due.</summary>
    public static RetentionPolicy None { get; } = new() { Version = "", Title = new Bilingual("", ""), Basis = "", Terms = [] };

    /// <summary>The document's version.</summary>
    public required string Version { get; init; }

    /// <summary>Its title.</summary>
    public required Bilingual Title { get; init; }

    /// <summary>What the terms as a whole stand on.</summary>
    public required string Basis { get; init; }

    /// <summary>The terms, in the document's order.</summary>
    public required IReadOnlyList<RetentionTerm> Terms { get; init; }

    /// <summary>Years for which requests for data are kept after they were decided; null for ever.</summary>
    public int? RequestYears { get; init; }

    /// <summary>Terms of courts' notices that were never joined to a case, in the document's order; none keeps them for ever.</summary>
    public IReadOnlyList<NoticeTerm> NoticeTerms { get; init; } = [];

    /// <summary>The term of such notices on a day: the latest that applies by then.</summary>
    /// <param name="on">The day.</param>
    public NoticeTerm? NoticeTermOf(DateOnly on) => NoticeTerms.Where(t => t.From <= on).MaxBy(t => t.From);

    /// <summary>The term of a class on a day: the latest that applies by then.</summary>
    /// <param name="class">The class.</param>
    /// <param name="on">The day.</param>
    public RetentionTerm? TermOf(int @class, DateOnly on) => Terms.Where(t => t.Class == @class && t.From <= on).MaxBy(t => t.From);

    /// <summary>Cases that were closed after this day can't be due; null when none can.</summary>
    /// <param name="on">The day.</param>
    public DateOnly? LatestClosing(DateOnly on) =>
        Enumerable.Range(1, 3).Select(c => TermOf(c, on)?.Years).OfType<int>().ToList() is { Count: > 0 } years ? on.AddYears(-years.Min()) : null;

    /// <summary>Reads the document of a city.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <returns><see cref="None"/> when there is no such file.</returns>
    /// <exception cref="RuleDocumentException">It is wrong; names every fault with its line.</exception>
    public static RetentionPolicy Load(string path, string name) => File.Exists(path) ? Parse(File.ReadAllText(path), name) : None;

    /// <summary>Reads a document.</summary>
    /// <param name="yaml">Its text.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="RuleDocumentException">It is wrong; names every fault with its line.</exception>
    public static RetentionPolicy Parse(string yaml, string file)
    {
        var reader = RuleReader.Open(yaml, file, out var root);
        if (root.Text("kind") is var kind && kind.Length > 0 && kind != "retention-policy")
        {
            root.Fault("kind", "“kind”应当是 retention-policy。", "\"kind\" must be retention-policy.");
        }

        var terms = new List<RetentionTerm>();
        var (version, title, basis) = (root.Text("version", 40), root.Bilingual("title"), root.Text("basis"));
        foreach (var node in root.List("terms"))
        {
            if (RuleMap.AsMap(reader, node, "terms") is { } map)
            {
                terms.Add(Term(map, terms));
            }
        }

        for (var number = 1; number <= 3 && reader.IsClean; number++)
        {
            if (!terms.Exists(t => t.Class == number))
            {
                root.Fault("terms", $"缺少 {number} 级个案的保存期限。", $"There is no term for cases of class {number}.");
            }
        }

        var notices = new List<NoticeTerm>();
        foreach (var node in root.OptionalList("courtNotices"))
        {
            if (RuleMap.AsMap(reader, node, "courtNotices") is { } map)
            {
                notices.Add(Notice(map, notices));
            }
        }

        var requests = root.OptionalMap("requests");
        var requestYears = requests?.Int("years", 3, 100);
        requests?.Text("basis");
        requests?.Done();
        root.Done();
        reader.ThrowIfFaulty();
        return new RetentionPolicy { Version = version, Title = title, Basis = basis, Terms = terms, NoticeTerms = notices, RequestYears = requestYears };
    }

    private static NoticeTerm Notice(RuleMap map, List<NoticeTerm> before)
    {
        var from = map.Require("from") is { } value ? RuleMap.AsDate(map.Reader, value, "from") ?? default : default;
        var term = new NoticeTerm(from, map.Int("years", 1, 100), map.Text("basis"));
        map.Done();
        if (before.Exists(t => t.From == term.From))
        {
            map.Fault("from", "同一天生效的期限有两条。", "Two terms apply from the same day.");
        }

        return term;
    }

    private static RetentionTerm Term(RuleMap map, List<RetentionTerm> before)
    {
        var from = map.Require("from") is { } value ? RuleMap.AsDate(map.Reader, value, "from") ?? default : default;
        var term = new RetentionTerm(map.Text("id", 40), from, map.Int("class", 1, 3), map.Int("years", 1, 100), map.OptionalInt("minorsUntilAge", 18, 100), map.Text("basis"));
        map.Done();
        if (before.Exists(t => t.TermId == term.TermId))
        {
            map.Fault("id", $"“{term.TermId}”出现了两次。", $"\"{term.TermId}\" is there twice.");
        }

        if (before.Exists(t => t.Class == term.Class && t.From == term.From))
        {
            map.Fault("from", "同一级别在同一天生效的期限有两条。", "Two terms of this class apply from the same day.");
        }

        return term;
    }
}
