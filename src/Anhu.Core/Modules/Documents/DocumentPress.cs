using Anhu.Modules.Documents.Pdf;
using Anhu.Modules.Documents.Word;
using QRCoder;

namespace Anhu.Modules.Documents;

/// <summary>A document that was made: both files, and its words.</summary>
/// <param name="Docx">The Word file.</param>
/// <param name="Pdf">The PDF.</param>
/// <param name="Words">All that stands in it, a line for each paragraph.</param>
public sealed record PressedDocument(byte[] Docx, byte[] Pdf, string Words);

/// <summary>Makes documents of templates: DOCX and PDF from one filled template.</summary>
public sealed class DocumentPress(FontBook fonts)
{
    private const int PixelsOfModule = 6;

    /// <summary>Checks a template.</summary>
    /// <param name="template">The file.</param>
    /// <param name="kind">Its kind.</param>
    /// <returns>What is wrong with it; nothing when it can be used.</returns>
    public static IReadOnlyList<TemplateFault> Check(byte[] template, DocumentKind kind)
    {
        var faults = new List<TemplateFault>();
        WordTemplate.Open(template, kind, faults);
        return faults;
    }

    /// <summary>Makes a document.</summary>
    /// <param name="template">The template; checked before.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="values">What goes in.</param>
    /// <param name="checkAddress">The address that the code holds; null for none.</param>
    /// <param name="title">Title of the files: kind and number.</param>
    /// <param name="at">When it is made.</param>
    /// <param name="faults">Takes what can't be shown; then there is no document.</param>
    /// <exception cref="FontMissingException">There is no Chinese font.</exception>
    public PressedDocument? Press(byte[] template, DocumentKind kind, DocumentValues values, string? checkAddress, string title, DateTimeOffset at, List<TemplateFault> faults)
    {
        if (WordTemplate.Open(template, kind, faults) is not { } word)
        {
            return null;
        }

        var picture = checkAddress is null ? null : Picture(checkAddress);
        var filled = word.Fill(values, picture is null ? null : 1);
        var pdf = new PdfWriter(fonts).Write(filled, picture, title, at, faults);
        if (faults.Count > 0)
        {
            return null;
        }

        var words = string.Join('\n', filled.Texts.SelectMany(t => t.Root.Descendants(W.Name("p"))).Select(WordTemplate.TextOf));
        return new PressedDocument(filled.Save(picture, title, at), pdf, words);
    }

    private static byte[] Picture(string address)
    {
        using var data = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var code = new PngByteQRCode(data);
        return code.GetGraphic(PixelsOfModule);
    }
}
