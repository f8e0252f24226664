using System.Text.Json;
using Anhu.Data;
using Anhu.Modules.Audit;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Anhu.Tests.Messages;
using Anhu.Tests.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Audit;

/// <summary>Checkpoints leave the store by themselves.</summary>
public sealed class CheckpointPublisherTests(CheckpointPublisherTests.City city) : IClassFixture<CheckpointPublisherTests.City>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CheckpointPublisher Publisher => city.Services.GetRequiredService<CheckpointPublisher>();

    private string File => Path.Combine(city.Folder.Path, CheckpointPublisher.FileName);

    [Fact]
    public async Task Checkpoints_AreTakenOut_InOrder_Once_AlsoAfterAPlaceWasAwayAndALineWasCutOff()
    {
        var made = new List<PublishedCheckpoint>();
        async Task MakeAsync()
        {
            await city.SubmitAlarmAsync();
            city.Time.Advance(TimeSpan.FromSeconds(10));
            made.Add((await city.Services.GetRequiredService<Checkpoints>().MakeAsync(Ct)).Checkpoint);
        }

        await Publisher.RunAsync(Ct);
        var before = Read().Count;
        await MakeAsync();
        await Publisher.RunAsync(Ct);
        await Publisher.RunAsync(Ct);
        await MakeAsync();
        await MakeAsync();
        await Publisher.RunAsync(Ct);
        Assert.Equal(made, Read()[before..]);
        Assert.All(made, c => Assert.True(c.IsSigned()));

        // Away, and cut off in the middle of a line.
        System.IO.File.Move(File, File + ".away");
        Directory.CreateDirectory(File);
        city.Receiver.Status = 503;
        await MakeAsync();
        await Publisher.RunAsync(Ct);
        Directory.Delete(File);
        System.IO.File.Move(File + ".away", File);
        await System.IO.File.AppendAllTextAsync(File, "{\"at\":\"2026-", Ct);
        city.Receiver.Status = 202;
        await MakeAsync();
        await Publisher.RunAsync(Ct);

        Assert.Equal(made, Read()[before..]);
        var received = city.Receiver.Received.Where(r => r.Path == "/anchor").Select(r => JsonSerializer.Deserialize<PublishedCheckpoint>(r.Body, JsonText.Options)!).ToList();
        Assert.Equal(made, received.Where(made.Contains).Distinct());
        Assert.True((await city.WithAsync<VerifyAudit, AuditCheck>(v => v.RunAsync([.. Read()], null, Ct))).IsWhole);
    }

    private List<PublishedCheckpoint> Read() => !System.IO.File.Exists(File) ? [] :
    [
        .. System.IO.File.ReadAllLines(File).Where(l => l.EndsWith('}')).Select(l => JsonSerializer.Deserialize<PublishedCheckpoint>(l, JsonText.Options)!),
    ];

    public sealed class City : FakeTimeFixture
    {
        internal TestFolder Folder { get; } = new();

        public GatewayServer Receiver { get; private set; } = default!;

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Receiver.DisposeAsync();
            Folder.Dispose();
        }

        protected override async Task PrepareAsync() => Receiver = await GatewayServer.StartAsync();

        protected override void Configure(Dictionary<string, string?> settings)
        {
            settings["Anhu:Audit:CheckpointsTo:0"] = Folder.Path;
            settings["Anhu:Audit:CheckpointsTo:1"] = Receiver.Url + "/anchor";
        }

        // Only the test takes them out.
        protected override void ConfigureServices(IServiceCollection services) =>
            services.Remove(services.Single(s => s.ImplementationType?.Name == "AuditJob"));
    }
}
