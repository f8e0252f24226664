namespace Anhu.Modules.Audit;

/// <summary>Marks the texts of who saw what.</summary>
public sealed class AuditText;
