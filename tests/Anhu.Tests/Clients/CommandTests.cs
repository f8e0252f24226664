using System.Diagnostics;
using System.Text.Json;
using Anhu.Commands;
using Anhu.Testing;

namespace Anhu.Tests.Clients;

/// <summary>The commands as an operator runs them: a program of its own, on a store that the platform uses at the same time.</summary>
public sealed class CommandTests(CommandTests.City city) : IClassFixture<CommandTests.City>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClientAdd_PrintsASecretThatGetsAToken()
    {
        var (code, output, _) = await city.RunAsync("client", "add", "110 指挥中心", "--unit", "340100-police", "--scope", "alarms.write", "--json");

        Assert.Equal(0, code);
        var made = JsonDocument.Parse(output).RootElement;
        using var http = city.CreateClient();
        using var answer = await http.PostAsync(
            new Uri("/connect/token", UriKind.Relative),
            new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials", ["client_id"] = made.GetProperty("clientId").GetString()!,
                ["client_secret"] = made.GetProperty("clientSecret").GetString()!,
            }),
            Ct);
        Assert.True(answer.IsSuccessStatusCode);
        var (_, list, _) = await city.RunAsync("client", "list");
        Assert.Contains("110 指挥中心\t340100-police\talarms.write", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UserAdd_PrintsAFirstPassword_AndReset_AnotherOne()
    {
        var (code, output, _) = await city.RunAsync(
            "user", "add", "wang.fang", "--unit", "340104-womens-federation", "--role", "caseworker", "--role", "supervisor", "--name", "王芳", "--json");
        var (resetCode, reset, _) = await city.RunAsync("user", "reset", "WANG.FANG", "--json");
        var (disableCode, _, _) = await city.RunAsync("user", "disable", "wang.fang");
        var (_, list, _) = await city.RunAsync("user", "list");

        Assert.Equal((0, 0, 0), (code, resetCode, disableCode));
        var first = JsonDocument.Parse(output).RootElement.GetProperty("password").GetString();
        Assert.NotEqual(first, JsonDocument.Parse(reset).RootElement.GetProperty("password").GetString());
        Assert.Contains("王芳\t340104-womens-federation\tcaseworker supervisor\tdisabled", list, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "client", "add", "X", "--unit", "340100-police", "--scope", "everything")]
    [InlineData(2, "client", "add", "X")]
    [InlineData(2, "user", "add", "some.one", "--unit", "340104-police", "--role", "king", "--name", "X")]
    [InlineData(1, "client", "remove", "nobody")]
    [InlineData(1, "user", "reset", "nobody")]
    [InlineData(3, "client", "list", "--store", "postgres://nobody@127.0.0.1:1/none")]
    public async Task Command_ThatCannotBeDone_SaysWhyAndExits(int expected, params string[] args)
    {
        var (code, output, errors) = await city.RunAsync(args);

        Assert.Equal(expected, code);
        Assert.Empty(output);
        Assert.NotEmpty(errors);
    }

    public sealed class City : AnhuFixture
    {
        private Dictionary<string, string?> settings = [];

        public async Task<(int Code, string Output, string Errors)> RunAsync(params string[] args)
        {
            return await ProgramRun.OfAsync(args, new() { ["ANHU_DATA"] = settings["Anhu:Data"], ["ANHU_STORE"] = settings["Anhu:Store"] });
        }

        protected override void Configure(Dictionary<string, string?> settings) => this.settings = settings;
    }
}
