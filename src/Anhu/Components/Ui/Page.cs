using Anhu.Web;
using Microsoft.AspNetCore.Components;

namespace Anhu.Components.Ui;

/// <summary>
/// A page that loads what it shows before it is first drawn. A plain component is drawn once while its first query still runs,
/// with nothing in its fields; on SQLite, whose queries end at once, that goes unnoticed, on PostgreSQL it fails.
/// </summary>
public abstract class Page : ComponentBase
{
    private bool isLoaded;

    /// <summary>Takes down what the page shows of cases.</summary>
    [Inject] protected ViewRecorder Views { get; set; } = default!;

    /// <inheritdoc />
    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (!isLoaded)
        {
            isLoaded = true;
            await OnLoadAsync();
            await Views.DoneAsync();
        }

        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Loads what the page shows, and tells <see cref="Views"/> of it. Parameters, query and posted form are set. Override this instead of <c>OnInitializedAsync</c>.</summary>
    protected virtual Task OnLoadAsync() => Task.CompletedTask;
}
