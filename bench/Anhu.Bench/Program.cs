return args.FirstOrDefault() switch
{
    "intake" => await Anhu.Bench.IntakeBench.RunAsync(args[1..]),
    "kill" => await Anhu.Bench.KillBench.RunAsync(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: intake [--store sqlite|postgres://…] [--seconds N] [--callers N]");
    Console.Error.WriteLine("       kill [--rounds 200] [--store sqlite|postgres://…] [--data DIR] [--seed N]");
    return 2;
}
