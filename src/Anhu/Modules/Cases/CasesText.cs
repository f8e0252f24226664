namespace Anhu.Modules.Cases;

/// <summary>Texts of cases and the live board.</summary>
public sealed class CasesText;
