using Anhu.Modules.MandatoryReports;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Data;

/// <summary>Tables of mandatory reports beside the alarms.</summary>
internal sealed class MandatoryReportMapping : IEntityTypeConfiguration<ReportOmission>
{
    public void Configure(EntityTypeBuilder<ReportOmission> omission)
    {
        omission.ToTable("reports_omission");
        omission.HasKey(o => o.ReportOmissionId);
        omission.Property(o => o.BodyKind).HasMaxLength(40);
        omission.Property(o => o.BodyName).Sealed();
        omission.Property(o => o.Findings).Sealed();
        omission.Property(o => o.Outcome).HasMaxLength(40);
        omission.Property(o => o.Version).IsConcurrencyToken();
        omission.HasIndex(o => o.IncidentId);
        omission.HasIndex(o => o.DecidingDutyId);
        omission.HasIndex(o => o.FoundAt);
    }
}
