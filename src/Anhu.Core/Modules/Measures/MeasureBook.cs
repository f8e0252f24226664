using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Playbooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Modules.Measures;

/// <summary>The kinds of measures that the program knows, with the city's rules for each: loaded and checked at start.</summary>
public sealed class MeasureBook
{
    private readonly Dictionary<string, (MeasureKind Kind, MeasureRules Rules)> kinds;
    private readonly TimeProvider time;

    /// <summary>Loads the rules of all kinds.</summary>
    /// <param name="known">The kinds.</param>
    /// <param name="options">Where the rules are: <c>measures/&lt;kind&gt;.yaml</c>.</param>
    /// <param name="book">Policy and playbook, with the city's clock.</param>
    /// <param name="time">The time.</param>
    /// <exception cref="RuleDocumentException">A document is wrong or missing.</exception>
    public MeasureBook(IEnumerable<MeasureKind> known, RulesOptions options, RuleBook book, TimeProvider time)
    {
        this.time = time;
        kinds = known.ToDictionary(k => k.Id, k => (k, MeasureRules.Parse(k, Read(options, FileOf(k)), FileOf(k), book.Clock)), StringComparer.Ordinal);
    }

    /// <summary>The kinds with their rules.</summary>
    public IEnumerable<(MeasureKind Kind, MeasureRules Rules)> All => kinds.Values;

    /// <summary>A kind with its rules; null when there is none of that name.</summary>
    /// <param name="kind">Its id.</param>
    public (MeasureKind Kind, MeasureRules Rules)? Find(string kind) => kinds.TryGetValue(kind, out var found) ? found : null;

    /// <summary>A kind that is stored, and so known.</summary>
    /// <param name="kind">Its id.</param>
    public (MeasureKind Kind, MeasureRules Rules) this[string kind] => kinds[kind];

    /// <summary>Keeps the text of the versions in force, since measures name them for ever.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RuleDocumentException">A version that is in the store has another text.</exception>
    public async Task EnsureStoredAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync(ct);
        await db.ExclusivelyAsync(
            async () =>
            {
                foreach (var (kind, rules) in kinds.Values)
                {
                    await RuleBook.StoreAsync(db, RuleDocumentKind.Measure, rules.Version, rules.Text, FileOf(kind), time, ct);
                }

                return true;
            },
            ct);
    }

    private static string FileOf(MeasureKind kind) => $"measures/{kind.Id}.yaml";

    private static string Read(RulesOptions options, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(options.ContentFolder, name));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RuleDocumentException(name, [new RuleFault(1, new Bilingual($"找不到文件：{name}。", $"The file is missing: {name}."))]);
        }
    }
}
