using Anhu.Linkage;
using Anhu.Modules.Alarms;
using Anhu.Modules.People;
using Anhu.Modules.Recognition;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anhu.Tests.Recognition;

/// <summary>What workers decided is read as they meant it, and nothing learns by itself.</summary>
public sealed class LearnFromDecisionsTests(QuietFixture app) : IClassFixture<QuietFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OnlyWhatHolds_IsLearnedFrom()
    {
        var (caller, other) = (await Families.SupervisorAsync(app), await Families.SupervisorAsync(app));
        var before = await LearnAsync();

        // Confirmed; refused; refused and taken back; cannot tell.
        var records = new List<PersonRecord>();
        foreach (var (her, phone, minutes) in new[] { ("公冶长青", "13912360001", 60.0), ("公冶长清", "13912360002", 50), ("公冶常青", "13912360003", 40), ("公冶长卿", "13912360004", 30), ("公冶昌青", "13912360005", 20) })
        {
            var alarm = (await app.SubmitAsync(Families.Report(app, her, phone, "闻人" + her[^1], null, minutes))).AlarmId;
            records.AddRange((await app.RecordsAsync(alarm)).Where(r => r.Role == PartyRole.Victim));
        }

        Assert.True((await app.StateAsync(records[0].RecordId, records[1].RecordId, LinkAnswer.Same, caller, other)).IsOk);
        Assert.True((await app.StateAsync(records[0].RecordId, records[2].RecordId, LinkAnswer.Different, caller, other)).IsOk);
        var taken = (await app.StateAsync(records[0].RecordId, records[3].RecordId, LinkAnswer.Different, caller, other)).Value;
        Assert.True((await app.UndoAsync(taken.LinkStatementId, caller, other)).IsOk);
        Assert.True((await app.StateAsync(records[0].RecordId, records[4].RecordId, LinkAnswer.Unsure, caller, other)).IsOk);

        var after = await LearnAsync();
        Assert.Equal((before.Confirmed + 1, before.Refused + 1), (after.Confirmed, after.Refused));
        Assert.Equal(LearningVerdict.TooFew, after.Verdict);
    }

    [Fact]
    public void TheModelInPlace_IsNamedByItsVersion_AndIsNotChanged()
    {
        var index = app.Services.GetRequiredService<PersonIndex>();
        Assert.Matches("^1-[0-9a-f]{12}$", index.ModelVersion);
    }

    private async Task<LearningReport> LearnAsync()
    {
        var model = LinkageModel.Parse(await File.ReadAllTextAsync(app.Services.GetRequiredService<RecognitionSettings>().Model!, Ct));
        return (await app.Services.GetRequiredService<LearnFromDecisions>().LearnAsync(model, null, Ct)).Report;
    }
}
