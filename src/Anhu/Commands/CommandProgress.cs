using Spectre.Console;

namespace Anhu.Commands;

/// <summary>A progress bar on standard error, when that is a terminal.</summary>
internal static class CommandProgress
{
    /// <summary>Runs a piece of work under a bar.</summary>
    /// <typeparam name="T">What comes of it.</typeparam>
    /// <param name="work">Gets a report to call now and then: what is being done, how much is done, of how much.</param>
    public static Task<T> RunAsync<T>(Func<Action<string, long, long>?, Task<T>> work)
    {
        if (Console.IsErrorRedirected)
        {
            return work(null);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask(" ");
                return work((what, done, of) =>
                {
                    bar.Description = Markup.Escape(what);
                    bar.MaxValue = Math.Max(of, 1);
                    bar.Value = done;
                });
            });
    }
}
