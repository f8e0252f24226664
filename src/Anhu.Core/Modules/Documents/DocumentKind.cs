namespace Anhu.Modules.Documents;

/// <summary>A field that a template of a kind may name.</summary>
/// <param name="Name">Its name in marks, such as <c>victim.name</c>.</param>
/// <param name="IsRequired">Whether a template must have it.</param>
/// <param name="Items">For a list: the fields of each item; null for a text.</param>
public sealed record DocumentField(string Name, bool IsRequired = false, IReadOnlyList<DocumentField>? Items = null)
{
    /// <summary>Name of the field in whose place the code to check the document stands.</summary>
    public const string Code = "qr";
}

/// <summary>A question that a worker answers when a document is made.</summary>
/// <param name="Name">The field that takes the answer; one that is no field of the kind is the source's to use.</param>
/// <param name="IsRequired">Whether it must be answered.</param>
/// <param name="MaxLength">Longest answer, characters.</param>
/// <param name="Rows">Lines of its box on the page.</param>
public sealed record DocumentInput(string Name, bool IsRequired, int MaxLength, int Rows = 1);

/// <summary>What a document is about beside its case.</summary>
public enum DocumentAbout
{
    /// <summary>The case, by its newest incident.</summary>
    Case,

    /// <summary>One incident, which the worker chooses.</summary>
    Incident,

    /// <summary>Something else that its source names, such as a warning letter.</summary>
    Subject,
}

/// <summary>A kind of document.</summary>
/// <param name="Id">Stable id; names the shipped template <c>documents/ID.docx</c>.</param>
/// <param name="Title">Its name in Chinese, as it stands on the check page.</param>
/// <param name="Fields">All that a template may name.</param>
/// <param name="Inputs">What the worker is asked.</param>
/// <param name="About">What it is about.</param>
public sealed record DocumentKind(
    string Id, string Title, IReadOnlyList<DocumentField> Fields, IReadOnlyList<DocumentInput> Inputs, DocumentAbout About = DocumentAbout.Case)
{
    /// <summary>Files go along: beside its own, <c>/documents/ID/bundle</c> hands out an archive.</summary>
    public bool HasBundle { get; init; }

    /// <summary>What every document may have. Number, unit, day and the code must be in each.</summary>
    public static IReadOnlyList<DocumentField> CommonFields { get; } =
    [
        new("number", true), new("unit.name", true), new("issued.date", true), new(DocumentField.Code, true), new("check.code"), new("check.address"),
        new("worker.name"), new("case.number"),
    ];
}

/// <summary>What goes into the fields of one document, or of one item of a list.</summary>
public sealed class DocumentValues
{
    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<DocumentValues>> lists = new(StringComparer.Ordinal);

    /// <summary>What the document was made of, for programs; kept sealed beside its files, null for none.</summary>
    public byte[]? Data { get; set; }

    /// <summary>All texts with their field, those of lists as <c>list.field</c>.</summary>
    public IEnumerable<(string Field, string? Text)> Texts =>
        texts.Select(t => (t.Key, (string?)t.Value)).Concat(lists.SelectMany(l => l.Value.SelectMany(i => i.Texts.Select(t => ($"{l.Key}.{t.Field}", t.Text)))));

    /// <summary>Sets a text.</summary>
    /// <param name="name">The field.</param>
    /// <param name="text">Its text; null and blank for none.</param>
    /// <returns>These values.</returns>
    public DocumentValues With(string name, string? text)
    {
        if (Clean(text) is { Length: > 0 } clean)
        {
            texts[name] = clean;
        }
        else
        {
            texts.Remove(name);
        }

        return this;
    }

    /// <summary>Sets a list.</summary>
    /// <param name="name">The field.</param>
    /// <param name="items">Its items.</param>
    /// <returns>These values.</returns>
    public DocumentValues With(string name, IReadOnlyList<DocumentValues> items)
    {
        lists[name] = items;
        return this;
    }

    /// <summary>The text of a field; empty for none.</summary>
    /// <param name="name">The field.</param>
    public string Text(string name) => texts.GetValueOrDefault(name, "");

    internal string? FindText(string name) => texts.GetValueOrDefault(name);

    internal IReadOnlyList<DocumentValues>? FindList(string name) => lists.GetValueOrDefault(name);

    /// <summary>Without characters that XML can't hold and those that turn the direction of a text, which can make a paper read otherwise than it is written.</summary>
    private static string? Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var clean = new System.Text.StringBuilder(text.Length);
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            var isKept = rune.Value is '\n' or '\t'
                || System.Text.Rune.GetUnicodeCategory(rune) is not (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format);
            if (isKept)
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString().Trim();
    }
}
