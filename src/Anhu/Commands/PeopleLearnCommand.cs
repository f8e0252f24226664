using System.CommandLine;
using Anhu.Common;
using Anhu.Linkage;
using Anhu.Modules.People;
using Anhu.Modules.Recognition;
using Anhu.Web;

namespace Anhu.Commands;

/// <summary><c>anhu people learn</c>: a new version of the engine's model, from what workers decided of likely pairs.</summary>
internal static class PeopleLearnCommand
{
    public static Command Create()
    {
        var command = new Command("learn", "Refines the engine's model by pairs that workers confirmed or refused, tries it on decisions held out, and writes the next version if it is better. Puts nothing in place.")
        {
            LearningOutput.Out, LearningOutput.EvaluateOnly, LearningOutput.Anyway, LearningOutput.Json,
        };
        LearningOutput.Validate(command);
        command.SetAction((parsed, ct) => CommandHost.RunAsync(parsed, services => RunAsync(parsed, services, ct), ct));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, IServiceProvider services, CancellationToken ct)
    {
        var path = services.GetRequiredService<RecognitionSettings>().Model ?? throw new FormatException("No model is in place: People:Model is empty.");
        var (model, hash) = await LearningOutput.ReadAsync(path, ct);
        try
        {
            var result = await CommandProgress.RunAsync(tell => services.GetRequiredService<LearnFromDecisions>().LearnAsync(model, tell, ct));
            var zone = TimeZoneInfo.FindSystemTimeZoneById(services.GetRequiredService<AnhuSettings>().TimeZone);
            var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(services.GetRequiredService<TimeProvider>().Now, zone).Date);
            return await LearningOutput.FinishAsync(parsed, result, hash, today, ct);
        }
        catch (LinkageModelException fault)
        {
            throw new FormatException($"{path}: {fault.Message}");
        }
    }
}
