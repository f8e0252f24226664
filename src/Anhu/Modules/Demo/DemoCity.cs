using Anhu.Hosting;
using Anhu.Modules.Dispositions;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Web;

namespace Anhu.Modules.Demo;

/// <summary>Makes the store that the program opens a demo: fills an empty one, takes a filled one as it is, refuses real data.</summary>
public sealed class DemoCity(
    IServiceScopeFactory scopes, OrganisationDirectory organisation, MessageTemplates templates, DemoSignIns signIns, DemoOptions options)
{
    /// <summary>Told while a store is being filled, from 0 to 1.</summary>
    public Action<double>? Progress { get; set; }

    /// <summary>Steps of made-up workers that the city's rules refused while the store was filled; none under the rules that ship.</summary>
    public IReadOnlyList<string> Refused { get; private set; } = [];

    /// <summary>Fills or takes the store, and offers the sign-ins.</summary>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DemoRefusedException">The store holds real data.</exception>
    public async Task EnsureAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var fill = scope.ServiceProvider.GetRequiredService<DemoFill>();
        switch (await fill.StateAsync(ct))
        {
            case DemoStoreState.Real:
                throw new DemoRefusedException("This store holds data that are not a demo's; nothing was added. Use another folder (--data) or store (--store) for the demo.");
            case DemoStoreState.Demo:
                await fill.RefreshPasswordsAsync(ct);
                break;
            case DemoStoreState.Empty:
                Refused = await fill.FillAsync(options, templates, Progress, ct);
                await scope.ServiceProvider.GetRequiredService<DemoPictures>().AddAsync(ct);

                // What follows from the year by itself is there before anybody looks, in the same order each time.
                await scope.ServiceProvider.GetRequiredService<LetterWatch>().RunAsync(ct);
                break;
        }

        var map = await organisation.GetAsync(ct);
        signIns.All = [.. DemoCast.Of(map).Select(m => new DemoSignIn($"{m.DisplayName} · {map.Find(m.UnitCode)!.Name}", m.Office, m.UserName, DemoCast.Password))];
    }
}
