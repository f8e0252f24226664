using Anhu.Modules.Evidence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Data;

/// <summary>Tables of photos and files.</summary>
internal sealed class EvidenceMapping : IEntityTypeConfiguration<EvidenceFile>, IEntityTypeConfiguration<EvidenceChunk>, IEntityTypeConfiguration<EvidenceCopy>
{
    public void Configure(EntityTypeBuilder<EvidenceFile> file)
    {
        file.ToTable("evidence_file");
        file.HasKey(f => f.EvidenceFileId);
        file.Property(f => f.EvidenceFileId).ValueGeneratedNever();
        file.Property(f => f.Item).HasMaxLength(60);
        file.Property(f => f.Wound).HasMaxLength(40);
        file.Property(f => f.Caption).Sealed();
        file.Property(f => f.Sha256).Sealed();
        file.Property(f => f.Sm3).Sealed();
        file.Property(f => f.MediaType).HasMaxLength(60);
        file.Property(f => f.WithdrawnBecause).Sealed();
        file.Property(f => f.Version).IsConcurrencyToken();
        file.HasIndex(f => new { f.CaseId, f.MadeAt });
        file.HasIndex(f => f.DutyId);
        file.HasIndex(f => f.IncidentId);
        file.HasIndex(f => f.BegunAt).HasFilter("\"KeptAt\" IS NULL");
    }

    public void Configure(EntityTypeBuilder<EvidenceChunk> chunk)
    {
        chunk.ToTable("evidence_chunk");
        chunk.HasKey(c => new { c.EvidenceFileId, c.Number });
        chunk.Property(c => c.Number).ValueGeneratedNever();
        chunk.Property(c => c.Content).Sealed(strict: true);
        chunk.HasOne<EvidenceFile>().WithMany().HasForeignKey(c => c.EvidenceFileId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<EvidenceCopy> copy)
    {
        copy.ToTable("evidence_copy");
        copy.HasKey(c => c.EvidenceFileId);
        copy.Property(c => c.Content).Sealed(strict: true);
        copy.Property(c => c.Thumbnail).Sealed();
        copy.HasOne<EvidenceFile>().WithOne().HasForeignKey<EvidenceCopy>(c => c.EvidenceFileId).OnDelete(DeleteBehavior.Cascade);
    }
}
