using Anhu.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Modules.Retention;

/// <summary>A legal hold (保全): the case, and every case that hangs together with it, is not deleted.</summary>
public sealed class RetentionHold
{
    /// <summary>Longest reason.</summary>
    public const int ReasonMaxLength = 500;

    /// <summary>Key.</summary>
    public required Guid RetentionHoldId { get; init; }

    /// <summary>The case.</summary>
    public required Guid CaseId { get; init; }

    /// <summary>Why, in the words of who placed it.</summary>
    public required string Reason { get; init; }

    /// <summary>Who placed it; null for the operator's command line.</summary>
    public Guid? PlacedByWorkerId { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset PlacedAt { get; init; }

    /// <summary>The last day that it stands, in the city's zone; null until it is released.</summary>
    public DateOnly? UntilOn { get; init; }

    /// <summary>Who released it.</summary>
    public Guid? ReleasedByWorkerId { get; set; }

    /// <summary>When it was released, UTC.</summary>
    public DateTimeOffset? ReleasedAt { get; set; }

    /// <summary>Raised with every change.</summary>
    public long Version { get; set; }

    /// <summary>Whether it stands on a day.</summary>
    /// <param name="on">The day.</param>
    public bool Stands(DateOnly on) => ReleasedAt is null && (UntilOn is null || UntilOn >= on);
}

/// <summary>How far a deletion is.</summary>
public enum DeletionState
{
    /// <summary>One person proposed it; another one has to confirm.</summary>
    Proposed,

    /// <summary>Confirmed; the platform deletes at its next turn.</summary>
    Confirmed,

    /// <summary>Deleted.</summary>
    Done,

    /// <summary>Taken back, or something came in between: a hold, a new report, an open case of one of the people.</summary>
    Withdrawn,
}

/// <summary>The deletion of a case with the cases that hang together with it. Stays as the proof of what was deleted when, by whom and why; holds no personal data.</summary>
public sealed class CaseDeletion
{
    /// <summary>Key.</summary>
    public required Guid CaseDeletionId { get; init; }

    /// <summary>The cases, the oldest first.</summary>
    public required IReadOnlyList<Guid> Cases { get; set; }

    /// <summary>Number of the oldest.</summary>
    public required string CaseNumber { get; init; }

    /// <summary>The gravest class they ever had.</summary>
    public required int Class { get; init; }

    /// <summary>The term that ended.</summary>
    public required string TermId { get; init; }

    /// <summary>Version of the document that has it.</summary>
    public required string PolicyVersion { get; init; }

    /// <summary>The last day of the term.</summary>
    public required DateOnly DueOn { get; init; }

    /// <summary>How far it is.</summary>
    public required DeletionState State { get; set; }

    /// <summary>Who proposed it.</summary>
    public required Guid ProposedByWorkerId { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset ProposedAt { get; init; }

    /// <summary>The second person.</summary>
    public Guid? ConfirmedByWorkerId { get; set; }

    /// <summary>When it was confirmed, UTC.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>When it was deleted or withdrawn, UTC.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>How many rows went.</summary>
    public int Rows { get; set; }

    /// <summary>Raised with every change.</summary>
    public long Version { get; set; }
}

/// <summary>Their tables.</summary>
internal sealed class RetentionMapping : IEntityTypeConfiguration<RetentionHold>, IEntityTypeConfiguration<CaseDeletion>
{
    public void Configure(EntityTypeBuilder<RetentionHold> hold)
    {
        hold.ToTable("retention_hold");
        hold.HasKey(h => h.RetentionHoldId);
        hold.Property(h => h.RetentionHoldId).ValueGeneratedNever();
        hold.Property(h => h.Reason).Sealed();
        hold.Property(h => h.Version).IsConcurrencyToken();
        hold.HasIndex(h => h.CaseId);
    }

    public void Configure(EntityTypeBuilder<CaseDeletion> deletion)
    {
        deletion.ToTable("retention_deletion");
        deletion.HasKey(d => d.CaseDeletionId);
        deletion.Property(d => d.CaseDeletionId).ValueGeneratedNever();
        deletion.Property(d => d.Cases).HasConversion<JsonList<Guid>, ListComparer<Guid>>();
        deletion.Property(d => d.CaseNumber).HasMaxLength(40);
        deletion.Property(d => d.TermId).HasMaxLength(40);
        deletion.Property(d => d.PolicyVersion).HasMaxLength(40);
        deletion.Property(d => d.Version).IsConcurrencyToken();
        deletion.HasIndex(d => new { d.State, d.ProposedAt });
    }
}
