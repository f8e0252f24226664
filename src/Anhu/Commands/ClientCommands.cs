using System.CommandLine;
using Anhu.Common;
using Anhu.Modules.Clients;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;

namespace Anhu.Commands;

/// <summary><c>anhu client …</c>: sign-ins of other systems.</summary>
internal static class ClientCommands
{
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output." };

    public static Command Create() => new("client", "Sign-ins of other systems.") { Add(), List(), Rotate(), Remove() };

    private static Command Add()
    {
        var name = new Argument<string>("NAME") { Description = "What people call the system." };
        var unit = new Option<string>("--unit") { Description = "Code of its unit, such as 340100-police.", HelpName = "CODE", Required = true };
        var scopes = new Option<string[]>("--scope")
        {
            Description = $"What it may do, once per scope: {string.Join(", ", Permissions.Scopes)}.", HelpName = "SCOPE", Required = true,
        };
        var command = new Command("add", "Adds a system and prints its secret once.") { name, unit, scopes, Json };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var made = await services.GetRequiredService<ClientAdministration>()
                    .AddAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(unit), parsed.GetRequiredValue(scopes), ct);
                return await PrintAsync(made, parsed.GetValue(Json));
            },
            ct));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Lists the systems.") { Json };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var map = await services.GetRequiredService<OrganisationDirectory>().GetAsync(ct);
                foreach (var client in await services.GetRequiredService<ClientAdministration>().ListAsync(ct))
                {
                    var unit = map.Find(client.UnitId)?.Code;
                    if (parsed.GetValue(Json))
                    {
                        await CommandHost.WriteJsonAsync(new { client.ClientId, client.Name, Unit = unit, client.Scopes });
                    }
                    else
                    {
                        await Console.Out.WriteLineAsync($"{client.ClientId}\t{client.Name}\t{unit}\t{string.Join(' ', client.Scopes)}");
                    }
                }

                return 0;
            },
            ct));
        return command;
    }

    private static Command Rotate()
    {
        var id = new Argument<string>("ID") { Description = "The client's id." };
        var command = new Command("rotate", "Gives a system a new secret and prints it once; the old one and its tokens end.") { id, Json };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services => await PrintAsync(
                await services.GetRequiredService<ClientAdministration>().RotateAsync(parsed.GetRequiredValue(id), ct), parsed.GetValue(Json)),
            ct));
        return command;
    }

    private static Command Remove()
    {
        var id = new Argument<string>("ID") { Description = "The client's id." };
        var command = new Command("remove", "Removes a system; its tokens end.") { id };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services => await CommandFailures.ReportAsync(
                (await services.GetRequiredService<ClientAdministration>().RemoveAsync(parsed.GetRequiredValue(id), ct)).Failure),
            ct));
        return command;
    }

    private static async Task<int> PrintAsync(Result<ClientCredentials> made, bool json)
    {
        if (!made.IsOk)
        {
            return await CommandFailures.ReportAsync(made.Failure);
        }

        if (json)
        {
            await CommandHost.WriteJsonAsync(new { made.Value.ClientId, ClientSecret = made.Value.Secret });
        }
        else
        {
            await Console.Out.WriteLineAsync($"client id:     {made.Value.ClientId}\nclient secret: {made.Value.Secret}");
            await Console.Error.WriteLineAsync("The secret is not shown again.");
        }

        return 0;
    }
}
