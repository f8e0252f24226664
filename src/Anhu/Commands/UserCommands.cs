using System.CommandLine;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Commands;

/// <summary><c>anhu user …</c>: workers' sign-ins, for the first ones of a city and for emergencies; the rest is done in the pages.</summary>
internal static class UserCommands
{
    private const int Page = 500;

    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output." };

    public static Command Create() => new("user", "Sign-ins of workers.") { Add(), List(), Disable(), Enable(), Reset(), Confirm(), EndSessions() };

    private static Command Add()
    {
        var name = UserName();
        var unit = new Option<string>("--unit") { Description = "Code of the unit, such as 340104-womens-federation.", HelpName = "CODE", Required = true };
        var roles = new Option<string[]>("--role")
        {
            Description = $"Role, once per role: {string.Join(", ", Enum.GetValues<WorkerRole>().Select(WorkerRoles.Code))}.", HelpName = "ROLE", Required = true,
        };
        var display = new Option<string>("--name") { Description = "Name shown to colleagues.", HelpName = "NAME", Required = true };
        var region = new Option<string?>("--region") { Description = "Community or grid of a grid worker.", HelpName = "CODE" };
        roles.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => !WorkerRoles.TryParse(t.Value, out _)))
            {
                result.AddError($"There is no role {token.Value}. Roles: {string.Join(", ", Enum.GetValues<WorkerRole>().Select(WorkerRoles.Code))}.");
            }
        });
        var command = new Command("add", "Adds a worker and prints a first password once.") { name, unit, roles, display, region, Json };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var worker = new NewWorker
                {
                    UserName = parsed.GetRequiredValue(name), DisplayName = parsed.GetRequiredValue(display), UnitCode = parsed.GetRequiredValue(unit),
                    RegionCode = parsed.GetValue(region),
                    Roles = [.. parsed.GetRequiredValue(roles).Select(code => WorkerRoles.TryParse(code, out var role) ? role : default)],
                };
                return await PrintAsync(await services.GetRequiredService<WorkerAdministration>().AddAsync(worker, null, ct), parsed.GetValue(Json));
            },
            ct));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Lists the workers.") { Json };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var map = await services.GetRequiredService<OrganisationDirectory>().GetAsync(ct);
                var db = services.GetRequiredService<AnhuDbContext>();
                for (var after = string.Empty; ;)
                {
                    var workers = await db.Workers.AsNoTracking().Where(w => string.Compare(w.NormalizedUserName, after) > 0)
                        .OrderBy(w => w.NormalizedUserName).Take(Page).ToListAsync(ct);
                    foreach (var w in workers)
                    {
                        var unit = map.Find(w.UnitId)?.Code;
                        var roles = w.Roles.Select(WorkerRoles.Code);
                        if (parsed.GetValue(Json))
                        {
                            await CommandHost.WriteJsonAsync(new { w.UserName, w.DisplayName, Unit = unit, Roles = roles, Region = w.RegionCode, Active = w.IsActive });
                        }
                        else
                        {
                            await Console.Out.WriteLineAsync(
                                $"{w.UserName}\t{w.DisplayName}\t{unit}\t{string.Join(' ', roles)}{(w.IsActive ? string.Empty : "\tdisabled")}");
                        }
                    }

                    if (workers.Count < Page)
                    {
                        return 0;
                    }

                    after = workers[^1].NormalizedUserName!;
                }
            },
            ct));
        return command;
    }

    private static Command Disable() => Simple("disable", "Ends a worker's sign-in.", async (workers, id, ct) => (await workers.SetActiveAsync(id, false, null, ct)).Failure);

    private static Command Enable() => Simple("enable", "Lets a worker sign in again.", async (workers, id, ct) => (await workers.SetActiveAsync(id, true, null, ct)).Failure);

    private static Command Reset()
    {
        var name = UserName();
        var command = new Command("reset", "Gives a worker a new first password, printed once, and takes the second step off.") { name, Json };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services => await FindAsync(services, parsed.GetRequiredValue(name), ct) is { } id
                ? await PrintAsync(await services.GetRequiredService<WorkerAdministration>().ResetPasswordAsync(id, null, ct), parsed.GetValue(Json))
                : await CommandFailures.ReportAsync(new Failure(FailureKind.NotFound, "organisation.worker-not-found")),
            ct));
        return command;
    }

    private static Command Confirm()
    {
        var name = UserName();
        var command = new Command("confirm", "Confirms a worker's roles and unit, where nobody else can.") { name };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services => await CommandFailures.ReportAsync(
                await FindAsync(services, parsed.GetRequiredValue(name), ct) is { } id
                    ? (await services.GetRequiredService<AccessReviews>().ConfirmAsync(id, null, null, ct)).Failure
                    : new Failure(FailureKind.NotFound, "organisation.worker-not-found")),
            ct));
        return command;
    }

    private static Command EndSessions()
    {
        var name = UserName();
        var command = new Command("end-sessions", "Signs a worker out on all devices; pages and feeds end within a second.") { name };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                if (await FindAsync(services, parsed.GetRequiredValue(name), ct) is not { } id)
                {
                    return await CommandFailures.ReportAsync(new Failure(FailureKind.NotFound, "organisation.worker-not-found"));
                }

                var ended = await services.GetRequiredService<SessionDesk>().EndAllAsync(id, null, ct);
                await Console.Out.WriteLineAsync($"sessions ended: {ended.Value}");
                return 0;
            },
            ct));
        return command;
    }

    private static Command Simple(string verb, string description, Func<WorkerAdministration, Guid, CancellationToken, Task<Failure?>> work)
    {
        var name = UserName();
        var command = new Command(verb, description) { name };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services => await CommandFailures.ReportAsync(
                await FindAsync(services, parsed.GetRequiredValue(name), ct) is { } id
                    ? await work(services.GetRequiredService<WorkerAdministration>(), id, ct)
                    : new Failure(FailureKind.NotFound, "organisation.worker-not-found")),
            ct));
        return command;
    }

    private static Argument<string> UserName() => new("USERNAME") { Description = "Name to sign in with." };

    private static Task<Guid?> FindAsync(IServiceProvider services, string userName, CancellationToken ct)
    {
        var normalised = userName.Trim().ToUpperInvariant();
        return services.GetRequiredService<AnhuDbContext>().Workers.Where(w => w.NormalizedUserName == normalised)
            .Select(w => (Guid?)w.Id).SingleOrDefaultAsync(ct);
    }

    private static async Task<int> PrintAsync(Result<FirstSignIn> made, bool json)
    {
        if (!made.IsOk)
        {
            return await CommandFailures.ReportAsync(made.Failure);
        }

        if (json)
        {
            await CommandHost.WriteJsonAsync(new { made.Value.UserName, made.Value.Password, made.Value.Until });
        }
        else
        {
            await Console.Out.WriteLineAsync($"user name:      {made.Value.UserName}\nfirst password: {made.Value.Password}");
            await Console.Error.WriteLineAsync("The password is not shown again; it is good for three days and has to be changed at the first sign-in.");
        }

        return 0;
    }
}
