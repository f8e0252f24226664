using System.Globalization;
using Anhu.Components.Shared;
using Anhu.Web;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace Anhu.Components.Ui;

/// <summary>The small parts that rows are made of, as finished markup; the components of the same names draw the same.</summary>
public sealed class Markup(CityFormat format, IStringLocalizer<SharedText> text, TimeProvider time)
{
    /// <summary>See <see cref="Ui.ClassBadge"/>.</summary>
    /// <param name="sprite">Address of the icons.</param>
    /// <param name="class">The class; null when there is none.</param>
    /// <param name="label">Other words than the number.</param>
    public MarkupString ClassBadge(string sprite, int? @class, string? label = null)
    {
        var (icon, name) = @class switch { 1 => ("alert-triangle", "1"), 2 => ("alert-circle", "2"), 3 => ("info-circle", "3"), _ => ("help-circle", "none") };
        return Html.Of($"""<span class="class-badge class-{name}">{Html.Icon(sprite, icon)}{label ?? text[name == "none" ? "Class_None" : $"Class_{name}"].Value}</span>""");
    }

    /// <summary>See <see cref="Ui.StateBadge"/>.</summary>
    /// <param name="tone">What it means.</param>
    /// <param name="words">The words.</param>
    public static MarkupString StateBadge(Tone tone, string words) => Html.Of($"""<span class="state-badge {tone.Css}">{words}</span>""");

    /// <summary>See <see cref="TimeText"/>.</summary>
    /// <param name="sprite">Address of the icons.</param>
    /// <param name="value">The instant; null shows a dash.</param>
    /// <param name="due">True for deadlines.</param>
    /// <param name="relative">Also how far away it is.</param>
    public MarkupString Time(string sprite, DateTimeOffset? value, bool due = false, bool relative = true)
    {
        if (value is not { } at)
        {
            return new MarkupString("""<span class="text-secondary">—</span>""");
        }

        var late = due && at < time.GetUtcNow();
        var html = new Html();
        html.Add($"""<time class="time-text {(late ? "time-late" : null)}" datetime="{format.InCity(at).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture)}" title="{format.DateTime(at)}">""");
        if (late)
        {
            html.Add($"{Html.Icon(sprite, "clock-exclamation")}");
        }

        html.Add($"<span>{format.Compact(at)}</span>");
        if (relative)
        {
            html.Add($"""<span class="time-relative">{format.Relative(at)}</span>""");
        }

        return html.Add($"</time>").ToMarkup();
    }
}
