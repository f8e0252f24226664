using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Anhu.Modules.Intake;

/// <summary>Bounds of the intake.</summary>
public sealed record AlarmIntakeOptions : GroupCommitOptions;

/// <summary>One alarm on its way to the disk.</summary>
/// <param name="Report">The report.</param>
/// <param name="Actor">Who sent it.</param>
/// <param name="OriginUnitId">The unit of the worker who entered it by hand, which stays involved as the first contact.</param>
internal sealed record IntakeItem(AlarmReport Report, Actor Actor, Guid? OriginUnitId)
{
    private readonly (string Text, byte[] Hash) content = AlarmReportWriter.ToContent(Report);
    private readonly string? apart = Report.Reporter is null ? null : AlarmReportWriter.ToContent(Report with { Reporter = null }).Content;

    /// <summary>What makes it one alarm: source and id.</summary>
    public string SourceKey { get; } = $"{Report.Source}/{Report.SourceId}";

    /// <summary>When it counts as taken, UTC; null for now. Set where a past is made up.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The report as it is kept: without who reported, which is kept apart. Made by the caller, many at once, rather than by the one writer.</summary>
    public string Content => apart ?? content.Text;

    /// <summary>SHA-256 of the whole report as it was sent.</summary>
    public byte[] Hash => content.Hash;
}

/// <summary>
/// The one door for alarms. Many callers share one durable transaction (group commit): what waits is taken together,
/// one transaction stores alarm, case, grade, duties and events, and only then every caller is answered.
/// </summary>
public sealed class AlarmIntake : IAsyncDisposable
{
    private readonly IDbContextFactory<AnhuDbContext> contexts;
    private readonly OrganisationDirectory organisation;
    private readonly RuleBook rules;
    private readonly Cases.Conflicts conflicts;
    private readonly TimeProvider time;
    private readonly AlarmIntakeOptions options;
    private readonly People.PersonIndex index;
    private readonly GroupCommit<IntakeItem, AlarmReceipt> door;

    /// <summary>Makes the door; its writer starts with the first alarm.</summary>
    public AlarmIntake(
        IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, RuleBook rules, Cases.Conflicts conflicts, TimeProvider time,
        ILogger<AlarmIntake> logger, AlarmIntakeOptions options, CityStore store, People.PersonIndex index)
    {
        this.contexts = contexts;
        this.organisation = organisation;
        this.rules = rules;
        this.conflicts = conflicts;
        this.time = time;
        this.options = options;
        this.index = index;
        door = new GroupCommit<IntakeItem, AlarmReceipt>(
            new GroupCommitWork<IntakeItem, AlarmReceipt> { Name = "alarms", Write = WriteAsync, Refusal = Refusal, Written = Figures.Batch }, options, store, time, logger);
    }

    /// <summary>Alarms that wait to be written.</summary>
    public int Backlog => door.Backlog;

    /// <summary>How many may wait.</summary>
    public int Capacity => options.Capacity;

    /// <summary>Takes one revision of an alarm. Completes when it is on disk, or known to be there already.</summary>
    /// <param name="report">The report, checked.</param>
    /// <param name="actor">Who sent it.</param>
    /// <param name="ct">Gives up waiting; the alarm may be stored all the same.</param>
    /// <param name="originUnitId">The unit of the worker who entered it by hand.</param>
    /// <exception cref="IntakeUnavailableException">It is not durable now; send it again.</exception>
    public async Task<AlarmReceipt> SubmitAsync(AlarmReport report, Actor actor, CancellationToken ct, Guid? originUnitId = null)
    {
        var stored = door.TrySubmit(new IntakeItem(report, actor, originUnitId)) ?? throw Refusal(TimeSpan.FromSeconds(1), null);
        return await stored.WaitAsync(ct);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => door.DisposeAsync();

    private static IntakeUnavailableException Refusal(TimeSpan retryAfter, Exception? reason)
    {
        Figures.Alarms("unavailable");
        return new IntakeUnavailableException(retryAfter, reason);
    }

    private async Task<IReadOnlyList<AlarmReceipt>> WriteAsync(IReadOnlyList<IntakeItem> items, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var store = db.Store;
        AlarmReceipt[] receipts;
        using (await store.EnterAsync(ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await store.Provider.ReadByKeysAsync(db, ct);
            var batch = new IntakeBatch(db, await db.TakeHeadAsync(0, ct), new Cases.CaseRules(map, rules), conflicts, time, index);
            receipts = await batch.RunAsync(items, ct);
            await batch.SaveAsync(ct);
            await transaction.CommitAsync(CancellationToken.None);
        }

        store.SignalChange();
        foreach (var receipt in receipts)
        {
            Figures.Alarms(Outcome(receipt.Status));
        }

        return receipts;
    }

    private static string Outcome(AlarmStatus status) => status switch
    {
        AlarmStatus.Created => "created",
        AlarmStatus.Updated => "updated",
        AlarmStatus.Duplicate => "duplicate",
        AlarmStatus.Conflict => "conflict",
    };
}
