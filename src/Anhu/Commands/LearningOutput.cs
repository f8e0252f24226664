using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Anhu.Linkage;

namespace Anhu.Commands;

/// <summary>What learning from decisions came to, for whoever has to decide whether the new model is put in place.</summary>
internal static class LearningOutput
{
    /// <summary>Weights that are named.</summary>
    private const int MostNamed = 20;

    /// <summary>Bits below which a weight has not moved.</summary>
    private const double LeastMoved = 0.05;

    /// <summary>Takes the new model.</summary>
    public static Option<string?> Out { get; } = new("--out") { Description = "Takes the new version of the model; nothing is put in place.", HelpName = "NEWMODEL.json" };

    /// <summary>Writes no model.</summary>
    public static Option<bool> EvaluateOnly { get; } = new("--evaluate-only") { Description = "Say how good it would be, and write no model." };

    /// <summary>Writes a model that is no better.</summary>
    public static Option<bool> Anyway { get; } = new("--anyway") { Description = "Write the model even though it is not better beyond chance; it says so itself." };

    /// <summary>Writes the report as JSON.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Write the report as JSON to standard output." };

    /// <summary>A command that learns has a place for what it learned.</summary>
    public static void Validate(Command command) => command.Validators.Add(result =>
    {
        if (result.GetValue(Out) is null == !result.GetValue(EvaluateOnly))
        {
            result.AddError("Give either --out, for the new model, or --evaluate-only.");
        }
    });

    /// <summary>Reads a model, and the hash by which its successor will name it.</summary>
    /// <exception cref="FormatException">It is no trained model.</exception>
    public static async Task<(LinkageModel Model, string Hash)> ReadAsync(string path, CancellationToken ct)
    {
        var bytes = await File.ReadAllBytesAsync(path, ct);
        try
        {
            var model = LinkageModel.Parse(Encoding.UTF8.GetString(bytes));
            return model.Trained is null ? throw new LinkageModelException("The model is not trained: it has no 'trained'.") : (model, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (LinkageModelException fault)
        {
            throw new FormatException($"{path}: {fault.Message}");
        }
    }

    /// <summary>Reports, and writes the new model when it is better.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="result">What was learned.</param>
    /// <param name="parent">Hash of the model before.</param>
    /// <param name="on">The day.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>1 when a model was wanted and none was written.</returns>
    public static async Task<int> FinishAsync(ParseResult parsed, LearningResult result, string parent, DateOnly on, CancellationToken ct)
    {
        var next = result.Next(parent, on);
        var writes = !parsed.GetValue(EvaluateOnly) && (result.Report.Verdict == LearningVerdict.Better || parsed.GetValue(Anyway));
        if (writes)
        {
            var path = parsed.GetRequiredValue(Out)!;
            await File.WriteAllTextAsync(path + ".part", next.ToJson() + "\n", ct);
            File.Move(path + ".part", path, overwrite: true);
        }

        if (parsed.GetValue(Json))
        {
            await CommandHost.WriteJsonAsync(new { next.Version, Parent = parent, Written = writes, Report = result.Report with { Weights = [.. Moved(result.Report)] } });
        }
        else
        {
            await Console.Out.WriteLineAsync(InWords(result.Report));
        }

        if (writes)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Version {next.Version} was written to {parsed.GetValue(Out)}. Nothing uses it before it is put in place (docs/linkage.md)."));
            return 0;
        }

        if (!parsed.GetValue(EvaluateOnly))
        {
            await Console.Error.WriteLineAsync("No model was written: it is not better. --anyway writes it all the same.");
            return 1;
        }

        return 0;
    }

    private static IEnumerable<LearnedWeight> Moved(LearningReport report) => report.Weights.Where(w => w.Moved >= LeastMoved).Take(MostNamed);

    private static string InWords(LearningReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{report.Confirmed} confirmed and {report.Refused} refused pairs of {report.People} sets of people; {report.PassedOver} passed over");
        text.AppendLine(CultureInfo.InvariantCulture, $"Nine in ten had a probability from {report.BandFrom:0.000}, and nine in ten one up to {report.BandTo:0.000}: of pairs outside nobody decided, and they weigh as before.");
        text.AppendLine();
        text.AppendLine("                    log loss   precision   recall   wrong");
        text.AppendLine(CultureInfo.InvariantCulture, $"  model before       {report.Before.LogLoss,7:0.0000}     {report.Before.Precision,7:0.0000}  {report.Before.Recall,7:0.0000}  {report.Before.Wrong,6}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  learned, held out  {report.After.LogLoss,7:0.0000}     {report.After.Precision,7:0.0000}  {report.After.Recall,7:0.0000}  {report.After.Wrong,6}");
        text.AppendLine();
        text.AppendLine(report.Verdict switch
        {
            LearningVerdict.Better => string.Create(CultureInfo.InvariantCulture, $"Better: chance alone gives such a gain with probability {report.Chance:0.0000}."),
            LearningVerdict.NotBeyondChance => string.Create(CultureInfo.InvariantCulture, $"Not better beyond chance, which gives as much with probability {report.Chance:0.0000}."),
            LearningVerdict.MoreWrong => "Not better: its probabilities are, but it would take more decisions wrongly.",
            LearningVerdict.TooFew => string.Create(CultureInfo.InvariantCulture, $"Too few decisions to tell: at least {DecisionLearner.FewestOfAKind} of either kind, about {2 * DecisionLearner.FewestOfAKind} sets of people."),
        });
        var moved = Moved(report).ToList();
        if (moved.Count > 0)
        {
            text.AppendLine().AppendLine("  bits, before → after (against people of one household, before → after)   confirmed  refused   weight");
        }

        foreach (var w in moved)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {w.Before,6:0.0} → {w.After,6:0.0}   ({w.KinBefore,6:0.0} → {w.KinAfter,6:0.0})   {w.Confirmed,45}  {w.Refused,7}   {w.Comparison}: {w.Level}");
        }

        return text.ToString().TrimEnd();
    }
}
