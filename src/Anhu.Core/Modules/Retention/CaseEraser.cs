using System.Reflection;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Messages;
using Anhu.Modules.People;
using Anhu.Modules.Recognition;
using Anhu.Modules.Timeline;
using Anhu.Modules.Visits;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Anhu.Modules.Retention;

/// <summary>
/// Deletes cases with all that hangs on them, whatever module keeps it: every table that names a case, an incident, an alarm, a duty or a person in a column of
/// that name is emptied of theirs. Asks nobody whether they may go.
/// </summary>
internal static class CaseEraser
{
    /// <summary>Columns by which rows belong to a case, in the order in which one is looked for.</summary>
    private static readonly string[] Keys = ["CaseId", "IncidentId", "AlarmId", "DutyId", "PersonId"];

    /// <summary>The chains stay whole (their texts go with their keys); records of people are deleted or emptied below.</summary>
    private static readonly HashSet<Type> Apart = [typeof(TimelineEvent), typeof(ViewEvent), typeof(PersonRecord), typeof(LinkStatement), typeof(HouseholdStatement), typeof(LinkPair), typeof(FormDraft)];

    private static readonly MethodInfo DeleteOf = typeof(CaseEraser).GetMethod(nameof(DeleteAsync), BindingFlags.NonPublic | BindingFlags.Static)!;
    private static readonly MethodInfo DeleteOfNullable = typeof(CaseEraser).GetMethod(nameof(DeleteNullableAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>By which column rows of a table are found; null for tables that are left, or handled on their own.</summary>
    public static string? KeyOf(IEntityType type) => Apart.Contains(type.ClrType) ? null : Array.Find(Keys, k => type.FindProperty(k) is { } p && (Nullable.GetUnderlyingType(p.ClrType) ?? p.ClrType) == typeof(Guid));

    /// <summary>Whether rows of a table go with a case.</summary>
    public static bool Reaches(IEntityType type) => KeyOf(type) is not null || (Apart.Contains(type.ClrType) && type.ClrType != typeof(TimelineEvent) && type.ClrType != typeof(ViewEvent));

    /// <summary>What is known of the people of cases who go with them; for what has to be looked for by its words.</summary>
    public static async Task<ForgottenWords> WordsAsync(AnhuDbContext db, List<Guid> caseIds, CancellationToken ct)
    {
        var alarms = await db.Alarms.AsNoTracking().Where(a => caseIds.Contains(a.CaseId)).Select(a => a.AlarmId).ToListAsync(ct);
        var records = await db.PersonRecords.AsNoTracking().Where(r => r.AlarmId != null && alarms.Contains(r.AlarmId.Value)).ToListAsync(ct);
        var names = records.Select(r => r.Name).OfType<string>().Where(n => n.Length >= 2 && !PersonKeys.IsWithheld(n)).Select(PersonKeys.NormaliseName).ToHashSet(StringComparer.Ordinal);

        // A name that somebody else bears tells nothing of these cases, and may be what a search for the other was about.
        foreach (var name in names.ToList())
        {
            var keys = PersonKeys.Name(db.Keys, name);
            var bearers = await db.PersonKeys.AsNoTracking().Where(k => keys.Contains(k.Value)).Select(k => k.PersonId).Distinct().ToListAsync(ct);
            if (await db.CaseParties.AsNoTracking().AnyAsync(p => bearers.Contains(p.PersonId) && !caseIds.Contains(p.CaseId), ct))
            {
                names.Remove(name);
            }
        }

        var phones = records.Select(r => r.Phone).Concat(await db.SafeContacts.AsNoTracking().Where(s => caseIds.Contains(s.CaseId)).Select(s => s.Phone).ToListAsync(ct)).OfType<string>();
        return new ForgottenWords(
            names, [.. records.Select(r => r.IdNumber).OfType<string>().Select(n => n.Trim().ToUpperInvariant()).Where(n => n.Length >= 15)],
            [.. phones.Select(PersonKeys.Digits).Where(p => p.Length >= PersonKeys.ShortestPhone)]);
    }

    /// <summary>Deletes cases, in a transaction whose turn it is.</summary>
    /// <param name="db">The context.</param>
    /// <param name="caseIds">The cases.</param>
    /// <param name="step">Told of each step; for tests that stop it there.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many rows went.</returns>
    public static async Task<int> EraseAsync(AnhuDbContext db, List<Guid> caseIds, Action<string>? step, CancellationToken ct)
    {
        var incidents = await db.Incidents.AsNoTracking().Where(i => caseIds.Contains(i.CaseId)).Select(i => i.IncidentId).ToListAsync(ct);
        var alarms = await db.Alarms.AsNoTracking().Where(a => caseIds.Contains(a.CaseId)).Select(a => a.AlarmId).ToListAsync(ct);
        var duties = await db.Duties.AsNoTracking().Where(d => caseIds.Contains(d.CaseId)).Select(d => d.DutyId).ToListAsync(ct);
        var records = await db.PersonRecords.AsNoTracking().Where(r => r.AlarmId != null && alarms.Contains(r.AlarmId.Value)).Select(r => new { r.RecordId, r.PersonId, r.ArrivedAsPersonId }).ToListAsync(ct);
        var recordIds = records.ConvertAll(r => r.RecordId);
        var people = records.SelectMany(r => (Guid[])[r.PersonId, r.ArrivedAsPersonId])
            .Concat(await db.CaseParties.AsNoTracking().Where(p => caseIds.Contains(p.CaseId)).Select(p => p.PersonId).ToListAsync(ct)).Distinct().ToList();

        // Somebody whom another case or list tells of stays. What was emptied when another case went tells nothing any more.
        var stay = (await db.CaseParties.AsNoTracking().Where(p => people.Contains(p.PersonId) && !caseIds.Contains(p.CaseId)).Select(p => p.PersonId).ToListAsync(ct))
            .Concat(await db.PersonRecords.AsNoTracking().Where(r => people.Contains(r.PersonId) && !recordIds.Contains(r.RecordId) && (r.PersonListId != null || r.IncidentId != null)).Select(r => r.PersonId).ToListAsync(ct)).ToHashSet();
        var gone = people.Where(p => !stay.Contains(p)).ToList();
        var goneRecords = await db.PersonRecords.AsNoTracking().Where(r => gone.Contains(r.PersonId)).Select(r => r.RecordId).ToListAsync(ct);
        var emptied = records.Where(r => stay.Contains(r.PersonId)).Select(r => r.RecordId).ToList();

        step?.Invoke("people");
        var rows = await ForgetRecordsAsync(db, goneRecords, emptied, ct);
        await LearnAnewAsync(db, stay, emptied, ct);
        await db.LinkPairs.Where(p => p.LeftCaseId != null && caseIds.Contains(p.LeftCaseId.Value)).ExecuteUpdateAsync(p => p.SetProperty(x => x.LeftCaseId, (Guid?)null), ct);
        await db.LinkPairs.Where(p => p.RightCaseId != null && caseIds.Contains(p.RightCaseId.Value)).ExecuteUpdateAsync(p => p.SetProperty(x => x.RightCaseId, (Guid?)null), ct);
        await PersonIndex.ForgetAsync(db, ct);
        var forms = duties.ConvertAll(FormDrafts.KeyOf);
        rows += await db.FormDrafts.Where(d => forms.Contains(d.FormKey)).ExecuteDeleteAsync(ct);

        foreach (var type in db.Model.GetEntityTypes().OrderBy(t => t.GetTableName(), StringComparer.Ordinal))
        {
            if (KeyOf(type) is not { } key)
            {
                continue;
            }

            step?.Invoke(type.GetTableName()!);
            var ids = key switch { "CaseId" => caseIds, "IncidentId" => incidents, "AlarmId" => alarms, "DutyId" => duties, _ => gone };
            var delete = type.FindProperty(key)!.ClrType == typeof(Guid) ? DeleteOf : DeleteOfNullable;
            rows += await (Task<int>)delete.MakeGenericMethod(type.ClrType).Invoke(null, [db, key, ids, ct])!;
        }

        return rows;
    }

    private static Task<int> DeleteAsync<T>(AnhuDbContext db, string key, List<Guid> ids, CancellationToken ct)
        where T : class => db.Set<T>().Where(e => ids.Contains(EF.Property<Guid>(e, key))).ExecuteDeleteAsync(ct);

    private static Task<int> DeleteNullableAsync<T>(AnhuDbContext db, string key, List<Guid> ids, CancellationToken ct)
        where T : class => db.Set<T>().Where(e => EF.Property<Guid?>(e, key) != null && ids.Contains(EF.Property<Guid?>(e, key)!.Value)).ExecuteDeleteAsync(ct);

    /// <summary>Records of who goes are deleted. Those of who stays are emptied in their place: they hold together what other cases tell of the person.</summary>
    private static async Task<int> ForgetRecordsAsync(AnhuDbContext db, List<Guid> gone, List<Guid> emptied, CancellationToken ct)
    {
        var all = gone.Concat(emptied).ToList();
        var rows = await db.LinkPairs.Where(p => all.Contains(p.LeftRecordId) || all.Contains(p.RightRecordId)).ExecuteDeleteAsync(ct);
        rows += await db.LinkStatements.Where(s => gone.Contains(s.LeftRecordId) || gone.Contains(s.RightRecordId)).ExecuteDeleteAsync(ct);
        await db.LinkStatements.Where(s => emptied.Contains(s.LeftRecordId) || emptied.Contains(s.RightRecordId)).ExecuteUpdateAsync(s => s.SetProperty(x => x.Reason, (string?)null), ct);
        rows += await db.HouseholdStatements.Where(s => all.Contains(s.RecordId) || all.Contains(s.WithRecordId)).ExecuteDeleteAsync(ct);
        rows += await db.PersonRecords.Where(r => gone.Contains(r.RecordId)).ExecuteDeleteAsync(ct);
        await db.PersonRecords.Where(r => emptied.Contains(r.RecordId)).ExecuteUpdateAsync(
            r => r.SetProperty(x => x.Name, (string?)null).SetProperty(x => x.IdNumber, (string?)null).SetProperty(x => x.Phone, (string?)null)
                .SetProperty(x => x.Address, (string?)null).SetProperty(x => x.BirthDate, (DateOnly?)null).SetProperty(x => x.RelationToVictim, (string?)null)
                .SetProperty(x => x.IncidentId, (Guid?)null).SetProperty(x => x.Injury, Injury.Unknown).SetProperty(x => x.LookUpFrom, (long?)null), ct);
        return rows + emptied.Count;
    }

    /// <summary>Who stays is known from then on as the other cases tell it.</summary>
    private static async Task LearnAnewAsync(AnhuDbContext db, HashSet<Guid> stay, List<Guid> emptied, CancellationToken ct)
    {
        var touched = (await db.PersonRecords.AsNoTracking().Where(r => emptied.Contains(r.RecordId)).Select(r => r.PersonId).ToListAsync(ct)).Where(stay.Contains).Distinct().ToList();
        var records = (await db.PersonRecords.AsNoTracking().Where(r => touched.Contains(r.PersonId)).ToListAsync(ct)).Where(r => !emptied.Contains(r.RecordId)).ToLookup(r => r.PersonId);
        await db.PersonKeys.Where(k => touched.Contains(k.PersonId)).ExecuteDeleteAsync(ct);
        foreach (var person in await db.People.AsTracking().Where(p => touched.Contains(p.PersonId)).ToListAsync(ct))
        {
            var own = records[person.PersonId].OrderBy(r => r.RecordSequence).ToList();
            var joined = person.JoinedIntoPersonId;
            person.Forget();
            person.JoinedIntoPersonId = joined;
            foreach (var record in own)
            {
                person.Learn(record);
            }

            db.AddRange(own.SelectMany(r => PersonKeys.All(db.Keys, r.Name, r.Phone, r.IdNumber).Select(k => new PersonKey { Value = k, PersonId = person.PersonId, RecordId = r.RecordId }))
                .DistinctBy(k => k.Value));
        }
    }
}

/// <summary>Words by which somebody was known who is being forgotten.</summary>
/// <param name="Names">Normalised names.</param>
/// <param name="Numbers">ID numbers.</param>
/// <param name="Phones">Digits of phones.</param>
internal sealed record ForgottenWords(IReadOnlySet<string> Names, IReadOnlyList<string> Numbers, IReadOnlyList<string> Phones)
{
    private const int Page = 500;

    /// <summary>Whether a text holds one of them.</summary>
    public bool In(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var words = PersonKeys.NormaliseName(text);
        var digits = string.Concat(words.Where(char.IsAsciiDigit));
        return Names.Any(n => words.Contains(n, StringComparison.Ordinal)) || Numbers.Any(n => words.Contains(n, StringComparison.Ordinal)) || Phones.Any(p => digits.Contains(p, StringComparison.Ordinal));
    }

    /// <summary>Makes searches for them unreadable and deletes saved filters with them. The chain of views stays as it is: only keys go.</summary>
    public async Task ForgetAsync(AnhuDbContext db, CancellationToken ct)
    {
        var keys = new List<Guid>();
        for (var last = 0L; ;)
        {
            var from = last;
            var views = await db.Views.AsNoTracking().Where(v => v.Type == ViewTypes.Search && v.Sequence > from).OrderBy(v => v.Sequence).Take(Page).ToListAsync(ct);
            var open = await EventTexts.OpenDataAsync(db, [.. views.Select(v => v.Data)], ct);
            keys.AddRange(views.Where((_, i) => In(open[i])).Select(v => EventTexts.KeyOf(v.Data)).OfType<Guid>());
            if (views.Count < Page)
            {
                break;
            }

            last = views[^1].Sequence;
        }

        var filters = (await db.SavedFilters.AsNoTracking().ToListAsync(ct)).Where(f => In(f.Name) || In(f.Query) || In(Uri.UnescapeDataString(f.Query))).Select(f => f.SavedFilterId).ToList();
        if (keys.Count + filters.Count > 0)
        {
            using var turn = await db.Store.EnterAsync(ct);
            await db.EventTextKeys.Where(k => keys.Contains(k.EventTextKeyId)).ExecuteDeleteAsync(ct);
            await db.SavedFilters.Where(f => filters.Contains(f.SavedFilterId)).ExecuteDeleteAsync(ct);
        }
    }
}
