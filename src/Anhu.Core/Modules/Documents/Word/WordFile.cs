using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;

namespace Anhu.Modules.Documents.Word;

/// <summary>Names of WordprocessingML.</summary>
internal static class W
{
    public static readonly XNamespace Ns = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    public static readonly XNamespace Rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    public static readonly XNamespace Package = "http://schemas.openxmlformats.org/package/2006/relationships";
    public static readonly XNamespace Types = "http://schemas.openxmlformats.org/package/2006/content-types";

    public static XName Name(string local) => Ns + local;

    /// <summary>Whether an element is WordprocessingML of some name.</summary>
    public static bool Is(this XElement element, string local) => element.Name.LocalName == local && element.Name.Namespace == Ns;

    /// <summary>A child by its name.</summary>
    public static XElement? Child(this XElement? element, string local) => element?.Element(Ns + local);

    /// <summary>An attribute's value.</summary>
    public static string? Get(this XElement? element, string local) => (string?)element?.Attribute(Ns + local);

    /// <summary>The value of a child's <c>val</c>.</summary>
    public static string? Val(this XElement? element, string local) => element.Child(local).Get("val");

    /// <summary>Whether an on-off property is on; null where it is not said.</summary>
    public static bool? On(this XElement? element, string local) =>
        element.Child(local) is { } property ? property.Get("val") is not ("0" or "false" or "off" or "none") : null;
}

/// <summary>The parts of a Word file, taken out of their package within bounds.</summary>
internal sealed class WordFile
{
    /// <summary>Largest file, bytes.</summary>
    public const int MostBytes = 2 << 20;

    private const int MostUnpacked = 24 << 20;
    private const int MostParts = 200;
    private const string Document = "word/document.xml";
    private static readonly string[] Kept = ["/header", "/footer", "/styles", "/theme"];
    private readonly Dictionary<string, XDocument> parts = new(StringComparer.Ordinal);

    private WordFile()
    {
    }

    /// <summary>The text.</summary>
    public XElement Body => parts[Document].Root!.Child("body")!;

    /// <summary>Styles; null when there are none.</summary>
    public XElement? Styles => parts.FirstOrDefault(p => p.Value.Root!.Is("styles")).Value?.Root;

    /// <summary>Document, headers and footers, each with its name.</summary>
    public IEnumerable<(string Name, XElement Root)> Texts =>
        parts.Where(p => p.Value.Root!.Is("document") || p.Value.Root!.Is("hdr") || p.Value.Root!.Is("ftr")).OrderBy(p => p.Key != Document).ThenBy(p => p.Key, StringComparer.Ordinal).Select(p => (p.Key, p.Value.Root!));

    /// <summary>The root of the header or footer that a reference names; null when it is not there.</summary>
    public XElement? Referenced(XElement? reference) =>
        (string?)reference?.Attribute(W.Rel + "id") is { } id && Targets.TryGetValue(id, out var target) && parts.TryGetValue(target, out var part) ? part.Root : null;

    private Dictionary<string, string> Targets { get; init; } = [];

    /// <summary>Takes a file apart.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <returns>Null when it can't be used at all.</returns>
    public static WordFile? Open(byte[] bytes, List<TemplateFault> faults)
    {
        if (bytes.Length > MostBytes)
        {
            faults.Add(new(TemplateFault.TooLarge));
            return null;
        }

        if (Unpack(bytes, faults) is not { } entries)
        {
            return null;
        }

        var types = Xml("[Content_Types].xml");
        var document = Xml(Document);
        if (faults.Count == 0 && (types is null || document?.Root?.Child("body") is null))
        {
            faults.Add(new(TemplateFault.NotWord));
        }

        if (entries.Keys.Any(n => n.Contains("vba", StringComparison.OrdinalIgnoreCase)) || types?.ToString().Contains("macro", StringComparison.OrdinalIgnoreCase) == true)
        {
            faults.Add(new(TemplateFault.Macro));
        }

        if (entries.Keys.FirstOrDefault(n => n.Contains("embeddings/", StringComparison.OrdinalIgnoreCase) || n.Contains("activex", StringComparison.OrdinalIgnoreCase)
            || n.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) || n.Contains("afchunk", StringComparison.OrdinalIgnoreCase)) is { } embedded)
        {
            faults.Add(new(TemplateFault.Embedded, embedded));
        }

        var file = new WordFile();
        foreach (var name in entries.Keys.Where(n => n.EndsWith(".rels", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal))
        {
            foreach (var relation in Xml(name)?.Root?.Elements(W.Package + "Relationship") ?? [])
            {
                var (target, type) = ((string?)relation.Attribute("Target") ?? "", (string?)relation.Attribute("Type") ?? "");
                if (string.Equals((string?)relation.Attribute("TargetMode"), "External", StringComparison.OrdinalIgnoreCase))
                {
                    faults.Add(new(TemplateFault.External, name, Detail: target.Length > 80 ? target[..80] + "…" : target));
                }
                else if (type.EndsWith("/oleObject", StringComparison.Ordinal) || type.EndsWith("/package", StringComparison.Ordinal) || type.EndsWith("/aFChunk", StringComparison.Ordinal) || type.EndsWith("/subDocument", StringComparison.Ordinal))
                {
                    faults.Add(new(TemplateFault.Embedded, name, Detail: target));
                }
                else if (name == "word/_rels/document.xml.rels" && (string?)relation.Attribute("Id") is { } id && Kept.Any(k => type.EndsWith(k, StringComparison.Ordinal)))
                {
                    file.Targets[id] = target.StartsWith('/') ? target[1..] : "word/" + target;
                }
            }
        }

        foreach (var name in entries.Keys.Where(n => n.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal))
        {
            if (Xml(name) is { } part && (name == Document || file.Targets.ContainsValue(name)))
            {
                file.parts[name] = part;
            }
        }

        return faults.Count == 0 ? file : null;

        XDocument? Xml(string name)
        {
            if (!entries.TryGetValue(name, out var content))
            {
                return null;
            }

            try
            {
                using var reader = XmlReader.Create(new MemoryStream(content), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MostUnpacked });
                var xml = XDocument.Load(reader, LoadOptions.PreserveWhitespace);
                return Depth(xml) > 200 ? throw new XmlException("deep") : xml;
            }
            catch (XmlException e)
            {
                if (!faults.Exists(f => f.Part == name))
                {
                    faults.Add(new(TemplateFault.Xml, name, Detail: e.LineNumber > 0 ? $"{e.LineNumber}:{e.LinePosition}" : null));
                }

                return null;
            }
        }
    }

    /// <summary>Puts a Word file together: text, headers, footers, styles and theme, the pictures of the code, and nothing else that came with the template.</summary>
    /// <param name="picture">The picture that relation <c>rIdCode</c> names; null for none.</param>
    /// <param name="title">Title of the file.</param>
    /// <param name="at">When it was made.</param>
    public byte[] Save(byte[]? picture, string title, DateTimeOffset at)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            var relations = new XElement(W.Package + "Relationships");
            var types = new XElement(
                W.Types + "Types",
                new XElement(W.Types + "Default", new XAttribute("Extension", "rels"), new XAttribute("ContentType", "application/vnd.openxmlformats-package.relationships+xml")),
                new XElement(W.Types + "Default", new XAttribute("Extension", "xml"), new XAttribute("ContentType", "application/xml")));
            if (picture is not null)
            {
                types.Add(new XElement(W.Types + "Default", new XAttribute("Extension", "png"), new XAttribute("ContentType", "image/png")));
            }

            foreach (var (name, part) in parts.OrderBy(p => p.Key, StringComparer.Ordinal))
            {
                var kind = part.Root!.Name.LocalName switch { "document" => "document.main", "hdr" => "header", "ftr" => "footer", "styles" => "styles", _ => null };
                var type = kind is null ? "application/vnd.openxmlformats-officedocument.theme+xml" : $"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml";
                types.Add(new XElement(W.Types + "Override", new XAttribute("PartName", "/" + name), new XAttribute("ContentType", type)));
                if (name != Document)
                {
                    var relation = Targets.First(t => t.Value == name);
                    relations.Add(Relation(relation.Key, kind ?? "theme", name["word/".Length..]));
                }

                Write(zip, name, part);
            }

            if (picture is not null)
            {
                relations.Add(Relation("rIdCode", "image", "media/code.png"));
                Write(zip, "word/media/code.png", picture);
            }

            types.Add(new XElement(W.Types + "Override", new XAttribute("PartName", "/docProps/core.xml"), new XAttribute("ContentType", "application/vnd.openxmlformats-package.core-properties+xml")));
            Write(zip, "[Content_Types].xml", new XDocument(types));
            Write(zip, "word/_rels/document.xml.rels", new XDocument(relations));
            Write(zip, "_rels/.rels", new XDocument(new XElement(
                W.Package + "Relationships",
                Relation("rId1", "officeDocument", Document),
                new XElement(
                    W.Package + "Relationship", new XAttribute("Id", "rId2"), new XAttribute("Type", "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"),
                    new XAttribute("Target", "docProps/core.xml")))));
            XNamespace core = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties", dc = "http://purl.org/dc/elements/1.1/", terms = "http://purl.org/dc/terms/", xsi = "http://www.w3.org/2001/XMLSchema-instance";
            Write(zip, "docProps/core.xml", new XDocument(new XElement(
                core + "coreProperties",
                new XElement(dc + "title", title),
                new XElement(terms + "created", new XAttribute(xsi + "type", "dcterms:W3CDTF"), new XAttribute(XNamespace.Xmlns + "dcterms", terms.NamespaceName), at.UtcDateTime.ToString("s", System.Globalization.CultureInfo.InvariantCulture) + "Z"))));
        }

        return stream.ToArray();

        static XElement Relation(string id, string type, string target) => new(
            W.Package + "Relationship", new XAttribute("Id", id), new XAttribute("Type", W.Rel.NamespaceName + "/" + type), new XAttribute("Target", target));
    }

    private static Dictionary<string, byte[]>? Unpack(byte[] bytes, List<TemplateFault> faults)
    {
        var entries = new Dictionary<string, byte[]>(StringComparer.OrdinalIgnoreCase);
        try
        {
            using var zip = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read);
            if (zip.Entries.Count > MostParts)
            {
                faults.Add(new(TemplateFault.TooLarge));
                return null;
            }

            var left = MostUnpacked;
            var buffer = new byte[1 << 16];
            foreach (var entry in zip.Entries)
            {
                // What the entry says of its length is not believed.
                using var content = entry.Open();
                using var all = new MemoryStream();
                for (int read; (read = content.Read(buffer)) > 0;)
                {
                    left -= read;
                    if (left < 0)
                    {
                        faults.Add(new(TemplateFault.TooLarge, entry.FullName));
                        return null;
                    }

                    all.Write(buffer.AsSpan(0, read));
                }

                if (!entries.TryAdd(entry.FullName.Replace('\\', '/'), all.ToArray()))
                {
                    // The same part twice: two programs may read two different files.
                    faults.Add(new(TemplateFault.NotWord, entry.FullName));
                    return null;
                }
            }

            return entries;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            faults.Add(new(TemplateFault.NotWord));
            return null;
        }
    }

    private static int Depth(XDocument xml)
    {
        var (depth, most) = (0, 0);
        using var reader = xml.CreateReader();
        while (reader.Read())
        {
            depth = reader.Depth;
            most = Math.Max(most, depth);
        }

        return most;
    }

    private static void Write(ZipArchive zip, string name, XDocument xml)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, new XmlWriterSettings { Encoding = new System.Text.UTF8Encoding(false) }))
        {
            xml.Save(writer);
        }

        Write(zip, name, stream.ToArray());
    }

    private static void Write(ZipArchive zip, string name, byte[] content)
    {
        var entry = zip.CreateEntry(name);

        // The same document is the same file, whenever it is made.
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var stream = entry.Open();
        stream.Write(content);
    }
}
