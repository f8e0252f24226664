using System.Globalization;
using System.Text.Json.Serialization;

namespace Anhu.Common;

/// <summary>A text that a city's document gives in both languages of the platform.</summary>
/// <param name="Zh">Chinese.</param>
/// <param name="En">English.</param>
public sealed record Bilingual(string Zh, string En)
{
    /// <summary>The text in the reader's language (<see cref="CultureInfo.CurrentUICulture"/>).</summary>
    [JsonIgnore]
    public string Text => In(CultureInfo.CurrentUICulture);

    /// <summary>The text in one language.</summary>
    /// <param name="culture">English, or anything else for Chinese.</param>
    public string In(CultureInfo culture) => culture.TwoLetterISOLanguageName == "en" ? En : Zh;

    /// <inheritdoc />
    public override string ToString() => Text;
}
