using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Identity;

namespace Anhu.Modules.Account;

/// <summary>
/// What a password must be (handbook §5.6): at least 10 characters of 3 out of 4 kinds, none that would be guessed early, none of the last five, changed
/// every 90 days and at once when someone else set it; kinds and days are the city's (<see cref="SecuritySettings"/>). Every place where a worker sets one asks here; those that the program makes are random.
/// </summary>
public sealed class PasswordRules(AnhuSettings settings, OrganisationDirectory organisation) : IPasswordValidator<Worker>
{
    /// <summary>Fewest characters.</summary>
    public const int MinLength = 10;

    /// <summary>Most characters: hashing longer ones only costs.</summary>
    public const int MaxLength = 128;

    /// <summary>How many earlier passwords may not come back, the present one included.</summary>
    public const int Remembered = 5;

    /// <summary>When a worker has to change the password.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="security">The city's rules.</param>
    /// <returns>The instant, UTC; 1970 when the worker never set one, the end of time where passwords do not grow old.</returns>
    public static DateTimeOffset DueAt(Worker worker, SecuritySettings security) =>
        worker.PasswordSetAt is not { } set ? DateTimeOffset.UnixEpoch : security.PasswordDays == 0 ? DateTimeOffset.MaxValue : set.AddDays(security.PasswordDays);

    /// <inheritdoc />
    public async Task<IdentityResult> ValidateAsync(UserManager<Worker> manager, Worker user, string? password)
    {
        var text = password ?? "";
        var errors = new List<IdentityError>();
        void Refuse(string code) => errors.Add(new IdentityError { Code = code, Description = code });

        if (text.Length < MinLength)
        {
            Refuse("password-short");
        }

        if (text.Length > MaxLength)
        {
            Refuse("password-long");
        }

        if (Kinds(text) < settings.Security.PasswordKinds)
        {
            Refuse("password-kinds");
        }

        if (user.UserName is { Length: >= 3 } name && text.Contains(name, StringComparison.OrdinalIgnoreCase))
        {
            Refuse("password-name");
        }

        if (errors.Count == 0 && GuessablePassword.Check(text, await ContextAsync(user)) is { } because)
        {
            Refuse(because switch
            {
                GuessableBecause.Common => "password-common",
                GuessableBecause.Context => "password-context",
                GuessableBecause.Pattern => "password-pattern",
            });
        }

        if (errors.Count == 0 && manager is WorkerManager workers && await workers.WasUsedAsync(user, text))
        {
            Refuse("password-used");
        }

        return errors.Count == 0 ? IdentityResult.Success : IdentityResult.Failed([.. errors]);
    }

    /// <summary>What everybody here would try first.</summary>
    private async Task<IEnumerable<string>> ContextAsync(Worker user)
    {
        var unit = (await organisation.GetAsync(CancellationToken.None)).Find(user.UnitId);
        return
        [
            settings.City, "anhu", "anhui", "安护", "安徽", "合肥", "反家暴", user.UserName ?? "", user.DisplayName, unit?.Name ?? "",
            .. (unit?.Code ?? "").Split('-'), .. (user.UserName ?? "").Split('-', '.', '_', '@'),
        ];
    }

    private static int Kinds(string text) =>
        (text.Any(char.IsAsciiLetterLower) ? 1 : 0) + (text.Any(char.IsAsciiLetterUpper) ? 1 : 0)
        + (text.Any(char.IsAsciiDigit) ? 1 : 0) + (text.Any(c => !char.IsAsciiLetterOrDigit(c)) ? 1 : 0);
}
