using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Anhu.Common;
using Anhu.Hosting;
using Anhu.Modules.DataRequests;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Recognition;
using Anhu.Web;

namespace Anhu.Commands;

/// <summary><c>anhu people …</c>: links another agency's list with the people on record.</summary>
internal static class PeopleCommands
{
    /// <summary>Rows that cannot be used and are named one by one.</summary>
    private const int MostNamed = 20;

    private static readonly Argument<string> File = new("FILE") { Description = "CSV (UTF-8 or GB18030, also packed with gzip) or XLSX, with a heading." };

    private static readonly Option<string> Map = new("--map") { Description = "Which column is which field: a file, or one that ships by its name (people-list).", HelpName = "MAP.json", Required = true };

    private static readonly Option<string?> Name = new("--name") { Description = "Name of the list, such as the agency's; the file's name if left out.", HelpName = "NAME" };

    private static readonly Option<string?> AgencyName = new("--agency")
    {
        Description = $"Whose list it is, so that cases of its people tell that this agency knows them: {string.Join(", ", Enum.GetNames<Agency>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName))}.",
        HelpName = "AGENCY",
    };

    private static readonly Option<bool> Yes = new("--yes") { Description = "Join without asking." };

    private static readonly Option<bool> Json = new("--json") { Description = "Write the report as JSON." };

    public static Command Create()
    {
        var command = new Command("link", "Looks up each row of another agency's list, writes a report beside it (FILE.link.txt, FILE.link.svg), and joins only when that is confirmed.")
        {
            File, Map, Name, AgencyName, Yes, Json,
        };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(parsed, services => LinkAsync(parsed, services, ct), ct));
        return new Command("people", "Who is who, for whole lists and for the engine.") { PeopleLearnCommand.Create(), command, ExportData() };
    }

    private static Command ExportData()
    {
        var request = new Argument<Guid>("REQUEST") { Description = "The request: the id at the end of its page's address." };
        var output = new Option<string>("--out") { Description = "The file to write.", HelpName = "FILE", Required = true };
        var command = new Command(
            "export-data", "Writes the answer to a person's request for the own data as JSON. Only while the answer stands that a second person approved; it is recorded.") { request, output };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var path = Path.GetFullPath(parsed.GetRequiredValue(output));
                var answer = await services.GetRequiredService<DataRequestDesk>().ExportAsync(parsed.GetRequiredValue(request), ct);
                if (!answer.IsOk)
                {
                    return await CommandFailures.ReportAsync(answer.Failure);
                }

                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows())
                {
                    options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                }

                await using var file = new FileStream(path, options);
                await file.WriteAsync(DataRequestSetup.Write(answer.Value), ct);
                await Console.Error.WriteLineAsync($"Wrote {path}.");
                return 0;
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static async Task<int> LinkAsync(ParseResult parsed, IServiceProvider services, CancellationToken ct)
    {
        var path = parsed.GetRequiredValue(File);
        var name = parsed.GetValue(Name) ?? Path.GetFileName(path);
        var agency = AgencyOf(parsed.GetValue(AgencyName));
        var mapping = MappingPath(parsed.GetRequiredValue(Map), services.GetRequiredService<AnhuSettings>().Content);
        var (file, rows) = await CommandProgress.RunAsync(tell => Task.Run(() => Open(path, mapping, tell, ct), ct));
        var people = rows.Where(r => r.Person is not null).Select(r => r.Person!).ToList();
        var faults = rows.Where(r => r.Fault is not null).ToList();
        var handler = services.GetRequiredService<LinkPersonListHandler>();
        var report = await CommandProgress.RunAsync(async tell =>
        {
            await handler.PrepareAsync((done, of) => Tell(tell, "people on record", done, of), ct);
            return await handler.LookAsync(people, (done, of) => Tell(tell, "looking up", done, of), ct);
        });
        await WriteAsync(parsed, path, name, report, faults.Count, ct);
        foreach (var fault in faults.Take(MostNamed))
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"line {fault.Line}: {fault.Fault}"));
        }

        if (faults.Count > MostNamed)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"… and {faults.Count - MostNamed} more lines that cannot be used."));
        }

        if (!parsed.GetValue(Yes) && !Confirmed(report))
        {
            await Console.Error.WriteLineAsync("Nothing was joined. Run it again with --yes to join.");
            return faults.Count > 0 ? 1 : 0;
        }

        var taken = await CommandProgress.RunAsync(tell => handler.TakeAsync(name, agency, file.Hash, people, (done, of) => Tell(tell, "taking in", done, of), ct));
        await Console.Error.WriteLineAsync(taken == 0 ? "This list was taken before; nothing was added." : string.Create(CultureInfo.InvariantCulture, $"{taken} rows were taken in."));
        return faults.Count > 0 ? 1 : 0;
    }

    /// <exception cref="FormatException">File and mapping can't be used; the command ends with 2.</exception>
    private static (PersonListFile File, List<PersonListRow> Rows) Open(string path, string map, Action<string, long, long>? tell, CancellationToken ct)
    {
        try
        {
            var file = new PersonListFile(path, PersonListMapping.Load(map));
            const long Whole = 1000;
            return (file, file.Read((rows, part) => tell?.Invoke(string.Create(CultureInfo.InvariantCulture, $"reading, {rows} rows"), (long)((part ?? 0) * Whole), Whole), ct));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static Agency? AgencyOf(string? name) => name is null ? null
        : Enum.GetValues<Agency>().Where(a => JsonNamingPolicy.KebabCaseLower.ConvertName(a.ToString()) == name).Select(a => (Agency?)a).FirstOrDefault()
            ?? throw new FormatException($"There is no agency {name}.");

    private static void Tell(Action<string, long, long>? tell, string what, long done, long of) =>
        tell?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{what}, {done} of {of}"), done, of);

    private static string MappingPath(string name, string content)
    {
        var shipped = Path.Combine(content, "lists", Path.ChangeExtension(Path.GetFileName(name), ".json"));
        return !System.IO.File.Exists(name) && !name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) && System.IO.File.Exists(shipped) ? shipped : name;
    }

    private static bool Confirmed(ListReport report)
    {
        if (Console.IsInputRedirected || Console.IsErrorRedirected)
        {
            return false;
        }

        Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"Take in {report.Rows} rows and join {report.ByNumber + report.Certain} of them? [y/N] "));
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    /// <summary>The report holds counts only.</summary>
    private static async Task WriteAsync(ParseResult parsed, string path, string name, ListReport report, int faults, CancellationToken ct)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{name}: {report.Rows} rows that can be used, {faults} that cannot");
        text.AppendLine(CultureInfo.InvariantCulture, $"  found by ID number, or by phone and name   {report.ByNumber}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  certain by likeness                        {report.Certain}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  likely, for a worker to decide             {report.Likely}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  like nobody on record                      {report.Unknown}");
        text.AppendLine(report.ExpectedPrecision is { } precision
            ? string.Create(CultureInfo.InvariantCulture, $"  expected precision of what is joined       {Math.Floor(precision * 10000) / 100:0.00} %") : "  nothing would be joined");
        await System.IO.File.WriteAllTextAsync(path + ".link.txt", text.ToString(), ct);
        await System.IO.File.WriteAllTextAsync(path + ".link.svg", ListPicture.Svg(report), ct);
        if (parsed.GetValue(Json))
        {
            await CommandHost.WriteJsonAsync(new { List = name, report.Rows, Unusable = faults, report.ByNumber, report.Certain, report.Likely, report.Unknown, report.ExpectedPrecision, Picture = path + ".link.svg" });
        }
        else
        {
            await Console.Out.WriteAsync(text.ToString());
        }
    }
}
