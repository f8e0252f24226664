using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Anhu.Common;
using Anhu.Modules.Clients;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Attacks;

/// <summary>Plays attacker against the running program; what happened stands in <c>docs/security/threats.md</c>.</summary>
public sealed class AttackTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private const string Marker = "攻击标记";

    /// <summary>Words that do harm where they are taken for something else.</summary>
    public static TheoryData<string> Payloads { get; } =
    [
        "'; DROP TABLE cases_case; --", "' OR '1'='1", "\" OR \"\"=\"", "1); DELETE FROM audit_view; --", "%' ESCAPE '!", "_%_%_%", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
        "{{constructor.constructor('alert(1)')()}}", "@Html.Raw(1)", "=HYPERLINK(\"http://x\",\"y\")", "+cmd|' /C calc'!A0", "@SUM(1+1)", "\r\nSet-Cookie: evil=1", "\u0000\u0001\u001b[31m", "\u202Egnp.exe",
        "../../../../etc/passwd", "file:///etc/passwd", "${jndi:ldap://127.0.0.1/x}", "%0d%0aLocation:%20http://x", "𝕏😀\ud83d", "' UNION SELECT NULL,NULL,NULL --",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task IdsOfOthers_OpenNothing_OnAnyRoute()
    {
        var alarm = await app.SubmitAlarmAsync(r => r with { Summary = Marker });
        var ids = await app.QueryAsync(async db => new Dictionary<string, List<Guid>>
        {
            ["case"] = [alarm.CaseId],
            ["duty"] = await db.Duties.Where(d => d.CaseId == alarm.CaseId).Select(d => d.DutyId).ToListAsync(Ct),
            ["person"] = await db.CaseParties.Where(p => p.CaseId == alarm.CaseId).Select(p => p.PersonId).ToListAsync(Ct),
        });
        var all = ids.Values.SelectMany(v => v).ToList();

        // One who works on cases elsewhere, one who leads elsewhere, a grid worker elsewhere, the administrators.
        (string Unit, WorkerRole Role)[] attackers =
        [
            ("340102001-police", WorkerRole.Caseworker), ("340102-womens-federation", WorkerRole.Supervisor), ("340102001-street-office", WorkerRole.GridWorker),
            ("340100-police", WorkerRole.SystemAdministrator), ("340100-police", WorkerRole.SecurityAdministrator), ("340100-police", WorkerRole.AuditAdministrator),
            ("340100-political-legal-committee", WorkerRole.DataProtectionOfficer),
        ];
        var routes = Routes("GET").Where(r => r.RoutePattern.Parameters.Any(p => p.ParameterPolicies.Any(c => c.Content == "guid")) && !r.RoutePattern.RawText!.StartsWith("/workers", StringComparison.Ordinal)).ToList();
        Assert.True(routes.Count > 10);
        foreach (var (unit, role) in attackers)
        {
            using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync(unit, change: w => w.RegionCode = role == WorkerRole.GridWorker ? "340102001001" : null, roles: role));
            foreach (var route in routes)
            {
                foreach (var id in all)
                {
                    var path = "/" + string.Join('/', route.RoutePattern.PathSegments.Select(s => s.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart l ? l.Content : id.ToString()));
                    using var answer = await client.GetAsync(path, Ct);
                    var body = await answer.Content.ReadAsStringAsync(Ct);
                    Assert.True(answer.StatusCode is not HttpStatusCode.OK, $"{role} {path}: {answer.StatusCode}");
                    Assert.DoesNotContain(Marker, body, StringComparison.Ordinal);
                    Assert.DoesNotContain(alarm.CaseNumber, body, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task WithoutSigningIn_OnlyPublicPagesOpen()
    {
        using var client = app.CreateClient();
        string[] open = ["/", "/sign-in", "/sign-in/code", "/sign-in/recovery", "/safety", "/calendar", "/exit", "/error", "/error/{Status:int}", "/openapi/{documentName}.json", "/health/live", "/health/ready", "/metrics", "/language"];
        foreach (var route in Routes("GET").Where(r => !open.Contains("/" + r.RoutePattern.RawText!.Trim('/')) && r.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            var path = "/" + string.Join('/', route.RoutePattern.PathSegments.Select(s => s.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart l ? l.Content : Guid.NewGuid().ToString()));
            using var answer = await client.GetAsync(path, Ct);
            Assert.True(
                answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed
                || (answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.ToString().Contains("/sign-in", StringComparison.Ordinal)),
                $"{path}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task WithoutSigningIn_NothingCanBeSent()
    {
        using var client = app.CreateClient();
        foreach (var method in (string[])["POST", "PUT", "DELETE", "PATCH"])
        {
            foreach (var route in Routes(method).Where(r => r.Metadata.GetMetadata<IAllowAnonymous>() is null))
            {
                var path = "/" + string.Join('/', route.RoutePattern.PathSegments.Select(s => s.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart l ? l.Content : Guid.NewGuid().ToString()));
                using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
                using var answer = await client.SendAsync(request, Ct);
                Assert.True(
                    (int)answer.StatusCode is >= 400 and < 500 || (answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.ToString().Contains("/sign-in", StringComparison.Ordinal)),
                    $"{method} {path}: {answer.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task TwoWhoChangeOnesRolesAtOnce_OnlyOneDoes_AndTheSessionEnds()
    {
        var worker = await app.Data.CreateWorkerAsync(roles: WorkerRole.Supervisor);
        using var client = await app.SignInAsync(worker);
        var seen = await app.QueryAsync(db => db.Workers.Where(w => w.Id == worker.Id).Select(w => w.Version).SingleAsync(Ct));
        Task<Result> SetAsync(WorkerRole role) => app.WithAsync<WorkerAdministration, Result>(workers => workers.SetRolesAsync(worker.Id, seen, [role], null, Ct));

        var results = await Task.WhenAll(SetAsync(WorkerRole.CallTaker), SetAsync(WorkerRole.SystemAdministrator), SetAsync(WorkerRole.Caseworker));

        Assert.Single(results, r => r.IsOk);
        Assert.All(results.Where(r => !r.IsOk), r => Assert.Equal(FailureKind.Conflict, r.Failure!.Kind));
        Assert.Single((await app.QueryAsync(db => db.Workers.AsNoTracking().SingleAsync(w => w.Id == worker.Id, Ct))).Roles);
        await Until.TrueAsync(async () =>
        {
            using var next = await client.GetAsync("/access", Ct);
            return next.StatusCode == HttpStatusCode.Redirect;
        });
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task WordsThatDoHarm_AreWords(string payload)
    {
        var before = await app.QueryAsync(db => db.Cases.CountAsync(Ct));
        using var http = await SystemAsync("alarms.write", "cases.read");
        var id = Guid.NewGuid().ToString("N");
        var alarm = new JsonObject
        {
            ["revision"] = 1, ["receivedAt"] = app.Clock.Now.AddMinutes(-1).ToString("O", CultureInfo.InvariantCulture), ["channel"] = "phone", ["category"] = "domestic-violence", ["summary"] = $"x{payload}",
            ["location"] = new JsonObject { ["address"] = $"路{payload}", ["regionCode"] = "340104001000" },
            ["people"] = new JsonArray(new JsonObject { ["role"] = "victim", ["name"] = $"王{payload}" }, new JsonObject { ["role"] = "perpetrator", ["name"] = "李大" }),
        };
        using var body = new StringContent(alarm.ToJsonString(), Encoding.UTF8, "application/json");

        using var put = await http.PutAsync($"/api/v1/alarms/hefei-110/{id}", body, Ct);
        using var search = await http.GetAsync($"/api/v1/cases?q={Uri.EscapeDataString(payload)}", Ct);
        using var place = await http.GetAsync($"/api/v1/cases?region={Uri.EscapeDataString(payload)}&after={Uri.EscapeDataString(payload)}", Ct);
        using var segment = await http.GetAsync($"/api/v1/cases/{Uri.EscapeDataString(payload)}", Ct);

        // Taken as it is, or refused with the field's name where it is no text: never a fault, never carried out.
        Assert.True(put.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{put.StatusCode}");
        Assert.True(search.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{search.StatusCode}");
        Assert.Equal(HttpStatusCode.BadRequest, place.StatusCode);
        Assert.True((int)segment.StatusCode is >= 400 and < 500, $"{segment.StatusCode}");
        Assert.All(new[] { put, search, place, segment }, a => Assert.DoesNotContain("Set-Cookie", a.Headers.Select(h => h.Key)));
        var taken = put.IsSuccessStatusCode;
        Assert.Equal(before + (taken ? 1 : 0), await app.QueryAsync(db => db.Cases.CountAsync(Ct)));
        if (!taken)
        {
            return;
        }

        var caseId = await app.QueryAsync(db => db.Cases.OrderByDescending(c => c.CaseSequence).Select(c => c.CaseId).FirstAsync(Ct));
        using var reader = await app.SignInAsync(await app.Data.CreateWorkerAsync("340104001-police"));
        var page = await reader.GetPageAsync($"/cases/{caseId}");
        Assert.Empty(page.QuerySelectorAll("main script, main img, main [onerror]"));
        Assert.Contains("李大", page.Body!.TextContent, StringComparison.Ordinal);
        using var find = await reader.SubmitAsync(await reader.GetPageAsync("/cases"), "find", new() { ["Words"] = payload });
        Assert.Equal(HttpStatusCode.Redirect, find.StatusCode);
        var found = new Uri(app.Address, find.Headers.Location!);
        Assert.Equal((app.Address.Authority, "/cases"), (found.Authority, found.AbsolutePath));
        await reader.GetPageAsync(find.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("/../../etc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/..%2f..%2fappsettings.json")]
    [InlineData("/_framework/..%2f..%2fappsettings.json")]
    [InlineData("/appsettings.json")]
    [InlineData("/keys/city.key")]
    [InlineData("/anhu.db")]
    [InlineData("/rules/playbook/..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/rules/%2fetc/passwd")]
    [InlineData("/units/..%2f..%2fworkers")]
    [InlineData("/anhu.dll")]
    public async Task Paths_LeadNowhereElse(string path)
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync("340100-police", roles: WorkerRole.SystemAdministrator));

        using var answer = await client.GetAsync(new Uri(app.Address.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }), Ct);

        Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{answer.StatusCode}");
        Assert.DoesNotContain("root:", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_OfOwnMaking_OpenNothing()
    {
        using var good = await SystemAsync("cases.read");
        var token = good.DefaultRequestHeaders.Authorization!.Parameter!;
        var parts = token.Split('.');
        string Encoded(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var claims = Encoded("""{"sub":"x","scope":"cases.read alarms.write duties.write feed.read","exp":4102444800,"oi_tkn_id":"x","client_id":"x"}""");
        string[] forged =
        [
            "", "null", "a.b.c", new('a', 20_000), Encoded("""{"alg":"none"}""") + "." + claims + ".", Encoded("""{"alg":"HS256","typ":"at+jwt"}""") + "." + claims + "." + Encoded("x"),
            Encoded("""{"alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}""") + "." + claims + "." + Encoded("x"), Encoded("""{"alg":"ES256","jku":"http://127.0.0.1:1/keys"}""") + "." + claims + "." + Encoded("x"),
            string.Join('.', parts.Select((p, i) => i == parts.Length - 1 ? (p[0] == 'A' ? 'B' : 'A') + p[1..] : p)), token + "x", token[..^2],
        ];
        foreach (var each in forged)
        {
            using var client = app.CreateClient();
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {each}");
            using var answer = await client.GetAsync("/api/v1/cases", Ct);
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.RequestHeaderFieldsTooLarge, $"{each[..Math.Min(20, each.Length)]}: {answer.StatusCode}");
        }

        using var still = await good.GetAsync("/api/v1/cases", Ct);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task MoreMembersThanAsked_ChangeNothing()
    {
        var alarm = await app.SubmitAlarmAsync();
        var duty = await app.QueryAsync(db => db.Duties.AsNoTracking().FirstAsync(d => d.CaseId == alarm.CaseId && d.Kind == "phone-return-visit", Ct));
        using var http = await SystemAsync("340104-womens-federation", "duties.write", "cases.read");
        using var body = new StringContent(
            """{"reason":"x","state":"verified","ownerUnitId":"00000000-0000-0000-0000-000000000000","dueAt":"2099-01-01T00:00:00Z","workerId":"00000000-0000-0000-0000-000000000000","version":99,"class":3}""",
            Encoding.UTF8, "application/json");

        using var answer = await http.PostAsync($"/api/v1/duties/{duty.DutyId}/accept", body, Ct);

        var now = await app.QueryAsync(db => db.Duties.AsNoTracking().SingleAsync(d => d.DutyId == duty.DutyId, Ct));
        Assert.Equal((duty.OwnerUnitId, duty.DueAt, duty.Class), (now.OwnerUnitId, now.DueAt, now.Class));
        Assert.NotEqual(Modules.Duties.DutyState.Verified, now.State);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity, $"{answer.StatusCode}");

        // A page's form the same: only what it offers is read.
        var worker = await app.Data.CreateWorkerAsync("340104-womens-federation");
        using var client = await app.SignInAsync(worker);
        using var saved = await client.SubmitAsync(await client.GetPageAsync("/profile"), "preferences", new() { ["Input.Roles"] = "SystemAdministrator", ["Roles"] = "SystemAdministrator", ["Input.UnitId"] = Guid.Empty.ToString() });
        var after = await app.QueryAsync(db => db.Workers.AsNoTracking().SingleAsync(w => w.Id == worker.Id, Ct));
        Assert.Equal((worker.UnitId, "Caseworker"), (after.UnitId, string.Join(',', after.Roles)));
    }

    [Fact]
    public async Task Bombs_AreRefusedWhole()
    {
        using var http = await SystemAsync("alarms.write");
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[50_000_000], Ct);
        }

        using var bomb = new ByteArrayContent(packed.ToArray());
        bomb.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        bomb.Headers.ContentEncoding.Add("gzip");
        using var deep = new StringContent(string.Concat(Enumerable.Repeat("{\"people\":[", 5_000)), Encoding.UTF8, "application/json");
        using var huge = new StringContent("{\"summary\":\"" + new string('x', 20_000_000) + "\"}", Encoding.UTF8, "application/json");
        using var xml = new StringContent("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>", Encoding.UTF8, "application/xml");

        foreach (var (body, path) in ((HttpContent, string)[])[(bomb, "bomb"), (deep, "deep"), (huge, "huge"), (xml, "xml")])
        {
            HttpStatusCode status;
            try
            {
                using var answer = await http.PutAsync($"/api/v1/alarms/hefei-110/{path}", body, Ct);
                status = answer.StatusCode;
                Assert.DoesNotContain("root:", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            }
            catch (HttpRequestException)
            {
                // The connection is closed on a body that is too large.
                status = HttpStatusCode.RequestEntityTooLarge;
            }

            Assert.True((int)status is >= 400 and < 500, $"{path}: {status}");
        }

        Assert.False(await app.QueryAsync(db => db.Alarms.AnyAsync(a => a.SourceKey.EndsWith("bomb"), Ct)));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/%09/evil.example")]
    public async Task SigningIn_LeadsNowhereElse(string target)
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = app.CreateClient();
        var page = await client.GetPageAsync($"/sign-in?returnUrl={Uri.EscapeDataString(target)}");

        using var answer = await client.SubmitAsync(page, "sign-in", new() { ["Input.UserName"] = worker.UserName!, ["Input.Password"] = TestData.Password });

        Assert.Equal(app.Address.Authority, new Uri(app.Address, answer.Headers.Location!).Authority);
    }

    [Fact]
    public async Task HostAndForwardHeaders_ChangeNothing()
    {
        using var client = app.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/cases");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "evil.example");
        request.Headers.TryAddWithoutValidation("X-Original-URL", "/workers");
        request.Headers.TryAddWithoutValidation("X-HTTP-Method-Override", "DELETE");

        using var answer = await client.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.DoesNotContain("evil", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FormsOfElsewhere_AreRefused()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = await app.SignInAsync(worker);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["_handler"] = "save", ["Input.DisplayName"] = "x" });

        foreach (var path in (string[])["/profile", "/profile/password", "/board/sound", "/sign-out"])
        {
            using var answer = await client.PostAsync(path, form, Ct);
            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{path}: {answer.StatusCode}");
        }

        using var still = await client.GetAsync("/profile", Ct);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    private IEnumerable<RouteEndpoint> Routes(string method) => app.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is not { } methods || methods.Contains(method))
        .DistinctBy(e => e.RoutePattern.RawText);

    private Task<HttpClient> SystemAsync(params string[] scopes) => scopes[0].Contains('-', StringComparison.Ordinal)
        ? SystemOfAsync(scopes[0], scopes[1..]) : SystemOfAsync("340104-police", scopes);

    private async Task<HttpClient> SystemOfAsync(string unit, string[] scopes)
    {
        var client = app.CreateClient();
        var made = await app.WithAsync<ClientAdministration, Result<ClientCredentials>>(c => c.AddAsync("attack", unit, scopes, Ct));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = made.Value.ClientId, ["client_secret"] = made.Value.Secret,
        });
        using var answer = await client.PostAsync(new Uri("/connect/token", UriKind.Relative), form, Ct);
        using var json = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", json.RootElement.GetProperty("access_token").GetString());
        return client;
    }
}
