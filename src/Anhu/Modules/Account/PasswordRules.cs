using Anhu.Modules.Organisation;
using Microsoft.AspNetCore.Identity;

namespace Anhu.Modules.Account;

/// <summary>What a password must be (handbook §5.6): at least 10 characters of 3 out of 4 kinds, none of the last five, changed every 90 days and at once when someone else set it.</summary>
public sealed class PasswordRules : IPasswordValidator<Worker>
{
    /// <summary>Fewest characters.</summary>
    public const int MinLength = 10;

    /// <summary>Most characters: hashing longer ones only costs.</summary>
    public const int MaxLength = 128;

    /// <summary>How many of small letters, capital letters, digits and other characters.</summary>
    public const int MinKinds = 3;

    /// <summary>How many earlier passwords may not come back, the present one included.</summary>
    public const int Remembered = 5;

    /// <summary>How long a password serves.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromDays(90);

    /// <summary>When a worker has to change the password.</summary>
    /// <param name="worker">The worker.</param>
    /// <returns>The instant, UTC; 1970 when the worker never set one.</returns>
    public static DateTimeOffset DueAt(Worker worker) => worker.PasswordSetAt + Age ?? DateTimeOffset.UnixEpoch;

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

        if (Kinds(text) < MinKinds)
        {
            Refuse("password-kinds");
        }

        if (user.UserName is { Length: >= 3 } name && text.Contains(name, StringComparison.OrdinalIgnoreCase))
        {
            Refuse("password-name");
        }

        if (errors.Count == 0 && manager is WorkerManager workers && await workers.WasUsedAsync(user, text))
        {
            Refuse("password-used");
        }

        return errors.Count == 0 ? IdentityResult.Success : IdentityResult.Failed([.. errors]);
    }

    private static int Kinds(string text) =>
        (text.Any(char.IsAsciiLetterLower) ? 1 : 0) + (text.Any(char.IsAsciiLetterUpper) ? 1 : 0)
        + (text.Any(char.IsAsciiDigit) ? 1 : 0) + (text.Any(c => !char.IsAsciiLetterOrDigit(c)) ? 1 : 0);
}
