using Anhu.Modules.Scene;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Data;

/// <summary>Tables of the scene.</summary>
internal sealed class SceneMapping : IEntityTypeConfiguration<SceneEntry>
{
    public void Configure(EntityTypeBuilder<SceneEntry> entry)
    {
        entry.ToTable("scene_entry");
        entry.HasKey(e => e.SceneEntryId);
        entry.Property(e => e.SceneEntryId).ValueGeneratedNever();
        entry.Property(e => e.ClientId).HasMaxLength(100);
        entry.Property(e => e.Item).HasMaxLength(SceneEntry.ItemMaxLength);
        entry.Property(e => e.Value).Sealed();
        entry.Property(e => e.Words).Sealed();
        entry.Property(e => e.ListVersion).HasMaxLength(40);
        entry.HasIndex(e => e.DutyId);
        entry.HasIndex(e => e.CaseId);
    }
}
