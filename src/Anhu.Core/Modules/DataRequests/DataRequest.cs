using Anhu.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Modules.DataRequests;

/// <summary>Who asks for somebody's data.</summary>
public enum Requester
{
    /// <summary>The person.</summary>
    Self,

    /// <summary>A parent or guardian of a child.</summary>
    Guardian,
}

/// <summary>How it was made sure who asks.</summary>
public enum IdentityProof
{
    /// <summary>The identity card was seen, with the person there.</summary>
    IdCard,

    /// <summary>The card was read by the reader of the public-security network.</summary>
    CardReader,

    /// <summary>The card and the household register or a court's document on guardianship were seen.</summary>
    CardAndRegister,
}

/// <summary>What lets somebody who is reported know of the case already. Without any, the answer tells nothing.</summary>
public enum KnownBy
{
    /// <summary>Nothing, or it is not certain.</summary>
    Nothing,

    /// <summary>A warning letter that was served.</summary>
    WarningLetter,

    /// <summary>A protection order that was served.</summary>
    ProtectionOrder,

    /// <summary>A police penalty or decision that was served.</summary>
    PoliceDecision,

    /// <summary>A court's judgment.</summary>
    Judgment,
}

/// <summary>Why a request is refused.</summary>
public enum RefusalReason
{
    /// <summary>It is not certain who asks.</summary>
    IdentityNotProven,

    /// <summary>Who asks may not ask for this person.</summary>
    NotEntitled,

    /// <summary>The answer would obstruct a duty that the law gives (PIPL 18, 35).</summary>
    ObstructsDuty,
}

/// <summary>How far a request is.</summary>
public enum DataRequestState
{
    /// <summary>Waits for a second person.</summary>
    Asked,

    /// <summary>May be answered until its time is over.</summary>
    Approved,

    /// <summary>Refused.</summary>
    Refused,
}

/// <summary>A request for the data that the platform holds about a person (PIPL 45). Whether there are any is looked up only when it is answered.</summary>
public sealed class DataRequest
{
    /// <summary>Key.</summary>
    public required Guid DataRequestId { get; init; }

    /// <summary>Whose data are asked for.</summary>
    public required string SubjectName { get; init; }

    /// <summary>That person's citizen ID number.</summary>
    public required string SubjectIdNumber { get; init; }

    /// <summary>Who asks.</summary>
    public required Requester Requester { get; init; }

    /// <summary>Name of who asks.</summary>
    public required string RequesterName { get; init; }

    /// <summary>Citizen ID number of who asks.</summary>
    public required string RequesterIdNumber { get; init; }

    /// <summary>How it was made sure who asks.</summary>
    public required IdentityProof Proof { get; init; }

    /// <summary>How far it is.</summary>
    public required DataRequestState State { get; set; }

    /// <summary>The unit that took it.</summary>
    public required Guid UnitId { get; init; }

    /// <summary>Who took it.</summary>
    public required Guid AskedByWorkerId { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>The second person; null while it waits.</summary>
    public Guid? DecidedByWorkerId { get; set; }

    /// <summary>When it was decided, UTC.</summary>
    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>What lets the person know of the case already, as the second person found.</summary>
    public KnownBy? KnownBy { get; set; }

    /// <summary>Why it was refused.</summary>
    public RefusalReason? Refusal { get; set; }

    /// <summary>Until when the answer can be printed or downloaded, UTC.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>Raised with every change.</summary>
    public long Version { get; set; }
}

/// <summary>Its table.</summary>
internal sealed class DataRequestMapping : IEntityTypeConfiguration<DataRequest>
{
    public void Configure(EntityTypeBuilder<DataRequest> request)
    {
        request.ToTable("requests_data_request");
        request.HasKey(r => r.DataRequestId);
        request.Property(r => r.DataRequestId).ValueGeneratedNever();
        request.Property(r => r.SubjectName).Sealed();
        request.Property(r => r.SubjectIdNumber).Sealed();
        request.Property(r => r.RequesterName).Sealed();
        request.Property(r => r.RequesterIdNumber).Sealed();
        request.Property(r => r.Version).IsConcurrencyToken();
        request.HasIndex(r => r.AskedAt);
    }
}
