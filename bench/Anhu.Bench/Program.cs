return args.FirstOrDefault() switch
{
    "intake" => await Anhu.Bench.IntakeBench.RunAsync(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: intake [--store sqlite|postgres://…] [--seconds N] [--callers N]");
    return 2;
}
