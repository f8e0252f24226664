using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Anhu.Components.Ui;

/// <summary>A state in words, coloured by what it means.</summary>
public sealed class StateBadge : Part
{
    /// <summary>What it means.</summary>
    [Parameter] public Tone Tone { get; set; }

    /// <summary>Name of an icon.</summary>
    [Parameter] public string? Icon { get; set; }

    /// <summary>The words.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    /// <inheritdoc />
    protected override void Draw(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", $"state-badge {Tone.Css}");
        if (Icon is not null)
        {
            builder.AddContent(2, Html.Icon(Sprite, Icon));
        }

        builder.AddContent(3, ChildContent);
        builder.CloseElement();
    }
}
