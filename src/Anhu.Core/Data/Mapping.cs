using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Grading;
using Anhu.Modules.KeyRotation;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Protection;
using Anhu.Modules.Regions;
using Anhu.Modules.Shield;
using Anhu.Modules.Timeline;
using Anhu.Modules.Visits;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Data;

/// <summary>Tables of regions, organisation, jobs and rules. Tables carry the module's name; schemas are never named.</summary>
internal sealed class FoundationMapping :
    IEntityTypeConfiguration<Region>, IEntityTypeConfiguration<Unit>, IEntityTypeConfiguration<UnitJurisdiction>,
    IEntityTypeConfiguration<DutyRosterEntry>, IEntityTypeConfiguration<Worker>, IEntityTypeConfiguration<Lease>,
    IEntityTypeConfiguration<Counter>, IEntityTypeConfiguration<RuleDocument>, IEntityTypeConfiguration<TimelineEvent>,
    IEntityTypeConfiguration<TimelineHead>, IEntityTypeConfiguration<EventTextKey>, IEntityTypeConfiguration<ProtectionKey>,
    IEntityTypeConfiguration<ResealProgress>
{
    public void Configure(EntityTypeBuilder<Region> region)
    {
        region.ToTable("regions_region");
        region.HasKey(r => r.RegionCode);
        region.Property(r => r.RegionCode).HasMaxLength(15);
        region.Property(r => r.Name).HasMaxLength(80);
        region.HasIndex(r => r.ParentCode);
    }

    public void Configure(EntityTypeBuilder<Unit> unit)
    {
        unit.ToTable("organisation_unit");
        unit.HasKey(u => u.UnitId);
        unit.Property(u => u.Code).HasMaxLength(60);
        unit.Property(u => u.Name).HasMaxLength(100);
        unit.Property(u => u.DutyPhone).HasMaxLength(30);
        unit.Property(u => u.Version).IsConcurrencyToken();
        unit.HasIndex(u => u.Code).IsUnique();
        unit.HasIndex(u => u.SuperiorUnitId);
    }

    public void Configure(EntityTypeBuilder<UnitJurisdiction> jurisdiction)
    {
        jurisdiction.ToTable("organisation_jurisdiction");
        jurisdiction.HasKey(j => new { j.Agency, j.RegionPrefix });
        jurisdiction.Property(j => j.RegionPrefix).HasMaxLength(15);
        jurisdiction.HasIndex(j => j.UnitId);
    }

    public void Configure(EntityTypeBuilder<DutyRosterEntry> entry)
    {
        entry.ToTable("organisation_duty_roster");
        entry.HasKey(e => e.DutyRosterEntryId);
        entry.HasIndex(e => new { e.UnitId, e.StartsAt });
    }

    public void Configure(EntityTypeBuilder<Worker> worker)
    {
        worker.ToTable("organisation_worker");
        worker.Property(w => w.DisplayName).HasMaxLength(60);
        worker.Property(w => w.RegionCode).HasMaxLength(15);
        worker.Property(w => w.Culture).HasMaxLength(10);
        worker.PrimitiveCollection(w => w.Roles).ElementType().HasConversion<string>();
        worker.Property(w => w.Version).IsConcurrencyToken();
        worker.HasIndex(w => w.UnitId);
    }

    public void Configure(EntityTypeBuilder<Lease> lease)
    {
        lease.ToTable("data_lease");
        lease.HasKey(l => l.Name);
    }

    public void Configure(EntityTypeBuilder<Counter> counter)
    {
        counter.ToTable("data_counter");
        counter.HasKey(c => c.Name);
    }

    public void Configure(EntityTypeBuilder<RuleDocument> document)
    {
        document.ToTable("playbooks_rule_document");
        document.HasKey(d => new { d.Kind, d.DocumentVersion });
        document.Property(d => d.DocumentVersion).HasMaxLength(40);
    }

    public void Configure(EntityTypeBuilder<TimelineEvent> e)
    {
        e.ToTable("timeline_event");
        e.HasKey(t => t.Sequence);
        e.Property(t => t.Sequence).ValueGeneratedNever();
        e.Property(t => t.Type).HasMaxLength(60);
        e.Property(t => t.ClientId).HasMaxLength(100);
        e.HasIndex(t => new { t.CaseId, t.Sequence });

        // Sign-ins, checks of the record, changes of rules: what alarms and duties write is not in it.
        e.HasIndex(t => new { t.Type, t.At }).HasFilter("\"CaseId\" IS NULL");
    }

    public void Configure(EntityTypeBuilder<EventTextKey> key)
    {
        key.ToTable("timeline_text_key");
        key.HasKey(k => k.EventTextKeyId);
        key.Property(k => k.Key).Sealed();
        key.HasIndex(k => k.CaseId);
    }

    public void Configure(EntityTypeBuilder<ProtectionKey> key)
    {
        key.ToTable(KeyTable.TableName);
        key.HasKey(k => new { k.Purpose, k.Generation });
        key.Property(k => k.Suite).HasMaxLength(40);
        key.Property(k => k.CityKeyId).HasMaxLength(100);
    }

    public void Configure(EntityTypeBuilder<ResealProgress> progress)
    {
        progress.ToTable("protection_reseal");
        progress.HasKey(p => p.TableName);
        progress.Property(p => p.TableName).HasMaxLength(80);
    }

    public void Configure(EntityTypeBuilder<TimelineHead> head)
    {
        head.ToTable("timeline_head");
        head.HasKey(h => h.TimelineHeadId);
        head.Property(h => h.TimelineHeadId).ValueGeneratedNever();
        head.Property(h => h.Algorithm).HasMaxLength(20);
        head.HasData(Enum.GetValues<Chain>().Select(c => new TimelineHead { TimelineHeadId = (int)c, Sequence = 0, Hash = TimelineHash.Genesis }));
    }
}

/// <summary>Tables of alarms, people, cases, grades and duties.</summary>
internal sealed class SpineMapping :
    IEntityTypeConfiguration<Alarm>, IEntityTypeConfiguration<AlarmRevision>, IEntityTypeConfiguration<AlarmReporter>, IEntityTypeConfiguration<MandatoryReport>, IEntityTypeConfiguration<Person>,
    IEntityTypeConfiguration<PersonKey>, IEntityTypeConfiguration<DvCase>, IEntityTypeConfiguration<CaseParty>,
    IEntityTypeConfiguration<Incident>, IEntityTypeConfiguration<IncidentParty>, IEntityTypeConfiguration<CaseAccess>,
    IEntityTypeConfiguration<SavedFilter>, IEntityTypeConfiguration<Grade>,
    IEntityTypeConfiguration<Duty>
{
    public void Configure(EntityTypeBuilder<Alarm> alarm)
    {
        alarm.ToTable("alarms_alarm");
        alarm.HasKey(a => a.AlarmId);
        alarm.Property(a => a.Source).HasMaxLength(60);
        alarm.Property(a => a.SourceId).HasMaxLength(120);
        alarm.Property(a => a.SourceKey).HasMaxLength(181);
        alarm.Property(a => a.ReportNumber).HasMaxLength(24);
        alarm.Property(a => a.ContentHash).Sealed();
        alarm.Property(a => a.Version).IsConcurrencyToken();
        alarm.HasIndex(a => a.SourceKey).IsUnique();
        alarm.HasIndex(a => a.IncidentId);
        alarm.HasIndex(a => a.CaseId);
    }

    public void Configure(EntityTypeBuilder<AlarmRevision> revision)
    {
        revision.ToTable("alarms_revision");
        revision.HasKey(r => new { r.AlarmId, r.Revision });
        revision.Property(r => r.Content).Sealed();
        revision.Property(r => r.ClientId).HasMaxLength(100);
    }

    public void Configure(EntityTypeBuilder<AlarmReporter> reporter)
    {
        reporter.ToTable("alarms_reporter");
        reporter.HasKey(r => new { r.AlarmId, r.Revision });
        reporter.Property(r => r.Name).Sealed();
        reporter.Property(r => r.Phone).Sealed();
        reporter.Property(r => r.Relation).Sealed();
        reporter.Ignore(r => r.Reported);
    }

    public void Configure(EntityTypeBuilder<MandatoryReport> report)
    {
        report.ToTable("alarms_mandatory_report");
        report.HasKey(r => r.AlarmId);
        report.Property(r => r.AlarmId).ValueGeneratedNever();
        report.Property(r => r.Number).HasMaxLength(24);
        report.Property(r => r.OriginClientId).HasMaxLength(100);
        report.Property(r => r.Outcome).HasMaxLength(40);
        report.Property(r => r.Feedback).Sealed();
        report.Property(r => r.Version).IsConcurrencyToken();
        report.HasIndex(r => r.Number).IsUnique();
        report.HasIndex(r => new { r.OriginUnitId, r.ReceivedAt });
        report.HasIndex(r => new { r.OriginClientId, r.ReceivedAt });
        report.HasIndex(r => r.DueAt).HasFilter("\"FedBackAt\" IS NULL");
    }

    public void Configure(EntityTypeBuilder<Person> person)
    {
        person.ToTable("people_person");
        person.HasKey(p => p.PersonId);
        person.Property(p => p.Name).Sealed();
        person.Property(p => p.IdNumber).Sealed();
        person.Property(p => p.Phone).Sealed();
        person.Property(p => p.Address).Sealed();
        person.Property(p => p.BirthDate).Sealed();
        person.Property(p => p.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<PersonKey> key)
    {
        key.ToTable("people_key");
        key.HasKey(k => new { k.Value, k.PersonId });
        key.HasAnnotation(StoreAnnotations.Clustered, true);
        key.Property(k => k.Value).HasConversion<HexBytes>();

        // A person is reported under the same key again and again; the row is there or it is made.
        key.Metadata.SetAnnotation(StoreAnnotations.Repeatable, true);
    }

    public void Configure(EntityTypeBuilder<DvCase> dvCase)
    {
        dvCase.ToTable("cases_case");
        dvCase.HasKey(c => c.CaseId);
        dvCase.Property(c => c.CaseNumber).HasMaxLength(40);
        dvCase.Property(c => c.ShunnedUnits).HasConversion<JsonList<Guid>, ListComparer<Guid>>();
        dvCase.Property(c => c.Across).HasConversion<JsonList<Guid>, ListComparer<Guid>>();
        dvCase.Property(c => c.Before).HasConversion<JsonValue<CaseBefore>>();
        dvCase.HasIndex(c => c.PartedIncidentId).IsUnique().HasFilter("\"PartedIncidentId\" IS NOT NULL");
        dvCase.HasIndex(c => c.JoinedIntoCaseId).HasFilter("\"JoinedIntoCaseId\" IS NOT NULL");
        dvCase.Property(c => c.RegionCode).HasMaxLength(15);
        dvCase.Property(c => c.Version).IsConcurrencyToken();
        dvCase.HasIndex(c => c.CaseNumber).IsUnique();
        dvCase.HasIndex(c => c.CaseSequence).IsUnique();
        dvCase.HasIndex(c => new { c.State, c.ReviewOn });
    }

    public void Configure(EntityTypeBuilder<CaseParty> party)
    {
        party.ToTable("cases_party");
        party.HasKey(p => new { p.CaseId, p.PersonId });
        party.HasAnnotation(StoreAnnotations.Clustered, true);
        party.Property(p => p.RelationToVictim).HasMaxLength(40);
        party.HasIndex(p => p.PersonId);
    }

    public void Configure(EntityTypeBuilder<Incident> incident)
    {
        incident.ToTable("cases_incident");
        incident.HasKey(i => i.IncidentId);
        incident.Property(i => i.RegionCode).HasMaxLength(15);
        incident.Property(i => i.Address).Sealed();
        incident.Property(i => i.PlaceKey).Sealed();
        incident.Property(i => i.Longitude).Sealed();
        incident.Property(i => i.Latitude).Sealed();
        incident.Property(i => i.Summary).Sealed();
        incident.Property(i => i.Disposition).HasMaxLength(40);
        incident.Property(i => i.Answers).HasConversion<JsonList<IncidentAnswer>, ListComparer<IncidentAnswer>>();
        incident.Property(i => i.Version).IsConcurrencyToken();
        incident.HasIndex(i => new { i.CaseId, i.OccurredAt });
        incident.HasIndex(i => i.OriginCaseId).HasFilter("\"OriginCaseId\" IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<IncidentParty> party)
    {
        party.ToTable("cases_incident_party");
        party.HasKey(p => new { p.IncidentId, p.PersonId });
        party.HasAnnotation(StoreAnnotations.Clustered, true);
        party.HasIndex(p => p.PersonId);
        party.Property(p => p.RelationToVictim).HasMaxLength(40);
    }

    public void Configure(EntityTypeBuilder<CaseAccess> access)
    {
        access.ToTable("cases_access");
        access.HasKey(a => new { a.CaseId, a.UnitId });
        access.HasAnnotation(StoreAnnotations.Clustered, true);

        // Without the case: with it PostgreSQL takes this index also to look up a few cases by their ids, and reads all that the unit sees. SQLite's has the key by itself.
        access.HasIndex(a => new { a.UnitId, a.CaseSequence, a.State, a.Class }).IsDescending(false, true, false, false);
        access.HasIndex(a => new { a.UnitId, a.Class, a.CaseSequence }).HasFilter("\"State\" = 'Open'");
    }

    public void Configure(EntityTypeBuilder<SavedFilter> filter)
    {
        filter.ToTable("cases_saved_filter");
        filter.HasKey(f => f.SavedFilterId);
        filter.Property(f => f.Name).Sealed();
        filter.Property(f => f.Query).Sealed();
        filter.HasIndex(f => f.WorkerId);
    }

    public void Configure(EntityTypeBuilder<Grade> grade)
    {
        grade.ToTable("grading_grade");
        grade.HasKey(g => g.GradeId);
        grade.Property(g => g.PolicyVersion).HasMaxLength(40);
        grade.Property(g => g.Note).Sealed();
        grade.Property(g => g.Reasons).HasConversion<JsonList<GradeReason>, ListComparer<GradeReason>>().Sealed();
        grade.Property(g => g.Missing).HasConversion<JsonList<MissingFact>, ListComparer<MissingFact>>();
        grade.Property(g => g.Across).HasConversion<JsonList<Guid>, ListComparer<Guid>>();
        grade.Property(g => g.Version).IsConcurrencyToken();
        grade.HasIndex(g => new { g.CaseId, g.DecidedAt });
    }

    public void Configure(EntityTypeBuilder<Duty> duty)
    {
        duty.ToTable("duties_duty");
        duty.HasKey(d => d.DutyId);
        duty.Property(d => d.Kind).HasMaxLength(60);
        duty.Property(d => d.Basis).HasMaxLength(300);
        duty.Property(d => d.RuleId).HasMaxLength(80);
        duty.Property(d => d.PlaybookVersion).HasMaxLength(40);
        duty.Property(d => d.HandOverReason).Sealed();
        duty.Property(d => d.LastReason).Sealed();
        duty.Property(d => d.Form).Sealed();
        duty.Property(d => d.Outcome).HasMaxLength(40);
        duty.Property(d => d.Version).IsConcurrencyToken();
        duty.HasIndex(d => d.CaseId);
        duty.HasIndex(d => d.OriginCaseId).HasFilter("\"OriginCaseId\" IS NOT NULL");
        duty.HasIndex(d => new { d.OwnerUnitId, d.State, d.DueAt });
        duty.HasIndex(d => new { d.WorkerId, d.State, d.DueAt }).HasFilter("\"WorkerId\" IS NOT NULL");
        duty.HasIndex(d => d.HandOverToUnitId).HasFilter("\"HandOverToUnitId\" IS NOT NULL");
        duty.HasIndex(d => d.DecidingUnitId).HasFilter("\"DecidingUnitId\" IS NOT NULL");
        duty.HasIndex(d => d.EscalatedToUnitId).HasFilter("\"EscalatedToUnitId\" IS NOT NULL");
        duty.HasIndex(d => new { d.OwnerUnitId, d.DoneAt }).HasFilter("\"DoneAt\" IS NOT NULL");
        duty.HasIndex(d => d.DueAt).HasFilter("\"OverdueAt\" IS NOT NULL AND \"DoneAt\" IS NULL");
        duty.HasIndex(d => d.NextCheckAt).HasFilter("\"NextCheckAt\" IS NOT NULL");
    }
}

/// <summary>Tables of visits and messages.</summary>
internal sealed class VisitMapping :
    IEntityTypeConfiguration<ReturnVisit>, IEntityTypeConfiguration<FormDraft>, IEntityTypeConfiguration<SafeContact>,
    IEntityTypeConfiguration<OutboxMessage>, IEntityTypeConfiguration<ShieldedPlace>
{
    public void Configure(EntityTypeBuilder<ReturnVisit> visit)
    {
        visit.ToTable("visits_return_visit");
        visit.HasKey(v => v.ReturnVisitId);
        visit.Property(v => v.FamilyRelations).HasMaxLength(40);
        visit.Property(v => v.PoliceHandling).HasMaxLength(40);
        visit.Property(v => v.DisputeSettled).HasMaxLength(40);
        visit.Property(v => v.Advice).Sealed();
        visit.Property(v => v.Notes).Sealed();
        visit.Property(v => v.Details).Sealed();
        visit.HasIndex(v => new { v.CaseId, v.VisitedAt });
        visit.HasIndex(v => v.DutyId);
    }

    public void Configure(EntityTypeBuilder<FormDraft> draft)
    {
        draft.ToTable("visits_form_draft");
        draft.HasKey(d => new { d.WorkerId, d.FormKey });
        draft.Property(d => d.FormKey).HasMaxLength(80);
        draft.Property(d => d.Content).Sealed();
    }

    public void Configure(EntityTypeBuilder<SafeContact> contact)
    {
        contact.ToTable("messages_safe_contact");
        contact.HasKey(c => c.SafeContactId);
        contact.Property(c => c.Phone).Sealed();
        contact.Property(c => c.SafePhrase).Sealed();
        contact.Property(c => c.Note).Sealed();
        contact.Property(c => c.Address).Sealed();
        contact.Property(c => c.CodeWord).Sealed();
        contact.Property(c => c.Language).Sealed();
        contact.Property(c => c.Version).IsConcurrencyToken();
        contact.HasIndex(c => c.CaseId);
        contact.HasIndex(c => c.PersonId);
        contact.HasIndex(c => c.OriginCaseId).HasFilter("\"OriginCaseId\" IS NOT NULL");
        contact.HasIndex(c => c.OriginPersonId).HasFilter("\"OriginPersonId\" IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<OutboxMessage> message)
    {
        message.ToTable("messages_outbox");
        message.HasKey(m => m.OutboxMessageId);
        message.Property(m => m.Phone).Sealed();
        message.Property(m => m.TemplateId).HasMaxLength(40);
        message.Property(m => m.Text).Sealed();
        message.Property(m => m.GatewayReference).HasMaxLength(100);
        message.Property(m => m.LastError).HasMaxLength(300);
        message.Property(m => m.Version).IsConcurrencyToken();
        message.HasIndex(m => new { m.State, m.NextAttemptAt });
        message.HasIndex(m => m.CaseId);
        message.HasIndex(m => m.DutyId);
    }

    public void Configure(EntityTypeBuilder<ShieldedPlace> place)
    {
        place.ToTable("shield_place");
        place.HasKey(p => p.ShieldedPlaceId);
        place.Property(p => p.Value).Sealed();
        place.Property(p => p.MeetAt).Sealed();
        place.Property(p => p.Version).IsConcurrencyToken();
        place.HasIndex(p => p.PersonId);
        place.HasIndex(p => p.OriginPersonId).HasFilter("\"OriginPersonId\" IS NOT NULL");
    }
}
