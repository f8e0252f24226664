using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Data;

/// <summary>Tables of access: leaves, blocks, seats, ties.</summary>
internal sealed class AccessMapping :
    IEntityTypeConfiguration<AccessGrant>, IEntityTypeConfiguration<AccessBlock>, IEntityTypeConfiguration<SealedSeat>, IEntityTypeConfiguration<Exposure>, IEntityTypeConfiguration<ExposureSeat>,
    IEntityTypeConfiguration<WorkerTie>, IEntityTypeConfiguration<WorkerTieKey>, IEntityTypeConfiguration<HandOver>, IEntityTypeConfiguration<SharingConsent>
{
    public void Configure(EntityTypeBuilder<HandOver> sheet)
    {
        sheet.ToTable("duties_hand_over");
        sheet.HasKey(h => h.HandOverId);
        sheet.Property(h => h.Reason).Sealed();
        sheet.Property(h => h.Summary).Sealed();
        sheet.Property(h => h.Needs).Sealed();
        sheet.Property(h => h.Enclosed).Sealed();
        sheet.Property(h => h.Steps).HasConversion<JsonList<HandOverStep>, ListComparer<HandOverStep>>().Sealed();
        sheet.Property(h => h.Version).IsConcurrencyToken();
        sheet.HasIndex(h => h.DutyId);
        sheet.HasIndex(h => h.SharingConsentId).HasFilter("\"SharingConsentId\" IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<SharingConsent> consent)
    {
        consent.ToTable("cases_sharing_consent");
        consent.HasKey(c => c.SharingConsentId);
        consent.Property(c => c.Purpose).HasMaxLength(60);
        consent.Property(c => c.Explanation).Sealed();
        consent.Property(c => c.WithdrawnReason).Sealed();
        consent.Property(c => c.Version).IsConcurrencyToken();
        consent.HasIndex(c => new { c.CaseId, c.UnitId, c.Purpose });
    }

    public void Configure(EntityTypeBuilder<AccessGrant> grant)
    {
        grant.ToTable("cases_access_grant");
        grant.HasKey(g => g.AccessGrantId);
        grant.Property(g => g.Note).Sealed();
        grant.HasIndex(g => new { g.CaseId, g.WorkerId });
        grant.HasIndex(g => new { g.Kind, g.GrantedAt });
    }

    public void Configure(EntityTypeBuilder<AccessBlock> block)
    {
        block.ToTable("cases_access_block");
        block.HasKey(b => new { b.WorkerId, b.CaseId, b.TiedWorkerId, b.PersonId });
        block.HasAnnotation(StoreAnnotations.Clustered, true);
        block.HasIndex(b => b.CaseId);
    }

    public void Configure(EntityTypeBuilder<SealedSeat> seat)
    {
        seat.ToTable("cases_sealed_seat");
        seat.HasKey(s => new { s.CaseId, s.WorkerId });
        seat.HasAnnotation(StoreAnnotations.Clustered, true);
        seat.HasIndex(s => s.WorkerId);
    }

    public void Configure(EntityTypeBuilder<Exposure> leak)
    {
        leak.ToTable("cases_exposure");
        leak.HasKey(x => x.ExposureId);
        leak.Property(x => x.Note).Sealed();
        leak.Property(x => x.Answer).Sealed();
        leak.Property(x => x.EndReason).Sealed();
        leak.Property(x => x.Version).IsConcurrencyToken();
        leak.HasIndex(x => x.CaseId);
        leak.HasIndex(x => x.ReportedAt);

        // What every look at a place asks: few rows at any time.
        leak.HasIndex(x => x.ExposureId, "open").HasFilter("\"EndedAt\" IS NULL");
    }

    public void Configure(EntityTypeBuilder<ExposureSeat> seat)
    {
        seat.ToTable("cases_exposure_seat");
        seat.HasKey(s => new { s.ExposureId, s.WorkerId });
        seat.HasAnnotation(StoreAnnotations.Clustered, true);
        seat.HasIndex(s => s.CaseId);
    }

    public void Configure(EntityTypeBuilder<WorkerTie> tie)
    {
        tie.ToTable("cases_worker_tie");
        tie.HasKey(t => t.WorkerTieId);
        tie.Property(t => t.Name).Sealed();
        tie.Property(t => t.IdNumber).Sealed();
        tie.Property(t => t.Phone).Sealed();
        tie.Property(t => t.BirthDate).Sealed();
        tie.Property(t => t.RegionCode).Sealed();
        tie.HasIndex(t => t.WorkerId);
    }

    public void Configure(EntityTypeBuilder<WorkerTieKey> key)
    {
        key.ToTable("cases_worker_tie_key");
        key.HasKey(k => new { k.Value, k.WorkerTieId });
        key.HasAnnotation(StoreAnnotations.Clustered, true);
        key.Property(k => k.Value).HasMaxLength(160);
        key.HasIndex(k => k.WorkerTieId);
    }
}
