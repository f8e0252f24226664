namespace Anhu.Components.Ui;

/// <summary>What is wrong with one field of a form.</summary>
/// <param name="Field">Path from the form's model, such as <c>Notes</c> or <c>People[0].Name</c>; empty for the form as a whole.</param>
/// <param name="Message">Words for the reader.</param>
public sealed record FieldProblem(string Field, string Message);
