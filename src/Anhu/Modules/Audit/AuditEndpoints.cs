using System.Text;
using System.Text.Json;
using Anhu.Data;
using Anhu.Modules.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anhu.Modules.Audit;

/// <summary>Signed checkpoints to take away.</summary>
public static class AuditEndpoints
{
    private const int Newest = 1000;

    /// <summary>Maps the routes.</summary>
    /// <param name="app">The routes.</param>
    public static void MapAudit(this IEndpointRouteBuilder app) =>
        app.MapGet("/audit/checkpoints", CheckpointsAsync).RequireAuthorization(Permissions.ReadAudit).ExcludeFromDescription();

    /// <summary>A line of JSON each, the newest first, as <c>anhu audit verify --checkpoint</c> takes them.</summary>
    private static async Task<FileContentHttpResult> CheckpointsAsync(Checkpoints checkpoints, CancellationToken ct)
    {
        var lines = (await checkpoints.NewestAsync(Newest, ct)).Select(c => JsonSerializer.Serialize(c, JsonText.Options));
        return TypedResults.File(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), "application/x-ndjson", "anhu-checkpoints.jsonl");
    }
}
