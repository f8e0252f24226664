using Anhu.Modules.Cases;
using Anhu.Testing;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Tests.Cases;

/// <summary>Loading cases for their rules.</summary>
public sealed class CaseFileTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Case_LoadedForAChange_IsTracked_WhoeverLoadedOneFirst()
    {
        var alarm = await app.SubmitAlarmAsync();

        // A compiled query keeps what its first context asked for; here the first one only reads.
        await app.QueryAsync(async db =>
        {
            db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
            return (await CaseFile.LoadAsync(db, [alarm.CaseId], Ct)).Count;
        });
        var tracked = await app.QueryAsync(async db =>
        {
            var file = (await CaseFile.LoadAsync(db, [alarm.CaseId], Ct))[alarm.CaseId];
            return (db.Entry(file.Case).State, file.Incidents.Select(i => db.Entry(i).State).Distinct().ToList(), file.OpenDuties.Select(d => db.Entry(d).State).Distinct().ToList());
        });

        Assert.Equal(EntityState.Unchanged, tracked.Item1);
        Assert.Equal([EntityState.Unchanged], tracked.Item2);
        Assert.Equal([EntityState.Unchanged], tracked.Item3);
    }
}
