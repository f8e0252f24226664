using Anhu.Common;

namespace Anhu.Modules.Cases;

/// <summary>Why a unit may be told of a case that is handed to it (handbook §0.2 no. 2, §2.12, §4.13).</summary>
public enum SharingGround
{
    /// <summary>The victim agrees.</summary>
    Agreed,

    /// <summary>The victim is a minor.</summary>
    Minor,

    /// <summary>The victim cannot decide, or only in part (无民事行为能力、限制民事行为能力).</summary>
    Incapable,

    /// <summary>Danger to life or limb, and she cannot be asked in time or refuses.</summary>
    DangerToLife,

    /// <summary>A mandatory report must be passed on.</summary>
    MandatoryReport,
}

/// <summary>That a case's file may be shared with one unit for one purpose, and on which ground. Never changed; it can be withdrawn.</summary>
public sealed class SharingConsent
{
    /// <summary>Key.</summary>
    public required Guid SharingConsentId { get; init; }

    /// <summary>The case; follows when recognition joins it to another.</summary>
    public required Guid CaseId { get; set; }

    /// <summary>The recipient.</summary>
    public required Guid UnitId { get; init; }

    /// <summary>What for: the kind of duty that it may work on.</summary>
    public required string Purpose { get; init; }

    /// <summary>The ground.</summary>
    public required SharingGround Ground { get; init; }

    /// <summary>How and in which words she agreed, or why the law replaces her word.</summary>
    public string? Explanation { get; init; }

    /// <summary>When it was recorded, UTC.</summary>
    public required DateTimeOffset GivenAt { get; init; }

    /// <summary>Who recorded it; null for a system.</summary>
    public Guid? WorkerId { get; init; }

    /// <summary>The unit that recorded it.</summary>
    public required Guid ByUnitId { get; init; }

    /// <summary>When it was withdrawn, UTC; null while it holds.</summary>
    public DateTimeOffset? WithdrawnAt { get; set; }

    /// <summary>Who recorded the withdrawal.</summary>
    public Guid? WithdrawnByWorkerId { get; set; }

    /// <summary>Why it was withdrawn.</summary>
    public string? WithdrawnReason { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }
}

/// <summary>Grounds for sharing, with where they stand in law.</summary>
public static class SharingGrounds
{
    /// <summary>The legal basis of a ground.</summary>
    /// <param name="ground">The ground.</param>
    public static Bilingual Basis(SharingGround ground) => ground switch
    {
        SharingGround.Agreed => new("反家庭暴力法第五条；个人信息保护法第二十九条", "Anti-Domestic Violence Law, art. 5; Personal Information Protection Law, art. 29"),
        SharingGround.Minor => new("未成年人保护法第十一条；反家庭暴力法第五条", "Law on the Protection of Minors, art. 11; Anti-Domestic Violence Law, art. 5"),
        SharingGround.Incapable => new("反家庭暴力法第五条、第十五条", "Anti-Domestic Violence Law, art. 5 and 15"),
        SharingGround.DangerToLife => new("个人信息保护法第十三条第一款第四项", "Personal Information Protection Law, art. 13(1)(4)"),
        SharingGround.MandatoryReport => new("反家庭暴力法第十四条；未成年人保护法第十一条", "Anti-Domestic Violence Law, art. 14; Law on the Protection of Minors, art. 11"),
    };

    /// <summary>A ground as documents write it.</summary>
    /// <param name="ground">The ground; null for none.</param>
    public static Bilingual Name(SharingGround? ground) => ground is { } one ? Name(one) : new("未取得同意", "No consent");

    private static Bilingual Name(SharingGround ground) => ground switch
    {
        SharingGround.Agreed => new("本人同意", "She agrees"),
        SharingGround.Minor => new("未成年人，依法转介", "A minor, handed on by law"),
        SharingGround.Incapable => new("无（限制）民事行为能力人，依法转介", "Not able to decide, handed on by law"),
        SharingGround.DangerToLife => new("有生命健康危险，依法转介", "Danger to life, handed on by law"),
        SharingGround.MandatoryReport => new("强制报告，依法转介", "A mandatory report, handed on by law"),
    };
}
