namespace Anhu.Modules.Evidence;

/// <summary>Texts of photos and files.</summary>
public sealed class EvidenceText;
