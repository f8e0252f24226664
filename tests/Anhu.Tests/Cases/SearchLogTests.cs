using System.Collections.Concurrent;
using System.Net;
using Anhu.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Anhu.Tests.Cases;

/// <summary>Whatever an operator asks the log to tell, it does not tell whom somebody searched for.</summary>
public sealed class SearchLogTests(SearchLogTests.TalkativeFixture app) : IClassFixture<SearchLogTests.TalkativeFixture>
{
    private const string Phone = "13955667788";

    [Fact]
    public async Task Search_OnPageAndApi_LeavesNoTraceInTheLog()
    {
        using var client = await app.SignInAsync(await app.Data.CreateWorkerAsync());
        var page = await client.GetPageAsync("/cases");

        using var found = await client.SubmitAsync(page, "find", new() { ["Words"] = Phone });
        using var api = await client.GetAsync($"/api/v1/cases?q={Phone}", TestContext.Current.CancellationToken);
        using var wrong = await client.GetAsync($"/api/v1/cases?q={Phone}&limit=x", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.OK), (found.StatusCode, api.StatusCode));
        Assert.NotEmpty(app.Lines);
        Assert.DoesNotContain(app.Lines, l => l.Contains(Phone, StringComparison.Ordinal));
    }

    public sealed class TalkativeFixture : AnhuFixture
    {
        private readonly Collector collector = new();

        public IReadOnlyCollection<string> Lines => collector.Lines;

        protected override void Configure(Dictionary<string, string?> settings)
        {
            settings["Logging:LogLevel:Default"] = "Information";
            settings["Logging:LogLevel:Microsoft.AspNetCore"] = "Information";
            settings["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Information";
            settings["Logging:LogLevel:Microsoft.EntityFrameworkCore.Database"] = "Information";
        }

        protected override void ConfigureServices(IServiceCollection services) =>
            services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(collector);
    }

    private sealed class Collector : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
