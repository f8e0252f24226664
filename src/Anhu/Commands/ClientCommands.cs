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

    public static Command Create() => new("client", "Sign-ins of other systems.") { Add(), List(), Rotate(), EndOldSecret(), Certificate(), Remove() };

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
        var overlap = new Option<int>("--overlap-hours") { Description = "Hours for which the present secret is taken too, 720 at most; by default it ends at once.", HelpName = "HOURS" };
        var command = new Command("rotate", "Gives a system a new secret and prints it once; without overlap the old one and its tokens end.") { id, overlap, Json };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services => await PrintAsync(
                await services.GetRequiredService<ClientAdministration>()
                    .RotateAsync(parsed.GetRequiredValue(id), TimeSpan.FromHours(parsed.GetValue(overlap)), null, ct), parsed.GetValue(Json)),
            ct));
        return command;
    }

    private static Command EndOldSecret()
    {
        var id = new Argument<string>("ID") { Description = "The client's id." };
        var command = new Command("end-old-secret", "Ends the secret before the present one before its time, and the system's tokens.") { id };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services => await CommandFailures.ReportAsync(
                (await services.GetRequiredService<ClientAdministration>().EndOldSecretAsync(parsed.GetRequiredValue(id), null, ct)).Failure),
            ct));
        return command;
    }

    private static Command Certificate()
    {
        var id = new Argument<string>("ID") { Description = "The client's id." };
        var thumbprint = new Option<string?>("--sha256") { Description = "SHA-256 of the certificate, hexadecimal; without it any connection will do.", HelpName = "HASH" };
        var command = new Command("certificate", "Says which certificate a system has to connect with; its tokens end.") { id, thumbprint };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services => await CommandFailures.ReportAsync(
                (await services.GetRequiredService<ClientAdministration>().BindCertificateAsync(parsed.GetRequiredValue(id), parsed.GetValue(thumbprint), null, ct)).Failure),
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
