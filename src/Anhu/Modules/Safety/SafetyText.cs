namespace Anhu.Modules.Safety;

/// <summary>Marks the texts of the safety page.</summary>
public sealed class SafetyText;
