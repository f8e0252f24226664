using System.Collections;
using System.Globalization;
using System.Reflection;
using Anhu.Common;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace Anhu.Components.Ui;

/// <summary>
/// Checks a form by the same rules as the API and shows what a use case refused. Place it first inside <c>EditForm</c>;
/// pages hold it by <c>@ref</c> and call <see cref="Add"/> when the handler fails.
/// </summary>
/// <typeparam name="TModel">The form's model.</typeparam>
public sealed class FormChecks<TModel> : ComponentBase
    where TModel : class
{
    private ValidationMessageStore messages = default!;

    /// <summary>Finds what is wrong before the handler is called; null checks nothing.</summary>
    [Parameter]
    public Func<TModel, IEnumerable<FieldProblem>>? Check { get; set; }

    [CascadingParameter]
    private EditContext Form { get; set; } = default!;

    [Inject]
    private FailureText Words { get; set; } = default!;

    /// <summary>Shows a failure beside its field, or in the summary when no field of the form is to blame.</summary>
    /// <param name="failure">What the use case answered.</param>
    public void Add(Failure failure) => Add(new FieldProblem(failure.Field ?? "", Words.Of(failure)));

    /// <summary>Shows a problem beside its field.</summary>
    /// <param name="problem">The problem.</param>
    public void Add(FieldProblem problem)
    {
        messages.Add(Find(Form.Model, problem.Field), problem.Message);
        Form.NotifyValidationStateChanged();
    }

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        messages = new ValidationMessageStore(Form);
        Form.OnValidationRequested += (_, _) =>
        {
            messages.Clear();
            foreach (var problem in Check?.Invoke((TModel)Form.Model) ?? [])
            {
                messages.Add(Find(Form.Model, problem.Field), problem.Message);
            }

            Form.NotifyValidationStateChanged();
        };
    }

    /// <summary>Walks a path such as <c>people[0].idNumber</c> from the model; what does not exist belongs to the form as a whole.</summary>
    private static FieldIdentifier Find(object model, string path)
    {
        var owner = model;
        var parts = path.Split('.', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < parts.Length; i++)
        {
            var bracket = parts[i].IndexOf('[', StringComparison.Ordinal);
            var name = bracket < 0 ? parts[i] : parts[i][..bracket];
            var property = owner.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (property is null)
            {
                break;
            }

            if (i == parts.Length - 1 && bracket < 0)
            {
                return new FieldIdentifier(owner, property.Name);
            }

            var next = property.GetValue(owner);
            if (bracket >= 0)
            {
                next = next is IList list
                    && int.TryParse(parts[i].AsSpan(bracket + 1).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    && index < list.Count ? list[index] : null;
            }

            if (next is null)
            {
                break;
            }

            owner = next;
        }

        return new FieldIdentifier(model, "");
    }
}
