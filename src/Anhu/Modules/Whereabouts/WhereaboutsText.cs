namespace Anhu.Modules.Whereabouts;

/// <summary>Marks the texts of whereabouts.</summary>
public sealed class WhereaboutsText;
