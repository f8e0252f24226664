using System.Security.Claims;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Anhu.Modules.Account;

/// <summary>Makes the principal of a worker: who they are, where they belong, what they may do.</summary>
internal sealed class WorkerClaimsFactory(AnhuDbContext db, RequiredSecondStep required, AnhuSettings settings, IOptions<IdentityOptions> options) : IUserClaimsPrincipalFactory<Worker>
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
        Add(AccountClaims.SecondStepDue, !user.TwoFactorEnabled && await required.IsForAsync(user, CancellationToken.None) ? "1" : null);
        Add(AccountClaims.PasswordDue, PasswordRules.DueAt(user, settings.Security).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        return new ClaimsPrincipal(identity);
    }
}
