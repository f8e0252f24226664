using System.CommandLine;
using System.Text.Json;
using Anhu.Hosting;

namespace Anhu.Commands;

/// <summary><c>anhu components</c>: what the program is made of, for those who look for known weaknesses. Opens no store.</summary>
internal static class ComponentsCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var file = new Option<FileInfo?>("--out") { Description = "Write it there instead of to standard output.", HelpName = "FILE" };
        var command = new Command("components", "Lists what the program is made of, with versions and hashes, as CycloneDX 1.6.") { file };
        command.SetAction(async (parsed, ct) =>
        {
            var text = BillOfMaterials.Make(AppContext.BaseDirectory).ToJsonString(Indented) + "\n";
            if (parsed.GetValue(file) is { } target)
            {
                await File.WriteAllTextAsync(target.FullName, text, ct);
            }
            else
            {
                await Console.Out.WriteAsync(text);
            }

            return 0;
        });
        return command;
    }
}
