using System.CommandLine;
using Anhu.Common;
using Anhu.Linkage;
using Anhu.Linkage.Records;

namespace Anhu.Commands;

/// <summary><c>anhu linkage learn</c>: a new version of a model, from pairs that people confirmed or refused.</summary>
internal static class LinkageLearnCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "The trained model.", HelpName = "MODEL.json", Required = true };

    private static readonly Option<string> Decisions = new("--decisions")
    {
        Description = "CSV with left,right,decision: two keys of records, and confirmed or refused. Of a pair decided twice the last counts.", HelpName = "FILE", Required = true,
    };

    private static readonly Option<string> Records = new("--records") { Description = "CSV with the records, as for dedupe.", HelpName = "FILE", Required = true };

    public static Command Create()
    {
        var command = new Command("learn", "Refines a trained model by pairs that people confirmed or refused, tries it on decisions held out, and writes the next version if it is better.")
        {
            Model, Decisions, Records, LearningOutput.Out, LearningOutput.EvaluateOnly, LearningOutput.Anyway, LearningOutput.Json,
        };
        LearningOutput.Validate(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        const long Whole = 1000;
        var (model, hash) = await LearningOutput.ReadAsync(parsed.GetRequiredValue(Model), ct);
        var result = await CommandProgress.RunAsync(progress => Task.Run(
            () =>
            {
                var table = Table(model, parsed.GetRequiredValue(Model));
                LinkageFiles.Read(parsed.GetRequiredValue(Records), table, null, progress is null ? null : part => progress("Reading records", (long)(part * Whole), Whole), ct);
                var decisions = ReadDecisions(parsed.GetRequiredValue(Decisions), table, ct);
                return DecisionLearner.Learn(table, decisions, 0, progress is null ? null : part => progress("Learning", (long)(part * Whole), Whole), ct);
            },
            ct));
        return await LearningOutput.FinishAsync(parsed, result, hash, DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().Date), ct);
    }

    private static RecordTable Table(LinkageModel model, string path)
    {
        try
        {
            return new RecordTable(model);
        }
        catch (LinkageModelException fault)
        {
            throw new FormatException($"{path}: {fault.Message}");
        }
    }

    private static List<LinkageDecision> ReadDecisions(string path, RecordTable table, CancellationToken ct)
    {
        using var rows = new CsvRows(path, "auto", hasHeader: true);
        var csv = rows.Reader;
        int Column(string name) => csv.TryGetFieldIndex(name, out var at) ? at : throw new FormatException($"{path} has no column '{name}'. It has: {string.Join(", ", csv.Headers)}.");
        var (left, right, decision) = (Column("left"), Column("right"), Column("decision"));
        var decisions = new List<LinkageDecision>();
        while (rows.Read())
        {
            ct.ThrowIfCancellationRequested();
            if (csv.FieldCount <= Math.Max(decision, Math.Max(left, right)))
            {
                throw rows.Fault($"{csv.FieldCount} columns where the header has {csv.Headers.Count}.");
            }

            int Record(int column) => table.Find(csv.GetString(column)) is >= 0 and var record ? record : throw rows.Fault($"there is no record '{csv.GetString(column)}'.");
            decisions.Add(new LinkageDecision(Record(left), Record(right), csv.GetString(decision) switch
            {
                "confirmed" => true,
                "refused" => false,
                var other => throw rows.Fault($"'{other}' is neither confirmed nor refused."),
            }));
        }

        return decisions;
    }
}
