using System.CommandLine;
using System.Security.Cryptography;
using Anhu.Hosting;
using Anhu.Modules;
using Anhu.Modules.Documents;
using Anhu.Modules.Documents.Word;

namespace Anhu.Commands;

/// <summary><c>anhu documents</c>: templates of documents, and what checks a document without the platform.</summary>
internal static class DocumentCommands
{
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output." };

    public static Command Create() => new("documents", "Templates of documents; keys and signatures that prove a document.") { List(), Check(), Keys(), Verify() };

    private static Command List()
    {
        var command = new Command("list", "The kinds of documents, and the template of each that is in force.") { Json };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var lines = await services.GetRequiredService<Templates>().ListAsync(ct);
                if (parsed.GetValue(Json))
                {
                    await CommandHost.WriteJsonAsync(lines.Select(l => new { Kind = l.Kind.Id, l.Kind.Title, l.Version, l.IsShipped, l.AddedAt, l.AddedBy }));
                    return 0;
                }

                foreach (var line in lines)
                {
                    await Console.Out.WriteLineAsync($"{line.Kind.Id}\t{line.Kind.Title}\t{(line.IsShipped ? "the program's own" : $"the city's, version {line.Version}, since {line.AddedAt:yyyy-MM-dd}")}");
                }

                return 0;
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static Command Check()
    {
        var file = new Argument<string>("FILE") { Description = "The template (.docx)." };
        var kind = new Option<string?>("--kind") { Description = $"Its kind ({string.Join(", ", DocumentKinds.All.Select(k => k.Id))}); by default the file's name.", HelpName = "KIND" };
        var command = new Command("check", "Names every fault of a template with its place: part, paragraph, the text around. Needs neither store nor keys.") { file, kind, Json };
        command.SetAction(async (parsed, ct) =>
        {
            var path = parsed.GetRequiredValue(file);
            var known = DocumentKinds.Find(parsed.GetValue(kind) ?? Path.GetFileNameWithoutExtension(path))
                ?? throw new FormatException($"--kind takes {string.Join(", ", DocumentKinds.All.Select(k => k.Id))}.");
            var faults = new FileInfo(path).Length > Templates.MostBytes ? [new TemplateFault(TemplateFault.TooLarge)] : DocumentPress.Check(await File.ReadAllBytesAsync(path, ct), known);
            if (parsed.GetValue(Json))
            {
                await CommandHost.WriteJsonAsync(faults);
                return faults.Count == 0 ? 0 : 1;
            }

            foreach (var fault in faults)
            {
                var where = fault is { Part: { } part, Paragraph: { } n } ? $"{part}, paragraph {n}: " : fault.Part is { } only ? $"{only}: " : "";
                await Console.Out.WriteLineAsync($"{where}{Words(fault)}{(fault.Near is { Length: > 0 } near ? $" Near \"{near}\"." : "")}");
            }

            await Console.Out.WriteLineAsync(faults.Count == 0 ? $"The template is good for {known.Id}." : $"{faults.Count} faults.");
            return faults.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static Command Keys()
    {
        var command = new Command("keys", "The public keys by which the city's documents are checked, to be published where those who check can trust it.") { Json };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var keys = await services.GetRequiredService<DocumentArchive>().KeysAsync(ct);
                if (parsed.GetValue(Json))
                {
                    await CommandHost.WriteJsonAsync(keys.Select(k => new { k.Algorithm, Fingerprint = Convert.ToHexStringLower(SHA256.HashData(k.PublicKey)), k.CreatedAt, PublicKey = Convert.ToBase64String(k.PublicKey) }));
                    return 0;
                }

                foreach (var (algorithm, publicKey, createdAt) in keys)
                {
                    await Console.Out.WriteLineAsync($"{createdAt:yyyy-MM-dd}\t{algorithm}\t{Convert.ToHexStringLower(SHA256.HashData(publicKey))}");
                    await Console.Out.WriteLineAsync(PemEncoding.WriteString("PUBLIC KEY", publicKey));
                }

                return 0;
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static Command Verify()
    {
        var file = new Argument<string>("FILE") { Description = "The document (.pdf)." };
        var signature = new Option<string>("--signature") { Description = "Its signature, as it was handed out with it.", HelpName = "FILE", Required = true };
        var key = new Option<string?>("--key") { Description = "SHA-256 of the city's public key (anhu documents keys). Without it, only that file and signature belong together is shown, not whose they are.", HelpName = "HASH" };
        var command = new Command("verify", "Checks a document by its signature. Needs neither store nor keys.") { file, signature, key, Json };
        command.SetAction(async (parsed, ct) =>
        {
            var signed = DocumentSignature.Parse(await File.ReadAllTextAsync(parsed.GetRequiredValue(signature), ct));
            var fault = signed.FaultOf(await File.ReadAllBytesAsync(parsed.GetRequiredValue(file), ct));
            var wanted = parsed.GetValue(key);
            fault ??= wanted is not null && !string.Equals(wanted, signed.Fingerprint(), StringComparison.OrdinalIgnoreCase) ? "key" : null;
            if (parsed.GetValue(Json))
            {
                await CommandHost.WriteJsonAsync(new { IsGood = fault is null, Fault = fault, signed.Number, signed.Kind, signed.Unit, signed.IssuedAt, signed.Algorithm });
                return fault is null ? 0 : 1;
            }

            await Console.Out.WriteLineAsync(fault switch
            {
                null => $"The document is as it was issued: {signed.Number}, {signed.Kind}, {signed.Unit}, {signed.IssuedAt:O}.\nKey: {signed.Fingerprint()}{(wanted is null ? " (compare it with what the city published)" : "")}",
                "file" => "The file is not the one that was signed.",
                "key" => "The signature is right, but by another key than the city's.",
                _ => "The signature is wrong.",
            });
            return fault is null ? 0 : 1;
        });
        return command;
    }

    private static string Words(TemplateFault fault) => fault.Code switch
    {
        TemplateFault.NotWord => "This is no Word file (.docx), or it is damaged.",
        TemplateFault.TooLarge => "The file is too large, packed or unpacked.",
        TemplateFault.Xml => $"The content is no well-formed XML{(fault.Detail is null ? "" : $" ({fault.Detail})")}.",
        TemplateFault.Macro => "It holds macros.",
        TemplateFault.External => $"It refers to something outside: {fault.Detail}.",
        TemplateFault.Embedded => "It holds another file or object.",
        TemplateFault.Mark => $"A mark is cut or not closed{(fault.Detail is null ? "" : $": {fault.Detail}")}.",
        TemplateFault.Unknown => $"There is no field \"{fault.Detail}\".",
        TemplateFault.Forbidden => $"The field \"{fault.Detail}\" would tell where she is; no document may have it.",
        TemplateFault.Missing => $"The field \"{fault.Detail}\" must be there.",
        TemplateFault.WrongUse => $"The field \"{fault.Detail}\" can't be used so.",
        TemplateFault.NotShown => $"\"{fault.Detail}\" can't be shown in the PDF as in Word.",
        _ => fault.Code,
    };
}
