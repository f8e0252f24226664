using Anhu.Modules.Audit;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Data;

/// <summary>Tables of what was seen, and of what proves that neither chain was changed.</summary>
internal sealed class AuditMapping :
    IEntityTypeConfiguration<ViewEvent>, IEntityTypeConfiguration<ViewDay>, IEntityTypeConfiguration<ViewArchive>,
    IEntityTypeConfiguration<AuditKey>, IEntityTypeConfiguration<AuditCheckpoint>
{
    public void Configure(EntityTypeBuilder<ViewEvent> view)
    {
        view.ToTable("audit_view");
        view.HasKey(v => v.Sequence);
        view.Property(v => v.Sequence).ValueGeneratedNever();
        view.Property(v => v.Type).HasMaxLength(60);
        view.Property(v => v.ClientId).HasMaxLength(100);
        view.HasIndex(v => new { v.CaseId, v.Sequence }).HasFilter("\"CaseId\" IS NOT NULL");
        view.HasIndex(v => new { v.WorkerId, v.At });
    }

    public void Configure(EntityTypeBuilder<ViewDay> day)
    {
        day.ToTable("audit_view_day");
        day.HasKey(d => new { d.Day, d.WorkerId });
        day.HasAnnotation(StoreAnnotations.Clustered, true);
    }

    public void Configure(EntityTypeBuilder<ViewArchive> archive)
    {
        archive.ToTable("audit_view_archive");
        archive.HasKey(a => a.ToSequence);
        archive.Property(a => a.ToSequence).ValueGeneratedNever();
        archive.Property(a => a.FileName).HasMaxLength(200);
        archive.Property(a => a.FileHash).HasMaxLength(64);
    }

    public void Configure(EntityTypeBuilder<AuditKey> key)
    {
        key.ToTable("audit_key");
        key.HasKey(k => k.AuditKeyId);
        key.Property(k => k.Algorithm).HasMaxLength(40);
        key.Property(k => k.PrivateKey).Sealed(strict: true);
    }

    public void Configure(EntityTypeBuilder<AuditCheckpoint> checkpoint)
    {
        checkpoint.ToTable("audit_checkpoint");
        checkpoint.HasKey(c => c.AuditCheckpointId);
        checkpoint.HasIndex(c => c.At);
    }
}
