using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Documents;
using Anhu.Modules.Organisation;
using Anhu.Modules.Protection;
using Anhu.Modules.Scene;
using Anhu.Modules.Security;
using Anhu.Modules.Time;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Evidence;

/// <summary>
/// The list of evidence for the court (证据清单), and the one that the respondent gets. Each is made with a bundle of files beside it (<see cref="EvidenceBundles"/>). The respondent's list keeps the numbers
/// of the court's: what is left out stands in it by number and reason, never by content (victim-safety C6). What is not named as looked at is left out.
/// </summary>
public sealed class EvidenceDocuments(IDbContextFactory<AnhuDbContext> contexts, EvidenceQueries evidence, SceneQueries scenes, SceneBook book, CityZone zone) : IDocumentSource
{
    private const string Given = "given";

    private static readonly DocumentField[] Lines = [new("n"), new("name"), new("source"), new("proves"), new("hash"), new("sm3"), new("custody")];

    /// <summary>证据清单: for the court, with all originals.</summary>
    public static DocumentKind List { get; } = new(
        "evidence-list", "证据清单",
        [
            .. DocumentKind.CommonFields, new("receiver.name", true), new("purpose"), new("victim.name"), new("other.name"), new("files", true, Lines), new("files.count"),
            new("statuses", false, [new("name"), new("status"), new("at")]),
        ],
        [new("receiver.name", true, 60), new("purpose", false, 300, 3)])
    { HasBundle = true };

    /// <summary>证据清单（副本）: for the respondent, with copies drawn anew.</summary>
    public static DocumentKind Copy { get; } = new(
        "evidence-list-copy", "证据清单（副本）",
        [
            .. DocumentKind.CommonFields.Where(f => f.Name is not ("worker.name" or "case.number")), new("receiver.name", true), new("list.number", true), new("files", true, Lines), new("files.count"),
            new("left", true, [new("n"), new("reason")]),
        ],
        [new("receiver.name", true, 60), new(Given, false, 2000, 2)], DocumentAbout.Subject)
    { HasBundle = true };

    /// <summary>What never goes to the respondent in a bundle, by item: the court shows what is needed.</summary>
    private static readonly Dictionary<string, string> Kept = new(StringComparer.Ordinal)
    {
        ["call-recording"] = "reporter", ["witness-statements"] = "witness", ["victim-statement"] = "statement", ["medical-record"] = "medical", ["appraisal"] = "medical", ["danger-scale"] = "assessment",
        ["history-check"] = "assessment",
    };

    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["reporter"] = "涉及报警人、举报人", ["witness"] = "涉及证人", ["statement"] = "受害人陈述，由人民法院出示", ["medical"] = "涉及医疗信息，由人民法院出示必要部分", ["assessment"] = "内部评估和查询材料",
        ["form"] = "含有无法去除的拍摄信息或者声音，由人民法院出示", ["tells"] = "含有住址、联系方式、证人或者报警人", ["not-released"] = "未经逐件审看",
    };

    private static readonly Dictionary<string, string> Statuses = new(StringComparer.Ordinal) { ["refused"] = "当事人拒绝", ["not-applicable"] = "不适用", ["missing"] = "缺少" };

    private static readonly Dictionary<EvidenceKind, string> Whats = new()
    {
        [EvidenceKind.Image] = "图片", [EvidenceKind.Video] = "录像", [EvidenceKind.Audio] = "录音", [EvidenceKind.Document] = "PDF文件", [EvidenceKind.Text] = "文字记录",
    };

    private static readonly Dictionary<string, string> Steps = new(StringComparer.Ordinal)
    {
        ["made"] = "制作", ["received"] = "收到并核对", ["captioned"] = "修改说明", ["handed-on"] = "取走原件",
    };

    /// <inheritdoc />
    public IReadOnlyList<DocumentKind> Kinds { get; } = [List, Copy];

    /// <summary>Those who may take originals out.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="sight">What the caller sees of the case.</param>
    public bool MayIssue(DocumentKind kind, CaseSight sight) => EvidenceBundles.May(sight);

    /// <summary>Lists for the court that hold, newest first.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="caller">Who asks; sees the case.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<DocumentSubject>> SubjectsAsync(DocumentKind kind, Caller caller, Guid caseId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.IssuedDocuments.AsNoTracking().Where(d => d.CaseId == caseId && d.Kind == List.Id && d.State == DocumentState.Valid).OrderByDescending(d => d.IssuedAt)
            .Select(d => new DocumentSubject(d.IssuedDocumentId, d.Number, d.IncidentId)).ToListAsync(ct);
    }

    /// <inheritdoc />
    public Task<Result> FillAsync(AnhuDbContext db, DocumentWish wish, DocumentValues values, CancellationToken ct) => wish.Kind == List ? ForCourtAsync(db, wish, values, ct) : ForRespondentAsync(db, wish, values, ct);

    /// <summary>Numbers as people write them: <c>1、3-5，8</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The highest number that there is.</param>
    /// <returns>Null when it says something else.</returns>
    internal static IReadOnlySet<int>? Numbers(string? text, int most)
    {
        var found = new HashSet<int>();
        foreach (var part in (text ?? "").Normalize(NormalizationForm.FormKC).Split(['、', ',', ';', ' ', '\n', '\r', '。'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var ends = part.Split(['-', '—', '–', '~', '至']);
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from) || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var to)
                || from < 1 || to > most || from > to)
            {
                return null;
            }

            found.UnionWith(Enumerable.Range(from, to - from + 1));
        }

        return found;
    }

    private async Task<Result> ForCourtAsync(AnhuDbContext db, DocumentWish wish, DocumentValues values, CancellationToken ct)
    {
        var caseId = wish.File.Case.CaseId;
        var kept = await evidence.AllOfCaseAsync(wish.Caller, caseId, ct);
        if (kept.Count == 0)
        {
            return EvidenceFailures.BundleEmpty;
        }

        var secrets = (await CaseSecrets.LoadAsync(db, caseId, ct)).Guard;
        var custody = await EvidenceQueries.StepsAsync(db, caseId, ct);
        var (files, altered) = (new List<BundleFile>(), new List<int>());
        foreach (var (file, worker) in kept)
        {
            var (number, item) = (files.Count + 1, ItemOf(file.Item));
            if (!await EvidenceOriginal.IsSameAsync(db, file.EvidenceFileId, file.Sha256, ct))
            {
                altered.Add(number);
            }

            files.Add(new BundleFile(
                number, file.EvidenceFileId, PathOf(number, file.Item, file.Sha256, EvidenceType.Find(file.MediaType)?.Extension ?? "bin"), file.Item, item?.Title.Zh ?? file.Item, file.Kind!.Value, file.MediaType!,
                file.Length, file.Sha256, file.Sm3, true, file.MadeAt, file.KeptAt, item?.Proves?.Zh, secrets.Mask(file.Caption), wish.Map.Find(file.UnitId)?.Name, worker,
                [new BundleStep(file.MadeAt, "made", worker, null), .. custody[file.EvidenceFileId]]));
        }

        if (altered.Count > 0)
        {
            return EvidenceFailures.BundleAltered(string.Join("、", altered.Select(n => $"{n.ToString(CultureInfo.InvariantCulture)} {files[n - 1].Title}")));
        }

        var statuses = await StatusesAsync(wish, [.. files.Select(f => f.Item)], ct);
        var bundle = new EvidenceBundle(EvidenceBundle.Court, wish.File.Case.CaseNumber, files, [], statuses);
        values.Data = bundle.ToBytes();
        values.With("victim.name", wish.File.People.FirstOrDefault(p => p.Role == Alarms.PartyRole.Victim)?.Name).With("other.name", wish.File.People.FirstOrDefault(p => p.Role == Alarms.PartyRole.Perpetrator)?.Name)
            .With("files.count", Text(files.Count)).With("files", [.. files.Select(LineOf)])
            .With("statuses", [.. statuses.Select(s => new DocumentValues().With("name", s.Title).With("status", Statuses[s.Status]).With("at", zone.Day(s.At)))]);
        return Result.Ok;
    }

    private async Task<Result> ForRespondentAsync(AnhuDbContext db, DocumentWish wish, DocumentValues values, CancellationToken ct)
    {
        var list = await db.IssuedDocuments.AsNoTracking().Where(d => d.IssuedDocumentId == wish.SubjectId).Select(d => d.Number).SingleAsync(ct);
        if (await db.IssuedDocumentFiles.AsNoTracking().Where(f => f.IssuedDocumentId == wish.SubjectId).Select(f => f.Data).SingleAsync(ct) is not { } data)
        {
            return DocumentFailures.NoSubject;
        }

        var all = EvidenceBundle.Read(data).Files;
        if (Numbers(wish.Answers.GetValueOrDefault(Given), all.Count) is not { } given)
        {
            return EvidenceFailures.Wrong(Given);
        }

        if (all.Where(f => given.Contains(f.Number) && Kept.ContainsKey(f.Item)).Select(f => f.Number).ToList() is { Count: > 0 } never)
        {
            return EvidenceFailures.NeverGiven(string.Join("、", never.Select(Text)));
        }

        if (await EvidenceBundles.WithdrawnAsync(db, all.Where(f => given.Contains(f.Number)), ct) is { } withdrawn)
        {
            return withdrawn;
        }

        var guard = await OtherPartyGuard.LoadAsync(db, wish.File.Case.CaseId, [], ct);
        var (files, left) = (new List<BundleFile>(), new List<BundleGap>());
        foreach (var file in all)
        {
            var copy = given.Contains(file.Number) && file.Kind is EvidenceKind.Image or EvidenceKind.Text
                ? await db.EvidenceCopies.AsNoTracking().Where(c => c.EvidenceFileId == file.Id).Select(c => c.Content).SingleOrDefaultAsync(ct) : null;
            var reason = Kept.GetValueOrDefault(file.Item) ?? (!given.Contains(file.Number) ? "not-released" : copy is null ? "form" : file.Kind == EvidenceKind.Text && guard.Tells(Encoding.UTF8.GetString(copy)) ? "tells" : null);
            if (reason is not null)
            {
                left.Add(new BundleGap(file.Number, reason));
                continue;
            }

            var hash = Convert.ToHexStringLower(SHA256.HashData(copy!));
            files.Add(file with
            {
                Path = PathOf(file.Number, file.Item, hash, file.Kind == EvidenceKind.Text ? "txt" : "jpg"),
                MediaType = file.Kind == EvidenceKind.Text ? "text/plain" : "image/jpeg",
                Length = copy!.Length,
                Sha256 = hash,
                Sm3 = file.Sm3 is null ? null : Convert.ToHexStringLower(ChainHash.Sm3.Compute(copy)),
                IsOriginal = false,
                MadeAt = null,
                ReceivedAt = null,
                Caption = null,
                Unit = null,
                Worker = null,
                Custody = null,
            });
        }

        values.Data = new EvidenceBundle(EvidenceBundle.Respondent, null, files, left, []).ToBytes();
        values.With("list.number", list).With("files.count", Text(files.Count)).With("files", [.. files.Select(LineOf)])
            .With("left", [.. left.Select(l => new DocumentValues().With("n", Text(l.Number)).With("reason", Reasons[l.Reason]))]);
        return Result.Ok;
    }

    private DocumentValues LineOf(BundleFile file) => new DocumentValues().With("n", Text(file.Number)).With("name", $"{file.Title}（{Whats[file.Kind]}）{(file.Caption is null ? "" : "：" + file.Caption)}")
        .With("source", file.MadeAt is { } made ? $"{zone.DayAndTime(made)}，{file.Unit} {file.Worker}" : null).With("proves", file.Proves).With("hash", file.Sha256).With("sm3", file.Sm3)
        .With("custody", file.Custody is null ? null : string.Join("；", file.Custody.Select(s => $"{zone.DayAndTime(s.At)}{Steps.GetValueOrDefault(s.What, s.What)} {s.Worker}".TrimEnd())));

    /// <summary>Items of which the officers at a scene say that there is none, and no file tells otherwise.</summary>
    private async Task<IReadOnlyList<BundleStatus>> StatusesAsync(DocumentWish wish, HashSet<string> collected, CancellationToken ct)
    {
        if (await scenes.OfCaseAsync(wish.Caller, wish.File.Case.CaseId, ct) is not { } found)
        {
            return [];
        }

        return
        [
            .. found.Scenes.OrderByDescending(s => s.CreatedAt).SelectMany(s => s.Record.Items.Where(i => i.Part == ScenePart.Check && !collected.Contains(i.Item)).Select(i => i.Item).Distinct()
                    .Select(i => (Item: i, Says: s.Record.Says(ScenePart.Check, i)))).Where(s => s.Says is [var last, ..] && Statuses.ContainsKey(last.Value)).DistinctBy(s => s.Item)
                .Select(s => new BundleStatus(s.Item, ItemOf(s.Item)?.Title.Zh ?? s.Item, s.Says[0].Value, s.Says[0].At)).OrderBy(s => s.Item, StringComparer.Ordinal),
        ];
    }

    private SceneItem? ItemOf(string id) => book.Checklists.SelectMany(c => c.Items).FirstOrDefault(i => i.Id == id);

    private static string PathOf(int number, string item, string hash, string extension) => $"files/{number.ToString("000", CultureInfo.InvariantCulture)}-{item}-{hash[..12]}.{extension}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
