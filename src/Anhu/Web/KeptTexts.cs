using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Anhu.Web;

/// <summary>
/// The texts of a module, looked up once per language. The framework's own localizer goes through its resources for each
/// of the thousand words on a page.
/// </summary>
/// <typeparam name="T">Names the resources.</typeparam>
internal sealed class KeptTexts<T>(IStringLocalizerFactory factory) : IStringLocalizer<T>
{
    private readonly IStringLocalizer texts = factory.Create(typeof(T));
    private readonly ConcurrentDictionary<(string Language, string Name), LocalizedString> known = new();

    /// <inheritdoc />
    public LocalizedString this[string name]
    {
        get
        {
            var key = (CultureInfo.CurrentUICulture.Name, name);
            if (!known.TryGetValue(key, out var text))
            {
                text = texts[name];
                if (!text.ResourceNotFound)
                {
                    // What is not there is not kept: such names can be made of what callers send.
                    known.TryAdd(key, text);
                }
            }

            return text;
        }
    }

    /// <inheritdoc />
    public LocalizedString this[string name, params object[] arguments]
    {
        get
        {
            var text = this[name];
            return new LocalizedString(name, string.Format(CultureInfo.CurrentCulture, text.Value, arguments), text.ResourceNotFound);
        }
    }

    /// <inheritdoc />
    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => texts.GetAllStrings(includeParentCultures);
}
