using Anhu.Data;
using Anhu.Jobs;
using Anhu.Modules.Recognition;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.People;

/// <summary>Keeps the index of people level with the store, and looks up what the intake could not. It follows rows, not the city's clock.</summary>
internal sealed class RecognitionJob(
    IDbContextFactory<AnhuDbContext> contexts, PersonIndex index, MissedLookUps missed, ILogger<RecognitionJob> logger)
    : PeriodicJob(TimeSpan.FromMilliseconds(500), TimeProvider.System, logger)
{
    protected override async Task RunAsync(CancellationToken ct)
    {
        await using (var db = await contexts.CreateDbContextAsync(ct))
        {
            await index.FollowAsync(db, ct);
            await index.RestAsync(db.Keys);
        }

        await missed.RunAsync(ct);
    }

    /// <summary>The next start finds all that came until now in the file.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await using var db = await contexts.CreateDbContextAsync(CancellationToken.None);
        await index.RestAsync(db.Keys, stopping: true);
    }
}
