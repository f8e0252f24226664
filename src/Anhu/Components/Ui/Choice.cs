namespace Anhu.Components.Ui;

/// <summary>One answer of a select or radio field.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Text">The words.</param>
/// <param name="Hint">What it means, where the words do not say it.</param>
public sealed record Choice<T>(T Value, string Text, string? Hint = null);
