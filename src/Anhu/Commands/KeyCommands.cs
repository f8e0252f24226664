using System.CommandLine;
using Anhu.Hosting;
using Anhu.Modules.KeyRotation;
using Anhu.Modules.Protection;

namespace Anhu.Commands;

/// <summary><c>anhu keys</c>: rotation of the keys that personal data is sealed with.</summary>
internal static class KeyCommands
{
    public static Command Create() => new("keys", "The keys that personal data is sealed with.") { Status(), Rotate(), ResealNow(), Destroy(), Check(), Pair() };

    private static Command Status()
    {
        var json = new Option<bool>("--json") { Description = "Write JSON to standard output." };
        var command = new Command("status", "Shows the generations of keys and how far sealing anew is.") { json };
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var status = await services.GetRequiredService<RotateKeys>().StatusAsync(ct);
                if (parsed.GetValue(json))
                {
                    await CommandHost.WriteJsonAsync(new
                    {
                        status.Suite, status.CityKeyId, Generations = status.Generations.Select(g => new { g.Generation, g.CreatedAt }),
                        IndexGenerations = status.IndexGenerations.Select(g => new { g.Generation, g.CreatedAt }),
                        Tables = status.Tables.Select(t => new { t.TableName, t.Generation, t.Rows, t.Resealed, t.DoneAt }),
                    });
                    return 0;
                }

                await Console.Out.WriteLineAsync($"Suite {status.Suite}, city key {status.CityKeyId}.");
                foreach (var (generation, createdAt) in status.Generations)
                {
                    await Console.Out.WriteLineAsync($"Generation {generation}, made {createdAt:u}{(generation == status.Generations[^1].Generation ? ", seals" : "")}");
                }

                foreach (var (generation, createdAt) in status.IndexGenerations)
                {
                    await Console.Out.WriteLineAsync($"Index key of generation {generation}, made {createdAt:u}");
                }

                foreach (var table in status.Tables)
                {
                    await Console.Out.WriteLineAsync($"{table.TableName}: {table.Resealed} values of {table.Rows} rows anew with generation {table.Generation}{(table.DoneAt is null ? ", under way" : ", done")}");
                }

                return 0;
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static Command Rotate()
    {
        var newKey = new Option<string?>("--new-city-key")
        {
            Description = "Wraps the store's keys with this city key instead of making a new generation: file:PATH (made if it is not there), env:NAME or pkcs11:…. Start every node with it afterwards.",
            HelpName = "KEY",
        };
        var index = new Option<bool>("--index")
        {
            Description = "Makes a new generation of the key of the blind indexes instead. Searches use both until the old one is destroyed.",
        };
        var command = new Command("rotate", "Makes a new generation of keys. The running platform seals everything anew in the background; without one, run reseal.") { newKey, index };
        command.Validators.Add(result =>
        {
            if (result.GetValue(index) && result.GetValue(newKey) is not null)
            {
                result.AddError("--index and --new-city-key are two rotations. Do one after the other.");
            }
        });
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var rotate = services.GetRequiredService<RotateKeys>();
                if (parsed.GetValue(newKey) is { } address)
                {
                    var wrapped = await rotate.RewrapAsync(address, ct);
                    return wrapped.IsOk
                        ? await SayAsync($"The keys are wrapped with the city key {wrapped.Value}. Start every node with --keys {address}; the old city key opens only older backups.")
                        : await CommandFailures.ReportAsync(wrapped.Failure);
                }

                var rotated = parsed.GetValue(index) ? await rotate.RotateIndexAsync(ct) : await rotate.RotateAsync(ct);
                return rotated.IsOk
                    ? await SayAsync(parsed.GetValue(index) ? $"Index key of generation {rotated.Value}: both are used until the old one is destroyed. Follow with: anhu keys status" : $"Generation {rotated.Value} seals from here on. Follow the rest with: anhu keys status")
                    : await CommandFailures.ReportAsync(rotated.Failure);
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static Command ResealNow()
    {
        var command = new Command("reseal", "Seals all values, and makes all indexes, with the newest generations now. Can be interrupted at any time and goes on where it was; the platform may run.");
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var reseal = services.GetRequiredService<Reseal>();
                var reindex = services.GetRequiredService<Reindex>();
                while (!await CommandProgress.RunAsync(async report =>
                {
                    Action<string, long>? told = report is null ? null : (table, rows) => report(table, rows, rows);
                    var (values, indexes) = (await reseal.RunAsync(told, ct), await reindex.RunAsync(told, ct));
                    return values && indexes;
                }))
                {
                    await Console.Error.WriteLineAsync("Another node is at it, or the rotation is too young; waiting.");
                    await Task.Delay(TimeSpan.FromSeconds(5), ct);
                }

                return await SayAsync("Everything is sealed and indexed with the newest generation.");
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static Command Destroy()
    {
        var command = new Command("destroy", "Destroys old generations of keys. Looks at every value first, and refuses while one needs them.");
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var destroyed = await services.GetRequiredService<RotateKeys>().DestroyOldAsync(ct);
                return destroyed.IsOk ? await SayAsync($"{destroyed.Value} generation(s) destroyed.") : await CommandFailures.ReportAsync(destroyed.Failure);
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static Command Check()
    {
        var command = new Command(
            "check", "Opens every sealed value and names the column and row of those that were changed, or moved there from another row, past the program. The platform may run. Exits 1 when there are any.");
        command.SetAction((parsed, ct) => CommandHost.RunAsync(
            parsed,
            async services =>
            {
                var check = services.GetRequiredService<CheckSealed>();
                var found = await CommandProgress.RunAsync(report => check.RunAsync(report is null ? null : (table, rows) => report(table, rows, rows), ct));
                foreach (var refused in found.Refused)
                {
                    Console.WriteLine(refused.Message);
                }

                await SayAsync($"{found.Values} values looked at, {found.RefusedCount} can't be opened.");
                return found.RefusedCount == 0 ? 0 : 1;
            },
            ct,
            Migrator.RequireAsync));
        return command;
    }

    private static Command Pair()
    {
        var file = new Argument<string>("FILE") { Description = "Takes the private half; the public half goes to FILE.pub." };
        var command = new Command("recovery", "Makes a key pair by which backups can be restored without the city key. Keep the private half in a safe, offline.") { file };
        command.SetAction(async (parsed, ct) =>
        {
            var path = parsed.GetRequiredValue(file);
            var (privatePem, publicPem) = Recovery.NewPair(CipherSuite.Find(parsed.GetValue(CommonOptions.Crypto) ?? CipherSuite.Aes.Name) ?? CipherSuite.Aes);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using (var writer = new StreamWriter(path, options))
            {
                await writer.WriteAsync(privatePem);
            }

            await File.WriteAllTextAsync(path + ".pub", publicPem, ct);
            return await SayAsync($"Wrote {path} (private) and {path}.pub. Name the public half with --recovery-key or Anhu:RecoveryKey.");
        });
        return command;
    }

    private static async Task<int> SayAsync(string text)
    {
        await Console.Out.WriteLineAsync(text);
        return 0;
    }
}
