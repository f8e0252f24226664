namespace Anhu.Modules.Dispositions;

/// <summary>Names the texts of dispositions.</summary>
public sealed class DispositionsText;
