using Anhu.Data;
using Anhu.Hosting;
using Anhu.Modules.Organisation;
using Anhu.Web;

namespace Anhu.Modules.Demo;

/// <summary>Makes the store that the program opens a demo: fills an empty one, takes a filled one as it is, refuses real data.</summary>
public sealed class DemoCity(
    IServiceScopeFactory scopes, OrganisationDirectory organisation, CityStore store, AnhuSettings settings, DemoSignIns signIns, DemoOptions options)
{
    private const string UnfinishedFile = "demo-unfinished";

    /// <summary>Told while a store is being filled, from 0 to 1.</summary>
    public Action<double>? Progress { get; set; }

    /// <summary>Takes away the embedded store of a demo whose filling was cut short. It held nothing else: the mark is set on an empty store only.</summary>
    /// <param name="settings">The settings; the store is not open yet.</param>
    public static void RemoveUnfinished(AnhuSettings settings)
    {
        var mark = Path.Combine(settings.Data, UnfinishedFile);
        if (settings.Store != "sqlite" || !File.Exists(mark))
        {
            return;
        }

        foreach (var ending in (string[])["", "-wal", "-shm"])
        {
            File.Delete(Path.Combine(settings.Data, "anhu.db" + ending));
        }

        File.Delete(mark);
    }

    /// <summary>Fills or takes the store, and offers the sign-ins.</summary>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DemoRefusedException">The store holds real data, or a demo that was not finished.</exception>
    public async Task EnsureAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var fill = scope.ServiceProvider.GetRequiredService<DemoFill>();
        switch (await fill.StateAsync(ct))
        {
            case DemoStoreState.Real:
                throw new DemoRefusedException("This store holds data that are not a demo's; nothing was added. Use another folder (--data) or store (--store) for the demo.");
            case DemoStoreState.Unfinished:
                throw new DemoRefusedException("The demo in this store was not filled to the end. Delete the folder or schema, or use another one, and start again.");
            case DemoStoreState.Demo:
                await fill.RefreshPasswordsAsync(ct);
                break;
            case DemoStoreState.Empty:
                await FillAsync(fill, ct);
                break;
        }

        var map = await organisation.GetAsync(ct);
        signIns.All = [.. DemoCast.Of(map).Select(m => new DemoSignIn($"{m.DisplayName} · {map.Find(m.UnitCode)!.Name}", m.Office, m.UserName, DemoCast.Password))];
    }

    private async Task FillAsync(DemoFill fill, CancellationToken ct)
    {
        var mark = Path.Combine(settings.Data, UnfinishedFile);
        if (store.Kind == StoreKind.Sqlite)
        {
            await File.WriteAllTextAsync(mark, "The demo is being filled. If this file stays, it was cut short and is made anew at the next start.\n", ct);
        }

        await fill.FillAsync(options, Progress, ct);
        File.Delete(mark);
    }
}
