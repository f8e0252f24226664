using Anhu.Modules.Measures;
using Anhu.Modules.Measures.ProtectionOrders;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Anhu.Data;

/// <summary>Tables of measures.</summary>
internal sealed class MeasureMapping : IEntityTypeConfiguration<Measure>, IEntityTypeConfiguration<MeasureAct>, IEntityTypeConfiguration<CourtNotice>
{
    public void Configure(EntityTypeBuilder<Measure> measure)
    {
        measure.ToTable("measures_measure");
        measure.HasKey(m => m.MeasureId);
        measure.Property(m => m.Kind).HasMaxLength(40);
        measure.Property(m => m.State).HasMaxLength(40);
        measure.Property(m => m.DeadlineKey).HasMaxLength(40);
        measure.Property(m => m.RulesVersion).HasMaxLength(40);
        measure.Property(m => m.Number).HasMaxLength(Measure.NumberMaxLength);
        measure.Property(m => m.NumberKey).HasMaxLength(Measure.NumberMaxLength);
        measure.Property(m => m.Overlays).HasConversion<JsonList<string>, ListComparer<string>>();
        measure.Property(m => m.Fields).HasConversion<FieldsJson, FieldsComparer>().Sealed();
        measure.Property(m => m.Version).IsConcurrencyToken();
        measure.HasIndex(m => m.IncidentId);
        measure.HasIndex(m => new { m.UnitId, m.IsOpen, m.DueAt });
        measure.HasIndex(m => m.NextCheckAt);
        measure.HasIndex(m => new { m.Kind, m.NumberKey }).IsUnique().HasFilter("\"NumberKey\" IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<MeasureAct> act)
    {
        act.ToTable("measures_act");
        act.HasKey(a => a.MeasureActId);
        act.Property(a => a.Action).HasMaxLength(40);
        act.Property(a => a.NumberKey).HasMaxLength(Measure.NumberMaxLength);
        act.Property(a => a.Fields).HasConversion<FieldsJson, FieldsComparer>().Sealed();
        act.HasIndex(a => new { a.MeasureId, a.Ordinal }).IsUnique();
        act.HasIndex(a => a.IncidentId);
        act.HasIndex(a => a.NumberKey);
    }

    public void Configure(EntityTypeBuilder<CourtNotice> notice)
    {
        notice.ToTable("measures_court_notice");
        notice.HasKey(n => n.CourtNoticeId);
        notice.Property(n => n.Source).HasMaxLength(CourtNotice.NameMaxLength);
        notice.Property(n => n.SourceId).HasMaxLength(CourtNotice.NameMaxLength);
        notice.Property(n => n.OrderKey).HasMaxLength(Measure.NumberMaxLength);
        notice.Property(n => n.Event).HasMaxLength(40);
        notice.Property(n => n.Reason).HasMaxLength(80);
        notice.Property(n => n.State).HasConversion<string>().HasMaxLength(20);
        notice.Property(n => n.Content).Sealed();
        notice.Property(n => n.Version).IsConcurrencyToken();
        notice.HasIndex(n => new { n.UnitId, n.Source, n.SourceId }).IsUnique();
        notice.HasIndex(n => n.OrderKey);
        notice.HasIndex(n => new { n.State, n.ReceivedAt });
        notice.HasIndex(n => n.IncidentId);
    }

    /// <summary>Fields as JSON text.</summary>
    internal sealed class FieldsJson() : ValueConverter<IReadOnlyDictionary<string, string>, string>(
        v => System.Text.Json.JsonSerializer.Serialize(v, JsonText.Options),
        v => System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(v, JsonText.Options) ?? new Dictionary<string, string>());

    /// <summary>A step gives a measure new fields, it never changes them in place.</summary>
    internal sealed class FieldsComparer() : ValueComparer<IReadOnlyDictionary<string, string>>(
        (a, b) => a == b || (a != null && b != null && a.Count == b.Count && !a.Except(b).Any()),
        v => v.Count,
        v => v);
}
