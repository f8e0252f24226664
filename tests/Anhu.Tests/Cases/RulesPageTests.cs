using System.Net;
using Anhu.Modules.Playbooks;
using Anhu.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Cases;

public sealed class RulesPageTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    [Fact]
    public async Task Rules_ShowEveryRuleInWords_AndLinkEachVersion()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var (policy, playbook) = app.Services.GetRequiredService<RuleBook>().Current;

        var page = await client.GetPageAsync("/rules");

        var text = page.QuerySelector("main")!.TextContent;
        Assert.All(policy.Rules, r => Assert.Contains(r.Condition.Zh, text, StringComparison.Ordinal));
        Assert.All(playbook.Kinds.Values, k => Assert.Contains(k.Title.Zh, text, StringComparison.Ordinal));
        Assert.Equal(playbook.Rules.Sum(r => r.Events.Count), page.QuerySelectorAll(".rule").Length);
        Assert.DoesNotContain("On_", text, StringComparison.Ordinal);
        var version = await client.GetPageAsync($"/rules/playbook/{playbook.Version}");
        Assert.Contains("kind: playbook", version.QuerySelector(".rule-text")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_ThatNeverWas_IsNotFound()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());

        using var answer = await client.GetAsync("/rules/policy/hefei-1999.1", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
