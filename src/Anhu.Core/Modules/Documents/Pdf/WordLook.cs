using System.Globalization;
using System.Xml.Linq;
using Anhu.Modules.Documents.Word;
using SkiaSharp;

namespace Anhu.Modules.Documents.Pdf;

/// <summary>How letters look. Sizes in points.</summary>
internal sealed record RunLook(FontRole Font, float Size, bool Bold, bool Italic, bool Underline, SKColor Color, float Spacing);

/// <summary>How a paragraph stands. Lengths in points.</summary>
internal sealed record ParagraphLook
{
    public string Align { get; init; } = "left";

    public float Left { get; init; }

    public float Right { get; init; }

    /// <summary>Of the first line, beside <see cref="Left"/>; below 0 for a hanging indent.</summary>
    public float First { get; init; }

    public float Before { get; init; }

    public float After { get; init; }

    /// <summary>Height of a line: points when exact or at least, else a multiple.</summary>
    public float Line { get; init; } = 1;

    public string LineRule { get; init; } = "auto";

    public bool KeepNext { get; init; }

    public bool PageBreakBefore { get; init; }

    public (float Width, SKColor Color)? TopRule { get; init; }

    public (float Width, SKColor Color)? BottomRule { get; init; }

    public IReadOnlyList<float> Tabs { get; init; } = [];
}

/// <summary>Works out looks from what is written on runs and paragraphs, their styles and the document's own settings.</summary>
internal sealed class WordLook
{
    private const float DefaultSize = 10;
    private readonly Dictionary<string, XElement> styles;
    private readonly XElement? defaultRun, defaultParagraph;
    private readonly string? defaultStyle;

    public WordLook(XElement? root)
    {
        styles = (root?.Elements(W.Name("style")) ?? []).Where(s => s.Get("styleId") is not null).DistinctBy(s => s.Get("styleId")).ToDictionary(s => s.Get("styleId")!, StringComparer.Ordinal);
        defaultRun = root.Child("docDefaults").Child("rPrDefault").Child("rPr");
        defaultParagraph = root.Child("docDefaults").Child("pPrDefault").Child("pPr");
        defaultStyle = styles.Values.FirstOrDefault(s => s.Get("type") == "paragraph" && s.Get("default") is "1" or "true").Get("styleId");
    }

    public static float Points(string? twips, float otherwise = 0) => Number(twips) is { } value ? value / 20f : otherwise;

    public static float? Number(string? text) => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value) ? Math.Clamp(value, -40_000, 40_000) : null;

    public RunLook Run(XElement? paragraph, XElement? run)
    {
        var layers = new List<XElement?> { run.Child("rPr") };
        layers.AddRange(Chain(run.Child("rPr").Val("rStyle")).Select(s => s.Child("rPr")));
        layers.AddRange(Chain(paragraph.Child("pPr").Val("pStyle") ?? defaultStyle).Select(s => s.Child("rPr")));
        layers.Add(defaultRun);
        string? First(Func<XElement?, string?> read) => layers.Select(read).FirstOrDefault(v => v is not null);
        bool On(string name) => layers.Select(l => l.On(name)).FirstOrDefault(v => v is not null) ?? false;
        var underline = First(l => l.Val("u"));
        return new RunLook(
            FontBook.RoleOf(First(l => l.Child("rFonts").Get("eastAsia"))),
            Number(First(l => l.Val("sz"))) is { } half and > 0 ? Math.Clamp(half / 2, 1, 200) : DefaultSize,
            On("b"), On("i"), underline is not (null or "none"),
            Color(First(l => l.Val("color"))),
            Points(First(l => l.Child("spacing").Get("val"))));
    }

    public ParagraphLook Paragraph(XElement paragraph)
    {
        var layers = new List<XElement?> { paragraph.Child("pPr") };
        layers.AddRange(Chain(paragraph.Child("pPr").Val("pStyle") ?? defaultStyle).Select(s => s.Child("pPr")));
        layers.Add(defaultParagraph);
        string? First(Func<XElement?, string?> read) => layers.Select(read).FirstOrDefault(v => v is not null);
        string? Indent(string name) => First(l => l.Child("ind").Get(name));
        string? Spacing(string name) => First(l => l.Child("spacing").Get(name));
        bool On(string name) => layers.Select(l => l.On(name)).FirstOrDefault(v => v is not null) ?? false;

        // Indents in characters go by the size of the paragraph's first letters, as in Word, and win over those in lengths.
        var size = Run(paragraph, paragraph.Child("r")).Size;
        float? Characters(string name) => Number(Indent(name)) is { } hundredths and not 0 ? hundredths / 100 * size : null;
        var first = Characters("firstLineChars") ?? -Characters("hangingChars")
            ?? (Number(Indent("hanging")) is { } hanging and not 0 ? -hanging / 20 : Points(Indent("firstLine")));
        var rule = Spacing("lineRule") ?? "auto";
        return new ParagraphLook
        {
            Align = First(l => l.Val("jc")) switch { "center" => "center", "right" or "end" => "right", "both" or "distribute" => "both", _ => "left" },
            Left = Characters("leftChars") ?? Characters("startChars") ?? Points(Indent("left") ?? Indent("start")),
            Right = Characters("rightChars") ?? Characters("endChars") ?? Points(Indent("right") ?? Indent("end")),
            First = first,
            Before = Math.Max(0, Number(Spacing("beforeLines")) is { } before and > 0 ? before / 100 * 15.6f : Points(Spacing("before"))),
            After = Math.Max(0, Number(Spacing("afterLines")) is { } after and > 0 ? after / 100 * 15.6f : Points(Spacing("after"))),
            LineRule = rule,
            Line = Number(Spacing("line")) is { } line and > 0 ? (rule == "auto" ? line / 240 : line / 20) : rule == "auto" ? 1 : 0,
            KeepNext = On("keepNext"), PageBreakBefore = On("pageBreakBefore"),
            TopRule = Rule(layers, "top"), BottomRule = Rule(layers, "bottom"),
            Tabs = [.. (layers.Select(l => l.Child("tabs")).FirstOrDefault(t => t is not null)?.Elements(W.Name("tab")) ?? []).Where(t => t.Get("val") != "clear").Select(t => Points(t.Get("pos"))).Order()],
        };
    }

    public static SKColor Color(string? value) =>
        value is { Length: 6 } && uint.TryParse(value, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var rgb) ? new SKColor(0xFF000000 | rgb) : SKColors.Black;

    /// <summary>A border: its width and colour; null for none.</summary>
    public static (float Width, SKColor Color)? Border(XElement? border) =>
        border.Get("val") is null or "none" or "nil" ? null : (Math.Clamp((Number(border.Get("sz")) ?? 4) / 8, 0.25f, 6), Color(border.Get("color")));

    private static (float, SKColor)? Rule(List<XElement?> layers, string side) => Border(layers.Select(l => l.Child("pBdr").Child(side)).FirstOrDefault(b => b is not null));

    /// <summary>A style and those that it is based on.</summary>
    public IEnumerable<XElement> Chain(string? id)
    {
        for (var depth = 0; id is not null && depth < 12 && styles.TryGetValue(id, out var style); depth++)
        {
            yield return style;
            id = style.Val("basedOn");
        }
    }
}
