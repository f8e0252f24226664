using Anhu.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Modules.Security;

/// <summary>What kind of device a session is on, as its browser says.</summary>
public enum DeviceKind
{
    /// <summary>A desk or laptop computer, or nothing that says otherwise.</summary>
    Computer,

    /// <summary>A phone.</summary>
    Phone,

    /// <summary>A tablet.</summary>
    Tablet,
}

/// <summary>One sign-in of a worker on one device. The cookie names it; what is ended here opens nothing any more.</summary>
public sealed class WorkerSession
{
    /// <summary>Longest <see cref="Device"/>.</summary>
    public const int DeviceMaxLength = 60;

    /// <summary>Longest time from signing in to signing in again.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    /// <summary>Key; random, so that knowing one does not help to guess another.</summary>
    public required Guid WorkerSessionId { get; init; }

    /// <summary>The worker.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>The worker's security stamp that it holds with; another one ends it.</summary>
    public required string Stamp { get; set; }

    /// <summary>Kind of device.</summary>
    public required DeviceKind Kind { get; init; }

    /// <summary>Browser and system in a word each, such as <c>Firefox · Windows</c>; empty when it tells neither.</summary>
    public required string Device { get; init; }

    /// <summary>Network address that it was begun from; shown to the worker alone.</summary>
    public required string? From { get; init; }

    /// <summary>How it was begun: <c>password</c>, <c>code</c>, <c>recovery-code</c>, <c>passkey</c>, <c>single-sign-on</c>.</summary>
    public required string Method { get; init; }

    /// <summary>When the worker signed in, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was last used, UTC, to the half minute.</summary>
    public DateTimeOffset LastUsedAt { get; set; }

    /// <summary>When it was ended before its time, UTC; null while it holds or ended by itself.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Idle time after which a session ends (handbook §5.6): what is carried about is lost sooner.</summary>
    /// <param name="kind">Kind of device.</param>
    public static TimeSpan IdleTime(DeviceKind kind) => kind switch
    {
        DeviceKind.Computer => TimeSpan.FromMinutes(15),
        DeviceKind.Phone or DeviceKind.Tablet => TimeSpan.FromMinutes(5),
    };
}

/// <summary>Its table.</summary>
internal sealed class WorkerSessionMapping : IEntityTypeConfiguration<WorkerSession>
{
    public void Configure(EntityTypeBuilder<WorkerSession> session)
    {
        session.ToTable("security_session");
        session.HasKey(s => s.WorkerSessionId);
        session.Property(s => s.WorkerSessionId).ValueGeneratedNever();
        session.Property(s => s.Stamp).HasMaxLength(64);
        session.Property(s => s.Device).HasMaxLength(WorkerSession.DeviceMaxLength);
        session.Property(s => s.Method).HasMaxLength(20);
        session.Property(s => s.From).Sealed();
        session.HasIndex(s => new { s.WorkerId, s.LastUsedAt });
        session.HasIndex(s => s.LastUsedAt);
        session.HasIndex(s => s.EndedAt);
    }
}
