using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Anhu.Data;
using Anhu.Linkage;
using Anhu.Modules.Alarms;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Anhu.Modules.People;

/// <summary>From when on records are taken to be likely one person's. A city's choice.</summary>
public sealed record RecognitionSettings
{
    /// <summary>From this probability on, two records are joined without asking.</summary>
    public double Certain { get; init; } = 0.999;

    /// <summary>Joining without asking also needs an ID number that speaks strongly for it.</summary>
    public bool CertainNeedsIdNumber { get; init; } = true;

    /// <summary>From this probability on, a worker is asked.</summary>
    public double Likely { get; init; } = 0.5;

    /// <summary>How many people records are drawn from at least: with fewer on record, a likeness counts as if these were.</summary>
    public int Population { get; init; } = 200_000;

    /// <summary>Longest that the alarms of one transaction wait for look-ups; what is left is looked up afterwards. Milliseconds.</summary>
    public int LookUpMilliseconds { get; init; } = 20;

    /// <summary>File of the engine's trained model; null for none: exact keys only.</summary>
    public string? Model { get; init; }
}

/// <summary>What one field of two records says, without the values.</summary>
/// <param name="Field">Name of the field.</param>
/// <param name="Bits">Weight of the evidence, bits.</param>
/// <param name="Zh">In Chinese.</param>
/// <param name="En">In English.</param>
public sealed record FieldReason(string Field, double Bits, string Zh, string En);

/// <summary>A record that may be of the same person.</summary>
/// <param name="RecordId">The record.</param>
/// <param name="Probability">How probable it is.</param>
/// <param name="Weight">Weight of the evidence, bits.</param>
public readonly record struct IndexHit(Guid RecordId, double Probability, double Weight);

/// <summary>
/// The records of the city in memory, in which likenesses are looked up. Loaded from the store in the background, and follows what is
/// committed, on whatever node; there is no copy of it on disk. Until it has caught up, people are found by exact keys only.
/// </summary>
/// <param name="settings">Thresholds and model.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
public sealed partial class PersonIndex(RecognitionSettings settings, TimeProvider time, ILogger<PersonIndex> logger)
{
    private const int PageSize = 2000;

    /// <summary>Most records that are asked for; one person may have many.</summary>
    private const int MostHits = 20;

    /// <summary>Bits from which an ID number speaks strongly.</summary>
    private const double StrongBits = 10;

    private static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-CN");
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");

    private readonly Lazy<LinkageIndex?> engine = new(() => Open(settings.Model));
    private readonly Lazy<string> version = new(() => VersionOf(settings.Model));
    private long upTo, end;
    private volatile bool isReady;

    /// <summary>Whether a model is there at all.</summary>
    public bool IsOn => engine.Value is not null;

    /// <summary>True once it has caught up with the store for the first time.</summary>
    public bool IsReady => isReady;

    /// <summary>Sequence of the last record in it.</summary>
    public long UpTo => Volatile.Read(ref upTo);

    /// <summary>Sequence of the last record of the store when it was last asked.</summary>
    public long End => Volatile.Read(ref end);

    /// <summary>Version of the model, and the beginning of its file's hash: <c>2-3f9a…</c>.</summary>
    public string ModelVersion => version.Value;

    /// <summary>The thresholds.</summary>
    public RecognitionSettings Settings => settings;

    /// <summary>Takes in what was committed since the last time.</summary>
    /// <param name="db">A context.</param>
    /// <param name="ct">Cancels.</param>
    public async Task FollowAsync(AnhuDbContext db, CancellationToken ct)
    {
        if (engine.Value is not { } index)
        {
            return;
        }

        Volatile.Write(ref end, await db.Counters.AsNoTracking().Where(c => c.Name == PersonRecord.Counter).Select(c => c.Value).FirstOrDefaultAsync(ct));
        var columns = index.Columns;
        var values = new string?[columns.Count];
        while (UpTo < End)
        {
            var from = UpTo;
            var page = await db.PersonRecords.AsNoTracking().Where(r => r.RecordSequence > from).OrderBy(r => r.RecordSequence).Take(PageSize)
                .Select(r => new { r.RecordId, r.RecordSequence, r.Name, r.Sex, r.BirthDate, r.IdNumber, r.Phone, r.Address, r.AlarmId, r.PersonListId }).ToListAsync(ct);
            foreach (var r in page)
            {
                Fill(values, columns, r.Name, r.Sex, r.BirthDate, r.IdNumber, r.Phone, r.Address, r.AlarmId ?? r.PersonListId);
                index.Upsert(r.RecordId, values);
                Volatile.Write(ref upTo, r.RecordSequence);
            }

            if (page.Count < PageSize)
            {
                break;
            }
        }

        isReady = true;
    }

    /// <summary>Looks up people, as many as there is time for.</summary>
    /// <param name="people">The people.</param>
    /// <returns>Null while it has not caught up.</returns>
    public (long UpTo, Dictionary<ReportedPerson, IReadOnlyList<IndexHit>> Found)? LookUp(IEnumerable<ReportedPerson> people)
    {
        if (!isReady || engine.Value is null)
        {
            return null;
        }

        var (began, reached) = (time.GetTimestamp(), UpTo);
        var found = new Dictionary<ReportedPerson, IReadOnlyList<IndexHit>>();
        foreach (var person in people)
        {
            if (time.GetElapsedTime(began).TotalMilliseconds > settings.LookUpMilliseconds)
            {
                break;
            }

            if (found.ContainsKey(person))
            {
                continue;
            }

            try
            {
                found.Add(person, Find(person.Name, person.Sex, person.BirthDate, person.IdNumber, person.Phone, person.Address));
            }
            catch (Exception e)
            {
                // No alarm is lost for the sake of a likeness: the rest is looked up afterwards. The message could tell who it was about.
                LogNotLookedUp(e.GetType().Name);
                break;
            }
        }

        return (reached, found);
    }

    /// <summary>The most likely record of a person, however unlikely; for reports.</summary>
    /// <param name="person">The person.</param>
    public IndexHit? Best(ReportedPerson person) => engine.Value is null ? null
        : Find(person.Name, person.Sex, person.BirthDate, person.IdNumber, person.Phone, person.Address, 0.0001) is [var best, ..] ? best : null;

    /// <summary>Looks up one record.</summary>
    /// <param name="record">The record; it is never among what is found.</param>
    public IReadOnlyList<IndexHit> Find(PersonRecord record) =>
        [.. Find(record.Name, record.Sex, record.BirthDate, record.IdNumber, record.Phone, record.Address).Where(h => h.RecordId != record.RecordId)];

    /// <summary>Why two records are likely one person, or not, field by field.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Empty where no model is there.</returns>
    public IReadOnlyList<FieldReason> Explain(PersonRecord left, PersonRecord right) =>
        Explain(left, right.Name, right.Sex, right.BirthDate, right.IdNumber, right.Phone, right.Address);

    /// <summary>Whether a hit is certain enough to join without asking.</summary>
    /// <param name="hit">The hit.</param>
    /// <param name="known">Its record.</param>
    /// <param name="reported">Who was looked up.</param>
    public bool IsCertain(IndexHit hit, PersonRecord known, ReportedPerson reported) => hit.Probability >= settings.Certain && (!settings.CertainNeedsIdNumber || NumbersAgree(
        known, Explain(known, reported.Name, reported.Sex, reported.BirthDate, reported.IdNumber, reported.Phone, reported.Address), reported.IdNumber));

    /// <inheritdoc cref="IsCertain(IndexHit, PersonRecord, ReportedPerson)" />
    /// <param name="hit">The hit.</param>
    /// <param name="known">Its record.</param>
    /// <param name="record">Which record was looked up.</param>
    public bool IsCertain(IndexHit hit, PersonRecord known, PersonRecord record) =>
        hit.Probability >= settings.Certain && (!settings.CertainNeedsIdNumber || NumbersAgree(known, Explain(known, record), record.IdNumber));

    private static bool NumbersAgree(PersonRecord known, IReadOnlyList<FieldReason> reasons, string? idNumber) =>
        known.IdNumber is not null && idNumber is not null && reasons.Any(r => r.Field == "idNumber" && r.Bits >= StrongBits);

    private List<FieldReason> Explain(PersonRecord known, string? name, Sex sex, DateOnly? birthDate, string? idNumber, string? phone, string? address)
    {
        if (engine.Value is not { } index)
        {
            return [];
        }

        var (one, other) = (new string?[index.Columns.Count], new string?[index.Columns.Count]);
        Fill(one, index.Columns, known.Name, known.Sex, known.BirthDate, known.IdNumber, known.Phone, known.Address);
        Fill(other, index.Columns, name, sex, birthDate, idNumber, phone, address);
        return [.. index.Explain(one, other).Fields.Select(f => new FieldReason(FieldOf(f.Column), f.Weight, f.Sentence(Chinese), f.Sentence(English)))];
    }

    private static LinkageIndex? Open(string? model) => model is not null && File.Exists(model) ? new LinkageIndex(LinkageModel.Parse(File.ReadAllText(model, Encoding.UTF8))) : null;

    private static string VersionOf(string? model) => model is not null && File.Exists(model) && File.ReadAllBytes(model) is var bytes
        ? string.Create(CultureInfo.InvariantCulture, $"{LinkageModel.Parse(Encoding.UTF8.GetString(bytes)).Version}-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]}") : "none";

    private List<IndexHit> Find(string? name, Sex sex, DateOnly? birthDate, string? idNumber, string? phone, string? address, double? least = null)
    {
        var index = engine.Value!;
        var atLeast = least ?? settings.Likely;
        var values = new string?[index.Columns.Count];
        Fill(values, index.Columns, name, sex, birthDate, idNumber, phone, address);
        var hits = new List<IndexHit>();
        foreach (var hit in index.Find(values, MostHits, atLeast))
        {
            // In a store that has only begun, two of one name are as rare as in the city, not as in the store.
            var weight = hit.Weight + Math.Min(0, Math.Log2((index.Count + 1.0) / settings.Population));
            var probability = 1 / (1 + Math.Pow(2, -weight));
            if (probability >= atLeast)
            {
                hits.Add(new IndexHit(hit.Id, probability, weight));
            }
        }

        return hits;
    }

    /// <summary>The record's field behind a column that the model made of it.</summary>
    private static string FieldOf(string column) => column switch
    {
        "birth" => "birthDate",
        "gender" => "sex",
        _ => column,
    };

    /// <summary>Puts what a record says into the columns of a model.</summary>
    internal static void Fill(
        Span<string?> values, IReadOnlyList<string> columns, string? name, Sex sex, DateOnly? birthDate, string? idNumber, string? phone, string? address,
        Guid? report = null)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = columns[i] switch
            {
                "name" => name,
                "sex" => sex switch { Sex.Female => "female", Sex.Male => "male", _ => null },
                "birthDate" => birthDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                "idNumber" => idNumber,
                "phone" => phone,
                "address" => address,
                "report" => report?.ToString("N"),
                _ => null,
            };
        }
    }

    [LoggerMessage(LogLevel.Error, "Looking up people failed ({Fault}); they are looked up again after the alarms are stored")]
    private partial void LogNotLookedUp(string fault);
}
