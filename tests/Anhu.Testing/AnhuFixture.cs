using System.Net;
using Anhu.Data;
using Anhu.Hosting;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Anhu.Testing;

/// <summary>
/// The real program on a port of its own and a store of its own (<see cref="TestStore"/>), for one test class:
/// <code>
/// public sealed class SomeTests(AnhuFixture app) : IClassFixture&lt;AnhuFixture&gt;
/// {
///     var worker = await app.Data.CreateWorkerAsync(unitCode: "340104-womens-federation", roles: WorkerRole.Caseworker);
///     using var client = await app.SignInAsync(worker);          // cookie of a real session, without the sign-in page
///     var page = await client.GetPageAsync("/duties");           // parsed HTML, asserts 200
///     var answer = await client.SubmitAsync(page, "form-name", new() { ["Input.Notes"] = "x" });   // with the hidden fields
///     await app.WithAsync&lt;SomeHandler&gt;(handler => handler.Handle(…));   // a scope of its own, as a request has
/// }
/// </code>
/// Derive and override <see cref="Configure"/> or <see cref="ConfigureServices"/> for other settings or services; <see cref="FakeTimeFixture"/> runs on a clock
/// that the test moves. Redirects are not followed.
/// </summary>
public class AnhuFixture : IAsyncLifetime
{
    private TestStore? store;
    private WebApplication? app;
    private TestData? data;
    private readonly System.Runtime.CompilerServices.ConditionalWeakTable<HttpClient, CookieContainer> jars = [];

    /// <summary>The address that the program listens on.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>The program's services; take scoped ones through <see cref="WithAsync{T,TResult}"/>.</summary>
    public IServiceProvider Services => Running.Services;

    /// <summary>The program's clock.</summary>
    public TimeProvider Clock => Services.GetRequiredService<TimeProvider>();

    /// <summary>Makes valid things to test with.</summary>
    public TestData Data => data ?? throw NotStarted();

    /// <summary>The clock to run on; null for the computer's.</summary>
    protected virtual TimeProvider? TestClock => null;

    /// <summary>Makes the store; as a rule a copy of the template, which shares its keys with all the others.</summary>
    protected virtual Task<TestStore> CreateStoreAsync() => TestStore.CreateAsync();

    /// <summary>Starts what the program needs before it.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    private WebApplication Running => app ?? throw NotStarted();

    /// <inheritdoc />
    public virtual async ValueTask InitializeAsync()
    {
        store = await CreateStoreAsync();
        await PrepareAsync();
        await StartAsync();
        data = new TestData(this);
    }

    /// <inheritdoc />
    public virtual async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (store is not null)
        {
            await store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the program and starts it again on the same store; the address changes.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>A client that nobody has signed in on; keeps cookies, follows no redirects.</summary>
    public HttpClient CreateClient() => CreateClient(out _);

    /// <summary>The value of a cookie that a client holds; null when it holds none of that name.</summary>
    /// <param name="client">A client of this fixture.</param>
    /// <param name="name">Name of the cookie.</param>
    public string? CookieOf(HttpClient client, string name) => jars.TryGetValue(client, out var jar) ? jar.GetCookies(Address)[name]?.Value : null;

    /// <summary>A client with a worker's session.</summary>
    /// <param name="worker">The worker.</param>
    public async Task<HttpClient> SignInAsync(Worker worker)
    {
        var client = CreateClient(out var cookies);
        var options = Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
        var principal = await WithAsync<IUserClaimsPrincipalFactory<Worker>, System.Security.Claims.ClaimsPrincipal>(claims => claims.CreateAsync(worker));
        var session = await WithAsync<SessionDesk, WorkerSession>(sessions => sessions.OpenAsync(worker, "password", null, "127.0.0.1", null, TestContext.Current.CancellationToken));
        principal.Identities.First().AddClaim(new System.Security.Claims.Claim(Anhu.Web.AccountClaims.Session, session.WorkerSessionId.ToString()));
        var now = Clock.GetUtcNow();
        var ticket = new AuthenticationTicket(
            principal, new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now + options.ExpireTimeSpan }, IdentityConstants.ApplicationScheme);
        cookies.Add(Address, new Cookie(options.Cookie.Name!, options.TicketDataFormat.Protect(ticket), "/"));
        return client;
    }

    /// <summary>Works with a service in a scope of its own, as a request does.</summary>
    /// <typeparam name="T">The service.</typeparam>
    /// <typeparam name="TResult">What comes of it.</typeparam>
    /// <param name="work">The work.</param>
    public async Task<TResult> WithAsync<T, TResult>(Func<T, Task<TResult>> work)
        where T : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<T>());
    }

    /// <summary>Works with a service in a scope of its own, as a request does.</summary>
    /// <typeparam name="T">The service.</typeparam>
    /// <param name="work">The work.</param>
    public async Task WithAsync<T>(Func<T, Task> work)
        where T : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<T>());
    }

    /// <summary>Asks the store through a context of its own.</summary>
    /// <typeparam name="TResult">What is asked for.</typeparam>
    /// <param name="query">The question.</param>
    public async Task<TResult> QueryAsync<TResult>(Func<AnhuDbContext, Task<TResult>> query)
    {
        await using var db = await Services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync();
        return await query(db);
    }

    /// <summary>Other settings than the defaults.</summary>
    /// <param name="settings">Keys and values as in configuration, such as <c>Anhu:Demo</c>.</param>
    protected virtual void Configure(Dictionary<string, string?> settings)
    {
    }

    /// <summary>Last word on the services.</summary>
    /// <param name="services">The container.</param>
    protected virtual void ConfigureServices(IServiceCollection services)
    {
    }

    private static InvalidOperationException NotStarted() => new("The fixture has not started.");

    private async Task StartAsync()
    {
        var settings = store!.Configuration;
        Configure(settings);
        app = AnhuApp.Build(settings, services =>
        {
            if (TestClock is { } clock)
            {
                services.AddSingleton(clock);
            }

            ConfigureServices(services);
        });
        await AnhuApp.PrepareAsync(app.Services, TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        Address = new Uri(app.Urls.First());
    }

    /// <summary>Stops the program; its store stays, for another process to serve.</summary>
    /// <returns>The settings of the store.</returns>
    public async Task<IReadOnlyDictionary<string, string?>> ReleaseAsync()
    {
        await StopAsync();
        return store!.Configuration;
    }

    private async Task StopAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
            app = null;
        }
    }

    private HttpClient CreateClient(out CookieContainer cookies)
    {
        cookies = new CookieContainer();
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies, UseProxy = false };
        var client = new HttpClient(handler) { BaseAddress = Address };
        jars.Add(client, cookies);
        return client;
    }
}

/// <summary>The program on a clock that stands still until the test moves it; starts on Monday, 2 March 2026, 09:00 in Hefei.</summary>
public class FakeTimeFixture : AnhuFixture
{
    /// <summary>The clock.</summary>
    public TestTime Time { get; } = new(new DateTimeOffset(2026, 3, 2, 1, 0, 0, TimeSpan.Zero));

    /// <inheritdoc />
    protected override TimeProvider? TestClock => Time;
}

/// <summary>A clock that tests move on.</summary>
public sealed class TestTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private static readonly TimeSpan Ticked = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Moves the clock on. Timers run through the last two minutes of it and see the rest as a jump, as after a night's sleep of the machine: a job of each second would
    /// otherwise run half a million times for five days.
    /// </summary>
    /// <param name="by">How far.</param>
    public new void Advance(TimeSpan by)
    {
        if (by > Ticked)
        {
            AdjustTime(GetUtcNow() + by - Ticked);
        }

        base.Advance(by > Ticked ? Ticked : by);
    }
}

/// <summary>The program on a store with a city key of its own, for tests that rotate it: stores that share keys share the ring in memory, too.</summary>
public sealed class OwnKeyFixture : AnhuFixture
{
    /// <inheritdoc />
    protected override Task<TestStore> CreateStoreAsync() => TestStore.CreateAsync(filled: false, ownKey: true);
}
