using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Anhu.Components.Ui;

/// <summary>An icon of the sprite.</summary>
public sealed class Icon : Part
{
    /// <summary>Name in the sprite (tools/icons.txt).</summary>
    [Parameter, EditorRequired] public string Name { get; set; } = "";

    /// <summary>What it says to those who do not see it; null when text beside it says the same.</summary>
    [Parameter] public string? Label { get; set; }

    /// <summary>More classes of the style.</summary>
    [Parameter] public string? Class { get; set; }

    /// <inheritdoc />
    protected override void Draw(RenderTreeBuilder builder) =>
        builder.AddContent(0, Label is null ? Html.Icon(Sprite, Name, Class) : Html.LabelledIcon(Sprite, Name, Label, Class));
}
