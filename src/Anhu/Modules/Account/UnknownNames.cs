using System.Security.Cryptography;
using System.Text;
using Anhu.Common;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Anhu.Modules.Account;

/// <summary>Counts failures for names that nobody has and seems to lock them like real ones, so that the lock does not tell which names exist. Keeps keyed hashes only, and not many.</summary>
public sealed class UnknownNames(TimeProvider time, IOptions<IdentityOptions> options)
{
    private const int Most = 10_000;
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<string, (int Failures, DateTimeOffset Until)> names = [];
    private readonly Lock guard = new();

    /// <summary>Counts a failure.</summary>
    /// <param name="userName">The name as typed.</param>
    /// <returns>True when the name is to be shown as locked.</returns>
    public bool Failed(string userName)
    {
        var lockout = options.Value.Lockout;
        var now = time.Now;
        var name = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(userName.Trim().ToUpperInvariant())));
        lock (guard)
        {
            if (names.Count >= Most)
            {
                names.Clear();
            }

            var (failures, until) = names.GetValueOrDefault(name);
            if (failures >= lockout.MaxFailedAccessAttempts && now < until)
            {
                return true;
            }

            failures = failures >= lockout.MaxFailedAccessAttempts ? 1 : failures + 1;
            names[name] = (failures, now + lockout.DefaultLockoutTimeSpan);
            return failures >= lockout.MaxFailedAccessAttempts;
        }
    }
}
