using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Anhu.Components.Ui;

/// <summary>The class of a case: colour, icon and words.</summary>
public sealed class ClassBadge : Part
{
    /// <summary>Class of the case, 1 to 3; null when it is not graded.</summary>
    [Parameter, EditorRequired] public int? Class { get; set; }

    /// <summary>The words where there is room for more than the number, such as the policy's title of the class.</summary>
    [Parameter] public string? Label { get; set; }

    [Inject] private Markup Markup { get; set; } = default!;

    /// <inheritdoc />
    protected override void Draw(RenderTreeBuilder builder) => builder.AddContent(0, Markup.ClassBadge(Sprite, Class, Label));
}
