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
            CommonOptions.Data, CommonOptions.Store, CommonOptions.Urls, CommonOptions.Demo,
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
        var configuration = CommonOptions.ToConfiguration(parsed);
        if (parsed.GetValue(CommonOptions.Demo))
        {
            configuration["Anhu:Demo"] = "true";
        }

        await using var app = AnhuApp.Build(configuration);
        await AnhuApp.PrepareAsync(app.Services, ct);
        await app.RunAsync(ct);
        return 0;
    }
}
