namespace Anhu.Modules.Measures;

/// <summary>Marks the texts of this module.</summary>
public sealed class MeasuresText;
