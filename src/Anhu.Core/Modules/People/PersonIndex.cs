using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Anhu.Data;
using Anhu.Linkage;
using Anhu.Modules.Alarms;
using Anhu.Modules.Protection;
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

    /// <summary>Where the index rests, sealed, between two runs of the program (<see cref="PersonIndexFile"/>); null for nowhere.</summary>
    public string? File { get; init; }

    /// <summary>False: nothing is kept on disk, and a file that is there is deleted.</summary>
    public bool KeepsFile { get; init; } = true;

    /// <summary>From how many records on the index is kept in a file; fewer are read from the store in no time.</summary>
    public int FileFrom { get; init; } = 1000;
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
/// The records of the city in memory, in which likenesses are looked up. Loaded in the background from its file, else from the store, and
/// follows what is committed, on whatever node. Until it has caught up, people are found by exact keys only.
/// </summary>
/// <param name="settings">Thresholds and model.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
public sealed partial class PersonIndex(RecognitionSettings settings, TimeProvider time, ILogger<PersonIndex> logger) : IDisposable
{
    /// <summary>Name of the counter that tells how often records were deleted or emptied.</summary>
    private const string Forgotten = "people:forgotten";

    private const int PageSize = 2000;

    /// <summary>Most records that are asked for; one person may have many.</summary>
    private const int MostHits = 20;

    /// <summary>The file is written again at most this often, when a twentieth is new.</summary>
    private static readonly TimeSpan SaveEvery = TimeSpan.FromDays(1);

    /// <summary>Bits from which an ID number speaks strongly.</summary>
    private const double StrongBits = 10;

    private static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-CN");
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");

    private readonly Lazy<string> version = new(() => VersionOf(settings.Model));
    private readonly Lazy<LinkageModel?> model = new(() => Open(settings.Model));
    private readonly Lock making = new();

    /// <summary>Held by the one intake that looks up, or while the file is written. Whoever would have to wait looks up afterwards.</summary>
    private readonly SemaphoreSlim inUse = new(1);
    private LinkageIndex? engine;
    private Guid lastId;
    private long upTo, end, forgotten = -1, savedUpTo = -1;
    private int savedGeneration;
    private long savedAt;
    private volatile bool isReady;

    /// <summary>Whether a model is there at all.</summary>
    public bool IsOn => model.Value is not null;

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

    /// <summary>Notes that records were deleted, or emptied in their place: every node and every file of the index forgets them too.</summary>
    /// <param name="db">The context of the transaction that does so, whose turn it is.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task ForgetAsync(AnhuDbContext db, CancellationToken ct)
    {
        var counter = await db.Counters.FindAsync([Forgotten], ct);
        if (counter is null)
        {
            db.Add(counter = new Counter { Name = Forgotten, Value = 0 });
        }

        counter.Value++;
    }

    /// <summary>Takes in what was committed since the last time; the first time from the file, as far as that goes.</summary>
    /// <param name="db">A context.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="progress">Told how many of how many, now and then.</param>
    public async Task FollowAsync(AnhuDbContext db, CancellationToken ct, Action<long, long>? progress = null)
    {
        if (!IsOn)
        {
            return;
        }

        var counters = await db.Counters.AsNoTracking().Where(c => c.Name == PersonRecord.Counter || c.Name == Forgotten).ToDictionaryAsync(c => c.Name, c => c.Value, ct);
        Volatile.Write(ref end, counters.GetValueOrDefault(PersonRecord.Counter));
        var deleted = counters.GetValueOrDefault(Forgotten);
        if (forgotten != deleted)
        {
            await BeginAsync(db, deleted, ct);
        }

        var index = Engine()!;
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
                lastId = r.RecordId;
                Volatile.Write(ref upTo, r.RecordSequence);
            }

            progress?.Invoke(UpTo, End);
            if (page.Count < PageSize)
            {
                break;
            }
        }

        isReady = true;
    }

    /// <summary>Writes the file where that is worth it: when none fits, when keys were rotated, and when much has come since. Look-ups wait for nobody meanwhile: they come afterwards.</summary>
    /// <param name="ring">The city's keys.</param>
    /// <param name="stopping">True when the program stops, and everything should be in it.</param>
    public async Task RestAsync(KeyRing ring, bool stopping = false)
    {
        var much = UpTo - savedUpTo > UpTo / 20;
        var due = savedUpTo < 0 || savedGeneration != ring.Generation || (much && (stopping || time.GetElapsedTime(savedAt) > SaveEvery));
        if (settings is not { KeepsFile: true, File: { } path } || !isReady || UpTo < settings.FileFrom || !due)
        {
            return;
        }

        // A failure is tried again only when it is due again.
        (savedUpTo, savedGeneration, savedAt) = (UpTo, ring.Generation, time.GetTimestamp());
        var began = savedAt;
        await inUse.WaitAsync();
        try
        {
            await PersonIndexFile.SaveAsync(path, ring, new IndexFileHead(UpTo, lastId, forgotten), Engine()!);
            LogSaved(UpTo, (long)time.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(path, e.Message);
        }
        finally
        {
            inUse.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => inUse.Dispose();

    /// <summary>Looks up people, as many as there is time for.</summary>
    /// <param name="people">The people.</param>
    /// <returns>Null while it has not caught up.</returns>
    public (long UpTo, Dictionary<ReportedPerson, IReadOnlyList<IndexHit>> Found)? LookUp(IEnumerable<ReportedPerson> people)
    {
        if (!isReady || !IsOn || !inUse.Wait(0))
        {
            return null;
        }

        try
        {
            return LookUpNow(people);
        }
        finally
        {
            inUse.Release();
        }
    }

    private (long UpTo, Dictionary<ReportedPerson, IReadOnlyList<IndexHit>> Found) LookUpNow(IEnumerable<ReportedPerson> people)
    {
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
    public IndexHit? Best(ReportedPerson person) => !IsOn ? null
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
        if (Engine() is not { } index)
        {
            return [];
        }

        var (one, other) = (new string?[index.Columns.Count], new string?[index.Columns.Count]);
        Fill(one, index.Columns, known.Name, known.Sex, known.BirthDate, known.IdNumber, known.Phone, known.Address);
        Fill(other, index.Columns, name, sex, birthDate, idNumber, phone, address);
        return [.. index.Explain(one, other).Fields.Select(f => new FieldReason(FieldOf(f.Column), f.Weight, f.Sentence(Chinese), f.Sentence(English)))];
    }

    private static LinkageModel? Open(string? model) => model is not null && File.Exists(model) ? LinkageModel.Parse(File.ReadAllText(model, Encoding.UTF8)) : null;

    private LinkageIndex? Engine()
    {
        if (Volatile.Read(ref engine) is null && model.Value is { } trained)
        {
            lock (making)
            {
                engine ??= new LinkageIndex(trained);
            }
        }

        return Volatile.Read(ref engine);
    }

    /// <summary>Begins with the file where it fits the store, else empty. What was deleted from the store is on disk no longer when this is done.</summary>
    private async Task BeginAsync(AnhuDbContext db, long deleted, CancellationToken ct)
    {
        var first = forgotten < 0;
        isReady = false;
        var index = new LinkageIndex(model.Value!);
        IndexFileHead? head = null;
        if (first && settings is { KeepsFile: true, File: { } path } && File.Exists(path))
        {
            var began = time.GetTimestamp();
            try
            {
                var (read, loaded) = PersonIndexFile.Load(path, db.Keys, model.Value!);
                if (await FitsAsync(db, read, loaded.Count, deleted, ct))
                {
                    (head, index) = (read, loaded);
                    LogLoaded(index.Count, (long)time.GetElapsedTime(began).TotalMilliseconds);
                }
                else
                {
                    LogIgnored(path, "it does not fit the store: it is older than a deletion, or of another store");
                }
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or SealedValueException)
            {
                LogIgnored(path, e.Message);
            }
        }

        if (head is null && settings.File is { } gone)
        {
            PersonIndexFile.Delete(gone);
        }

        Volatile.Write(ref engine, index);
        (lastId, savedUpTo, savedGeneration, savedAt) = head is null ? (default, -1, 0, 0) : (head.LastId, head.UpTo, head.Generation, time.GetTimestamp());
        Volatile.Write(ref upTo, head?.UpTo ?? 0);
        forgotten = deleted;
    }

    /// <summary>Records are added in order, never changed, and deletions are counted: the same last one and the same number are the same records.</summary>
    private static async Task<bool> FitsAsync(AnhuDbContext db, IndexFileHead head, int count, long deleted, CancellationToken ct) =>
        head.Forgotten == deleted
        && await db.PersonRecords.AnyAsync(r => r.RecordSequence == head.UpTo && r.RecordId == head.LastId, ct)
        && await db.PersonRecords.CountAsync(r => r.RecordSequence <= head.UpTo, ct) == count;

    private static string VersionOf(string? model) => model is not null && File.Exists(model) && File.ReadAllBytes(model) is var bytes
        ? string.Create(CultureInfo.InvariantCulture, $"{LinkageModel.Parse(Encoding.UTF8.GetString(bytes)).Version}-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]}") : "none";

    private List<IndexHit> Find(string? name, Sex sex, DateOnly? birthDate, string? idNumber, string? phone, string? address, double? least = null)
    {
        var index = Engine()!;
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
                "name" => Sealing.Readable(name),
                "sex" => sex switch { Sex.Female => "female", Sex.Male => "male", _ => null },
                "birthDate" => birthDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                "idNumber" => Sealing.Readable(idNumber),
                "phone" => Sealing.Readable(phone),
                "address" => Sealing.Readable(address),
                "report" => report?.ToString("N"),
                _ => null,
            };
        }
    }

    [LoggerMessage(LogLevel.Information, "The index of people was loaded from its file: {Records} records in {Milliseconds} ms")]
    private partial void LogLoaded(int records, long milliseconds);

    [LoggerMessage(LogLevel.Warning, "The file of the index of people, {Path}, is ignored and made anew from the store: {Reason}")]
    private partial void LogIgnored(string path, string reason);

    [LoggerMessage(LogLevel.Information, "The index of people was written to its file up to record {UpTo} in {Milliseconds} ms")]
    private partial void LogSaved(long upTo, long milliseconds);

    [LoggerMessage(LogLevel.Warning, "The index of people could not be written to {Path}; the next start loads it from the store: {Reason}")]
    private partial void LogNotSaved(string path, string reason);

    [LoggerMessage(LogLevel.Error, "Looking up people failed ({Fault}); they are looked up again after the alarms are stored")]
    private partial void LogNotLookedUp(string fault);
}
