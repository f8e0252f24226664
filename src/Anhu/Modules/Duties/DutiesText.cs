namespace Anhu.Modules.Duties;

/// <summary>Marks the texts of duties and the home page.</summary>
public sealed class DutiesText;
