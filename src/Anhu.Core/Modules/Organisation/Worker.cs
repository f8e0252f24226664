using Anhu.Modules.Security;
using Microsoft.AspNetCore.Identity;

namespace Anhu.Modules.Organisation;

/// <summary>A person who signs in (工作人员); belongs to one unit.</summary>
public sealed class Worker : IdentityUser<Guid>
{
    /// <summary>Where Identity keeps who the worker is at the identity provider.</summary>
    public const string SignOnProvider = "sign-on";

    /// <summary>Under which name: the provider's address and its key of the person.</summary>
    public const string SignOnSubject = "subject";

    /// <summary>Rounds of PBKDF2-HMAC-SHA512 that a password's hash takes (OWASP, 2025). Hashes of fewer are made anew at the next sign-in.</summary>
    public const int PasswordRounds = 210_000;

    /// <summary>Name shown to colleagues.</summary>
    public required string DisplayName { get; set; }

    /// <summary>The unit.</summary>
    public required Guid UnitId { get; set; }

    /// <summary>Roles.</summary>
    public List<WorkerRole> Roles { get; set; } = [];

    /// <summary>Grid or community that a grid worker covers; null for others.</summary>
    public string? RegionCode { get; set; }

    /// <summary>Language of the pages: <c>zh-CN</c> or <c>en</c>; null follows the city.</summary>
    public string? Culture { get; set; }

    /// <summary>False when the worker left; sign-in is refused.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>Whether the board may play a sound.</summary>
    public bool SoundOn { get; set; }

    /// <summary>When the password was last set, UTC.</summary>
    public DateTimeOffset? PasswordSetAt { get; set; }

    /// <summary>When a password that somebody else made ends, UTC; null once the worker has set an own one.</summary>
    public DateTimeOffset? FirstPasswordUntil { get; set; }

    /// <summary>By when roles and unit have to be confirmed, UTC; null until the first look at it.</summary>
    public DateTimeOffset? AccessDueAt { get; set; }

    /// <summary>Concurrency token, raised with each change.</summary>
    public long Version { get; set; }
}
