using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anhu.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Api;

/// <summary>
/// The description of the API is whole, and a change of it shows in the diff of <c>docs/openapi.json</c>. After a change that is meant:
/// <c>ANHU_RENEW_OPENAPI=1 ./test --sqlite --filter-class '*OpenApiTests'</c>.
/// </summary>
public sealed partial class OpenApiTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Routes that ask for no sign-in: delivery reports carry a secret of their own.</summary>
    private static readonly string[] OpenToAll = ["/api/v1/messages/{id}/delivery"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Document_IsTheOneInDocs()
    {
        var served = (await ReadAsync()).ToJsonString(Written) + "\n";
        var file = Repository.At("docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("ANHU_RENEW_OPENAPI") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(file, served, Ct);
        }

        Assert.Equal(await File.ReadAllTextAsync(file, Ct), served);
    }

    [Fact]
    public async Task EveryRoute_IsDescribedWithNameAnswersAndSignIn()
    {
        var paths = (await ReadAsync())["paths"]!.AsObject();
        var routes = app.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.TrimStart('/').StartsWith("api/", StringComparison.Ordinal) == true)
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => (Path: "/" + Constraint().Replace(e.RoutePattern.RawText!.Trim('/'), "}"), Method: method.ToLowerInvariant())))
            .ToList();

        Assert.NotEmpty(routes);
        Assert.All(routes, route =>
        {
            var operation = paths[route.Path]?[route.Method]?.AsObject();
            Assert.True(operation is not null, $"{route.Method} {route.Path} is not described");
            Assert.True(operation["operationId"] is not null, $"{route.Method} {route.Path} has no name");
            Assert.True(operation["summary"] is not null, $"{route.Method} {route.Path} has no summary");
            var answers = operation["responses"]!.AsObject().Select(r => r.Key).ToList();
            Assert.Contains(answers, status => status[0] == '2');
            if (operation["security"] is not null)
            {
                Assert.Contains("401", answers);
                Assert.Contains("403", answers);
            }
        });
        Assert.Equal(routes.Count, routes.Select(r => (string?)paths[r.Path]![r.Method]!["operationId"]).Distinct().Count());
        Assert.Equal(
            routes.Where(r => paths[r.Path]![r.Method]!["security"] is null).Select(r => r.Path).ToHashSet(),
            OpenToAll.ToHashSet(StringComparer.Ordinal));
    }

    private async Task<JsonNode> ReadAsync()
    {
        using var client = app.CreateClient();
        return JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json", Ct))!;
    }

    [GeneratedRegex(@":[^}]*\}|\*")]
    private static partial Regex Constraint();
}
