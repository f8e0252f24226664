using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Anhu.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.AspNetCore.Components.Forms.Mapping;
using Microsoft.Extensions.Localization;

namespace Anhu.Components.Ui;

/// <summary>A form field with label, hint and error, tied together for screen readers. Use inside <c>EditForm</c> with <c>@bind-Value</c>.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public abstract class Field<T> : InputBase<T>
{
    /// <summary>What it is called.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>What helps to fill it, below the label.</summary>
    [Parameter]
    public string? Hint { get; set; }

    /// <summary>Whether it must be filled. Others are marked as optional.</summary>
    [Parameter]
    public bool Required { get; set; }

    /// <summary>Extra classes of the field, for the grid of the form.</summary>
    [Parameter]
    public string? Class { get; set; }

    [Inject]
    private protected IStringLocalizer<SharedText> Text { get; set; } = default!;

    [CascadingParameter]
    private FormMappingContext? Mapping { get; set; }

    /// <summary>Id of the element that takes the input.</summary>
    protected string Id => Ids.Of(Name);

    /// <summary>Name in the posted form.</summary>
    protected string Name => NameAttributeValue;

    /// <summary>What to say about a wrong value; empty when it is right.</summary>
    protected IReadOnlyList<string> Errors =>
        IsMalformed ? [Text["Field_Malformed"]] : [.. EditContext.GetValidationMessages(FieldIdentifier)];

    /// <summary>The value as the element shows it; what was typed when it could not be read.</summary>
    protected string? Shown => IsMalformed ? Mapping!.GetAttemptedValue(Name) : CurrentValueAsString;

    /// <summary>Ids of hint and error, for the element's description.</summary>
    protected string? DescribedBy
    {
        get
        {
            var ids = (Hint is null ? "" : $"{Id}-hint ") + (Errors.Count == 0 ? "" : $"{Id}-error");
            return ids.Length == 0 ? null : ids.TrimEnd();
        }
    }

    /// <summary>For <c>aria-invalid</c>.</summary>
    protected string? Invalid => Errors.Count > 0 ? "true" : null;

    private bool IsMalformed => Mapping?.GetErrors(Name) is not null;

    /// <inheritdoc />
    protected override void OnParametersSet() => FormFields.Of(EditContext).Register(FieldIdentifier, Id, Label, () => Errors);

    /// <inheritdoc />
    protected override bool TryParseValueFromString(string? value, [MaybeNullWhen(false)] out T result, [NotNullWhen(false)] out string? validationErrorMessage)
    {
        if (BindConverter.TryConvertTo(value, CultureInfo.InvariantCulture, out result!))
        {
            validationErrorMessage = null;
            return true;
        }

        validationErrorMessage = Text["Field_Malformed"];
        return false;
    }
}

/// <summary>The fields of a form in their order, so that the summary can name and link those that are wrong.</summary>
internal sealed class FormFields
{
    private static readonly object Key = new();
    private readonly List<(FieldIdentifier Field, string Id, string Label, Func<IReadOnlyList<string>> Errors)> fields = [];

    public IEnumerable<(string Id, string Label, string Message)> Problems =>
        fields.SelectMany(f => f.Errors().Select(message => (f.Id, f.Label, message)));

    public static FormFields Of(EditContext form)
    {
        if (form.Properties.TryGetValue(Key, out var known))
        {
            return (FormFields)known;
        }

        var fields = new FormFields();
        form.Properties[Key] = fields;
        return fields;
    }

    public void Register(FieldIdentifier field, string id, string label, Func<IReadOnlyList<string>> errors)
    {
        if (!fields.Exists(f => f.Id == id))
        {
            fields.Add((field, id, label, errors));
        }
    }
}
