using Anhu.Modules.Documents;
using Anhu.Modules.Security;
using Anhu.Testing;
using Anhu.Tests.Cases;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anhu.Tests.Documents;

/// <summary>Keys of documents through a rotation of the city's.</summary>
public sealed class DocumentKeyTests(OwnKeyFixture app) : IClassFixture<OwnKeyFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_FollowTheCitysRotation_AndOldOnesGoOnProving()
    {
        var alarm = await app.SubmitAlarmAsync();
        var worker = await app.Data.CreateWorkerAsync("340104001-police");
        var caller = new Caller { WorkerId = worker.Id, UnitId = worker.UnitId, Roles = worker.Roles };
        var desk = app.Services.GetRequiredService<DocumentDesk>();
        var archive = app.Services.GetRequiredService<DocumentArchive>();
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add((await desk.IssueAsync(caller, DocumentDeskTests.Certificate(alarm.CaseId), Ct)).Value);
            if (i == 1)
            {
                Assert.True((await app.Services.GetRequiredService<Anhu.Modules.KeyRotation.RotateKeys>().RotateAsync(Ct)).IsOk);
            }
        }

        var keys = new List<string>();
        foreach (var id in ids)
        {
            var signature = DocumentSignature.Parse(System.Text.Encoding.UTF8.GetString((await archive.FileAsync(caller, id, DocumentFileKind.Signature, Ct))!.Content));
            Assert.Null(signature.FaultOf((await archive.FileAsync(caller, id, DocumentFileKind.Pdf, Ct))!.Content));
            keys.Add(signature.Fingerprint());
        }

        Assert.Equal((keys[0], 2), (keys[1], keys.Distinct().Count()));
    }
}
