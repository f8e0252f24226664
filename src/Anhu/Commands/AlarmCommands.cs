using System.CommandLine;
using System.Globalization;
using Anhu.Common;
using Anhu.Hosting;
using Anhu.Modules.Alarms;
using Anhu.Modules.Alarms.Mapping;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Timeline;
using Anhu.Web;
using Spectre.Console;

namespace Anhu.Commands;

/// <summary><c>anhu alarms …</c>: alarms from files.</summary>
internal static class AlarmCommands
{
    private static readonly Argument<string> File = new("FILE") { Description = "CSV (UTF-8 or GB18030) or NDJSON, also packed with gzip." };

    private static readonly Option<string> Source = new("--source") { Description = "The system that the alarms come from, such as hefei-110.", HelpName = "NAME", Required = true };

    private static readonly Option<string?> Map = new("--map") { Description = "Which column is which field: a file, or one that ships by its name (hefei-110 …). Not needed when columns are named like fields.", HelpName = "MAP.json" };

    private static readonly Option<double?> Speed = new("--speed")
    {
        Description = "Send alarms when their time comes, so many times faster than life: at 60x a day takes 24 minutes.", HelpName = "60x",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text.TrimEnd('x', 'X'), NumberStyles.Float, CultureInfo.InvariantCulture, out var speed) && speed is > 0 and <= 1e9)
            {
                return speed;
            }

            result.AddError($"--speed takes a number such as 60x, not {text}.");
            return null;
        },
    };

    private static readonly Option<bool> AtOnce = new("--at-once") { Description = "Send everything as fast as the store takes it (the default)." };

    private static readonly Option<bool> Now = new("--now") { Description = "With --speed, for exercises: each alarm is received at the moment when it is sent." };

    private static readonly Option<int?> Limit = new("--limit") { Description = "Stop after so many alarms.", HelpName = "N" };

    private static readonly Option<bool> Json = new("--json") { Description = "Write the counts as JSON." };

    public static Command Create() => new("alarms", "Alarms from files.") { Replay() };

    private static Command Replay()
    {
        var command = new Command("replay", "Feeds a file of alarms through the same door as every other alarm. A second replay adds nothing. Refused rows go to FILE.refused.csv.")
        {
            File, Source, Map, Speed, AtOnce, Now, Limit, Json,
        };
        command.Validators.Add(result =>
        {
            var paced = result.GetResult(Speed) is not null;
            if (paced && result.GetValue(AtOnce))
            {
                result.AddError("Either --speed or --at-once, not both.");
            }

            if (!paced && result.GetValue(Now))
            {
                result.AddError("--now needs --speed: otherwise all alarms would be received in the same second.");
            }

            if (result.GetValue(Limit) is <= 0)
            {
                result.AddError("--limit takes a number above zero.");
            }
        });
        command.SetAction((parsed, ct) => CommandHost.RunAsync(parsed, services => ReplayAsync(parsed, services, ct), ct));
        return command;
    }

    private static async Task<int> ReplayAsync(ParseResult parsed, IServiceProvider services, CancellationToken ct)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var map = await services.GetRequiredService<OrganisationDirectory>().GetAsync(ct);
        var intake = services.GetRequiredService<AlarmIntake>();
        var path = parsed.GetRequiredValue(File);
        var file = Open(parsed, path, services.GetRequiredService<AnhuSettings>().Content, map, time.Now);
        using var refused = new RefusedRows(path + ".refused.csv", file.Columns);
        refused.Clear();
        var replay = new AlarmReplay((report, c) => intake.SubmitAsync(report, Actor.Platform, c), time, refused.Add);
        var options = new ReplayOptions { Speed = parsed.GetValue(Speed), AsOfNow = parsed.GetValue(Now), Limit = parsed.GetValue(Limit) };
        var started = time.GetTimestamp();
        var (counts, problem) = await RunAsync(replay, file, options, time, ct);
        if (refused.Problem is { } unwritten)
        {
            await Console.Error.WriteLineAsync($"The refused rows could not be written: {unwritten}");
        }

        await ReportAsync(parsed, path, counts, refused.Written, time.GetElapsedTime(started));
        if (problem is not null)
        {
            await Console.Error.WriteLineAsync(problem.Message);
        }

        return problem is IntakeUnavailableException ? 3 : problem is not null || counts.Refused > 0 || counts.Interrupted ? 1 : 0;
    }

    /// <exception cref="FormatException">File and mapping can't be used; the command ends with 2.</exception>
    private static AlarmFile Open(ParseResult parsed, string path, string content, OrganisationMap map, DateTimeOffset now)
    {
        var source = parsed.GetRequiredValue(Source);
        if (source.Length is 0 or > AlarmLimits.Source || source.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')))
        {
            throw new FormatException($"--source takes up to {AlarmLimits.Source} letters, digits, dots, hyphens and underscores.");
        }

        try
        {
            var mapping = parsed.GetValue(Map) is { } name ? AlarmMapping.Load(MappingPath(name, content)) : null;
            return new AlarmFile(path, source, mapping, new CityVocabulary(map), within => AlarmRowMapper.CommunitiesOf(map, within), now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>A mapping's file; one that ships can be named alone, such as <c>hefei-110</c>.</summary>
    private static string MappingPath(string name, string content)
    {
        var shipped = Path.Combine(content, "mappings", Path.ChangeExtension(Path.GetFileName(name), ".json"));
        return !System.IO.File.Exists(name) && !name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) && System.IO.File.Exists(shipped) ? shipped : name;
    }

    /// <summary>Runs with a progress bar where someone can see it. What stops it half-way is returned beside the counts, which stay true.</summary>
    private static async Task<(ReplayCounts Counts, Exception? Problem)> RunAsync(AlarmReplay replay, AlarmFile file, ReplayOptions options, TimeProvider time, CancellationToken ct)
    {
        var run = replay.RunAsync(file, options, ct);
        if (!Console.IsErrorRedirected)
        {
            var screen = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            await screen.Progress().AutoClear(true).Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn()).StartAsync(async progress =>
            {
                var bar = progress.AddTask("alarms", maxValue: 1);
                while (!run.IsCompleted)
                {
                    var counts = replay.Counts;
                    bar.Value = replay.Progress(file);
                    bar.Description = $"{counts.Accepted} accepted, {counts.Updated} updated, {counts.Duplicate} duplicate, {counts.Refused} refused";
                    await Task.WhenAny(run, Task.Delay(TimeSpan.FromMilliseconds(200), time, CancellationToken.None));
                }
            });
        }

        try
        {
            return (await run, null);
        }
        catch (Exception e) when (e is IntakeUnavailableException or IOException or InvalidDataException)
        {
            return (replay.Counts with { Interrupted = true }, e);
        }
    }

    private static async Task ReportAsync(ParseResult parsed, string path, ReplayCounts counts, string? refusedFile, TimeSpan took)
    {
        if (parsed.GetValue(Json))
        {
            await CommandHost.WriteJsonAsync(new
            {
                File = path, counts.Rows, counts.Skipped, counts.Accepted, counts.Updated, counts.Duplicate, counts.Refused, RefusedFile = refusedFile,
                counts.Interrupted, Seconds = Math.Round(took.TotalSeconds, 3),
            });
            return;
        }

        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.Rows} rows: {counts.Accepted} accepted, {counts.Updated} updated, {counts.Duplicate} duplicate, {counts.Refused} refused; {counts.Skipped} skipped by the mapping's filter ({took.TotalSeconds:0.0} s)"));
        if (counts.Interrupted)
        {
            await Console.Out.WriteLineAsync("Interrupted before the end; replay the file again, what is there already is not added twice.");
        }

        if (refusedFile is not null)
        {
            await Console.Out.WriteLineAsync($"Refused rows with their reasons: {refusedFile}");
        }
    }
}
