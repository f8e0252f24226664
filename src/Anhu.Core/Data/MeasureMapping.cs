using Anhu.Modules.Measures;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Anhu.Data;

/// <summary>Tables of measures.</summary>
internal sealed class MeasureMapping : IEntityTypeConfiguration<Measure>
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
        measure.HasIndex(m => new { m.Kind, m.NumberKey }).IsUnique().HasFilter("\"NumberKey\" IS NOT NULL");
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
