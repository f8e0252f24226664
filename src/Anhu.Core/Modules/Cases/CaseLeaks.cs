using System.Text.Json;
using Anhu.Data;
using Anhu.Modules.Shield;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>The guard before anything of a case leaves or is kept as free text: finds any shielded value of anybody of the case (victim-safety C5).</summary>
public sealed class CaseLeaks(IDbContextFactory<AnhuDbContext> contexts)
{
    /// <summary>Shielded values of a case in some texts. For whoever writes them; it tells where, never what.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="fields">Names and texts.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<Leak>> FindAsync(Guid caseId, IReadOnlyCollection<(string Field, string? Text)> fields, CancellationToken ct)
    {
        if (fields.All(f => string.IsNullOrWhiteSpace(f.Text)))
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await CaseSecrets.LoadAsync(db, caseId, ct)).Guard.Find(fields);
    }

    /// <summary>Whether texts hold a shielded value of a case.</summary>
    /// <param name="db">The context.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="fields">Names and texts.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<bool> TellsAsync(AnhuDbContext db, Guid caseId, IReadOnlyCollection<(string Field, string? Text)> fields, CancellationToken ct) =>
        fields.Any(f => !string.IsNullOrWhiteSpace(f.Text)) && (await CaseSecrets.LoadAsync(db, caseId, ct)).Guard.Find(fields).Count > 0;

    /// <summary>A reason as a field.</summary>
    /// <param name="reason">What was typed.</param>
    public static IReadOnlyList<(string Field, string? Text)> Reason(string? reason) => [("reason", reason)];

    /// <summary>The texts of a form, however deep they lie; each by the name of the field that it is in.</summary>
    /// <param name="form">The form as JSON.</param>
    public static IReadOnlyList<(string Field, string? Text)> Texts(string form)
    {
        using var json = JsonDocument.Parse(form);
        return json.RootElement.ValueKind != JsonValueKind.Object ? []
            : [.. json.RootElement.EnumerateObject().SelectMany(p => TextsIn(p.Value).Select(t => (p.Name, (string?)t)))];
    }

    private static IEnumerable<string> TextsIn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(TextsIn),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => TextsIn(p.Value).Prepend(p.Name)),
        _ => [],
    };
}
