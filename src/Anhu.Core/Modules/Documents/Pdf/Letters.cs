using System.Text;
using System.Xml.Linq;
using Anhu.Modules.Documents.Word;
using SkiaSharp;

namespace Anhu.Modules.Documents.Pdf;

/// <summary>What an atom of a line is.</summary>
internal enum AtomKind
{
    Text,
    Space,
    Tab,
    LineBreak,
    PageBreak,
    Picture,
}

/// <summary>The smallest part of a line that is not broken: a Chinese character, a word, a blank.</summary>
internal sealed record Atom(AtomKind Kind, string Text, RunLook Look, SKTypeface? Face, float Width)
{
    public Rune First => Rune.GetRuneAt(Text, 0);

    public Rune Last => Text.EnumerateRunes().Last();
}

/// <summary>A line: its atoms, and how high it is.</summary>
internal sealed record Line(IReadOnlyList<Atom> Atoms, float Start, float Room, float Height, bool IsJustified, bool EndsPage)
{
    public float Width => Atoms.Sum(a => a.Width);
}

/// <summary>Page numbers as a header or footer shows them.</summary>
internal sealed record PageNumbers(int Page, int Of);

/// <summary>Breaks paragraphs into lines by the rules of Chinese print, and draws them so that their text can be read out of the PDF again.</summary>
internal sealed class Letters(FontBook fonts, WordLook looks, SKImage? picture, Action<Rune, string> missing) : IDisposable
{
    /// <summary>No line begins with these.</summary>
    private const string NotFirst = "、。，．：；？！‐’”…—～·‥）］｝〉》」』】〕〗〙〛％‰℃°,.:;?!)]}%ーぁぃぅぇぉっゃゅょ々〻";

    /// <summary>No line ends with these.</summary>
    private const string NotLast = "（［｛〈《「『【〔〖〘〚“‘([{￥＄$";

    private const float NaturalLine = 1.3f;
    private const float TabStep = 21;
    private readonly Dictionary<(IntPtr, float), SKFont> open = [];
    private readonly Dictionary<(IntPtr, float, int), float> widths = [];

    /// <summary>The lines of a paragraph.</summary>
    /// <param name="paragraph">The paragraph.</param>
    /// <param name="look">How it stands.</param>
    /// <param name="width">Room, points.</param>
    /// <param name="page">Page numbers for headers and footers.</param>
    public IReadOnlyList<Line> Break(XElement paragraph, ParagraphLook look, float width, PageNumbers? page)
    {
        var atoms = Atoms(paragraph, page);
        var lines = new List<Line>();
        var natural = looks.Run(paragraph, paragraph.Child("r")).Size;
        for (var at = 0; at < atoms.Count || lines.Count == 0;)
        {
            var start = look.Left + (lines.Count == 0 ? look.First : 0);
            var room = Math.Max(20, width - start - look.Right);
            var (end, next, hard, endsPage) = Fill(atoms, at, room, start, look.Tabs);
            if (end == at && next == at && at < atoms.Count)
            {
                // A word that is wider than the line is cut where it must be.
                Cut(atoms, at, room);
                continue;
            }

            IReadOnlyList<Atom> own = [.. atoms[at..end]];
            lines.Add(new Line(own, start, room, Height(own, look, natural), look.Align == "both" && !hard && next < atoms.Count, endsPage));
            at = next;
        }

        return lines;
    }

    /// <summary>Draws a line.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="line">The line.</param>
    /// <param name="align">How it stands in its room.</param>
    /// <param name="x">Left edge of the paragraph's room.</param>
    /// <param name="y">Top.</param>
    public void Draw(SKCanvas canvas, Line line, string align, float x, float y)
    {
        if (line.Atoms.Count == 0)
        {
            return;
        }

        var left = line.Room - line.Width;
        x += line.Start + (align == "center" ? left / 2 : align == "right" ? left : 0);
        var gap = line.IsJustified && line.Atoms.Count > 1 && left > 0 ? left / (line.Atoms.Count - 1) : 0;

        // A line that a long number was too wide for would be torn apart.
        gap = gap > line.Atoms[0].Look.Size / 2 ? 0 : gap;
        var size = line.Atoms.Where(a => a.Kind != AtomKind.Picture).Select(a => a.Look.Size).DefaultIfEmpty(10).Max();
        var baseline = y + ((line.Height - size) / 2) + (0.88f * size);
        for (var i = 0; i < line.Atoms.Count;)
        {
            var first = line.Atoms[i];
            if (first.Kind == AtomKind.Picture)
            {
                canvas.DrawImage(picture, new SKRect(x, y + line.Height - first.Width, x + first.Width, y + line.Height), new SKSamplingOptions(SKFilterMode.Nearest));
                x += first.Width + gap;
                i++;
                continue;
            }

            var run = new List<Atom>();
            for (; i < line.Atoms.Count && line.Atoms[i] is { Kind: AtomKind.Text or AtomKind.Space } atom && atom.Look == first.Look && atom.Face == first.Face; i++)
            {
                run.Add(atom);
            }

            if (run.Count == 0)
            {
                x += first.Width + gap;
                i++;
                continue;
            }

            x = Draw(canvas, run, x, baseline, gap);
        }
    }

    public void Dispose()
    {
        foreach (var font in open.Values)
        {
            font.Dispose();
        }
    }

    /// <summary>
    /// Draws letters of one look with the text that they stand for: without it, what is copied out of the PDF has radicals in the place of
    /// characters, since the font has one glyph for both.
    /// </summary>
    private float Draw(SKCanvas canvas, List<Atom> run, float x, float baseline, float gap)
    {
        var look = run[0].Look;
        var font = Font(run[0].Face!, look.Size);
        var text = string.Concat(run.Select(a => a.Text));
        var utf8 = Encoding.UTF8.GetBytes(text);
        var runes = text.EnumerateRunes().ToList();
        using var builder = new SKTextBlobBuilder();
        var raw = builder.AllocateRawHorizontalTextRun(font, runes.Count, 0, utf8.Length, null);
        var (n, offset, from) = (0, 0, x);
        foreach (var atom in run)
        {
            foreach (var rune in atom.Text.EnumerateRunes())
            {
                raw.Glyphs[n] = font.GetGlyph(rune.Value);
                raw.Positions[n] = x;
                raw.Clusters[n] = (uint)offset;
                offset += rune.Utf8SequenceLength;
                x += Width(run[0].Face!, look, rune);
                n++;
            }

            x += gap;
        }

        utf8.CopyTo(raw.Text);
        using var blob = builder.Build();
        using var paint = new SKPaint { Color = look.Color, IsAntialias = true };
        if (blob is not null)
        {
            if (look.Italic)
            {
                // Chinese fonts have no slanted face.
                canvas.Save();
                canvas.Concat(SKMatrix.CreateSkew(-0.2f, 0).PostConcat(SKMatrix.CreateTranslation(0.2f * baseline, 0)));
            }

            canvas.DrawText(blob, 0, baseline, paint);
            if (look.Italic)
            {
                canvas.Restore();
            }
        }

        if (look.Underline)
        {
            paint.StrokeWidth = Math.Max(0.5f, look.Size / 24);
            canvas.DrawLine(from, baseline + (0.14f * look.Size), x - gap, baseline + (0.14f * look.Size), paint);
        }

        return x;
    }

    private List<Atom> Atoms(XElement paragraph, PageNumbers? page)
    {
        var atoms = new List<Atom>();
        foreach (var child in paragraph.Elements())
        {
            if (child.Is("fldSimple"))
            {
                var isCount = child.Get("instr")?.Contains("NUMPAGES", StringComparison.OrdinalIgnoreCase) == true;
                Add(atoms, (isCount ? page?.Of : page?.Page)?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "", looks.Run(paragraph, child.Child("r")));
            }
            else if (child.Is("r"))
            {
                var look = looks.Run(paragraph, child);
                foreach (var piece in child.Elements())
                {
                    switch (piece.Name.LocalName)
                    {
                        case "t": Add(atoms, piece.Value, look); break;
                        case "noBreakHyphen": Add(atoms, "-", look); break;
                        case "tab": atoms.Add(new Atom(AtomKind.Tab, "\t", look, null, 0)); break;
                        case "br": atoms.Add(new Atom(piece.Get("type") == "page" ? AtomKind.PageBreak : AtomKind.LineBreak, "\n", look, null, 0)); break;
                        case "cr": atoms.Add(new Atom(AtomKind.LineBreak, "\n", look, null, 0)); break;
                        case "drawing" when picture is not null:
                            var edge = WordLook.Number(piece.Descendants().FirstOrDefault(e => e.Name.LocalName == "extent")?.Attribute("cx")?.Value is { } emu ? (double.Parse(emu, System.Globalization.CultureInfo.InvariantCulture) / 12_700).ToString(System.Globalization.CultureInfo.InvariantCulture) : null) ?? 70;
                            atoms.Add(new Atom(AtomKind.Picture, "\uFFFC", look, null, edge));
                            break;
                    }
                }
            }
        }

        return atoms;
    }

    private void Add(List<Atom> atoms, string text, RunLook look)
    {
        var word = new StringBuilder();
        SKTypeface? face = null;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) && rune.Value != 0x3000 && rune.Value != 0xA0)
            {
                End();
                var blank = fonts.Face(look.Font, look.Bold);
                atoms.Add(new Atom(AtomKind.Space, " ", look, blank, Width(blank, look, new Rune(' '))));
                continue;
            }

            var own = fonts.FaceOf(look.Font, look.Bold, rune);
            if (own is null)
            {
                missing(rune, text);
                own = fonts.Face(look.Font, look.Bold);
            }

            var isWord = rune.Value < 0x2E80 && (Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_' or '.' or ',' or '/' or ':' or '@' or '#' or '%' or '&' or '=' or '?' or '+' or '\'' or 0xA0);
            if (!isWord)
            {
                End();
                atoms.Add(new Atom(AtomKind.Text, rune.ToString(), look, own, Width(own, look, rune)));
                continue;
            }

            if (face != own)
            {
                End();
                face = own;
            }

            word.Append(rune.ToString());
            if (rune.Value == '-')
            {
                End();
            }
        }

        End();

        void End()
        {
            if (word.Length > 0)
            {
                var all = word.ToString();
                atoms.Add(new Atom(AtomKind.Text, all, look, face, all.EnumerateRunes().Sum(r => Width(face!, look, r))));
                word.Clear();
            }

            face = null;
        }
    }

    /// <summary>How far a line reaches: up to which atom it shows, with which the next begins, whether a break was asked for.</summary>
    private static (int End, int Next, bool Hard, bool EndsPage) Fill(List<Atom> atoms, int from, float room, float start, IReadOnlyList<float> tabs)
    {
        var width = 0f;
        var i = from;
        for (; i < atoms.Count; i++)
        {
            var atom = atoms[i];
            if (atom.Kind is AtomKind.LineBreak or AtomKind.PageBreak)
            {
                return (i, i + 1, true, atom.Kind == AtomKind.PageBreak);
            }

            if (atom.Kind == AtomKind.Tab)
            {
                var stop = tabs.FirstOrDefault(t => t > start + width + 0.1f);
                stop = stop > 0 ? stop : (MathF.Floor((start + width + 0.1f) / TabStep) + 1) * TabStep;
                atom = atoms[i] = atom with { Width = Math.Max(0, stop - start - width) };
            }

            if (width + atom.Width > room + 0.05f && atom.Kind != AtomKind.Space)
            {
                break;
            }

            width += atom.Width;
        }

        if (i == atoms.Count)
        {
            return (i, i, false, false);
        }

        var cut = i;
        while (cut > from && !MayBreak(atoms[cut - 1], atoms[cut]))
        {
            cut--;
        }

        cut = cut == from ? i : cut;
        var end = cut;
        while (end > from && atoms[end - 1].Kind == AtomKind.Space)
        {
            end--;
        }

        return (end, cut, false, false);
    }

    private static bool MayBreak(Atom before, Atom after) =>
        after.Kind != AtomKind.Space
        && (before.Kind != AtomKind.Text || !NotLast.Contains(before.Last.ToString(), StringComparison.Ordinal))
        && (after.Kind != AtomKind.Text || !NotFirst.Contains(after.First.ToString(), StringComparison.Ordinal))
        && !(before is { Kind: AtomKind.Text, Text: "—" or "…" } && after.Text == before.Text);

    private void Cut(List<Atom> atoms, int at, float room)
    {
        var atom = atoms[at];
        var runes = atom.Kind == AtomKind.Text ? atom.Text.EnumerateRunes().ToList() : [];
        if (runes.Count < 2)
        {
            // A single thing that is wider than the page: it is put there all the same.
            atoms[at] = atom with { Width = room };
            return;
        }

        var (width, n) = (0f, 0);
        while (n < runes.Count - 1 && (n == 0 || width + Width(atom.Face!, atom.Look, runes[n]) <= room))
        {
            width += Width(atom.Face!, atom.Look, runes[n]);
            n++;
        }

        var head = string.Concat(runes.Take(n));
        atoms[at] = atom with { Text = head, Width = width };
        atoms.Insert(at + 1, atom with { Text = atom.Text[head.Length..], Width = atom.Width - width });
    }

    private static float Height(IReadOnlyList<Atom> atoms, ParagraphLook look, float empty)
    {
        var letters = atoms.Where(a => a.Kind != AtomKind.Picture).Select(a => a.Look.Size).DefaultIfEmpty(atoms.Count == 0 ? empty : 0).Max() * NaturalLine;
        var pictures = atoms.Where(a => a.Kind == AtomKind.Picture).Select(a => a.Width).DefaultIfEmpty(0).Max();
        var text = look.LineRule switch { "exact" => look.Line, "atLeast" => Math.Max(look.Line, letters), _ => letters * look.Line };
        return Math.Max(text, pictures);
    }

    private float Width(SKTypeface face, RunLook look, Rune rune)
    {
        var key = (face.Handle, look.Size, rune.Value);
        if (!widths.TryGetValue(key, out var width))
        {
            var font = Font(face, look.Size);
            Span<float> one = stackalloc float[1];
            font.GetGlyphWidths([font.GetGlyph(rune.Value)], one, []);
            widths[key] = width = one[0];
        }

        return width + look.Spacing;
    }

    private SKFont Font(SKTypeface face, float size)
    {
        if (!open.TryGetValue((face.Handle, size), out var font))
        {
            open[(face.Handle, size)] = font = new SKFont(face, size) { LinearMetrics = true, Subpixel = true, Hinting = SKFontHinting.None };
        }

        return font;
    }
}
