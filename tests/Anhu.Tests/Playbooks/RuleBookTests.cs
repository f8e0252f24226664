using Anhu.Common;
using Anhu.Modules.Playbooks;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using static Anhu.Tests.Playbooks.Shipped;

namespace Anhu.Tests.Playbooks;

public sealed class RuleBookTests(AnhuFixture app) : IClassFixture<AnhuFixture>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("anhu-rules-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Start_KeepsTheTextOfTheVersionsInForce()
    {
        var stored = await app.QueryAsync(db => db.RuleDocuments.AsNoTracking().ToListAsync(Ct));

        Assert.Contains(stored, d => d.Kind == RuleDocumentKind.Policy && d.DocumentVersion == HefeiPolicy.Version && d.Text == PolicyText);
        Assert.Contains(stored, d => d.Kind == RuleDocumentKind.Playbook && d.DocumentVersion == Hefei.Version && d.Text == PlaybookText);
    }

    [Fact]
    public async Task Reload_OfAChangedDocumentWithANewVersion_PutsItInForceAndKeepsBoth()
    {
        var book = Open(PolicyText, PlaybookText);
        Write(PolicyText.Replace("hefei-2026.3", "reload-2", StringComparison.Ordinal).Replace("atLeast: 3, within", "atLeast: 4, within", StringComparison.Ordinal), PlaybookText);

        await app.QueryAsync(async db => { await book.ReloadAsync(db, Ct); return true; });

        Assert.Equal("reload-2", book.Current.Policy.Version);
        Assert.Equal(1, await app.QueryAsync(db => db.RuleDocuments.CountAsync(d => d.DocumentVersion == "reload-2", Ct)));
        Assert.True(await app.QueryAsync(db => db.RuleDocuments.AnyAsync(d => d.Kind == RuleDocumentKind.Policy && d.DocumentVersion == HefeiPolicy.Version, Ct)));
    }

    [Fact]
    public async Task SameVersion_WithAnotherText_IsRefusedAndTheOldRulesStayInForce()
    {
        var book = Open(PolicyText, PlaybookText);
        Write(PolicyText, PlaybookText.Replace("{hours: 72}", "{hours: 48}", StringComparison.Ordinal));

        var e = await Assert.ThrowsAsync<RuleDocumentException>(() => app.QueryAsync(async db => { await book.ReloadAsync(db, Ct); return true; }));

        var fault = Assert.Single(e.Faults);
        Assert.Equal(PlaybookText.Split('\n').TakeWhile(l => !l.StartsWith("version:", StringComparison.Ordinal)).Count() + 1, fault.Line);
        Assert.Contains("new version", fault.Reason.En, StringComparison.Ordinal);
        Assert.Equal(PlaybookText, book.Current.Playbook.Text);
    }

    [Fact]
    public async Task SameVersion_WithOtherLineEndings_IsTheSameText()
    {
        var book = Open(PolicyText.ReplaceLineEndings("\r\n"), PlaybookText.ReplaceLineEndings("\r\n"));

        await app.QueryAsync(async db => { await book.EnsureStoredAsync(db, Ct); return true; });

        Assert.Equal(Hefei.Version, book.Current.Playbook.Version);
    }

    [Fact]
    public async Task Reload_OfABrokenDocument_LeavesTheOldRulesInForce()
    {
        var book = Open(PolicyText, PlaybookText);
        Write("kind: grading-policy", PlaybookText);

        await Assert.ThrowsAsync<RuleDocumentException>(() => app.QueryAsync(async db => { await book.ReloadAsync(db, Ct); return true; }));

        Assert.Equal(HefeiPolicy.Version, book.Current.Policy.Version);
    }

    [Fact]
    public void Start_WithTwoBrokenDocuments_NamesTheFaultsOfBoth()
    {
        var e = Assert.Throws<RuleDocumentException>(() => Open("kind: grading-policy", "kind: playbook"));

        Assert.Contains("policy.yaml:1: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("playbook.yaml:1: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_WithoutTheDocuments_SaysWhichFileIsMissing()
    {
        var options = new RulesOptions { ContentFolder = folder };

        var e = Assert.Throws<RuleDocumentException>(() => new RuleBook(options, HefeiClock, TimeProvider.System, NullLogger<RuleBook>.Instance));

        Assert.Contains("policies/hefei.yaml", e.Message, StringComparison.Ordinal);
        Assert.Contains("playbooks/hefei.yaml", e.Message, StringComparison.Ordinal);
    }

    private void Write(string policy, string playbook)
    {
        File.WriteAllText(Path.Combine(folder, "policy.yaml"), policy);
        File.WriteAllText(Path.Combine(folder, "playbook.yaml"), playbook);
    }

    private RuleBook Open(string policy, string playbook)
    {
        Write(policy, playbook);
        var options = new RulesOptions { ContentFolder = folder, Policy = "policy.yaml", Playbook = "playbook.yaml" };
        return new RuleBook(options, HefeiClock, TimeProvider.System, NullLogger<RuleBook>.Instance);
    }
}
