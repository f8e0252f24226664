using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Anhu.Components.Ui;

/// <summary>A small component that is drawn once from its parameters; does without what a page's components need.</summary>
public abstract class Part : IComponent
{
    private RenderHandle handle;

    /// <summary>Address of the icons.</summary>
    private protected string Sprite => handle.Assets["icons.svg"];

    /// <inheritdoc />
    public void Attach(RenderHandle renderHandle) => handle = renderHandle;

    /// <inheritdoc />
    public Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        handle.Render(Draw);
        return Task.CompletedTask;
    }

    /// <summary>Draws it.</summary>
    /// <param name="builder">What is drawn.</param>
    protected abstract void Draw(RenderTreeBuilder builder);
}
