namespace Anhu.Modules.Retention;

/// <summary>Texts of retention.</summary>
public sealed class RetentionText;
