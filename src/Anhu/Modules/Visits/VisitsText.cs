namespace Anhu.Modules.Visits;

/// <summary>Marks the texts of visits and contacts.</summary>
public sealed class VisitsText;
