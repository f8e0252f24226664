using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Modules.Security;

/// <summary>Which roles sign in with a second step, as the security administrator decided. One for the city; without it the configuration counts.</summary>
public sealed class SecondStepRule
{
    /// <summary>The key of the only one.</summary>
    public const int OnlyId = 1;

    /// <summary>Event: the roles were changed; data: <c>from</c>, <c>to</c>.</summary>
    public const string Changed = "security.second-step-changed";

    /// <summary>Key, always <see cref="OnlyId"/>.</summary>
    public required int SecondStepRuleId { get; init; }

    /// <summary>The roles; none asks nobody.</summary>
    public List<WorkerRole> Roles { get; set; } = [];

    /// <summary>When it was last changed, UTC.</summary>
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Who changed it last.</summary>
    public Guid? ChangedByWorkerId { get; set; }
}

/// <summary>Its table.</summary>
internal sealed class SecondStepRuleMapping : IEntityTypeConfiguration<SecondStepRule>
{
    public void Configure(EntityTypeBuilder<SecondStepRule> rule)
    {
        rule.ToTable("security_second_step_rule");
        rule.HasKey(r => r.SecondStepRuleId);
        rule.Property(r => r.SecondStepRuleId).ValueGeneratedNever();
        rule.PrimitiveCollection(r => r.Roles).ElementType().HasConversion<string>();
    }
}
