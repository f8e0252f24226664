using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;

namespace Anhu.Components.Ui;

/// <summary>
/// Finished markup for what is drawn hundreds of times on a page, such as the cells of a table, where a component for each
/// piece costs more than the page's queries. Whatever is put into it is encoded, unless it is markup itself.
/// </summary>
internal sealed class Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly ConcurrentDictionary<(string Sprite, string Name, string? Class), MarkupString> Icons = new();

    private readonly StringBuilder text = new(256);

    /// <summary>Adds markup with values in it.</summary>
    /// <param name="markup">An interpolated string; null values leave nothing.</param>
    public Html Add([InterpolatedStringHandlerArgument("")] ref Piece markup)
    {
        _ = markup;
        return this;
    }

    /// <summary>Adds an attribute, or nothing when its value is null.</summary>
    /// <param name="name">The attribute.</param>
    /// <param name="value">The value.</param>
    public Html Attribute(string name, string? value) => value is null ? this : Add($" {new MarkupString(name)}=\"{value}\"");

    /// <summary>All that was added.</summary>
    public MarkupString ToMarkup() => new(text.ToString());

    /// <summary>A piece of markup.</summary>
    /// <param name="markup">An interpolated string.</param>
    public static MarkupString Of(Lone markup) => markup.Html.ToMarkup();

    /// <summary>An icon of the sprite. A name is known to the program, never from outside: each is kept.</summary>
    /// <param name="sprite">Address of the sprite.</param>
    /// <param name="name">Name in it (tools/icons.txt).</param>
    /// <param name="class">More classes of the style.</param>
    public static MarkupString Icon(string sprite, string name, string? @class = null) => Icons.GetOrAdd(
        (sprite, name, @class), static i => Of($"""<svg class="icon {i.Class}" aria-hidden="true"><use href="{i.Sprite}#{i.Name}"></use></svg>"""));

    /// <summary>The same for those who do not see it, too.</summary>
    /// <param name="sprite">Address of the sprite.</param>
    /// <param name="name">Name in it.</param>
    /// <param name="label">What it says.</param>
    /// <param name="class">More classes of the style.</param>
    public static MarkupString LabelledIcon(string sprite, string name, string label, string? @class) =>
        Of($"""<svg class="icon {@class}" role="img" aria-label="{label}"><use href="{sprite}#{name}"></use></svg>""");

    /// <summary>Puts the parts of an interpolated string into the markup.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Piece(int literalLength, int formattedCount, Html html)
    {
        private readonly StringBuilder text = html.text;

        /// <summary>How long it will be, about.</summary>
        public int Length { get; } = literalLength + (formattedCount * 16);

        public void AppendLiteral(string literal) => text.Append(literal);

        public void AppendFormatted(MarkupString markup) => text.Append(markup.Value);

        public void AppendFormatted(string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                text.Append(Encoder.Encode(value));
            }
        }

        public void AppendFormatted(Guid id) => text.Append(CultureInfo.InvariantCulture, $"{id}");

        public void AppendFormatted(int number) => text.Append(CultureInfo.InvariantCulture, $"{number}");
    }

    /// <summary>An interpolated string with markup of its own.</summary>
    [InterpolatedStringHandler]
    public readonly struct Lone(int literalLength, int formattedCount)
    {
        /// <summary>The markup.</summary>
        public Html Html { get; } = new();

        public void AppendLiteral(string literal) => new Piece(literalLength, formattedCount, Html).AppendLiteral(literal);

        public void AppendFormatted(MarkupString markup) => new Piece(literalLength, formattedCount, Html).AppendFormatted(markup);

        public void AppendFormatted(string? value) => new Piece(literalLength, formattedCount, Html).AppendFormatted(value);
    }
}
