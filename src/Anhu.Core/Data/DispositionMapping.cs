using Anhu.Modules.Dispositions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Data;

/// <summary>Tables of dispositions.</summary>
internal sealed class DispositionMapping : IEntityTypeConfiguration<DispositionRecord>, IEntityTypeConfiguration<LetterDue>
{
    public void Configure(EntityTypeBuilder<DispositionRecord> record)
    {
        record.ToTable("dispositions_disposition");
        record.HasKey(r => r.DispositionId);
        record.Property(r => r.Outcome).HasMaxLength(40);
        record.Property(r => r.Suggested).HasMaxLength(40);
        record.Property(r => r.RulesVersion).HasMaxLength(40);
        record.Property(r => r.RuleIds).HasConversion<JsonList<string>, ListComparer<string>>();
        record.Property(r => r.Additions).HasConversion<JsonList<string>, ListComparer<string>>();
        record.Property(r => r.Circumstances).HasConversion<JsonList<string>, ListComparer<string>>().Sealed();
        record.Property(r => r.Reason).Sealed();
        record.HasIndex(r => r.IncidentId);
        record.HasIndex(r => new { r.UnitId, r.DecidedAt });
    }

    public void Configure(EntityTypeBuilder<LetterDue> due)
    {
        due.ToTable("dispositions_letter_due");
        due.HasKey(d => d.IncidentId);
        due.Property(d => d.IncidentId).ValueGeneratedNever();
        due.Property(d => d.GroundIds).HasConversion<JsonList<string>, ListComparer<string>>();
        due.Property(d => d.Version).IsConcurrencyToken();
        due.HasIndex(d => new { d.UnitId, d.OccurredAt });
        due.HasIndex(d => d.DueAt);
    }
}
