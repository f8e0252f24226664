using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Anhu.Common;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Clients;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Anhu.Tests.Clients;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Attacks;

/// <summary>
/// What is hidden is not told by counts, order, hits, cursors, headers, errors or work done either: answers are compared with those about ids that there are
/// not, and with those from before the hidden case arose.
/// </summary>
public sealed partial class SideChannelTests(FakeTimeFixture app) : IClassFixture<FakeTimeFixture>
{
    private const string Unit = "340104-womens-federation";
    private static int number;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Why a case can be hidden from a worker whose unit would see it, or does not.</summary>
    public enum Why
    {
        Elsewhere,
        Sealed,
        ConflictOfInterest,
    }

    public static TheoryData<Why> Reasons { get; } = [Why.Elsewhere, Why.Sealed, Why.ConflictOfInterest];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task WhatIsHidden_AnswersAsWhatIsNot_OnEveryRoute(Why why)
    {
        var worker = await WorkerAsync();
        var hidden = await HideAsync(why, worker);
        var ids = await app.QueryAsync(async db => new List<Guid>
        {
            hidden.CaseId,
            await db.Duties.Where(d => d.CaseId == hidden.CaseId).Select(d => d.DutyId).FirstAsync(Ct),
            await db.CaseParties.Where(p => p.CaseId == hidden.CaseId).Select(p => p.PersonId).FirstAsync(Ct),
        });
        using var client = await app.SignInAsync(worker);
        var routes = Routes().ToList();
        Assert.True(routes.Count > 15, $"{routes.Count}");
        foreach (var (method, route) in routes)
        {
            foreach (var id in ids)
            {
                var none = Guid.CreateVersion7();
                var (about, nothing) = (await AskAsync(client, method, route, id), await AskAsync(client, method, route, none));
                Assert.True(about == nothing, $"{why} {method} {route.RawText}:\n{about}\n-- but of none --\n{nothing}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task ACaseThatIsHidden_ChangesNoList_NoCount_NoOrder_NoCursor_AndNoSearch(Why why)
    {
        var worker = await WorkerAsync();
        for (var i = 0; i < 3; i++)
        {
            await app.SubmitAlarmAsync();
        }

        using var client = await app.SignInAsync(worker);
        var made = await app.WithAsync<ClientAdministration, Result<ClientCredentials>>(clients => clients.AddAsync("side", "340102-police", ["cases.read", "feed.read", "duties.write"], Ct));
        using var system = app.CreateClient();
        system.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", await ClientCalls.TokenAsync(system, made.Value));
        string[] pages =
        [
            "/", "/board", "/board?class=1", "/cases", "/cases?state=open", "/cases?class=3", "/duties", "/duties?show=unit", "/duties?show=all&overdue=yes", "/visits", "/messages", "/people/links",
            "/people/links?show=waiting", "/people/links/history", "/access", "/access/unusual", "/workers/review",
        ];
        string[] calls = ["/api/v1/cases?limit=2", "/api/v1/duties?limit=2", "/api/v1/people/links?limit=2", "/api/v1/cases?region=340104"];

        var before = await AllAsync();
        var hidden = await HideAsync(why, worker);
        var after = await AllAsync();

        foreach (var (path, told) in before)
        {
            Assert.True(told == after[path], $"{why} {path}:\n{Difference(told, after[path])}");
        }

        // And a search by what only that case has finds what a search by nothing finds.
        foreach (var (word, none) in ((string, string)[])[(hidden.CaseNumber, hidden.CaseNumber[..^5] + "99997"), (hidden.Phone, "13911113333"), (hidden.Name, "没有者")])
        {
            using var page = await client.SubmitAsync(await client.GetPageAsync("/cases"), "find", new() { ["Words"] = word });
            using var empty = await client.SubmitAsync(await client.GetPageAsync("/cases"), "find", new() { ["Words"] = none });
            var (one, other) = (await client.GetPageAsync(page.Headers.Location!.ToString()), await client.GetPageAsync(empty.Headers.Location!.ToString()));
            Assert.Equal(Plain(other.QuerySelector("main")!.InnerHtml, none), Plain(one.QuerySelector("main")!.InnerHtml, word));
        }

        async Task<Dictionary<string, string>> AllAsync()
        {
            var all = new Dictionary<string, string>();
            foreach (var path in pages)
            {
                using var answer = await client.GetAsync(path, Ct);
                all[path] = await TextAsync(answer);
            }

            foreach (var path in calls)
            {
                using var own = await client.GetAsync(path, Ct);
                all[path] = await TextAsync(own);
                if (why == Why.Sealed)
                {
                    // A system that has to do with none of them.
                    using var theirs = await system.GetAsync(path, Ct);
                    all["system " + path] = await TextAsync(theirs);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task AskingForWhatIsHidden_DoesTheWork_OfAskingForNothing(Why why)
    {
        Assert.SkipWhen(TestStore.IsPostgres, "Queries are counted where they are listened to.");
        var worker = await WorkerAsync();
        var hidden = await HideAsync(why, worker);
        var person = await app.QueryAsync(db => db.CaseParties.Where(p => p.CaseId == hidden.CaseId).Select(p => p.PersonId).FirstAsync(Ct));
        var duty = await app.QueryAsync(db => db.Duties.Where(d => d.CaseId == hidden.CaseId).Select(d => d.DutyId).FirstAsync(Ct));
        using var client = await app.SignInAsync(worker);
        using var sent = new SentQueries((await app.QueryAsync(db => Task.FromResult(db.Database.GetConnectionString())))!);
        await Until.TrueAsync(async () =>
        {
            using var warm = await client.GetAsync("/", Ct);
            return sent.Take().Count > 0;
        });

        foreach (var (path, id) in ((string, Guid)[])
            [("/api/v1/cases/{0}", hidden.CaseId), ("/api/v1/cases/{0}/timeline", hidden.CaseId), ("/cases/{0}", hidden.CaseId), ("/people/{0}", person), ("/api/v1/people/{0}/history", person),
             ("/duties/{0}", duty), ("/api/v1/duties/{0}", duty)])
        {
            // Now and then EF does not look for listeners; then nothing was counted, and it is asked again.
            var (about, nothing) = (new List<string>(), new List<string>());
            await Until.TrueAsync(async () =>
            {
                about = await WorkAsync(path, id);
                nothing = await WorkAsync(path, Guid.CreateVersion7());
                return about.Count > 0 && nothing.Count > 0;
            });
            Assert.True(about.SequenceEqual(nothing), $"{why} {path}: {about.Count} queries, of none {nothing.Count}\n{string.Join("\n--\n", about.Except(nothing).Concat(nothing.Except(about)))}");
        }

        async Task<List<string>> WorkAsync(string path, Guid id)
        {
            sent.Take();
            using var answer = await client.GetAsync(path.Replace("{0}", id.ToString(), StringComparison.Ordinal), Ct);
            await answer.Content.ReadAsStringAsync(Ct);
            return [.. sent.Take().Select(q => q.Sql)];
        }
    }

    private static string Difference(string one, string other)
    {
        var at = one.Zip(other).TakeWhile(p => p.First == p.Second).Count();
        string Part(string text) => text[Math.Max(0, at - 100)..Math.Min(text.Length, at + 200)];
        return $"{Part(one)}\n-- now --\n{Part(other)}";
    }

    private static async Task<string> TextAsync(HttpResponseMessage answer) => Plain(await answer.Content.ReadAsStringAsync(Ct), "");

    /// <summary>
    /// An answer without what differs each time: tokens, trace numbers, the words or the id that were asked for, and how far the city's record has come,
    /// which tells how much happens and nothing of what.
    /// </summary>
    private static string Plain(string body, string asked)
    {
        var text = Tokens().Replace(body, "#");
        return asked.Length == 0 ? text : text.Replace(asked, "?", StringComparison.Ordinal);
    }

    [GeneratedRegex("CfDJ8[A-Za-z0-9_-]+|\"traceId\":\"[^\"]*\"|[0-9a-f]{32}-[0-9a-f]{16}|0H[A-Z0-9]+:[0-9A-F]+|<code>[0-9a-f]{32}</code>|[0-9a-f]{32}|\\bu[0-9]+\\b|data-after=\"[0-9]+\"")]
    private static partial Regex Tokens();

    private static async Task<string> AskAsync(HttpClient client, string method, RoutePattern route, Guid id)
    {
        var path = "/" + string.Join('/', route.PathSegments.Select(s => s.Parts[0] is RoutePatternLiteralPart l ? l.Content : id.ToString()));
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (method != "GET")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        using var answer = await client.SendAsync(request, Ct);
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not ("Date" or "Set-Cookie" or "Content-Length")).OrderBy(h => h.Key, StringComparer.Ordinal);
        var text = $"{(int)answer.StatusCode}\n{string.Join('\n', headers.Select(h => $"{h.Key}: {string.Join(',', h.Value)}"))}\n{Plain(await answer.Content.ReadAsStringAsync(Ct), id.ToString())}";
        return text.Replace(id.ToString("N"), "?", StringComparison.Ordinal);
    }

    /// <summary>Every route that takes an id of a case, duty, person or pair, by page, form or call.</summary>
    private IEnumerable<(string Method, RoutePattern Route)> Routes() => app.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
        .Where(e => e.RoutePattern.Parameters.Count == 1 && e.RoutePattern.Parameters[0].ParameterPolicies.Any(p => p.Content == "guid")
            && !e.RoutePattern.RawText!.TrimStart('/').StartsWith("workers", StringComparison.Ordinal) && !e.RoutePattern.RawText!.Contains("/access/", StringComparison.Ordinal))
        .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => (m, e.RoutePattern))).DistinctBy(r => (r.m, r.RoutePattern.RawText));

    private Task<Worker> WorkerAsync() => app.Data.CreateWorkerAsync(Unit, roles: [WorkerRole.Caseworker, WorkerRole.Supervisor]);

    private async Task<(Guid CaseId, string CaseNumber, string Name, string Phone)> HideAsync(Why why, Worker worker)
    {
        var caller = new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
        var n = Interlocked.Increment(ref number);
        var (name, phone) = ($"隐藏者{n}", $"136{n:D8}");
        if (why == Why.ConflictOfInterest)
        {
            Assert.True((await app.Services.GetRequiredService<Conflicts>().DeclareAsync(caller, worker.Id, new NewTie(TieKind.Self, "赵某", null, phone, null), Ct)).IsOk);
        }

        var alarm = await app.SubmitAlarmAsync(r => r with
        {
            Location = r.Location! with { RegionCode = why == Why.Elsewhere ? "340102001000" : CaseData.Township },
            People = [.. r.People.Select(p => p.Role == PartyRole.Perpetrator ? p with { Name = name, Phone = phone } : p)],
        });
        if (why == Why.Sealed)
        {
            var leader = await app.Data.CreateWorkerAsync(Unit, roles: WorkerRole.Supervisor);
            Assert.True((await app.Services.GetRequiredService<SealCaseHandler>().SealAsync(
                new Caller { WorkerId = leader.Id, UnitId = leader.UnitId, Roles = leader.Roles }, alarm.CaseId, [], "同事", Ct)).IsOk);
        }

        return (alarm.CaseId, alarm.CaseNumber, name, phone);
    }
}
