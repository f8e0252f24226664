using System.CommandLine;
using System.Runtime.InteropServices;
using Anhu.Hosting;

namespace Anhu.Commands;

/// <summary><c>anhu version</c>: which program this is. Opens no store.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Write JSON to standard output." };
        var command = new Command("version", "Prints the version of the program.") { json };
        command.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(json))
            {
                await CommandHost.WriteJsonAsync(new
                {
                    ProgramVersion.Version, ProgramVersion.Revision, Runtime = RuntimeInformation.FrameworkDescription, Platform = RuntimeInformation.RuntimeIdentifier,
                });
            }
            else
            {
                await Console.Out.WriteLineAsync(ProgramVersion.Revision is { } revision ? $"anhu {ProgramVersion.Version} ({revision})" : $"anhu {ProgramVersion.Version}");
            }

            return 0;
        });
        return command;
    }
}
