using System.CommandLine;
using System.Globalization;
using Anhu.Hosting;
using Anhu.Modules.Demo;
using Anhu.Modules.Organisation;
using Anhu.Web;

namespace Anhu.Commands;

/// <summary><c>anhu demo</c>, the same as <c>anhu serve --demo</c>: a made-up city, its sign-ins, and alarms that keep coming.</summary>
internal static class DemoCommand
{
    private const string Folder = "anhu-demo";

    private static readonly Option<int?> Seed = new("--seed") { Description = "Same seed, same city.", HelpName = "N" };

    private static readonly Option<int?> Months = new("--months") { Description = "How many months back it begins (default: 12).", HelpName = "N" };

    public static Command Create()
    {
        Months.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 36)
            {
                result.AddError("--months takes 1 to 36.");
            }
        });
        var command = new Command("demo", $"Runs a made-up city, by default in the folder {Folder}.") { Seed, Months };
        command.SetAction(RunAsync);
        return command;
    }

    public static async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var configuration = CommonOptions.ToConfiguration(parsed);
        configuration["Anhu:Demo"] = "true";
        var given = AnhuApp.Configuration(configuration);
        if (given["Anhu:Data"] is not { Length: > 0 })
        {
            // Never the folder of a real city.
            configuration["Anhu:Data"] = Folder;
        }

        if (parsed.GetResult(Seed) is not null)
        {
            configuration["Anhu:DemoSeed"] = parsed.GetValue(Seed)?.ToString(CultureInfo.InvariantCulture);
        }

        if (parsed.GetResult(Months) is not null && parsed.GetValue(Months) is { } months)
        {
            configuration["Anhu:DemoMonths"] = months.ToString(CultureInfo.InvariantCulture);
            configuration["Anhu:DemoIncidents"] ??= (75 * months).ToString(CultureInfo.InvariantCulture);
        }

        await using var app = AnhuApp.Build(configuration);
        await app.Services.GetRequiredService<ServingLock>().ServeAsync(ct);
        var city = app.Services.GetRequiredService<DemoCity>();
        city.Progress = Progress();
        try
        {
            await AnhuApp.PrepareAsync(app.Services, ct);
        }
        catch (DemoRefusedException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }

        await app.StartAsync(ct);
        await PrintAsync(app, ct);
        await app.WaitForShutdownAsync(ct);
        return 0;
    }

    /// <summary>Whether a store is a demo's.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<bool> IsDemoAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<DemoFill>().StateAsync(ct) is DemoStoreState.Demo;
    }

    private static Action<double> Progress()
    {
        var shown = -1;
        return done =>
        {
            var percent = (int)(done * 100);
            if (percent == shown)
            {
                return;
            }

            if (shown < 0)
            {
                Console.Error.WriteLine("Making up a city (once) …");
            }

            shown = percent;
            if (!Console.IsErrorRedirected)
            {
                Console.Error.Write($"\r{percent,3} %{(percent == 100 ? "\n" : "")}");
            }
        };
    }

    private static async Task PrintAsync(WebApplication app, CancellationToken ct)
    {
        var map = await app.Services.GetRequiredService<OrganisationDirectory>().GetAsync(ct);
        var rows = DemoCast.Of(map).Select(m => (Office: $"{m.Office.Zh} · {m.Office.En}", Unit: map.Find(m.UnitCode)!.Name, m.UserName)).ToList();
        var office = rows.Max(r => Width(r.Office));
        var unit = rows.Max(r => Width(r.Unit));
        var name = rows.Max(r => r.UserName.Length);
        await Console.Out.WriteLineAsync($"\nAnhu demo: {string.Join(" ", app.Urls)}\nAll data are made up. Sign-ins (role, unit, user name, password):\n");
        foreach (var row in rows)
        {
            await Console.Out.WriteLineAsync(
                $"  {row.Office}{new string(' ', office - Width(row.Office))}  {row.Unit}{new string(' ', unit - Width(row.Unit))}  {row.UserName.PadRight(name)}  {DemoCast.Password}");
        }

        await Console.Out.WriteLineAsync();
    }

    /// <summary>Columns on a terminal: a Chinese character takes two.</summary>
    private static int Width(string text) => text.Sum(c => c >= 0x2E80 ? 2 : 1);
}
