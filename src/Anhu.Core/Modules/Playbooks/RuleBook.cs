using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Grading;
using Anhu.Modules.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Anhu.Modules.Playbooks;

/// <summary>Where the city's rules are.</summary>
public sealed class RulesOptions
{
    /// <summary>Folder with <c>policies</c>, <c>playbooks</c> and <c>calendar</c>.</summary>
    public required string ContentFolder { get; init; }

    /// <summary>The city's time zone, IANA id.</summary>
    public string TimeZone { get; init; } = CityZone.DefaultId;

    /// <summary>The policy in force, relative to <see cref="ContentFolder"/>.</summary>
    public string Policy { get; init; } = "policies/hefei.yaml";

    /// <summary>The playbook in force, relative to <see cref="ContentFolder"/>.</summary>
    public string Playbook { get; init; } = "playbooks/hefei.yaml";
}

/// <summary>The rules in force at one moment. Take it once per unit of work, so that a grade and its duties come from the same versions.</summary>
/// <param name="Policy">The grading policy.</param>
/// <param name="Playbook">The playbook.</param>
public sealed record RuleSet(GradingPolicy Policy, Playbook Playbook);

/// <summary>The city's policy and playbook in force: loaded and checked at start, read by everyone, replaced as a whole.</summary>
public sealed partial class RuleBook
{
    private readonly RulesOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<RuleBook> logger;
    private volatile RuleSet current;

    /// <summary>Loads the rules.</summary>
    /// <param name="options">Where they are.</param>
    /// <param name="clock">The city's clock.</param>
    /// <param name="time">The time.</param>
    /// <param name="logger">Log.</param>
    /// <exception cref="RuleDocumentException">A document is wrong or missing.</exception>
    public RuleBook(RulesOptions options, CityClock clock, TimeProvider time, ILogger<RuleBook> logger)
    {
        this.options = options;
        this.time = time;
        this.logger = logger;
        Clock = clock;
        current = Read();
        if (clock.Calendar.MissingOn(clock.Zone.DateOf(time.Now)) is { } missing)
        {
            LogNoCalendar(missing);
        }
    }

    /// <summary>The rules in force.</summary>
    public RuleSet Current => current;

    /// <summary>The city's clock with its holidays.</summary>
    public CityClock Clock { get; }

    /// <summary>Reads the documents again. What is wrong stays out: the rules in force change only when both are right and stored.</summary>
    /// <param name="db">The store.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RuleDocumentException">A document is wrong, or reuses a version for another text.</exception>
    public async Task ReloadAsync(AnhuDbContext db, CancellationToken ct)
    {
        var read = Read();
        await StoreAsync(db, read, ct);
        current = read;
        LogInForce(read.Policy.Version, read.Playbook.Version);
    }

    /// <summary>Keeps the text of the versions in force, since grades and duties name them for ever.</summary>
    /// <param name="db">The store.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RuleDocumentException">A version that is in the store has another text.</exception>
    public async Task EnsureStoredAsync(AnhuDbContext db, CancellationToken ct)
    {
        await StoreAsync(db, current, ct);
        LogInForce(current.Policy.Version, current.Playbook.Version);
    }

    /// <summary>The same, with a context of the program's own.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RuleDocumentException">A version that is in the store has another text.</exception>
    public async Task EnsureStoredAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync(ct);
        await EnsureStoredAsync(db, ct);
    }

    private static string ReadFile(string path, string name)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RuleDocumentException(name, [new RuleFault(1, new Bilingual($"找不到文件：{path}。", $"The file is missing: {path}."))]);
        }
    }

    private RuleSet Read()
    {
        var faults = new List<RuleDocumentException>();
        var policy = Try(options.Policy, text => GradingPolicy.Parse(text, options.Policy, Clock.Zone));
        var playbook = Try(options.Playbook, text => Playbooks.Playbook.Parse(text, options.Playbook, Clock));
        return faults.Count switch
        {
            0 => new RuleSet(policy!, playbook!),
            1 => throw faults[0],
            _ => throw new RuleDocumentException(faults),
        };

        T? Try<T>(string name, Func<string, T> parse)
            where T : class
        {
            try
            {
                return parse(ReadFile(Path.Combine(options.ContentFolder, name), name));
            }
            catch (RuleDocumentException e)
            {
                faults.Add(e);
                return null;
            }
        }
    }

    private async Task StoreAsync(AnhuDbContext db, RuleSet rules, CancellationToken ct) => await db.ExclusivelyAsync(
        async () =>
        {
            await StoreAsync(db, RuleDocumentKind.Policy, rules.Policy.Version, rules.Policy.Text, options.Policy, ct);
            await StoreAsync(db, RuleDocumentKind.Playbook, rules.Playbook.Version, rules.Playbook.Text, options.Playbook, ct);
            return true;
        },
        ct);

    private Task StoreAsync(AnhuDbContext db, RuleDocumentKind kind, string version, string text, string file, CancellationToken ct) =>
        StoreAsync(db, kind, version, text, file, time, ct);

    /// <summary>Keeps the text of a version, or refuses another text under a version that is kept already.</summary>
    internal static async Task StoreAsync(
        AnhuDbContext db, RuleDocumentKind kind, string version, string text, string file, TimeProvider time, CancellationToken ct)
    {
        var unified = text.ReplaceLineEndings("\n");
        var stored = await db.RuleDocuments.AsNoTracking().SingleOrDefaultAsync(d => d.Kind == kind && d.DocumentVersion == version, ct);
        if (stored is null)
        {
            db.Add(new RuleDocument { Kind = kind, DocumentVersion = version, Text = unified, ActiveFrom = time.Now });
        }
        else if (stored.Text != unified)
        {
            var line = 1 + unified.Split('\n').TakeWhile(l => !l.StartsWith("version:", StringComparison.Ordinal)).Count();
            throw new RuleDocumentException(file, [new RuleFault(line, new Bilingual(
                $"版本“{version}”已经启用过，内容却不同：改动后请换一个新的版本号。",
                $"Version \"{version}\" is already in the store with another text: give a changed document a new version."))]);
        }
    }

    [LoggerMessage(LogLevel.Information, "Rules in force: policy {PolicyVersion}, playbook {PlaybookVersion}")]
    private partial void LogInForce(string policyVersion, string playbookVersion);

    [LoggerMessage(LogLevel.Warning, "No holiday calendar for {Year}: working days are counted by weekends only. Add calendar/{Year}.yaml when the State Council has published it")]
    private partial void LogNoCalendar(int year);
}
