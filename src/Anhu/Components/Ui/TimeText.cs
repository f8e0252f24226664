using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Anhu.Components.Ui;

/// <summary>An instant on the city's clock, and how far away it is.</summary>
public sealed class TimeText : Part
{
    /// <summary>The instant; null shows a dash.</summary>
    [Parameter, EditorRequired] public DateTimeOffset? Value { get; set; }

    /// <summary>Also how far away it is.</summary>
    [Parameter] public bool Relative { get; set; } = true;

    /// <summary>True for deadlines: stands out when past.</summary>
    [Parameter] public bool Due { get; set; }

    [Inject] private Markup Markup { get; set; } = default!;

    /// <inheritdoc />
    protected override void Draw(RenderTreeBuilder builder) => builder.AddContent(0, Markup.Time(Sprite, Value, Due, Relative));
}
