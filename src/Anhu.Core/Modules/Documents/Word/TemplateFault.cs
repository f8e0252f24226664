namespace Anhu.Modules.Documents.Word;

/// <summary>What is wrong with a template.</summary>
/// <param name="Code">Stable code; names the words for it (<c>Fault_CODE</c>).</param>
/// <param name="Part">The part of the file, such as <c>word/document.xml</c>; null for the file as a whole.</param>
/// <param name="Paragraph">Which paragraph of the part, from 1; null where there is none.</param>
/// <param name="Near">The text around the place.</param>
/// <param name="Detail">The field or the thing of Word's that is meant.</param>
public sealed record TemplateFault(string Code, string? Part = null, int? Paragraph = null, string? Near = null, string? Detail = null)
{
    /// <summary>No Word file, or damaged.</summary>
    public const string NotWord = "not-word";

    /// <summary>Larger than a template may be, packed or unpacked.</summary>
    public const string TooLarge = "too-large";

    /// <summary>A part is no well-formed XML.</summary>
    public const string Xml = "xml";

    /// <summary>It holds a program.</summary>
    public const string Macro = "macro";

    /// <summary>It reads something from elsewhere.</summary>
    public const string External = "external";

    /// <summary>It holds another file.</summary>
    public const string Embedded = "embedded";

    /// <summary>A mark that is cut, misspelt or not closed.</summary>
    public const string Mark = "mark";

    /// <summary>A field that this kind does not have.</summary>
    public const string Unknown = "unknown-field";

    /// <summary>A field that no document may have: it would tell where she is.</summary>
    public const string Forbidden = "forbidden-field";

    /// <summary>A field that a template of this kind must have.</summary>
    public const string Missing = "missing-field";

    /// <summary>A list that is used as a text, or a text as a list.</summary>
    public const string WrongUse = "wrong-use";

    /// <summary>Something that the PDF would not show, or not as Word does.</summary>
    public const string NotShown = "not-shown";

    /// <summary>A character that none of the fonts has.</summary>
    public const string Glyph = "glyph";
}
