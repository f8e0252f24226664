namespace Anhu.Modules.Documents;

/// <summary>Marks the texts of documents.</summary>
public sealed class DocumentsText;
