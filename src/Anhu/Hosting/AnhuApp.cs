using System.Text.Encodings.Web;
using System.Text.Unicode;
using Anhu.Api;
using Anhu.Jobs;
using Anhu.Modules;
using Anhu.Modules.Account;
using Anhu.Modules.Alarms;
using Anhu.Modules.Audit;
using Anhu.Modules.Backup;
using Anhu.Modules.Cases;
using Anhu.Modules.Clients;
using Anhu.Modules.DataRequests;
using Anhu.Modules.Demo;
using Anhu.Modules.Dispositions;
using Anhu.Modules.Documents;
using Anhu.Modules.Duties;
using Anhu.Modules.Evidence;
using Anhu.Modules.Feed;
using Anhu.Modules.KeyRotation;
using Anhu.Modules.MandatoryReports;
using Anhu.Modules.Measures;
using Anhu.Modules.Messages;
using Anhu.Modules.Operations;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Retention;
using Anhu.Modules.Scene;
using Anhu.Modules.Timeline;
using Anhu.Modules.Visits;
using Anhu.Modules.Whereabouts;
using Anhu.Modules.Work;
using Anhu.Web;

namespace Anhu.Hosting;

/// <summary>Puts the program together. Each module has one line for its services and one for its routes.</summary>
public static class AnhuApp
{
    /// <summary>Builds the web application; nothing is opened or started yet.</summary>
    /// <param name="configuration">Settings that go above all others (command line, tests).</param>
    /// <param name="configure">Last word on the services (tests: clock).</param>
    public static WebApplication Build(IReadOnlyDictionary<string, string?> configuration, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = "anhu" });
        AddSettings(builder.Configuration, configuration);
        builder.WebHost.UseStaticWebAssets();
        if (!builder.Environment.IsDevelopment())
        {
            // Else assets of a build output are packed anew for each request, without compressing them.
            builder.Configuration["ReloadStaticAssetsAtRuntime"] ??= "false";
        }

        // It would write whole addresses, and the API's search (contract) has names and phones in its own.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        if (string.IsNullOrEmpty(builder.Configuration["urls"]))
        {
            builder.WebHost.UseUrls("http://127.0.0.1:5080");
        }

        var settings = builder.Configuration.GetSection("Anhu").Get<AnhuSettings>() ?? new AnhuSettings();
        if (settings.Clients.AcceptCertificates)
        {
            builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ConfigureHttpsDefaults(https =>
            {
                var time = kestrel.ApplicationServices.GetRequiredService<TimeProvider>();
                https.ClientCertificateMode = Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.AllowCertificate;

                // Which certificate a client must have is bound to it by its hash; who issued it does not matter then.
                https.ClientCertificateValidation = (certificate, _, _) => certificate.NotBefore <= time.GetUtcNow().LocalDateTime && time.GetUtcNow().LocalDateTime < certificate.NotAfter;
            }));
        }

        builder.Host.UseDefaultServiceProvider(options => { options.ValidateOnBuild = true; options.ValidateScopes = true; });
        AddServices(builder.Services, settings);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        MapRoutes(app);
        return app;
    }

    /// <summary>The settings of a program without a web server: <c>appsettings.json</c>, environment, command line.</summary>
    /// <param name="configuration">Settings that go above all others.</param>
    public static IConfiguration Configuration(IReadOnlyDictionary<string, string?> configuration)
    {
        var settings = new ConfigurationManager();
        settings.SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables();
        AddSettings(settings, configuration);
        return settings;
    }

    /// <summary>Services that the web program and the command line share.</summary>
    /// <param name="services">The container.</param>
    /// <param name="settings">The settings.</param>
    public static IServiceCollection AddCity(this IServiceCollection services, AnhuSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddAnhuStore(settings);
        services.AddBackup();
        services.AddClients();
        services.AddSingleton<DataRequestDesk>();
        services.AddDemo();
        services.AddDocuments(new DocumentSettings(Path.Combine(settings.Content, "documents"), settings.Documents.CheckAddress), settings.Documents.Fonts);
        services.AddEvidence(new ScannerSettings(settings.Evidence.Scanner));
        services.AddKeyRotation();
        services.AddSingleton<IUnitWork, DutiesOfUnit>();
        services.AddSingleton(settings.Security.Reviews(settings.Demo));
        services.AddOrganisation(Path.Combine(settings.Content, settings.City));
        services.AddRetention(settings);
        services.AddRules(new RulesOptions
        {
            ContentFolder = settings.Content, TimeZone = settings.TimeZone, Policy = $"policies/{settings.City}.yaml", Playbook = $"playbooks/{settings.City}.yaml",
        });
        services.AddSingleton(new Modules.People.RecognitionSettings
        {
            Certain = settings.People.Certain, CertainNeedsIdNumber = settings.People.CertainNeedsIdNumber, Likely = settings.People.Likely,
            LookUpMilliseconds = settings.People.LookUpMilliseconds, Population = settings.People.Population,
            Model = settings.People.Model.Length == 0 ? null : Path.Combine(settings.Content, settings.People.Model),
            File = Path.Combine(settings.Data, "people.index"), KeepsFile = settings.People.KeepIndex,
        });
        services.AddSingleton(new Modules.Cases.ConflictSettings(settings.Security.ShutOutUnitsUpTo));
        services.AddScene(new SceneOptions(Path.Combine(settings.Content, "scene"), settings.Scene.Permitted));
        services.AddWorkerAccounts();
        services.AddSpine();
        return services;
    }

    /// <summary>Opens the store: migrations, reference data, rule documents, demo data.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="StoreUnavailableException">The store can't be reached or is newer than the program.</exception>
    /// <exception cref="Common.RuleDocumentException">A rule document is wrong.</exception>
    /// <exception cref="DemoRefusedException">Demo and real data would meet in one store.</exception>
    public static async Task PrepareAsync(IServiceProvider services, CancellationToken ct)
    {
        await Migrator.MigrateAsync(services, ct);
        await services.GetRequiredService<OrganisationSeeder>().EnsureAsync(ct);
        await services.GetRequiredService<RuleBook>().EnsureStoredAsync(services, ct);
        services.GetRequiredService<RetentionPolicy>();
        services.GetRequiredService<SceneBook>();
        await services.GetRequiredService<Modules.Measures.MeasureBook>().EnsureStoredAsync(services, ct);
        await services.GetRequiredService<Modules.Dispositions.DispositionBook>().EnsureStoredAsync(services, ct);
        await (services.GetService<ClientKeys>()?.EnsureAsync(ct) ?? Task.CompletedTask);
        await (services.GetService<DemoCity>()?.EnsureAsync(ct) ?? Task.CompletedTask);
    }

    private static void AddServices(IServiceCollection services, AnhuSettings settings)
    {
        services.AddCity(settings);
        services.AddApiJson();
        services.AddApiDescription();
        services.AddSpineWeb();
        services.AddAccount(settings);
        services.AddAlarmEntry(settings);
        services.AddCasePages();
        services.AddClientSignIn();
        services.AddDataRequests();
        services.AddDemoCity(settings);
        services.AddDispositionPages();
        services.AddReportPages();
        services.AddDocumentPages(settings);
        services.AddDutyPages();
        services.AddEvidencePages();
        services.AddMeasurePages();
        services.AddMessages(settings);
        services.AddOperations(settings);
        services.AddOutbound(settings);
        services.AddOrganisationPages();
        services.AddPeoplePages();
        services.AddSingleton<CheckpointPublisher>();
        services.AddHostedService<AuditJob>();
        services.AddHostedService<KeyKeeper>();
        services.AddHostedService<RefusedValueJob>();
        services.AddHostedService<ResealJob>();
        services.AddHostedService<ReindexJob>();
        services.AddHostedService<ServingLockJob>();
        services.AddRetentionPages();
        services.AddScenePages();
        services.AddShell();
        services.AddVisits();
        services.AddWhereabouts();
    }

    private static void MapRoutes(WebApplication app)
    {
        app.UseOperations();
        app.UseTokenAttempts();
        app.UseShell();
        app.MapAccount();
        app.MapClients();
        app.MapOrganisation();
        app.MapAlarmEntry();
        app.MapDataRequests();
        app.MapEntryReading();
        app.MapAlarms();
        app.MapAudit();
        app.MapBoard();
        app.MapCases();
        app.MapDispositions();
        app.MapReports();
        app.MapDocuments();
        app.MapDocumentEndpoints();
        app.MapDuties();
        app.MapHandOvers();
        app.MapEvidence();
        app.MapFeed();
        app.MapOpenApi().AllowAnonymous();
        app.MapMeasures();
        app.MapCourtNotices();
        app.MapMessages();
        app.MapPeople();
        app.MapScene();
        app.MapVisits();
        app.MapLeaks();
        app.MapShell();
        app.MapOperations();
    }

    private static void AddSettings(ConfigurationManager settings, IReadOnlyDictionary<string, string?> configuration)
    {
        settings.AddEnvironmentVariables("ANHU_");
        settings.AddInMemoryCollection(FromEnvironment(settings));
        AddSecrets(settings, configuration);
        settings.AddInMemoryCollection(configuration);
    }

    /// <summary>
    /// A file for each secret, named as the setting (<c>Anhu__StorePassword</c>): what systemd and containers hand over, which stands neither in the environment nor in a process list.
    /// </summary>
    private static void AddSecrets(ConfigurationManager settings, IReadOnlyDictionary<string, string?> configuration)
    {
        var named = configuration.GetValueOrDefault("Anhu:Secrets") ?? settings["Anhu:Secrets"];
        var folder = named ?? Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY");
        if (!string.IsNullOrEmpty(folder))
        {
            // A folder that somebody named and that is not there is a fault; one of systemd's may be empty.
            settings.AddKeyPerFile(Path.GetFullPath(folder), optional: named is null, reloadOnChange: false);
        }
    }

    /// <summary><c>ANHU_DATA</c> and <c>ANHU_STORE</c> beside <c>ANHU_Anhu__Data</c>.</summary>
    private static Dictionary<string, string?> FromEnvironment(ConfigurationManager configuration)
    {
        var values = new Dictionary<string, string?>();
        foreach (var name in (string[])["Data", "Store", "Keys", "Crypto", "TimeZone", "Content", "Secrets"])
        {
            if (configuration[name.ToUpperInvariant()] is { Length: > 0 } value)
            {
                values[$"Anhu:{name}"] = value;
            }
        }

        return values;
    }
}
