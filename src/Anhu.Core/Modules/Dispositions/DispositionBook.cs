using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Playbooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Modules.Dispositions;

/// <summary>The city's rules of dispositions: loaded and checked at start.</summary>
public sealed class DispositionBook
{
    private const string FileName = "dispositions/dispositions.yaml";

    /// <summary>Loads them.</summary>
    /// <param name="options">Where they are.</param>
    /// <param name="book">Policy and playbook, with the city's clock; the playbook's form must offer the same choices and circumstances.</param>
    /// <exception cref="RuleDocumentException">The document is wrong or missing, or does not fit the playbook.</exception>
    public DispositionBook(RulesOptions options, RuleBook book)
    {
        string yaml;
        try
        {
            yaml = File.ReadAllText(Path.Combine(options.ContentFolder, FileName));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RuleDocumentException(FileName, [new RuleFault(1, new Bilingual($"找不到文件：{FileName}。", $"The file is missing: {FileName}."))]);
        }

        Rules = DispositionRules.Parse(yaml, FileName, book.Clock);
        foreach (var kind in book.Current.Playbook.Kinds.Values.Where(k => k.Disposes && k.Form == DispositionRules.FormName))
        {
            var offered = kind.Fields.FirstOrDefault(f => f.Id == "circumstances")?.Options.Select(o => o.Id) ?? [];
            var missing = Rules.ChoiceIds.Except(kind.Outcomes.Select(o => o.Id)).Concat(kind.Outcomes.Select(o => o.Id).Except(Rules.ChoiceIds))
                .Concat(Rules.Circumstances.Except(offered)).Concat(offered.Except(Rules.Circumstances)).ToList();
            if (missing.Count > 0)
            {
                var names = string.Join(", ", missing);
                throw new RuleDocumentException(FileName, [new RuleFault(1, new Bilingual($"与预案中“{kind.Id}”的选项不一致：{names}。", $"It does not fit the options of \"{kind.Id}\" in the playbook: {names}."))]);
            }
        }
    }

    /// <summary>The rules in force.</summary>
    public DispositionRules Rules { get; }

    /// <summary>Keeps the text of the version in force, since records name it for ever.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RuleDocumentException">A version that is in the store has another text.</exception>
    public async Task EnsureStoredAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync(ct);
        var time = services.GetRequiredService<TimeProvider>();
        await db.ExclusivelyAsync(
            async () =>
            {
                await RuleBook.StoreAsync(db, RuleDocumentKind.Measure, Rules.Version, Rules.Text, FileName, time, ct);
                return true;
            },
            ct);
    }
}
