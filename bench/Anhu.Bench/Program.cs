using System.CommandLine;
using Anhu.Bench;
using Anhu.Bench.Fill;
using Anhu.Bench.Load;

// Measures the platform. Results go to standard output as tables, progress to standard error.
var root = new RootCommand("Measures Anhu: what it takes, how fast it is, what it costs. See docs/figures.md.")
{
    Old("intake", "Durable intake in this process, without HTTP. [--store …] [--seconds N] [--callers N] [--data DIR]", IntakeBench.RunAsync),
    Old("kill", "Kills the program in the middle of intake, again and again. [--rounds 200] [--store …] [--data DIR] [--seed N]", KillBench.RunAsync),
    Old("audit", "What recording a view costs, and how fast an export of the record is checked. [aes-256-gcm|guomi]", AuditBench.RunAsync),
    Old("seal", "What sealing, opening and a blind index cost. [aes-256-gcm|guomi]", SealBench.RunAsync),
    FillCommand.Create(), LinkageIndexBench.Create(),
    new Command("load", "Drives the program over HTTP.")
    {
        IntakeLoad.Create(), FeedLoad.Create(), OperationsLoad.Create(), GrowthLoad.Create(), StartLoad.Create(),
    },
};
return await root.Parse(args).InvokeAsync();

static Command Old(string name, string description, Func<string[], Task<int>> run)
{
    var rest = new Argument<string[]>("OPTIONS") { Arity = ArgumentArity.ZeroOrMore };
    var command = new Command(name, description) { rest };
    command.TreatUnmatchedTokensAsErrors = false;
    command.SetAction(parsed => run([.. parsed.GetValue(rest) ?? [], .. parsed.UnmatchedTokens]));
    return command;
}
