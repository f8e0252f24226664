using System.CommandLine;
using System.CommandLine.Invocation;
using System.Data.Common;
using Anhu.Common;
using Anhu.Hosting;
using Anhu.Modules.Protection;

namespace Anhu.Commands;

/// <summary>The command line: <c>anhu [serve] …</c>. Exit codes: 0 done, 1 something was refused, 2 wrong usage, 3 store unreachable or newer than the program.</summary>
public static class CommandLine
{
    /// <summary>Parses and runs.</summary>
    /// <param name="args">Arguments without the program's name.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance);
        var root = ServeCommand.Root();
        root.Subcommands.Add(AlarmCommands.Create());
        root.Subcommands.Add(AuditCommands.Create());
        root.Subcommands.Add(BackupCommands.CreateBackup());
        root.Subcommands.Add(ClientCommands.Create());
        root.Subcommands.Add(ComponentsCommand.Create());
        root.Subcommands.Add(DocumentCommands.Create());
        root.Subcommands.Add(KeyCommands.Create());
        root.Subcommands.Add(LinkageCommands.Create());
        root.Subcommands.Add(PeopleCommands.Create());
        root.Subcommands.Add(PlaybookCommands.Create());
        root.Subcommands.Add(BackupCommands.CreateRestore());
        root.Subcommands.Add(RetentionCommands.Create());
        root.Subcommands.Add(DemoCommand.Create());
        root.Subcommands.Add(ServeCommand.Create());
        root.Subcommands.Add(UserCommands.Create());
        root.Subcommands.Add(VersionCommand.Create());
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            return 2;
        }

        if (parsed.CommandResult.Command is { Action: AsynchronousCommandLineAction action } command)
        {
            command.Action = new InterruptibleAction(action);
        }

        try
        {
            return await parsed.InvokeAsync(
                // What is under way when the operator interrupts is still finished and counted.
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
        }
        catch (StoreUnavailableException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 3;
        }
        catch (CityKeysException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 3;
        }
        catch (DbException e)
        {
            await Console.Error.WriteLineAsync($"The store failed: {e.GetBaseException().Message}");
            return 3;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (RuleDocumentException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
    }

    /// <summary>
    /// Gives the caller the task at once. The parser can wait only for an action whose task it holds; one that is asked to stop before its first real wait, as all that SQLite does,
    /// would be cut off without its end.
    /// </summary>
    private sealed class InterruptibleAction(AsynchronousCommandLineAction action) : AsynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => action.ClearsParseErrors;

        public override async Task<int> InvokeAsync(ParseResult parseResult, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return await action.InvokeAsync(parseResult, cancellationToken);
        }
    }
}
