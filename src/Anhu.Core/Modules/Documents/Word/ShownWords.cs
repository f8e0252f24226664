using System.Xml.Linq;

namespace Anhu.Modules.Documents.Word;

/// <summary>
/// The part of Word that the PDF shows as Word does. Whatever else a template holds is refused by name: a document that looks one way
/// as DOCX and another way as PDF would be two documents.
/// </summary>
internal static class ShownWords
{
    /// <summary>Elements of texts.</summary>
    private static readonly HashSet<string> Text = new(StringComparer.Ordinal)
    {
        "document", "hdr", "ftr", "body", "p", "r", "t", "tab", "br", "cr", "noBreakHyphen", "fldSimple", "tbl", "tr", "tc", "pPr", "rPr", "tblPr", "tblPrEx", "tblGrid", "gridCol", "trPr", "tcPr", "sectPr", "background",
    };

    /// <summary>Properties that are shown, and those that change nothing on paper.</summary>
    private static readonly HashSet<string> Properties = new(StringComparer.Ordinal)
    {
        // Paragraphs.
        "pStyle", "jc", "ind", "spacing", "keepNext", "keepLines", "pageBreakBefore", "tabs", "tab", "pBdr", "top", "bottom", "left", "right", "start", "end", "widowControl", "snapToGrid", "wordWrap", "kinsoku", "overflowPunct",
        "autoSpaceDE", "autoSpaceDN", "adjustRightInd", "outlineLvl", "contextualSpacing", "suppressAutoHyphens", "topLinePunct", "textAlignment",
        // Runs.
        "rStyle", "rFonts", "b", "bCs", "i", "iCs", "u", "sz", "szCs", "color", "lang", "kern", "noProof", "webHidden", "rtl", "cs",
        // Tables.
        "tblStyle", "tblW", "tblInd", "tblLayout", "tblLook", "tblBorders", "tblCellMar", "insideH", "insideV", "tcW", "tcBorders", "tcMar", "gridSpan", "vAlign", "trHeight", "cantSplit", "tblHeader", "hideMark", "cnfStyle",
        // Pages.
        "headerReference", "footerReference", "pgSz", "pgMar", "docGrid", "cols", "pgNumType", "type",
    };

    public static void Check(XElement root, string part, List<TemplateFault> faults)
    {
        foreach (var element in root.DescendantsAndSelf())
        {
            if (element.Parent?.Annotation<TemplateFault>() is { } outer)
            {
                element.AddAnnotation(outer);
                continue;
            }

            if (Fault(element, part) is { } fault)
            {
                element.AddAnnotation(fault);
                if (!faults.Contains(fault))
                {
                    faults.Add(fault);
                }
            }
        }
    }

    /// <summary>Checks the styles that texts use, with those that these are based on.</summary>
    public static void CheckStyles(XElement styles, IEnumerable<XElement> texts, List<TemplateFault> faults)
    {
        var used = texts.SelectMany(t => t.Descendants()).Where(e => e.Is("pStyle") || e.Is("rStyle") || e.Is("tblStyle")).Select(e => e.Get("val")).ToHashSet();
        var all = styles.Elements(W.Name("style")).ToList();
        var todo = new Queue<XElement>(all.Where(s => used.Contains(s.Get("styleId")) || s.Get("default") is "1" or "true"));
        var seen = new HashSet<XElement>();
        while (todo.TryDequeue(out var style))
        {
            if (!seen.Add(style))
            {
                continue;
            }

            foreach (var based in all.Where(s => s.Get("styleId") == style.Val("basedOn")))
            {
                todo.Enqueue(based);
            }

            foreach (var property in style.Elements().Where(e => e.Is("pPr") || e.Is("rPr") || e.Is("tblPr") || e.Is("tcPr")).Descendants().Where(e => !Properties.Contains(e.Name.LocalName) || e.Name.Namespace != W.Ns))
            {
                faults.Add(new(TemplateFault.NotShown, "word/styles.xml", Near: style.Val("name"), Detail: property.Name.LocalName));
            }

            if (style.Child("tblStylePr") is { } conditional)
            {
                faults.Add(new(TemplateFault.NotShown, "word/styles.xml", Near: style.Val("name"), Detail: conditional.Name.LocalName));
            }
        }
    }

    private static TemplateFault? Fault(XElement element, string part)
    {
        var name = element.Name.LocalName;
        var isProperty = element.Ancestors().Any(a => a.Name.Namespace == W.Ns && a.Name.LocalName is "pPr" or "rPr" or "tblPr" or "trPr" or "tcPr" or "sectPr");
        var isShown = element.Name.Namespace == W.Ns && (isProperty ? Properties.Contains(name) || name is "rPr" : Text.Contains(name)) && name switch
        {
            "br" => element.Get("type") is null or "textWrapping" or "page",
            "fldSimple" => element.Get("instr")?.Trim().Split(' ')[0].ToUpperInvariant() is "PAGE" or "NUMPAGES" && !part.EndsWith("document.xml", StringComparison.Ordinal),
            "cols" => element.Get("num") is null or "1" && element.Elements().FirstOrDefault() is null,
            "tbl" => !element.Ancestors(W.Name("tc")).Any(),
            "sectPr" => element.Parent?.Is("body") == true,
            "headerReference" or "footerReference" => element.Get("type") is "default" or null,
            "jc" => element.Get("val") is "left" or "start" or "center" or "right" or "end" or "both" or "distribute" or null,
            "background" => false,
            _ => true,
        };
        return isShown ? null : WordTemplate.PlaceOf(element, part).Fault(name is "object" or "altChunk" or "control" ? TemplateFault.Embedded : TemplateFault.NotShown, Near(element), name);
    }

    private static string Near(XElement element) => WordTemplate.TextOf(element.AncestorsAndSelf(W.Name("p")).FirstOrDefault() ?? element);
}
