using System.CommandLine;
using Anhu.Hosting;

namespace Anhu.Commands;

/// <summary><c>anhu serve</c>, the default.</summary>
internal static class ServeCommand
{
    public static RootCommand Root()
    {
        var root = new RootCommand("Anhu (安护): one city's response to domestic violence, across departments.")
        {
            CommonOptions.Data, CommonOptions.Store, CommonOptions.Keys, CommonOptions.Crypto, CommonOptions.Urls, CommonOptions.Demo,
        };
        root.SetAction(RunAsync);
        return root;
    }

    public static Command Create()
    {
        var serve = new Command("serve", "Runs the platform (the default).") { CommonOptions.Demo };
        serve.SetAction(RunAsync);
        return serve;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        if (parsed.GetValue(CommonOptions.Demo))
        {
            return await DemoCommand.RunAsync(parsed, ct);
        }

        await using var app = AnhuApp.Build(CommonOptions.ToConfiguration(parsed));
        await app.Services.GetRequiredService<ServingLock>().ServeAsync(ct);
        await AnhuApp.PrepareAsync(app.Services, ct);
        if (await DemoCommand.IsDemoAsync(app.Services, ct))
        {
            await Console.Error.WriteLineAsync("This store holds demo data. Start it with --demo, or use another folder (--data) for real data.");
            return 1;
        }

        await app.RunAsync(ct);
        return 0;
    }
}
