using System.CommandLine;
using System.Diagnostics;
using Anhu.Linkage;
using Anhu.Linkage.Records;

namespace Anhu.Commands;

/// <summary><c>anhu linkage …</c>: the recognition engine on any file, for analysts and for measuring. Opens no store.</summary>
internal static class LinkageCommands
{
    private static readonly Option<string> Model = new("--model")
    {
        Description = "What is compared: the id column, columns with their comparators, blocking rules, columns whose equality forbids a link (docs/linkage.md).", HelpName = "MODEL.json", Required = true,
    };

    private static readonly Option<string?> SaveTrained = new("--save-trained") { Description = "Keep the model with the weights that training found.", HelpName = "FILE" };

    private static readonly Option<string?> Evaluate = new("--evaluate") { Description = "Score the result against this column, which names the truth. Training never reads it.", HelpName = "COLUMN" };

    private static readonly Option<double?> Threshold = new("--threshold") { Description = "Join from this probability on; 0.5 unless the model says otherwise.", HelpName = "P" };

    private static readonly Option<int?> Threads = new("--threads") { Description = "Threads to use; all cores unless said. The result is the same on any number.", HelpName = "N" };

    private static readonly Option<bool> Json = new("--json") { Description = "Write the report as JSON to standard output." };

    public static Command Create() => new("linkage", "Recognises the same person in records of any file. Needs no labels and opens no store.") { Dedupe(), LinkageLearnCommand.Create(), Link() };

    private static Command Dedupe()
    {
        var file = new Argument<string>("FILE") { Description = "CSV (UTF-8 or GB18030) with a header, also packed with gzip." };
        var clusters = new Option<string>("--out") { Description = "Takes id,cluster: of each record the group it belongs to.", HelpName = "CLUSTERS.csv", Required = true };
        var pairs = new Option<string?>("--pairs") { Description = "Takes left,right,probability,weight: the pairs within groups.", HelpName = "PAIRS.csv" };
        var command = new Command("dedupe", "Finds the records of one file that are the same person's.") { file, Model, clusters, pairs, SaveTrained, Evaluate, Threshold, Threads, Json };
        Validate(command);
        command.SetAction((parsed, ct) => RunAsync(parsed, [parsed.GetRequiredValue(file)], parsed.GetValue(clusters), parsed.GetValue(pairs), ct));
        return command;
    }

    private static Command Link()
    {
        var left = new Argument<string>("LEFT") { Description = "CSV (UTF-8 or GB18030) with a header, also packed with gzip." };
        var right = new Argument<string>("RIGHT") { Description = "Another." };
        var pairs = new Option<string>("--out") { Description = "Takes left,right,probability,weight: who in LEFT is who in RIGHT.", HelpName = "PAIRS.csv", Required = true };
        var command = new Command("link", "Finds the records of two files that are the same person's. Pairs within one file are not looked for.") { left, right, Model, pairs, SaveTrained, Evaluate, Threshold, Threads, Json };
        Validate(command);
        command.SetAction((parsed, ct) => RunAsync(parsed, [parsed.GetRequiredValue(left), parsed.GetRequiredValue(right)], null, parsed.GetValue(pairs), ct));
        return command;
    }

    private static void Validate(Command command) => command.Validators.Add(result =>
    {
        if (result.GetValue(Threshold) is { } threshold && threshold is not (> 0 and < 1))
        {
            result.AddError("--threshold takes a probability between 0 and 1.");
        }

        if (result.GetValue(Threads) is <= 0)
        {
            result.AddError("--threads takes a number above zero.");
        }
    });

    private static async Task<int> RunAsync(ParseResult parsed, string[] files, string? clusters, string? pairs, CancellationToken ct)
    {
        try
        {
            var model = LinkageModel.Parse(await File.ReadAllTextAsync(parsed.GetRequiredValue(Model), ct));
            model = parsed.GetValue(Threshold) is { } threshold ? model with { Threshold = threshold } : model;
            var report = await CommandProgress.RunAsync(progress => Task.Run(() => Run(parsed, model, files, clusters, pairs, progress, ct), ct));
            await (parsed.GetValue(Json) ? CommandHost.WriteJsonAsync(report) : Console.Out.WriteLineAsync(InWords(report)));
            return 0;
        }
        catch (LinkageModelException fault)
        {
            throw new FormatException($"{parsed.GetRequiredValue(Model)}: {fault.Message}");
        }
    }

    private static LinkageReport Run(ParseResult parsed, LinkageModel model, string[] files, string? clusters, string? pairs, Action<string, long, long>? progress, CancellationToken ct)
    {
        const long Whole = 1000;
        var started = Stopwatch.GetTimestamp();
        var table = new RecordTable(model);
        var truthColumn = parsed.GetValue(Evaluate);
        if (truthColumn is not null && table.Columns.Contains(truthColumn))
        {
            throw new FormatException($"--evaluate {truthColumn}: the model reads that column, so it is no truth to score against.");
        }

        var truth = truthColumn is null ? null : new TruthColumn(truthColumn);
        for (var i = 0; i < files.Length; i++)
        {
            if (i > 0)
            {
                table.BeginSecondList();
            }

            var file = files[i];
            LinkageFiles.Read(file, table, truth, progress is null ? null : part => progress($"Reading {Path.GetFileName(file)}", (long)(part * Whole), Whole), ct);
        }

        // What reading grew out of is not to stand beside what linking needs.
        GC.Collect();
        var read = Stopwatch.GetElapsedTime(started);
        var result = Linker.Link(table, parsed.GetValue(Threads), progress is null ? null : (step, part) => progress(Step(step), (long)(part * Whole), Whole), ct);
        var linked = Stopwatch.GetElapsedTime(started);
        progress?.Invoke("Writing", 0, 1);
        if (clusters is not null)
        {
            LinkageFiles.WriteClusters(clusters, result);
        }

        long? links = pairs is null ? null : LinkageFiles.WritePairs(pairs, result);
        if (parsed.GetValue(SaveTrained) is { } keep)
        {
            File.WriteAllText(keep, result.Trained.ToJson() + "\n");
        }

        using var process = Process.GetCurrentProcess();
        var used = (Wall: Stopwatch.GetElapsedTime(started), Cpu: process.TotalProcessorTime, Peak: process.PeakWorkingSet64);
        return new LinkageReport(
            table.Count, result.PairCount, result.Clusters.Distinct().Count(), links, Round(result.ExpectedPrecision), Round(used.Wall.TotalSeconds), Round(read.TotalSeconds),
            Round((linked - read).TotalSeconds), Round(used.Cpu.TotalSeconds), used.Peak >> 20, truth is null ? null : LinkageEvaluation.Of(result, truth.Values));
    }

    private static string Step(LinkageStep step) => step switch
    {
        LinkageStep.Blocking => "Finding blocks",
        LinkageStep.Comparing => "Comparing pairs",
        LinkageStep.Training => "Learning weights",
        LinkageStep.Joining => "Joining",
    };

    private static string InWords(LinkageReport report)
    {
        var text = new System.Text.StringBuilder();
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{report.Records} records, {report.PairsCompared} pairs compared, {report.Clusters} people");
        text.Append(report.PairsJoined is { } joined ? $", {joined} pairs joined" : "");
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"; expected precision {report.ExpectedPrecision:0.000}\n");
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{report.Seconds:0.0} s ({report.ReadSeconds:0.0} reading, {report.LinkSeconds:0.0} linking), {report.CpuSeconds:0.0} s of CPU, {report.PeakMegabytes} MiB at most");
        if (report.Evaluation is { } e)
        {
            static string Line(string what, Accuracy a) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\n{what}: precision {a.Precision:0.0000}, recall {a.Recall:0.0000}, F1 {a.F1:0.0000}");
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\nTrue pairs: {e.TruePairs}, of which blocking compared {e.Compared:P1}; groups with two records of one report: {e.MustDifferJoined}");
            text.Append(Line("Pairs, each by itself", e.RecordsAlone)).Append(Line("Pairs, at the threshold that only the truth knows", e.Best)).Append(Line("Groups (all pairs within)", e.Clusters)).Append(Line("Groups, B-cubed over records", e.BCubed));
        }

        return text.ToString();
    }

    private static double Round(double value) => Math.Round(value, 4);

    /// <summary>What a run did.</summary>
    private sealed record LinkageReport(
        int Records, int PairsCompared, int Clusters, long? PairsJoined, double ExpectedPrecision, double Seconds, double ReadSeconds, double LinkSeconds, double CpuSeconds, long PeakMegabytes,
        LinkageEvaluation? Evaluation);
}
