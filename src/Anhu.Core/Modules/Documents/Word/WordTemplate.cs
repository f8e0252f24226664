using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Anhu.Modules.Documents.Word;

/// <summary>
/// A Word file whose marks are filled: <c>{{field}}</c> takes a text, <c>{{#field}}…{{/field}}</c> stays when the field has a text and repeats for each item
/// of a list, <c>{{^field}}…{{/field}}</c> stays when it has none. The last two go around words of one paragraph, around whole paragraphs (each mark alone in
/// its own) or around the cells of a table's row. Content controls whose tag names a field are marks too. What Word did to the marks (splitting
/// them over runs) does not matter.
/// </summary>
internal sealed partial class WordTemplate
{
    private readonly WordFile file;

    private WordTemplate(WordFile file) => this.file = file;

    /// <summary>Reads a template and checks it against its kind.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <returns>Null when anything is wrong.</returns>
    public static WordTemplate? Open(byte[] bytes, DocumentKind kind, List<TemplateFault> faults)
    {
        if (WordFile.Open(bytes, faults) is not { } file)
        {
            return null;
        }

        foreach (var (part, root) in file.Texts)
        {
            foreach (var (number, paragraph) in root.Descendants(W.Name("p")).Index())
            {
                paragraph.AddAnnotation(new Place(part, number + 1));
            }

            Prepare(root, part, faults);
            ShownWords.Check(root, part, faults);
        }

        if (file.Styles is { } styles)
        {
            ShownWords.CheckStyles(styles, file.Texts.Select(t => t.Root), faults);
        }

        if (faults.Count == 0)
        {
            var check = new Check(kind, faults);
            foreach (var (_, root) in file.Texts)
            {
                check.Container(root.Is("document") ? file.Body : root, kind.Fields, isBody: root.Is("document"));
            }

            check.Missing();
        }

        return faults.Count == 0 ? new WordTemplate(file) : null;
    }

    /// <summary>Fills the marks. A template can be filled once.</summary>
    /// <param name="values">The values.</param>
    /// <param name="code">Size in pixels of the picture of the code, for its place; null leaves the place empty.</param>
    /// <returns>The file, filled.</returns>
    public WordFile Fill(DocumentValues values, int? code)
    {
        foreach (var (_, root) in file.Texts)
        {
            new Filler(code).Container(root.Is("document") ? file.Body : root, [values]);
        }

        return file;
    }

    /// <summary>Content controls become their content or a mark; what only Word's editor needs goes; long page fields become short ones.</summary>
    private static void Prepare(XElement root, string part, List<TemplateFault> faults)
    {
        foreach (var name in (string[])["proofErr", "bookmarkStart", "bookmarkEnd", "lastRenderedPageBreak", "permStart", "permEnd", "softHyphen"])
        {
            root.Descendants(W.Name(name)).Remove();
        }

        foreach (var control in root.Descendants(W.Name("sdt")).Reverse().ToList())
        {
            if (control.Child("sdtPr").Val("tag") is { Length: > 0 } tag && control.Child("sdtPr").Child("docPartObj") is null && control.Child("sdtContent") is { } content)
            {
                var run = content.Descendants(W.Name("r")).FirstOrDefault();
                if (run is null || content.Descendants(W.Name("p")).Skip(1).Any() || content.Descendants(W.Name("tc")).Any())
                {
                    faults.Add(PlaceOf(control, part).Fault(TemplateFault.WrongUse, TextOf(control), tag));
                    continue;
                }

                content.Descendants(W.Name("r")).Where(r => r != run).Remove();
                run.Elements().Where(e => !e.Is("rPr")).Remove();
                run.Add(new XElement(W.Name("t"), "{{" + tag + "}}"));

                // Word shows what stands for a missing value in grey.
                run.Child("rPr")?.Elements(W.Name("rStyle")).Remove();
            }

            control.ReplaceWith(control.Child("sdtContent")?.Elements().ToList());
        }

        foreach (var paragraph in root.Descendants(W.Name("p")).ToList())
        {
            ShortFields(paragraph);
        }
    }

    /// <summary>A field of several runs (begin, instruction, separator, result, end) becomes one element.</summary>
    private static void ShortFields(XElement paragraph)
    {
        List<XElement>? runs = null;
        var instruction = new StringBuilder();
        foreach (var run in paragraph.Elements(W.Name("r")).ToList())
        {
            var kind = run.Child("fldChar").Get("fldCharType");
            if (kind == "begin")
            {
                runs = [];
                instruction.Clear();
            }

            if (runs is null)
            {
                continue;
            }

            runs.Add(run);
            instruction.Append(string.Concat(run.Elements(W.Name("instrText")).Select(t => t.Value)));
            if (kind == "end")
            {
                var result = new XElement(W.Name("r"), runs.Select(r => r.Child("rPr")).FirstOrDefault(p => p is not null), new XElement(W.Name("t"), "1"));
                runs[0].ReplaceWith(new XElement(W.Name("fldSimple"), new XAttribute(W.Name("instr"), instruction.ToString()), result));
                runs.Skip(1).Remove();
                runs = null;
            }
        }
    }

    /// <summary>The text of an element as people read it.</summary>
    internal static string TextOf(XElement element) => string.Concat(element.Descendants(W.Name("t")).Select(t => t.Value));

    internal static Place PlaceOf(XElement element, string part) =>
        element.AncestorsAndSelf(W.Name("p")).FirstOrDefault()?.Annotation<Place>() ?? element.Descendants(W.Name("p")).FirstOrDefault()?.Annotation<Place>() ?? new Place(part, null);

    private static List<Mark> MarksOf(string text) => [.. MarkPattern().Matches(text).Select(m => new Mark(m.Index, m.Length, m.Groups[1].Value is [var sign] ? sign : ' ', m.Groups[2].Value))];

    /// <summary>Those that open or close something beyond the words they stand among.</summary>
    private static List<Mark> Loose(IReadOnlyList<Mark> marks)
    {
        var open = new List<Mark>();
        foreach (var mark in marks)
        {
            if (mark.Sign is '#' or '^')
            {
                open.Add(mark);
            }
            else if (mark.Sign == '/')
            {
                if (open.Count > 0 && open[^1].Sign != '/' && open[^1].Name == mark.Name)
                {
                    open.RemoveAt(open.Count - 1);
                }
                else
                {
                    open.Add(mark);
                }
            }
        }

        return open;
    }

    private static Mark? Alone(XElement element) => element.Is("p") && TextOf(element).Trim() is var text && MarksOf(text) is [var mark] && mark.Length == text.Length ? mark : null;

    /// <summary>The marks around a row's cells: the first opens, the last closes.</summary>
    private static (Mark Open, Mark Close)? RowMarks(XElement row) =>
        row.Descendants(W.Name("p")).SelectMany(p => Loose(MarksOf(TextOf(p)))).ToList() is [{ Sign: '#' or '^' } open, { Sign: '/' } close] && open.Name == close.Name ? (open, close) : null;

    [GeneratedRegex(@"\{\{\s*([#^/]?)\s*([\p{L}\p{N}][\p{L}\p{N}._-]*)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex MarkPattern();

    /// <summary>Where a paragraph is.</summary>
    internal sealed record Place(string Part, int? Number)
    {
        private const int Around = 30;

        public TemplateFault Fault(string code, string text, string? detail = null, int at = 0)
        {
            var from = Math.Clamp(at - Around, 0, text.Length);
            var near = text.Substring(from, Math.Min(2 * Around, text.Length - from));
            return new TemplateFault(code, Part, Number, near.Length == 0 ? null : near, detail);
        }
    }

    private sealed record Mark(int At, int Length, char Sign, string Name);

    /// <summary>Goes the way that filling goes, and says what could not be filled.</summary>
    private sealed class Check(DocumentKind kind, List<TemplateFault> faults)
    {
        private static readonly string[] Whereabouts = ["address", "phone", "mobile", "shelter", "school", "workplace", "plate", "vehicle", "clinic", "住址", "地址", "电话", "手机", "庇护", "学校", "单位地址", "车牌"];
        private readonly HashSet<string> seen = new(StringComparer.Ordinal);

        public void Missing()
        {
            foreach (var field in kind.Fields.Where(f => f.IsRequired && !seen.Contains(f.Name)))
            {
                faults.Add(new(TemplateFault.Missing, Detail: field.Name));
            }
        }

        public void Container(XElement container, IReadOnlyList<DocumentField> scope, bool isBody)
        {
            var children = container.Elements().ToList();
            for (var i = 0; i < children.Count; i++)
            {
                var child = children[i];
                if (child.Is("p"))
                {
                    if (Alone(child) is { Sign: '#' or '^' } open)
                    {
                        if (CloseOf(children, i, open.Name) is not { } close)
                        {
                            Add(child, TemplateFault.Mark, open);
                            continue;
                        }

                        var inner = new XElement("part", children[(i + 1)..close]);
                        Restore(children[(i + 1)..close], inner);
                        Container(inner, Enter(child, open, scope), isBody);
                        i = close;
                        continue;
                    }

                    Paragraph(child, scope, isBody, []);
                }
                else if (child.Is("tbl"))
                {
                    foreach (var row in child.Elements(W.Name("tr")))
                    {
                        var around = RowMarks(row);
                        var within = around is var (open, _) ? Enter(row.Descendants(W.Name("p")).First(), open, scope) : scope;
                        foreach (var cell in row.Elements(W.Name("tc")))
                        {
                            if (around is null)
                            {
                                Container(cell, within, isBody);
                                continue;
                            }

                            foreach (var paragraph in cell.Elements(W.Name("p")))
                            {
                                Paragraph(paragraph, within, isBody, [around.Value.Open, around.Value.Close]);
                            }
                        }
                    }
                }
            }
        }

        /// <summary>Clones made for looking lose what was noted on them.</summary>
        private static void Restore(IReadOnlyList<XElement> from, XElement inner)
        {
            foreach (var (original, copy) in from.SelectMany(e => e.DescendantsAndSelf(W.Name("p"))).Zip(inner.Descendants(W.Name("p"))))
            {
                if (original.Annotation<Place>() is { } place)
                {
                    copy.AddAnnotation(place);
                }
            }
        }

        private void Paragraph(XElement paragraph, IReadOnlyList<DocumentField> scope, bool isBody, List<Mark> outer)
        {
            var text = TextOf(paragraph);
            var marks = MarksOf(text);
            foreach (var loose in Loose(marks).Where(l => !outer.Exists(o => o.Sign == l.Sign && o.Name == l.Name)))
            {
                Add(paragraph, TemplateFault.Mark, loose);
            }

            // Braces that are no mark: cut by something that is no text, or typed full width.
            var rest = string.Concat(Enumerable.Range(0, text.Length).Select(i => marks.Exists(m => i >= m.At && i < m.At + m.Length) ? ' ' : text[i]));
            foreach (var brace in (string[])["{{", "}}", "｛｛", "｝｝"])
            {
                if (rest.IndexOf(brace, StringComparison.Ordinal) is >= 0 and var at)
                {
                    faults.Add(PlaceOf(paragraph, "").Fault(TemplateFault.Mark, text, null, at));
                    return;
                }
            }

            var scopes = new Stack<IReadOnlyList<DocumentField>>([scope]);
            foreach (var mark in marks)
            {
                switch (mark.Sign)
                {
                    case '#' or '^' when !outer.Exists(o => o.Sign == mark.Sign && o.Name == mark.Name):
                        scopes.Push(Enter(paragraph, mark, scopes.Peek()));
                        break;
                    case '/' when scopes.Count > 1:
                        scopes.Pop();
                        break;
                    case ' ':
                        if (Find(paragraph, mark, scopes.Peek()) is { } field)
                        {
                            if (field.Items is not null || (field.Name == DocumentField.Code && !isBody))
                            {
                                Add(paragraph, TemplateFault.WrongUse, mark);
                            }
                        }

                        break;
                }
            }
        }

        private IReadOnlyList<DocumentField> Enter(XElement paragraph, Mark mark, IReadOnlyList<DocumentField> scope) =>
            Find(paragraph, mark, scope) is { Items: { } items } && mark.Sign == '#' ? [.. items, .. scope] : scope;

        private DocumentField? Find(XElement paragraph, Mark mark, IReadOnlyList<DocumentField> scope)
        {
            if (scope.FirstOrDefault(f => f.Name == mark.Name) is { } field)
            {
                seen.Add(mark.Name);
                return field;
            }

            Add(paragraph, Whereabouts.Any(w => mark.Name.Contains(w, StringComparison.OrdinalIgnoreCase)) ? TemplateFault.Forbidden : TemplateFault.Unknown, mark);
            return null;
        }

        private void Add(XElement paragraph, string code, Mark mark) => faults.Add(PlaceOf(paragraph, "").Fault(code, TextOf(paragraph), mark.Name, mark.At));
    }

    private static int? CloseOf(List<XElement> children, int from, string name)
    {
        var depth = 0;
        for (var i = from; i < children.Count; i++)
        {
            if (Alone(children[i]) is { } mark && mark.Name == name)
            {
                depth += mark.Sign is '#' or '^' ? 1 : mark.Sign == '/' ? -1 : 0;
                if (depth == 0)
                {
                    return i;
                }
            }
        }

        return null;
    }

    /// <summary>Puts the values in.</summary>
    private sealed class Filler(int? code)
    {
        /// <summary>Longest edge of the picture of the code, in the units of Word's drawings: 25 mm.</summary>
        private const int CodeSize = 25 * 36_000;

        private int pictures;

        public void Container(XElement container, IReadOnlyList<DocumentValues> scope)
        {
            var children = container.Elements().ToList();
            for (var i = 0; i < children.Count; i++)
            {
                var child = children[i];
                if (child.Is("p"))
                {
                    if (Alone(child) is { Sign: '#' or '^' } open && CloseOf(children, i, open.Name) is { } close)
                    {
                        foreach (var item in Items(open, scope))
                        {
                            var part = new XElement("part", children[(i + 1)..close]);
                            Container(part, item);
                            child.AddBeforeSelf(part.Elements());
                        }

                        foreach (var gone in children[i..(close + 1)])
                        {
                            gone.Remove();
                        }

                        i = close;
                    }
                    else if (Alone(child) is { Sign: ' ' } value && Text(value.Name, scope).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 1 } lines)
                    {
                        foreach (var line in lines)
                        {
                            var own = new XElement(child);
                            Paragraph(own, [new DocumentValues().With(value.Name, line), .. scope]);
                            child.AddBeforeSelf(own);
                        }

                        child.Remove();
                    }
                    else
                    {
                        Paragraph(child, scope);
                    }
                }
                else if (child.Is("tbl"))
                {
                    Table(child, scope);
                }
            }

            if (container.Is("tc") && container.Child("p") is null)
            {
                container.Add(new XElement(W.Name("p")));
            }
        }

        private void Table(XElement table, IReadOnlyList<DocumentValues> scope)
        {
            foreach (var row in table.Elements(W.Name("tr")).ToList())
            {
                if (RowMarks(row) is not var (open, close))
                {
                    foreach (var cell in row.Elements(W.Name("tc")))
                    {
                        Container(cell, scope);
                    }

                    continue;
                }

                foreach (var item in Items(open, scope))
                {
                    var own = new XElement(row);
                    foreach (var paragraph in own.Descendants(W.Name("p")))
                    {
                        Paragraph(paragraph, item, [open, close]);
                    }

                    row.AddBeforeSelf(own);
                }

                row.Remove();
            }

            if (table.Child("tr") is null)
            {
                table.Remove();
            }
        }

        private static List<IReadOnlyList<DocumentValues>> Items(Mark mark, IReadOnlyList<DocumentValues> scope)
        {
            var list = scope.Select(s => s.FindList(mark.Name)).FirstOrDefault(l => l is not null);
            var isThere = list is { Count: > 0 } || (mark.Name == DocumentField.Code) || Text(mark.Name, scope).Length > 0;
            return mark.Sign == '^' ? (isThere ? [] : [scope])
                : list is not null ? [.. list.Select(i => (IReadOnlyList<DocumentValues>)[i, .. scope])]
                : isThere ? [scope] : [];
        }

        private static string Text(string name, IReadOnlyList<DocumentValues> scope) => scope.Select(s => s.FindText(name)).FirstOrDefault(t => t is not null) ?? "";

        /// <summary>A paragraph: its runs are taken apart into characters and things, filled, and put together again, each with the look of the run that its mark began in.</summary>
        private void Paragraph(XElement paragraph, IReadOnlyList<DocumentValues> scope, IReadOnlyList<Mark>? outer = null)
        {
            if (!TextOf(paragraph).Contains("{{", StringComparison.Ordinal))
            {
                return;
            }

            var text = new StringBuilder();
            var origin = new List<(XElement Run, XElement? Thing)>();
            foreach (var child in paragraph.Elements().Where(e => !e.Is("pPr")))
            {
                if (!child.Is("r"))
                {
                    text.Append('\uFFFC');
                    origin.Add((child, child));
                    continue;
                }

                foreach (var piece in child.Elements().Where(e => !e.Is("rPr")))
                {
                    var letters = piece.Is("t") ? piece.Value : "\uFFFC";
                    text.Append(letters);
                    origin.AddRange(Enumerable.Repeat((child, piece.Is("t") ? null : piece), letters.Length));
                }
            }

            var all = text.ToString();
            var marks = MarksOf(all).Where(m => outer is null || !outer.Any(o => o.Sign == m.Sign && o.Name == m.Name)).ToList();
            var gone = MarksOf(all).Except(marks).ToList();
            var filled = new List<(XElement Run, object What)>();
            Range(0, all.Length, 0, scope);
            paragraph.Elements().Where(e => !e.Is("pPr")).Remove();
            XElement? last = null, lastOf = null;
            foreach (var (run, what) in filled)
            {
                if (what is XElement thing && thing == run)
                {
                    paragraph.Add(thing);
                    (last, lastOf) = (null, null);
                    continue;
                }

                if (last is null || lastOf != run)
                {
                    last = new XElement(W.Name("r"), run.Child("rPr"));
                    lastOf = run;
                    paragraph.Add(last);
                }

                if (what is XElement piece)
                {
                    last.Add(piece);
                }
                else
                {
                    foreach (var (n, line) in ((string)what).Split('\n').Index())
                    {
                        if (n > 0)
                        {
                            last.Add(new XElement(W.Name("br")));
                        }

                        if (line.Length > 0)
                        {
                            last.Add(new XElement(W.Name("t"), new XAttribute(XNamespace.Xml + "space", "preserve"), line));
                        }
                    }
                }
            }

            int Range(int from, int to, int next, IReadOnlyList<DocumentValues> within)
            {
                for (var i = from; i < to;)
                {
                    if (gone.Find(g => g.At == i) is { } outerMark)
                    {
                        i += outerMark.Length;
                        continue;
                    }

                    if (next >= marks.Count || marks[next].At > i)
                    {
                        var (run, thing) = origin[i];
                        var end = i + 1;
                        if (thing is null)
                        {
                            while (end < to && origin[end] == (run, null) && (next >= marks.Count || end < marks[next].At) && !gone.Exists(g => g.At == end))
                            {
                                end++;
                            }

                            filled.Add((run, all[i..end]));
                        }
                        else
                        {
                            filled.Add((run, thing));
                        }

                        i = end;
                        continue;
                    }

                    var mark = marks[next];
                    if (mark.Sign is '#' or '^')
                    {
                        var depth = 0;
                        var close = next;
                        for (; close < marks.Count; close++)
                        {
                            depth += marks[close].Name != mark.Name ? 0 : marks[close].Sign is '#' or '^' ? 1 : marks[close].Sign == '/' ? -1 : 0;
                            if (depth == 0)
                            {
                                break;
                            }
                        }

                        foreach (var item in Items(mark, within))
                        {
                            Range(mark.At + mark.Length, marks[close].At, next + 1, item);
                        }

                        next = close + 1;
                        i = marks[close].At + marks[close].Length;
                        continue;
                    }

                    if (mark.Sign == ' ')
                    {
                        var run = origin[mark.At].Run;
                        if (mark.Name != DocumentField.Code)
                        {
                            filled.Add((run, Text(mark.Name, within)));
                        }
                        else if (code is not null)
                        {
                            filled.Add((run, Picture()));
                        }
                    }

                    next++;
                    i = mark.At + mark.Length;
                }

                return next;
            }
        }

        private XElement Picture()
        {
            XNamespace wp = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing", a = "http://schemas.openxmlformats.org/drawingml/2006/main", pic = "http://schemas.openxmlformats.org/drawingml/2006/picture";
            var id = (++pictures).ToString(CultureInfo.InvariantCulture);
            XAttribute[] Size(string x, string y) => [new XAttribute(x, CodeSize), new XAttribute(y, CodeSize)];
            return new XElement(W.Name("drawing"), new XElement(
                wp + "inline", new XAttribute("distT", 0), new XAttribute("distB", 0), new XAttribute("distL", 0), new XAttribute("distR", 0),
                new XElement(wp + "extent", Size("cx", "cy")),
                new XElement(wp + "docPr", new XAttribute("id", id), new XAttribute("name", "code" + id), new XAttribute("descr", "查验码")),
                new XElement(a + "graphic", new XElement(
                    a + "graphicData", new XAttribute("uri", pic.NamespaceName),
                    new XElement(
                        pic + "pic",
                        new XElement(pic + "nvPicPr", new XElement(pic + "cNvPr", new XAttribute("id", id), new XAttribute("name", "code.png")), new XElement(pic + "cNvPicPr")),
                        new XElement(pic + "blipFill", new XElement(a + "blip", new XAttribute(W.Rel + "embed", "rIdCode")), new XElement(a + "stretch", new XElement(a + "fillRect"))),
                        new XElement(
                            pic + "spPr",
                            new XElement(a + "xfrm", new XElement(a + "off", new XAttribute("x", 0), new XAttribute("y", 0)), new XElement(a + "ext", Size("cx", "cy"))),
                            new XElement(a + "prstGeom", new XAttribute("prst", "rect"), new XElement(a + "avLst"))))))));
        }
    }
}
