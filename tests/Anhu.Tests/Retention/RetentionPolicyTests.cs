using Anhu.Common;
using Anhu.Modules.Retention;
using Anhu.Testing;

namespace Anhu.Tests.Retention;

[Trait("Store", "none")]
public sealed class RetentionPolicyTests
{
    private static string Shipped => File.ReadAllText(Repository.At("data", "retention", "hefei.yaml"));

    [Fact]
    public void ShippedTerms_CoverAllClasses_EachWithItsBasis()
    {
        var policy = RetentionPolicy.Parse(Shipped, "hefei.yaml");

        Assert.All(Enumerable.Range(1, 3), c => Assert.NotNull(policy.TermOf(c, new DateOnly(2026, 11, 23))));
        Assert.All(policy.Terms, t => Assert.NotEmpty(t.Basis));
        Assert.Null(policy.TermOf(1, new DateOnly(2025, 12, 31)));
        Assert.Equal((2, true), (policy.NoticeTermOf(new DateOnly(2026, 11, 23))!.Years, policy.NoticeTerms.All(t => t.Basis.Length > 0)));
        Assert.Null(policy.NoticeTermOf(new DateOnly(2025, 12, 31)));
        Assert.Equal(new DateOnly(2023, 11, 23), policy.LatestClosing(new DateOnly(2026, 11, 23)));
    }

    [Fact]
    public void LaterTerm_AppliesFromItsDay()
    {
        var policy = RetentionPolicy.Parse(Shipped.Replace("requests:", "  - {id: class-3-b, from: 2027-01-01, class: 3, years: 4, basis: x}\nrequests:", StringComparison.Ordinal), "x.yaml");

        Assert.Equal(2, policy.NoticeTermOf(new DateOnly(2027, 1, 1))!.Years);
        Assert.Equal((3, 4), (policy.TermOf(3, new DateOnly(2026, 12, 31))!.Years, policy.TermOf(3, new DateOnly(2027, 1, 1))!.Years));
    }

    [Theory]
    [InlineData("years: 5", "years: 0", "years")]
    [InlineData("years: 5", "years: -1", "years")]
    [InlineData("class: 2", "class: 4", "class")]
    [InlineData("class: 2", "class: 3", "from")]
    [InlineData("id: class-2", "id: class-1", "class-1")]
    [InlineData("minorsUntilAge: 21", "minorsUntilAge: 17", "minorsUntilAge")]
    [InlineData("minorsUntilAge: 21", "minorUntilAge: 21", "minorUntilAge")]
    [InlineData("from: 2026-01-01", "from: 2026-13-01", "from")]
    [InlineData("kind: retention-policy", "kind: playbook", "kind")]
    [InlineData("  years: 3\n  basis: 个", "  years: 2\n  basis: 个", "years")]
    [InlineData("years: 2", "years: 0", "years")]
    [InlineData("  - from: 2026-01-01", "  - since: 2026-01-01", "from")]
    [InlineData("    years: 2\n", "    years: 2\n    basis: x\n  - from: 2026-01-01\n    years: 4\n", "from")]
    [InlineData("terms:", "term:", "terms")]
    public void WrongDocument_IsRefused_WithLineAndReason(string right, string wrong, string named)
    {
        var at = Shipped.IndexOf(right, StringComparison.Ordinal);
        var text = Shipped[..at] + wrong + Shipped[(at + right.Length)..];

        var refused = Assert.Throws<RuleDocumentException>(() => RetentionPolicy.Parse(text, "hefei.yaml"));

        Assert.Contains("hefei.yaml", refused.Message, StringComparison.Ordinal);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CityWithoutTerms_NothingIsDue() => Assert.Null(RetentionPolicy.Load("/nowhere/x.yaml", "x.yaml").LatestClosing(new DateOnly(2099, 1, 1)));
}
