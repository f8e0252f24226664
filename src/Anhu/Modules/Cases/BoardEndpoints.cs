using System.Globalization;
using Anhu.Hosting;
using Anhu.Modules.Account;
using Anhu.Modules.Organisation;
using Anhu.Modules.Recognition;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Anhu.Modules.Cases;

/// <summary>What the live board asks for while it is open.</summary>
public static class BoardEndpoints
{
    /// <summary>Maps the routes.</summary>
    /// <param name="app">The routes.</param>
    public static void MapBoard(this IEndpointRouteBuilder app)
    {
        app.MapGet("/board/rows", RowsAsync).RequireAuthorization(Permissions.ReadFeed).ExcludeFromDescription();
        app.MapPost("/board/sound", SoundAsync).RequireAuthorization(Permissions.ReadFeed).ExcludeFromDescription();
    }

    /// <summary>The board's filter as an address carries it.</summary>
    internal static BoardFilter Filter(string? @class, string? region, string? agency, OrganisationMap map) => new()
    {
        Class = CaseQueryValues.Class(@class), Region = CaseQueryValues.Region(region, map), Agency = CaseQueryValues.Agency(agency),
    };

    /// <summary>The same back into an address; empty for no filter.</summary>
    internal static string Query(BoardFilter filter) => QueryString.Create(
        new Dictionary<string, string?>
        {
            ["class"] = filter.Class?.ToString(CultureInfo.InvariantCulture), ["region"] = filter.Region,
            ["agency"] = filter.Agency?.ToString().ToLowerInvariant(),
        }.Where(p => p.Value is not null)).ToString().TrimStart('?');

    private static async Task<RazorComponentResult<BoardFragment>> RowsAsync(
        CallerAccessor caller, CasePageQueries cases, PersonQueries people, OrganisationDirectory organisation, CancellationToken ct,
        string? ids = null, [FromQuery(Name = "class")] string? @class = null, string? region = null, string? agency = null)
    {
        var map = await organisation.GetAsync(ct);
        var wanted = (ids ?? "").Split(',').Take(CasePageQueries.BoardSize).Select(id => Guid.TryParse(id, out var parsed) ? parsed : (Guid?)null).OfType<Guid>();
        var board = await cases.BoardRowsAsync(caller.Required, Filter(@class, region, agency, map), [.. wanted], ct);
        var knownTo = await people.KnownToAsync(caller.Required, [.. board.Rows.Select(r => r.Case.Line.CaseId)], ct);
        return new RazorComponentResult<BoardFragment>(new Dictionary<string, object?> { ["Board"] = board, ["KnownTo"] = knownTo, ["Map"] = map });
    }

    private static async Task<RedirectHttpResult> SoundAsync([FromForm] bool on, HttpContext http, WorkerManager workers, WorkerSignIn signIn)
    {
        if (await workers.GetUserAsync(http.User) is { } worker && worker.SoundOn != on)
        {
            worker.SoundOn = on;
            await workers.UpdateAsync(worker);
            await signIn.RefreshSignInAsync(worker);
        }

        return TypedResults.LocalRedirect("/board");
    }
}
