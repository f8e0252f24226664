using Anhu.Modules.Documents;
using Anhu.Modules.Evidence;
using Anhu.Modules.Measures.ProtectionOrders;
using Anhu.Modules.Measures.WarningLetters;

namespace Anhu.Modules;

/// <summary>All kinds of documents of the program, for what works without a store. A kind is a line here, in its source, and a template.</summary>
public static class DocumentKinds
{
    /// <summary>All.</summary>
    public static IReadOnlyList<DocumentKind> All { get; } =
    [
        CaseDocumentSource.AlarmCertificate, CaseDocumentSource.HandOver,
        LetterDocuments.Request, LetterDocuments.Letter, LetterDocuments.Notice, LetterDocuments.RightsNotice, LetterDocuments.Delivery,
        OrderDocuments.Application, OrderDocuments.Copy, EvidenceDocuments.List, EvidenceDocuments.Copy,
    ];

    /// <summary>The kind of an id; null when there is none.</summary>
    /// <param name="id">The id.</param>
    public static DocumentKind? Find(string? id) => All.FirstOrDefault(k => k.Id == id);
}
