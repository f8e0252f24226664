using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Account;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Anhu.Testing;

/// <summary>Makes valid things; a test states only what it is about. Other modules add theirs as extension methods beside this file.</summary>
/// <param name="app">The program to make them in.</param>
public sealed class TestData(AnhuFixture app)
{
    /// <summary>The password of every worker made here.</summary>
    public const string Password = "Correct-Horse-7";

    private static readonly string PasswordHash = new PasswordHasher<Worker>(Options.Create(new PasswordHasherOptions { IterationCount = Worker.PasswordRounds })).HashPassword(null!, Password);
    private static int number;

    /// <summary>The program that things are made in.</summary>
    public AnhuFixture App => app;

    /// <summary>Makes a worker who can sign in with <see cref="Password"/>.</summary>
    /// <param name="unitCode">Code of the unit, such as <c>340104-womens-federation</c>.</param>
    /// <param name="displayName">Name.</param>
    /// <param name="change">Last word on the worker.</param>
    /// <param name="roles">Roles; a case worker when none is given.</param>
    public async Task<Worker> CreateWorkerAsync(
        string unitCode = "340104-womens-federation", string displayName = "王芳", Action<Worker>? change = null, params WorkerRole[] roles)
    {
        var unitId = await app.QueryAsync(db => db.Units.Where(u => u.Code == unitCode).Select(u => u.UnitId).SingleOrDefaultAsync());
        var worker = new Worker
        {
            Id = Guid.CreateVersion7(), UserName = $"worker{Interlocked.Increment(ref number)}", DisplayName = displayName, UnitId = unitId,
            Roles = roles.Length == 0 ? [WorkerRole.Caseworker] : [.. roles], PasswordSetAt = app.Clock.Now, PasswordHash = PasswordHash,
        };
        change?.Invoke(worker);
        await app.WithAsync<WorkerManager>(async workers =>
        {
            var result = await workers.CreateAsync(worker);
            if (!result.Succeeded)
            {
                throw new InvalidOperationException(string.Join(", ", result.Errors.Select(e => e.Code)));
            }
        });
        return worker;
    }
}
