using Anhu.Modules.Organisation;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Account;

/// <summary>Steps that the tests of sign-in and profile share.</summary>
internal static class AccountSteps
{
    /// <summary>Fills the sign-in page and sends it.</summary>
    public static async Task<HttpResponseMessage> EnterAsync(this HttpClient client, string userName, string password, string path = "/sign-in")
    {
        var page = await client.GetPageAsync(path);
        return await client.SubmitAsync(page, "sign-in", new() { ["Input.UserName"] = userName, ["Input.Password"] = password });
    }

    /// <summary>Signs a worker in by the page, from a browser that says what it is.</summary>
    public static async Task<HttpClient> EnterAsync(this AnhuFixture app, Worker worker, string userAgent)
    {
        var client = app.CreateClient();
        client.DefaultRequestHeaders.UserAgent.ParseAdd(userAgent);
        using var answer = await client.EnterAsync(worker.UserName!, TestData.Password);
        Assert.Equal("/", answer.Target());
        return client;
    }

    /// <summary>Where an answer sends the browser: path and query, or the whole address when it is elsewhere.</summary>
    public static string Target(this HttpResponseMessage answer)
    {
        var location = answer.Headers.Location ?? throw new InvalidOperationException($"{(int)answer.StatusCode} sends nowhere.");
        return !location.IsAbsoluteUri ? location.OriginalString
            : location.Authority == answer.RequestMessage!.RequestUri!.Authority ? location.PathAndQuery : location.AbsoluteUri;
    }

    /// <summary>Types of the events that a worker caused, in their order.</summary>
    public static Task<List<string>> EventsOfAsync(this AnhuFixture app, Worker worker) =>
        app.QueryAsync(db => db.Timeline.Where(e => e.WorkerId == worker.Id).OrderBy(e => e.Sequence).Select(e => e.Type).ToListAsync());

    /// <summary>Types of the events that name a worker, in their order.</summary>
    public static async Task<List<string>> EventsAboutAsync(this AnhuFixture app, Worker worker)
    {
        var events = await app.QueryAsync(db => db.Timeline.Where(e => e.Type.StartsWith("account.")).OrderBy(e => e.Sequence).ToListAsync());
        return [.. events.Where(e => e.Data.Contains(worker.Id.ToString(), StringComparison.Ordinal)).Select(e => e.Type)];
    }
}
