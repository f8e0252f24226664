using System.Text;
using System.Xml.Linq;
using Anhu.Modules.Documents.Word;
using SkiaSharp;

namespace Anhu.Modules.Documents.Pdf;

/// <summary>Lays a filled Word file out as PDF: paragraphs, tables, page breaks, headers and footers with page numbers, the picture of the code.</summary>
internal sealed class PdfWriter(FontBook fonts)
{
    /// <summary>Most pages of one document.</summary>
    private const int MostPages = 500;

    /// <summary>Writes the PDF.</summary>
    /// <param name="file">The file, filled.</param>
    /// <param name="picture">Picture of the code (PNG); null for none.</param>
    /// <param name="title">Title of the PDF.</param>
    /// <param name="at">When it is made.</param>
    /// <param name="faults">Takes characters that no font has.</param>
    /// <exception cref="FontMissingException">There is no Chinese font.</exception>
    public byte[] Write(WordFile file, byte[]? picture, string title, DateTimeOffset at, List<TemplateFault> faults)
    {
        using var image = picture is null ? null : SKImage.FromEncodedData(picture);
        var looks = new WordLook(file.Styles);
        using var letters = new Letters(fonts, looks, image, (rune, near) =>
        {
            var fault = new TemplateFault(TemplateFault.Glyph, Near: near.Length > 40 ? near[..40] : near, Detail: rune.ToString());
            if (!faults.Contains(fault))
            {
                faults.Add(fault);
            }
        });
        var section = file.Body.Child("sectPr");
        var sheet = new Sheet(section);
        var flow = new Flow(letters, looks, sheet);
        flow.Blocks([.. file.Body.Elements()]);

        using var stream = new MemoryStream();
        var metadata = new SKDocumentPdfMetadata { Title = title, Creator = "Anhu", Producer = "Anhu", Creation = at.UtcDateTime, Modified = at.UtcDateTime, RasterDpi = 300, EncodingQuality = 101, PdfA = true };
        using (var document = SKDocument.CreatePdf(stream, metadata) ?? throw new InvalidOperationException("The PDF can't be begun."))
        {
            foreach (var (n, page) in flow.Pages.Index())
            {
                var canvas = document.BeginPage(sheet.Width, sheet.Height);
                foreach (var draw in page)
                {
                    draw(canvas);
                }

                var numbers = new PageNumbers(n + 1, flow.Pages.Count);
                Edge(canvas, "headerReference", numbers, height => sheet.HeaderAt);
                Edge(canvas, "footerReference", numbers, height => sheet.Height - sheet.FooterAt - height);
                document.EndPage();
            }

            document.Close();
        }

        return stream.ToArray();

        void Edge(SKCanvas canvas, string reference, PageNumbers numbers, Func<float, float> top)
        {
            if (file.Referenced(section.Child(reference)) is not { } root)
            {
                return;
            }

            var paragraphs = root.Elements(W.Name("p")).Select(p => (Look: looks.Paragraph(p), Paragraph: p)).Select(p => (p.Look, Lines: letters.Break(p.Paragraph, p.Look, sheet.Room, numbers))).ToList();
            var y = top(paragraphs.Sum(p => p.Look.Before + p.Look.After + p.Lines.Sum(l => l.Height)));
            foreach (var (look, lines) in paragraphs)
            {
                y += look.Before;
                foreach (var line in lines)
                {
                    letters.Draw(canvas, line, look.Align, sheet.Left, y);
                    y += line.Height;
                }

                y += look.After;
            }
        }
    }

    /// <summary>The sheet, in points; A4 with the margins of official documents (GB/T 9704) where nothing is said.</summary>
    private sealed class Sheet
    {
        public Sheet(XElement? section)
        {
            var (size, margins) = (section.Child("pgSz"), section.Child("pgMar"));
            Width = Math.Clamp(WordLook.Points(size.Get("w"), 595.3f), 100, 2000);
            Height = Math.Clamp(WordLook.Points(size.Get("h"), 841.9f), 100, 2000);
            Left = Math.Clamp(WordLook.Points(margins.Get("left"), 79.4f), 0, Width / 3);
            Top = Math.Clamp(WordLook.Points(margins.Get("top"), 104.9f), 0, Height / 3);
            Right = Math.Clamp(WordLook.Points(margins.Get("right"), 73.7f), 0, Width / 3);
            Bottom = Math.Clamp(WordLook.Points(margins.Get("bottom"), 99.2f), 0, Height / 3);
            HeaderAt = WordLook.Points(margins.Get("header"), 42);
            FooterAt = WordLook.Points(margins.Get("footer"), 42);
        }

        public float Width { get; }

        public float Height { get; }

        public float Left { get; }

        public float Top { get; }

        public float Right { get; }

        public float Bottom { get; }

        public float HeaderAt { get; }

        public float FooterAt { get; }

        public float Room => Width - Left - Right;

        public float End => Height - Bottom;
    }

    /// <summary>Puts blocks one below the other, page after page.</summary>
    private sealed class Flow(Letters letters, WordLook looks, Sheet sheet)
    {
        private readonly Letters letters = letters;
        private readonly WordLook looks = looks;
        private readonly Sheet sheet = sheet;
        private float y = sheet.Top;

        public List<List<Action<SKCanvas>>> Pages { get; } = [[]];

        private bool IsFresh => y <= sheet.Top + 0.01f;

        public void Blocks(IReadOnlyList<XElement> blocks)
        {
            for (var i = 0; i < blocks.Count; i++)
            {
                if (blocks[i].Is("p"))
                {
                    Paragraph(blocks, i);
                }
                else if (blocks[i].Is("tbl"))
                {
                    new TableFlow(this, blocks[i]).Draw();
                }
            }
        }

        private void Paragraph(IReadOnlyList<XElement> blocks, int at)
        {
            var look = looks.Paragraph(blocks[at]);
            if (look.PageBreakBefore && !IsFresh)
            {
                NewPage();
            }

            var lines = letters.Break(blocks[at], look, sheet.Room, null);
            if (look.KeepNext && !IsFresh && y + Kept(blocks, at) is var need && need > sheet.End && need - y < sheet.End - sheet.Top)
            {
                NewPage();
            }

            y += IsFresh && Pages.Count > 1 ? 0 : look.Before;
            Rule(look.TopRule, y);
            foreach (var line in lines)
            {
                if (y + line.Height > sheet.End + 0.01f && !IsFresh)
                {
                    NewPage();
                }

                var top = y;
                Pages[^1].Add(canvas => letters.Draw(canvas, line, look.Align, sheet.Left, top));
                y += line.Height;
                if (line.EndsPage)
                {
                    NewPage();
                }
            }

            Rule(look.BottomRule, y);
            y += look.After;
        }

        /// <summary>Height of a paragraph and of those that it must stand with, as far as the first line of the last.</summary>
        private float Kept(IReadOnlyList<XElement> blocks, int at)
        {
            var height = 0f;
            for (var i = at; i < blocks.Count && i < at + 20; i++)
            {
                if (!blocks[i].Is("p"))
                {
                    return height + 40;
                }

                var look = looks.Paragraph(blocks[i]);
                var lines = letters.Break(blocks[i], look, sheet.Room, null);
                height += look.Before + (look.KeepNext ? lines.Sum(l => l.Height) + look.After : lines[0].Height);
                if (!look.KeepNext)
                {
                    break;
                }
            }

            return height;
        }

        private void Rule((float Width, SKColor Color)? rule, float at)
        {
            if (rule is var (width, color))
            {
                Pages[^1].Add(canvas =>
                {
                    using var paint = new SKPaint { Color = color, StrokeWidth = width };
                    canvas.DrawLine(sheet.Left, at, sheet.Width - sheet.Right, at, paint);
                });
            }
        }

        private void NewPage()
        {
            if (Pages.Count >= MostPages)
            {
                throw new InvalidOperationException($"The document has more than {MostPages} pages.");
            }

            Pages.Add([]);
            y = sheet.Top;
        }

        /// <summary>A table: rows that fit are kept whole, others are cut between lines; heading rows are repeated.</summary>
        private sealed class TableFlow
        {
            private const float CellSide = 5.4f;
            private readonly Flow flow;
            private readonly XElement table;
            private readonly IReadOnlyList<XElement?> layers;
            private readonly float[] columns;
            private readonly float left, padLeft, padRight, padTop, padBottom;

            public TableFlow(Flow flow, XElement table)
            {
                (this.flow, this.table) = (flow, table);
                var own = table.Child("tblPr");
                layers = [own, .. flow.looks.Chain(own.Val("tblStyle")).Select(s => s.Child("tblPr"))];
                var grid = table.Child("tblGrid")?.Elements(W.Name("gridCol")).Select(c => Math.Max(5, WordLook.Points(c.Get("w"), 50))).ToArray() ?? [];
                var most = table.Elements(W.Name("tr")).Select(r => r.Elements(W.Name("tc")).Sum(Span)).DefaultIfEmpty(1).Max();
                columns = grid.Length >= most ? grid : [.. Enumerable.Repeat(flow.sheet.Room / most, most)];
                var scale = Math.Min(1, flow.sheet.Room / columns.Sum());
                columns = [.. columns.Select(c => c * scale)];
                var margins = layers.Select(l => l.Child("tblCellMar")).FirstOrDefault(m => m is not null);
                (padLeft, padRight) = (WordLook.Points((margins.Child("left") ?? margins.Child("start")).Get("w"), CellSide), WordLook.Points((margins.Child("right") ?? margins.Child("end")).Get("w"), CellSide));
                (padTop, padBottom) = (WordLook.Points(margins.Child("top").Get("w")), WordLook.Points(margins.Child("bottom").Get("w")));
                left = flow.sheet.Left + (own.Val("jc") switch
                {
                    "center" => (flow.sheet.Room - columns.Sum()) / 2,
                    "right" or "end" => flow.sheet.Room - columns.Sum(),
                    _ => WordLook.Points(own.Child("tblInd").Get("w")),
                });
            }

            public void Draw()
            {
                var rows = table.Elements(W.Name("tr")).Select((r, i) => new Row(this, r, i)).ToList();
                var headings = rows.TakeWhile(r => r.IsHeading).ToList();
                headings = headings.Count == rows.Count || headings.Sum(h => h.Height) > (flow.sheet.End - flow.sheet.Top) / 2 ? [] : headings;
                foreach (var row in rows)
                {
                    row.IsLast = row == rows[^1];
                    if (flow.y + row.Height <= flow.sheet.End + 0.01f)
                    {
                        row.Draw(row.Height, int.MaxValue);
                        continue;
                    }

                    var fresh = flow.sheet.End - flow.sheet.Top - headings.Sum(h => h.Height);
                    if (row.Height <= fresh)
                    {
                        Turn(row);
                        row.Draw(row.Height, int.MaxValue);
                        continue;
                    }

                    if (flow.sheet.End - flow.y < 60)
                    {
                        Turn(row);
                    }

                    while (row.Left > flow.sheet.End - flow.y)
                    {
                        row.Draw(flow.sheet.End - flow.y, 1);
                        Turn(row);
                    }

                    row.Draw(row.Left, int.MaxValue);
                }

                void Turn(Row next)
                {
                    flow.NewPage();
                    foreach (var heading in headings.Where(h => h != next))
                    {
                        new Row(this, heading.Element, heading.Number).Draw(heading.Height, int.MaxValue);
                    }
                }
            }

            private static int Span(XElement cell) => (int)Math.Clamp(WordLook.Number(cell.Child("tcPr").Val("gridSpan")) ?? 1, 1, 60);

            private sealed class Row
            {
                private readonly TableFlow owner;
                private readonly List<Cell> cells = [];
                private readonly float least;

                public Row(TableFlow owner, XElement row, int number)
                {
                    (this.owner, Element, Number) = (owner, row, number);
                    IsHeading = row.Child("trPr").On("tblHeader") == true;
                    least = WordLook.Points(row.Child("trPr").Val("trHeight"));
                    var (column, x) = (0, owner.left);
                    foreach (var cell in row.Elements(W.Name("tc")))
                    {
                        var span = Math.Min(Span(cell), Math.Max(1, owner.columns.Length - column));
                        var width = owner.columns.Skip(column).Take(span).Sum();
                        cells.Add(new Cell(cell, x, width, column == 0, column + span >= owner.columns.Length, owner));
                        (column, x) = (column + span, x + width);
                    }

                    Height = Left;
                }

                public XElement Element { get; }

                public int Number { get; }

                public bool IsHeading { get; }

                public bool IsLast { get; set; }

                public float Height { get; }

                /// <summary>Height of what is not drawn yet.</summary>
                public float Left => Math.Max(cells.Select(c => c.Left).DefaultIfEmpty(0).Max(), Height == 0 ? least : 0);

                /// <summary>Draws as much as fits.</summary>
                /// <param name="height">Room.</param>
                /// <param name="atLeast">How many lines are drawn even if they don't fit.</param>
                public void Draw(float height, int atLeast)
                {
                    foreach (var cell in cells)
                    {
                        cell.Draw(owner.flow.y, height, atLeast, Number == 0, IsLast);
                    }

                    owner.flow.y += height;
                }
            }

            private sealed class Cell
            {
                private readonly TableFlow owner;
                private readonly XElement cell;
                private readonly Queue<(float Height, Action<SKCanvas, float> Draw)> lines = new();
                private readonly float x, width;
                private readonly bool isFirst, isLast;

                public Cell(XElement cell, float x, float width, bool isFirst, bool isLast, TableFlow owner)
                {
                    (this.cell, this.x, this.width, this.isFirst, this.isLast, this.owner) = (cell, x, width, isFirst, isLast, owner);
                    var letters = owner.flow.letters;
                    foreach (var paragraph in cell.Elements(W.Name("p")))
                    {
                        var look = owner.flow.looks.Paragraph(paragraph);
                        var own = letters.Break(paragraph, look, Math.Max(10, width - owner.padLeft - owner.padRight), null);
                        foreach (var (n, line) in own.Index())
                        {
                            var before = n == 0 ? look.Before : 0;
                            var after = n == own.Count - 1 ? look.After : 0;
                            lines.Enqueue((before + line.Height + after, (canvas, y) => letters.Draw(canvas, line, look.Align, x + owner.padLeft, y + before)));
                        }
                    }
                }

                public float Left => lines.Sum(l => l.Height) + owner.padTop + owner.padBottom;

                public void Draw(float top, float height, int atLeast, bool isTop, bool isBottom)
                {
                    var page = owner.flow.Pages[^1];
                    var text = Left - owner.padTop - owner.padBottom;
                    var y = top + owner.padTop;
                    if (text <= height)
                    {
                        y += cell.Child("tcPr").Val("vAlign") switch { "center" => (height - Left) / 2, "bottom" => height - Left, _ => 0 };
                    }

                    for (var n = 0; lines.TryPeek(out var line) && (y + line.Height <= top + height + 0.01f || atLeast == int.MaxValue || (n < atLeast && height > 100)); n++)
                    {
                        lines.Dequeue();
                        var at = y;
                        page.Add(canvas => line.Draw(canvas, at));
                        y += line.Height;
                    }

                    Side("top", isTop ? "top" : "insideH", x, top, x + width, top);
                    Side("bottom", isBottom ? "bottom" : "insideH", x, top + height, x + width, top + height);
                    Side("left", isFirst ? "left" : "insideV", x, top, x, top + height);
                    Side("right", isLast ? "right" : "insideV", x + width, top, x + width, top + height);

                    void Side(string own, string shared, float x0, float y0, float x1, float y1)
                    {
                        var borders = cell.Child("tcPr").Child("tcBorders").Child(own) ?? owner.layers.Select(l => l.Child("tblBorders").Child(shared)).FirstOrDefault(b => b is not null);
                        if (WordLook.Border(borders) is not var (thick, color))
                        {
                            return;
                        }

                        page.Add(canvas =>
                        {
                            using var paint = new SKPaint { Color = color, StrokeWidth = thick, StrokeCap = SKStrokeCap.Square };
                            canvas.DrawLine(x0, y0, x1, y1, paint);
                        });
                    }
                }
            }
        }
    }
}
