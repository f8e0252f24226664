using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Dispositions;
using Anhu.Modules.Documents;
using Anhu.Modules.Duties;
using Anhu.Modules.Evidence;
using Anhu.Modules.Grading;
using Anhu.Modules.KeyRotation;
using Anhu.Modules.Measures;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Protection;
using Anhu.Modules.Regions;
using Anhu.Modules.Scene;
using Anhu.Modules.Security;
using Anhu.Modules.Shield;
using Anhu.Modules.Timeline;
using Anhu.Modules.Visits;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Data;

/// <summary>
/// The store of one city. One <c>SaveChanges</c> is one transaction: it waits for its turn to write, gives the recorded
/// events their place in the chain, raises the versions of what changed, commits, and then wakes the live feed.
/// </summary>
public sealed class AnhuDbContext(DbContextOptions<AnhuDbContext> options)
    : IdentityUserContext<Worker, Guid>(options), IDataProtectionKeyContext
{
    private readonly List<PendingEvent> pending = [];
    private readonly CityKeys? cityKeys = options.FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider?.GetService<CityKeys>();

    /// <summary>Who acts; stands on every recorded event.</summary>
    public Actor Actor { get; set; } = Actor.Platform;

    /// <summary>Area codes.</summary>
    public DbSet<Region> Regions => Set<Region>();

    /// <summary>Units.</summary>
    public DbSet<Unit> Units => Set<Unit>();

    /// <summary>Jurisdictions.</summary>
    public DbSet<UnitJurisdiction> Jurisdictions => Set<UnitJurisdiction>();

    /// <summary>Duty rosters.</summary>
    public DbSet<DutyRosterEntry> DutyRoster => Set<DutyRosterEntry>();

    /// <summary>Workers.</summary>
    public DbSet<Worker> Workers => Set<Worker>();

    /// <summary>Alarms.</summary>
    public DbSet<Alarm> Alarms => Set<Alarm>();

    /// <summary>Revisions of alarms.</summary>
    public DbSet<AlarmRevision> AlarmRevisions => Set<AlarmRevision>();

    /// <summary>Who reported alarms; see <see cref="AlarmReporter"/> for who may read them.</summary>
    public DbSet<AlarmReporter> AlarmReporters => Set<AlarmReporter>();

    /// <summary>What mandatory reports owe to who made them.</summary>
    public DbSet<MandatoryReport> MandatoryReports => Set<MandatoryReport>();

    /// <summary>Units that had to report and did not.</summary>
    public DbSet<Modules.MandatoryReports.ReportOmission> ReportOmissions => Set<Modules.MandatoryReports.ReportOmission>();

    /// <summary>People.</summary>
    public DbSet<Person> People => Set<Person>();

    /// <summary>Exact keys of people.</summary>
    public DbSet<PersonKey> PersonKeys => Set<PersonKey>();

    /// <summary>What reports and lists say of people, as it came.</summary>
    public DbSet<PersonRecord> PersonRecords => Set<PersonRecord>();

    /// <summary>Statements about who is who.</summary>
    public DbSet<LinkStatement> LinkStatements => Set<LinkStatement>();

    /// <summary>Statements about who lives with whom.</summary>
    public DbSet<HouseholdStatement> HouseholdStatements => Set<HouseholdStatement>();

    /// <summary>Pairs of records that are likely one person.</summary>
    public DbSet<LinkPair> LinkPairs => Set<LinkPair>();

    /// <summary>Lists of people that other agencies gave.</summary>
    public DbSet<PersonList> PersonLists => Set<PersonList>();

    /// <summary>Places that are shielded on their own.</summary>
    public DbSet<ShieldedPlace> ShieldedPlaces => Set<ShieldedPlace>();

    /// <summary>Cases.</summary>
    public DbSet<DvCase> Cases => Set<DvCase>();

    /// <summary>People of cases.</summary>
    public DbSet<CaseParty> CaseParties => Set<CaseParty>();

    /// <summary>Incidents.</summary>
    public DbSet<Incident> Incidents => Set<Incident>();

    /// <summary>People of incidents.</summary>
    public DbSet<IncidentParty> IncidentParties => Set<IncidentParty>();

    /// <summary>Who may see which case.</summary>
    public DbSet<CaseAccess> CaseAccess => Set<CaseAccess>();

    /// <summary>Leaves to see more of a case for a while.</summary>
    public DbSet<AccessGrant> AccessGrants => Set<AccessGrant>();

    /// <summary>Who is shut out of which case.</summary>
    public DbSet<AccessBlock> AccessBlocks => Set<AccessBlock>();

    /// <summary>Who may see which sealed case.</summary>
    public DbSet<SealedSeat> SealedSeats => Set<SealedSeat>();

    /// <summary>Leaks of where victims and children are.</summary>
    public DbSet<Exposure> Exposures => Set<Exposure>();

    /// <summary>The circles of leaks.</summary>
    public DbSet<ExposureSeat> ExposureSeats => Set<ExposureSeat>();

    /// <summary>Workers' own particulars and declared family.</summary>
    public DbSet<WorkerTie> WorkerTies => Set<WorkerTie>();

    /// <summary>Keys of those.</summary>
    public DbSet<WorkerTieKey> WorkerTieKeys => Set<WorkerTieKey>();

    /// <summary>Saved filters.</summary>
    public DbSet<SavedFilter> SavedFilters => Set<SavedFilter>();

    /// <summary>Grades.</summary>
    public DbSet<Grade> Grades => Set<Grade>();

    /// <summary>Policies and playbooks that were in force.</summary>
    public DbSet<RuleDocument> RuleDocuments => Set<RuleDocument>();

    /// <summary>Duties.</summary>
    public DbSet<Duty> Duties => Set<Duty>();

    /// <summary>Sheets of hand-overs.</summary>
    public DbSet<HandOver> HandOvers => Set<HandOver>();

    /// <summary>What victims agree to share with whom, or the law in their place.</summary>
    public DbSet<SharingConsent> SharingConsents => Set<SharingConsent>();

    /// <summary>Measures.</summary>
    public DbSet<Measure> Measures => Set<Measure>();

    /// <summary>What courts' systems reported of protection orders.</summary>
    public DbSet<Modules.Measures.ProtectionOrders.CourtNotice> CourtNotices => Set<Modules.Measures.ProtectionOrders.CourtNotice>();

    /// <summary>Steps on measures whose content is kept.</summary>
    public DbSet<MeasureAct> MeasureActs => Set<MeasureAct>();

    /// <summary>Incidents for which a warning letter is due.</summary>
    public DbSet<LetterDue> LettersDue => Set<LetterDue>();

    /// <summary>How the police disposed of incidents.</summary>
    public DbSet<DispositionRecord> Dispositions => Set<DispositionRecord>();

    /// <summary>Return visits.</summary>
    public DbSet<ReturnVisit> ReturnVisits => Set<ReturnVisit>();

    /// <summary>Forms being typed.</summary>
    public DbSet<FormDraft> FormDrafts => Set<FormDraft>();

    /// <summary>What was tapped at scenes.</summary>
    public DbSet<SceneEntry> SceneEntries => Set<SceneEntry>();

    /// <summary>Photos and files.</summary>
    public DbSet<EvidenceFile> EvidenceFiles => Set<EvidenceFile>();

    /// <summary>Their originals, in pieces.</summary>
    public DbSet<EvidenceChunk> EvidenceChunks => Set<EvidenceChunk>();

    /// <summary>What is shown of them.</summary>
    public DbSet<EvidenceCopy> EvidenceCopies => Set<EvidenceCopy>();

    /// <summary>Contacts that a victim marked.</summary>
    public DbSet<SafeContact> SafeContacts => Set<SafeContact>();

    /// <summary>Outgoing messages.</summary>
    public DbSet<OutboxMessage> OutboxMessages => Set<OutboxMessage>();

    /// <summary>Templates of documents.</summary>
    public DbSet<DocumentTemplate> DocumentTemplates => Set<DocumentTemplate>();

    /// <summary>Documents that left the platform.</summary>
    public DbSet<IssuedDocument> IssuedDocuments => Set<IssuedDocument>();

    /// <summary>Their files.</summary>
    public DbSet<IssuedDocumentFiles> IssuedDocumentFiles => Set<IssuedDocumentFiles>();

    /// <summary>Keys that sign them.</summary>
    public DbSet<DocumentKey> DocumentKeys => Set<DocumentKey>();

    /// <summary>The record. Written only by <see cref="Record"/> and the intake.</summary>
    public DbSet<TimelineEvent> Timeline => Set<TimelineEvent>();

    /// <summary>What was seen. Written only by the log of views.</summary>
    public DbSet<ViewEvent> Views => Set<ViewEvent>();

    /// <summary>Signed marks of where the chains ended.</summary>
    public DbSet<AuditCheckpoint> AuditCheckpoints => Set<AuditCheckpoint>();

    /// <summary>Parts of the chain of views that were moved out of the store.</summary>
    public DbSet<ViewArchive> ViewArchives => Set<ViewArchive>();

    /// <summary>What workers looked at, day by day.</summary>
    public DbSet<ViewDay> ViewDays => Set<ViewDay>();

    /// <summary>The ends of the chains.</summary>
    public DbSet<TimelineHead> TimelineHeads => Set<TimelineHead>();

    /// <summary>The end of a chain, to be read.</summary>
    /// <param name="chain">Which chain.</param>
    public IQueryable<TimelineHead> Head(Chain chain = Chain.Record) => TimelineHeads.AsNoTracking().Where(h => h.TimelineHeadId == (int)chain);

    /// <summary>Job leases.</summary>
    public DbSet<Lease> Leases => Set<Lease>();

    /// <summary>Counters of numbers.</summary>
    public DbSet<Counter> Counters => Set<Counter>();

    /// <summary>Which roles sign in with a second step; at most one.</summary>
    public DbSet<SecondStepRule> SecondStepRules => Set<SecondStepRule>();

    /// <summary>Workers' sessions.</summary>
    public DbSet<WorkerSession> WorkerSessions => Set<WorkerSession>();

    /// <inheritdoc />
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>Keys of the texts in the record.</summary>
    public DbSet<EventTextKey> EventTextKeys => Set<EventTextKey>();

    /// <summary>The store's keys, wrapped.</summary>
    public DbSet<ProtectionKey> ProtectionKeys => Set<ProtectionKey>();

    /// <summary>How far the sealing anew is.</summary>
    public DbSet<ResealProgress> ResealProgress => Set<ResealProgress>();

    /// <summary>The keys that values are sealed with.</summary>
    public KeyRing Keys => cityKeys?.Ring ?? KeyRing.Closed;

    /// <summary>The store that this context works on.</summary>
    public CityStore Store => this.GetService<CityStore>();

    /// <summary>Records a fact with the next save, in the same transaction.</summary>
    /// <param name="e">The fact.</param>
    public void Record(PendingEvent e) => pending.Add(e);

    /// <summary>Contexts are pooled: the next one to use it must not act in this one's name, nor save its unsaved facts.</summary>
    public override void Dispose()
    {
        Forget();
        base.Dispose();
    }

    /// <inheritdoc cref="Dispose" />
    public override ValueTask DisposeAsync()
    {
        Forget();
        return base.DisposeAsync();
    }

    /// <inheritdoc />
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        // Only the data-protection key ring saves synchronously, and it records no events.
        if (pending.Count > 0)
        {
            throw new InvalidOperationException("Events are saved with SaveChangesAsync.");
        }

        RaiseVersions();
        using var turn = Store.Enter();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    /// <inheritdoc />
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        RaiseVersions();
        if (Database.CurrentTransaction is not null)
        {
            await ChainAsync(cancellationToken);
            return await WriteAsync(acceptAllChangesOnSuccess, cancellationToken);
        }

        var store = Store;
        int written;
        using (await store.EnterAsync(cancellationToken))
        {
            await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
            await ChainAsync(cancellationToken);
            written = await WriteAsync(acceptAllChangesOnSuccess, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        store.SignalChange();
        return written;
    }

    /// <summary>Runs a unit of work that reads and writes under one turn and one transaction, with the timeline's head taken first, so that nobody else writes the city meanwhile.</summary>
    /// <param name="work">Reads, changes and records; must not save or commit.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<T> ExclusivelyAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        var store = Store;
        T result;
        using (await store.EnterAsync(ct))
        {
            await using var transaction = await Database.BeginTransactionAsync(ct);
            await TakeHeadAsync(0, ct);
            result = await work();
            RaiseVersions();
            await ChainAsync(ct);
            await WriteAsync(true, ct);
            await transaction.CommitAsync(ct);
        }

        store.SignalChange();
        return result;
    }

    /// <summary>Moves the end of a chain on by a number of events, holding its row until the transaction ends.</summary>
    /// <param name="count">How many events will be added.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="chain">Which chain.</param>
    /// <returns>The head as it was before.</returns>
    internal async Task<TimelineHead> TakeHeadAsync(int count, CancellationToken ct, Chain chain = Chain.Record)
    {
        var rows = await Database.SqlQueryRaw<HeadRow>(
            "UPDATE timeline_head SET \"Sequence\" = \"Sequence\" + {0} WHERE \"TimelineHeadId\" = {1} RETURNING \"Sequence\", \"Hash\", \"Algorithm\"", count, (int)chain)
            .ToListAsync(ct);
        return new TimelineHead { TimelineHeadId = (int)chain, Sequence = rows[0].Sequence - count, Hash = rows[0].Hash, Algorithm = rows[0].Algorithm };
    }

    /// <summary>Moves the end of the record to a sequence and its hash, in a transaction that took the head before.</summary>
    /// <param name="sequence">Sequence of the last event.</param>
    /// <param name="hash">Hash of the last event.</param>
    /// <param name="ct">Cancels.</param>
    internal Task SetHeadAsync(long sequence, byte[] hash, CancellationToken ct) =>
        Database.ExecuteSqlRawAsync("UPDATE timeline_head SET \"Sequence\" = {0}, \"Hash\" = {1} WHERE \"TimelineHeadId\" = 1", [sequence, hash], ct);

    /// <summary>Sets the hash at the end of the record.</summary>
    /// <param name="hash">Hash of the last event.</param>
    /// <param name="ct">Cancels.</param>
    internal Task SetHeadHashAsync(byte[] hash, CancellationToken ct) =>
        Database.ExecuteSqlRawAsync("UPDATE timeline_head SET \"Hash\" = {0} WHERE \"TimelineHeadId\" = 1", [hash], ct);

    /// <summary>Gives facts their place in a chain.</summary>
    /// <param name="head">The head as taken.</param>
    /// <param name="facts">The facts in order, each with who acted.</param>
    /// <returns>The events, ready to be stored, and the keys of the texts in them.</returns>
    internal (List<TEvent> Events, List<EventTextKey> Keys) Link<TEvent>(TimelineHead head, IReadOnlyList<(PendingEvent Fact, Actor Actor)> facts)
        where TEvent : ChainedEvent, new()
    {
        var events = new List<TEvent>(facts.Count);
        var keys = new List<EventTextKey>();
        var function = ChainHash.Find(head.Algorithm) ?? throw new InvalidOperationException($"No hash function {head.Algorithm}.");
        var previous = head.Hash;
        var sequence = head.Sequence;
        foreach (var (fact, actor) in facts)
        {
            sequence++;
            var at = Clock.CutToMicroseconds(fact.At);
            var data = EventTexts.Seal(fact, Keys, keys);
            var hash = TimelineHash.Compute(
                function, previous, sequence, fact.Type, at, fact.CaseId, fact.DutyId, actor.WorkerId, actor.ClientId, fact.UnitId, fact.Class, data);
            events.Add(new TEvent
            {
                Sequence = sequence, Type = fact.Type, At = at, CaseId = fact.CaseId, DutyId = fact.DutyId, WorkerId = actor.WorkerId,
                ClientId = actor.ClientId, UnitId = fact.UnitId, Class = fact.Class, Data = data, PreviousHash = previous, Hash = hash,
            });
            previous = hash;
        }

        return (events, keys);
    }

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        if (Database.ProviderName!.EndsWith("Sqlite", StringComparison.Ordinal))
        {
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMicroseconds>();
            configurationBuilder.Properties<Guid>().HaveConversion<IdBytes>();
        }
        else
        {
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<ToUtc>();
        }

        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(40);
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.UseOpenIddict<Guid>();
        builder.ApplyConfigurationsFromAssembly(typeof(AnhuDbContext).Assembly);
        builder.Entity<DataProtectionKey>().Property(k => k.Xml).Sealed(strict: true);
        builder.Entity<Microsoft.AspNetCore.Identity.IdentityUserToken<Guid>>().Property(t => t.Value).Sealed(strict: true);
        Passkeys(builder.Entity<IdentityUserPasskey<Guid>>());
        Sealing.Apply(builder, Keys);
    }

    /// <summary>As Identity's third schema has it, without its other changes.</summary>
    private static void Passkeys(Microsoft.EntityFrameworkCore.Metadata.Builders.EntityTypeBuilder<IdentityUserPasskey<Guid>> passkey)
    {
        passkey.ToTable("AspNetUserPasskeys");
        passkey.HasKey(p => p.CredentialId);
        passkey.Property(p => p.CredentialId).HasMaxLength(1023);
        passkey.Property(p => p.Data).HasConversion(new JsonValue<IdentityPasskeyData>(), new JsonComparer<IdentityPasskeyData>());
        passkey.HasOne<Worker>().WithMany().HasForeignKey(p => p.UserId).IsRequired();
    }

    private async Task ChainAsync(CancellationToken ct)
    {
        if (pending.Count == 0)
        {
            return;
        }

        var head = await TakeHeadAsync(pending.Count, ct);
        var (events, keys) = Link<TimelineEvent>(head, [.. pending.Select(e => (e, Actor))]);
        Timeline.AddRange(events);
        EventTextKeys.AddRange(keys);
        await SetHeadHashAsync(events[^1].Hash, ct);
        pending.Clear();
    }

    /// <summary>Saves what <see cref="RaiseVersions"/> found changed: looking for changes once is enough.</summary>
    private async Task<int> WriteAsync(bool acceptAllChangesOnSuccess, CancellationToken ct)
    {
        ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, ct);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = true;
        }
    }

    private void Forget()
    {
        pending.Clear();
        Actor = Actor.Platform;
    }

    private void RaiseVersions()
    {
        foreach (var entry in ChangeTracker.Entries())
        {
            if (entry.State == EntityState.Modified && entry.Metadata.FindProperty("Version") is { IsConcurrencyToken: true })
            {
                var version = entry.Property("Version");
                version.CurrentValue = (long)version.OriginalValue! + 1;
            }
        }
    }

    private sealed record HeadRow(long Sequence, byte[] Hash, string Algorithm);
}
