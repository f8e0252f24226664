using System.Globalization;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Time;

namespace Anhu.Modules.Documents;

/// <summary>What a document that is to be made is about, and for whom.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Caller">Who wants it.</param>
/// <param name="File">The case as the caller sees it.</param>
/// <param name="Incident">The incident; null for none.</param>
/// <param name="SubjectId">What else it is about; null for none.</param>
/// <param name="Unit">The unit that issues it.</param>
/// <param name="Map">The organisation.</param>
/// <param name="Now">The time, UTC.</param>
public sealed record DocumentWish(DocumentKind Kind, Caller Caller, CaseDetails File, CaseIncident? Incident, Guid? SubjectId, Unit Unit, OrganisationMap Map, DateTimeOffset Now)
{
    /// <summary>The worker's answers, by the name of the question; none while a form is begun.</summary>
    public IReadOnlyDictionary<string, string?> Answers { get; init; } = new Dictionary<string, string?>();
}

/// <summary>Something that documents of a kind can be about, such as a warning letter.</summary>
/// <param name="SubjectId">Its key.</param>
/// <param name="Label">Its name for people, such as its number.</param>
/// <param name="IncidentId">The incident that it belongs to.</param>
public sealed record DocumentSubject(Guid SubjectId, string Label, Guid? IncidentId);

/// <summary>
/// Knows some kinds of documents: who may issue them, what they can be about, and what the record tells for them. A module with documents has one and
/// registers it with <see cref="DocumentServices.AddDocumentSource{T}"/>; templates, guard, numbers, signatures and pages are the same for all.
/// </summary>
public interface IDocumentSource
{
    /// <summary>Its kinds.</summary>
    IReadOnlyList<DocumentKind> Kinds { get; }

    /// <summary>Whether the caller, who may work on the case, may issue a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="sight">What the caller sees of the case.</param>
    bool MayIssue(DocumentKind kind, CaseSight sight);

    /// <summary>What a document of the kind can be about now, newest first. Asked for kinds of <see cref="DocumentAbout.Subject"/> only.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="caller">Who asks; sees the case.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyList<DocumentSubject>> SubjectsAsync(DocumentKind kind, Caller caller, Guid caseId, CancellationToken ct) => Task.FromResult<IReadOnlyList<DocumentSubject>>([]);

    /// <summary>Answers to begin the form with.</summary>
    /// <param name="db">The store.</param>
    /// <param name="wish">What is wanted.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyDictionary<string, string?>> AnswersAsync(AnhuDbContext db, DocumentWish wish, CancellationToken ct) =>
        Task.FromResult<IReadOnlyDictionary<string, string?>>(new Dictionary<string, string?>());

    /// <summary>Puts in what the record tells; answers to questions that are fields of the kind come on top.</summary>
    /// <param name="db">The store.</param>
    /// <param name="wish">What is wanted.</param>
    /// <param name="values">Takes it; what every document has is there.</param>
    /// <param name="ct">Cancels.</param>
    Task<Result> FillAsync(AnhuDbContext db, DocumentWish wish, DocumentValues values, CancellationToken ct);
}

/// <summary>All kinds of documents, and who knows them.</summary>
public sealed class DocumentCatalog(IEnumerable<IDocumentSource> sources)
{
    private readonly Dictionary<string, (DocumentKind Kind, IDocumentSource Source)> kinds =
        sources.SelectMany(s => s.Kinds.Select(k => (Kind: k, Source: s))).ToDictionary(k => k.Kind.Id, StringComparer.Ordinal);

    /// <summary>All kinds.</summary>
    public IReadOnlyList<DocumentKind> All => [.. kinds.Values.Select(k => k.Kind)];

    /// <summary>The kind of an id; null when there is none.</summary>
    /// <param name="id">The id.</param>
    public DocumentKind? Find(string? id) => id is not null && kinds.TryGetValue(id, out var known) ? known.Kind : null;

    /// <summary>Who knows a kind.</summary>
    /// <param name="kind">The kind.</param>
    public IDocumentSource SourceOf(DocumentKind kind) => kinds[kind.Id].Source;
}

/// <summary>Days and times as documents write them, in the city's zone.</summary>
public static class DocumentDates
{
    /// <summary>Such as 2026年3月1日.</summary>
    /// <param name="zone">The city's zone.</param>
    /// <param name="at">When, UTC.</param>
    public static string Day(this CityZone zone, DateTimeOffset at) => Day(zone.DateOf(at));

    /// <summary>Such as 2026年3月1日.</summary>
    /// <param name="day">The day.</param>
    public static string Day(DateOnly day) => day.ToString("yyyy年M月d日", CultureInfo.InvariantCulture);

    /// <summary>Such as 2026年3月1日9时5分.</summary>
    /// <param name="zone">The city's zone.</param>
    /// <param name="at">When, UTC.</param>
    public static string DayAndTime(this CityZone zone, DateTimeOffset at) => zone.ToLocal(at).ToString("yyyy年M月d日H时m分", CultureInfo.InvariantCulture);
}
