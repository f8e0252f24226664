using System.Security.Claims;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Anhu.Modules.Account;

/// <summary>Claims for display and sign-in rules, beside those of <see cref="CallerClaims"/>.</summary>
public static class AccountClaims
{
    /// <summary>The worker's name.</summary>
    public const string DisplayName = "anhu:name";

    /// <summary>The unit's name.</summary>
    public const string UnitName = "anhu:unit-name";

    /// <summary>The language that the worker chose; absent when the city's is followed.</summary>
    public const string Culture = "anhu:culture";

    /// <summary>Present when the board may play a sound.</summary>
    public const string SoundOn = "anhu:sound";

    /// <summary>When the password has to be changed, seconds since 1970; 0 for a password that someone else set.</summary>
    public const string PasswordDue = "anhu:password-due";
}

/// <summary>Makes the principal of a worker: who they are, where they belong, what they may do.</summary>
internal sealed class WorkerClaimsFactory(AnhuDbContext db, IOptions<IdentityOptions> options) : IUserClaimsPrincipalFactory<Worker>
{
    public async Task<ClaimsPrincipal> CreateAsync(Worker user)
    {
        var names = options.Value.ClaimsIdentity;
        var identity = new ClaimsIdentity(IdentityConstants.ApplicationScheme, names.UserNameClaimType, names.RoleClaimType);
        void Add(string type, string? value)
        {
            if (value is { Length: > 0 })
            {
                identity.AddClaim(new Claim(type, value));
            }
        }

        Add(names.UserIdClaimType, user.Id.ToString());
        Add(names.UserNameClaimType, user.UserName);
        Add(names.SecurityStampClaimType, user.SecurityStamp);
        Add(CallerClaims.Unit, user.UnitId.ToString());
        Add(CallerClaims.Region, user.RegionCode);
        foreach (var role in user.Roles)
        {
            Add(CallerClaims.Role, role.ToString());
        }

        Add(AccountClaims.DisplayName, user.DisplayName);
        Add(AccountClaims.UnitName, await db.Units.Where(u => u.UnitId == user.UnitId).Select(u => u.Name).SingleOrDefaultAsync());
        Add(AccountClaims.Culture, user.Culture);
        Add(AccountClaims.SoundOn, user.SoundOn ? "1" : null);
        Add(AccountClaims.PasswordDue, PasswordRules.DueAt(user).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        return new ClaimsPrincipal(identity);
    }
}
