using System.Net;
using Anhu.Testing;
using Xunit;

namespace Anhu.Tests.Account;

public sealed class SignInTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    [Fact]
    public async Task SignIn_WithTheRightPassword_OpensThePageThatWasAskedFor()
    {
        var worker = await app.Data.CreateWorkerAsync();
        using var client = app.CreateClient();
        using var challenge = await client.GetAsync("/?a=1", TestContext.Current.CancellationToken);
        var signIn = await client.GetPageAsync(challenge.Headers.Location!.PathAndQuery);

        using var answer = await client.SubmitAsync(signIn, "sign-in", new() { ["Input.UserName"] = worker.UserName, ["Input.Password"] = TestData.Password });

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/?a=1", answer.Headers.Location!.IsAbsoluteUri ? answer.Headers.Location.PathAndQuery : answer.Headers.Location.OriginalString);
        var home = await client.GetPageAsync("/");
        Assert.Contains(worker.DisplayName, home.TextOf("h1"), StringComparison.Ordinal);
    }
}
