using System.Text.Json;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Feed;
using Anhu.Modules.Intake;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Anhu.Modules.Visits;
using Anhu.Modules.Work;
using Anhu.Testing;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Cases;

/// <summary>
/// Compares every surface on which cases can be read with the tables of <c>docs/security/access.md</c>, over generated cities: each
/// case carries words of its own in each class of fields, and no surface may hold a word that the table does not show.
/// </summary>
public sealed class AccessSurfaceTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private static readonly WorkerRole[] Roles =
        [WorkerRole.CallTaker, WorkerRole.Caseworker, WorkerRole.Supervisor, WorkerRole.GridWorker, WorkerRole.SystemAdministrator,
         WorkerRole.SecurityAdministrator, WorkerRole.AuditAdministrator, WorkerRole.DataProtectionOfficer];

    private static readonly string[] Communities = ["340104001001", "340104002001", "340102001001", "340111001001"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The words of one case.</summary>
    private sealed record Secrets(Guid CaseId, string Number, string[] Personal, string Location, string Story, string Reporter, string Child, string Outcome, string Visit, bool Shut, bool Sealed);

    private enum Hidden
    {
        Nothing,
        Block,
        Seal,
    }

    [Fact]
    public async Task NoSurface_TellsMoreThanTheTable()
    {
        await Gen.Select(Gen.Int[0, Communities.Length - 1].Array[3, 5], Gen.Int[0, 2].Array[5], Gen.Int[0, 1_000_000], Gen.Bool.Array[8])
            .SampleAsync((places, hidden, salt, open) => CheckAsync(places, [.. hidden.Select(h => (Hidden)h)], salt, open), iter: 3, threads: 1);
    }

    private async Task CheckAsync(int[] places, Hidden[] hidden, int salt, bool[] open)
    {
        var units = await app.QueryAsync(db => db.Units.AsNoTracking().Where(u => u.IsActive).ToListAsync(Ct));
        var worker = Guid.CreateVersion7();
        var cases = new List<Secrets>();
        for (var i = 0; i < places.Length; i++)
        {
            cases.Add(await MakeAsync(Communities[places[i]], salt, i, hidden[i % hidden.Length], worker, open));
        }

        var relations = await app.QueryAsync(async db => (
            Access: await db.CaseAccess.AsNoTracking().ToListAsync(Ct),
            Duties: await db.Duties.AsNoTracking().ToListAsync(Ct)));
        var ids = cases.Select(c => c.CaseId).ToHashSet();
        var involved = relations.Access.Where(a => ids.Contains(a.CaseId)).Select(a => a.UnitId).ToHashSet();

        // Every agency and level that has to do with one of the cases, and some that have nothing to do with any.
        var asked = units.Where(u => involved.Contains(u.UnitId)).GroupBy(u => (u.Agency, u.Level)).Select(g => g.First())
            .Concat(units.Where(u => !involved.Contains(u.UnitId)).DistinctBy(u => u.Agency)).ToList();
        foreach (var unit in asked)
        {
            foreach (var role in unit.Level >= Anhu.Modules.Regions.RegionLevel.Township ? [WorkerRole.Caseworker] : Roles)
            {
                await CheckAsync(new Caller { WorkerId = worker, UnitId = unit.UnitId, Roles = [role], RegionCode = unit.RegionCode }, unit, cases, relations.Access, relations.Duties);
            }
        }
    }

    private async Task CheckAsync(Caller caller, Unit unit, List<Secrets> cases, List<CaseAccess> access, List<Duty> duties)
    {
        var told = await SurfacesAsync(caller, cases);
        foreach (var each in cases)
        {
            var direct = access.Find(a => a.CaseId == each.CaseId && a.UnitId == unit.UnitId);
            var works = duties.Any(d => d.CaseId == each.CaseId && d.IsOpen
                && (d.OwnerUnitId == unit.UnitId || d.HandOverToUnitId == unit.UnitId || d.DecidingUnitId == unit.UnitId || d.EscalatedToUnitId == unit.UnitId));
            var relation = direct is null ? CaseRelation.None : works ? CaseRelation.Working : direct.IsDirect ? CaseRelation.Involved : CaseRelation.Above;
            var view = each.Shut || each.Sealed ? CaseView.None : AccessPolicy.ViewOf(caller, unit.Agency, relation, null);
            bool Shown(FieldClass field) => view != CaseView.None && AccessPolicy.Shows(view, unit.Agency, relation, field);
            void Check(string what, string secret, bool shown, bool mustShow = true)
            {
                var where = told.Where(t => t.Value.Contains(secret, StringComparison.Ordinal)).Select(t => t.Key).ToList();
                Assert.True(shown || where.Count == 0, $"{unit.Code} as {caller.Roles[0]} ({relation}, {view}) is told the {what} by {string.Join(", ", where)}.");
                Assert.True(!shown || !mustShow || where.Contains("file"), $"{unit.Code} as {caller.Roles[0]} ({relation}, {view}) is not shown the {what}.");
            }

            // A unit that must go there is told the place of the occurrence by its own duty, and a grid worker by the task.
            var goes = !each.Shut && !each.Sealed && duties.Any(d => d.CaseId == each.CaseId && d.OwnerUnitId == unit.UnitId);
            Check("case", each.CaseId.ToString(), view >= CaseView.Existence || (goes && caller.May(Permissions.ReadCases)));
            Check("number", each.Number, view >= CaseView.Existence);
            // Her phone is shown one at a time and with a reason, never here; her name is.
            foreach (var secret in each.Personal)
            {
                Check(
                    "person", secret, Shown(FieldClass.Personal) || (goes && AccessPolicy.IsFieldWorker(caller)),
                    mustShow: secret == each.Personal[0] && !AccessPolicy.IsFieldWorker(caller));
            }

            Check("child", each.Child, Shown(FieldClass.Minors));
            Check("place", each.Location, Shown(FieldClass.Location) || goes, mustShow: Shown(FieldClass.Location));
            // What was written on the unit's own duty is the unit's.
            Check("story", each.Story, Shown(FieldClass.Story) || (goes && caller.May(Permissions.ReadCases)), mustShow: Shown(FieldClass.Story));
            Check("outcome", each.Outcome, Shown(FieldClass.Story) || goes, mustShow: false);
            Check("visit", each.Visit, Shown(FieldClass.Story) || AccessPolicy.HearsStory(unit.Agency), mustShow: false);
            Check("reporter", each.Reporter, Shown(FieldClass.Reporter), mustShow: false);
        }

        // Counts agree with lists: what is hidden is counted nowhere.
        var list = JsonSerializer.Deserialize<JsonElement>(told["list"]);
        var board = JsonSerializer.Deserialize<JsonElement>(told["board"]);
        Assert.Equal(
            list.GetProperty("items").EnumerateArray().Count(c => c.GetProperty("state").GetString() == "open"),
            board.GetProperty("openByClass").EnumerateArray().Sum(c => c.GetInt32()));
    }

    /// <summary>All that a caller can be told, as text by surface.</summary>
    private async Task<Dictionary<string, string>> SurfacesAsync(Caller caller, List<Secrets> cases)
    {
        var s = app.Services;
        var (queries, pages) = (s.GetRequiredService<CaseQueries>(), s.GetRequiredService<CasePageQueries>());
        var told = new Dictionary<string, List<object?>>();
        void Tell(string where, object? what) => (told.TryGetValue(where, out var list) ? list : told[where] = []).Add(what);
        var page = await queries.ListAsync(caller, new CaseListFilter { Limit = 200 }, Ct);
        Tell("rows", await pages.ListAsync(caller, new CaseListFilter { Limit = 200 }, Ct));
        Tell("feed", (await s.GetRequiredService<FeedQueries>().AfterAsync(caller, 0, 100_000, Ct)).Items);
        Tell("duties", await s.GetRequiredService<DutyQueries>().ListAsync(caller, new DutyListFilter { Limit = 200 }, Ct));
        Tell("load", await s.GetRequiredService<DutyDetailsQueries>().LoadAsync(caller, 1000, Ct));
        Tell("tasks", await s.GetRequiredService<DutyDetailsQueries>().CardsAsync(caller, 200, Ct));
        Tell("visits", await s.GetRequiredService<VisitQueries>().ListAsync(caller, RecordVisitHandler.PhoneKinds, null, 200, Ct));
        Tell("grants", await s.GetRequiredService<AccessGrants>().ListAsync(caller, GrantKind.Emergency, null, 200, Ct));
        foreach (var each in cases)
        {
            if (await queries.GetAsync(caller, each.CaseId, Ct) is { } file)
            {
                Tell("file", file);
                Tell("file", await pages.ExtrasAsync(file, null, 200, Ct));
            }

            Tell("timeline", await queries.TimelineAsync(caller, each.CaseId, 0, 500, Ct));
            Tell("messages", await s.GetRequiredService<CaseMessages>().OfCaseAsync(caller, each.CaseId, Ct));
            Tell("contacts", await s.GetRequiredService<SafeContacts>().OfCaseAsync(caller, each.CaseId, Ct));
            foreach (var word in each.Personal)
            {
                // A hit tells that the person is in a case. So it may find it only where the file tells that, too.
                foreach (var hit in (await queries.ListAsync(caller, new CaseListFilter { Words = word }, Ct)).Items)
                {
                    var found = await queries.GetAsync(caller, hit.CaseId, Ct);
                    Assert.NotNull(found);
                    Assert.True(found.Sight.Shows(FieldClass.Personal), $"A search of {caller.Roles[0]} finds a person whose name is not shown.");
                }
            }

            foreach (var (personId, dutyId) in await KeysAsync(each.CaseId))
            {
                Tell("history", personId is { } person ? await queries.PersonHistoryAsync(caller, person, Ct) : null);
                Tell("duty", dutyId is { } duty ? await s.GetRequiredService<DutyDetailsQueries>().GetAsync(caller, duty, Ct) : null);
                Tell("task", dutyId is { } task ? await s.GetRequiredService<DutyDetailsQueries>().TaskAsync(caller, task, Ct) : null);
            }
        }

        var text = told.ToDictionary(t => t.Key, t => JsonSerializer.Serialize(t.Value, JsonText.Options));
        text["list"] = JsonSerializer.Serialize(page, JsonText.Options);
        text["board"] = JsonSerializer.Serialize(await pages.BoardAsync(caller, new BoardFilter(), Ct), JsonText.Options);
        return text;
    }

    private Task<List<(Guid? Person, Guid? Duty)>> KeysAsync(Guid caseId) => app.QueryAsync(async db =>
        (await db.CaseParties.AsNoTracking().Where(p => p.CaseId == caseId).Select(p => p.PersonId).ToListAsync(Ct)).Select(p => ((Guid?)p, (Guid?)null))
            .Concat((await db.Duties.AsNoTracking().Where(d => d.CaseId == caseId).Select(d => d.DutyId).ToListAsync(Ct)).Select(d => ((Guid?)null, (Guid?)d))).ToList());

    private async Task<Secrets> MakeAsync(string region, int salt, int i, Hidden hidden, Guid worker, bool[] open)
    {
        var mark = $"{salt:D7}{i}{Guid.CreateVersion7():N}"[..24];
        string[] personal = [$"王受{mark}", $"139{Math.Abs(HashCode.Combine(mark)) % 100_000_000:D8}"];
        var (location, story, reporter, child) = ($"某路{mark}号", $"经过{mark}", $"邻居{mark}", $"李童{mark}");
        var receipt = await app.Services.GetRequiredService<AlarmIntake>().SubmitAsync(
            new AlarmReport
            {
                Source = "surface", SourceId = mark, Revision = 1, ReceivedAt = app.Clock.GetUtcNow().AddMinutes(-5), Channel = AlarmChannel.Phone,
                Category = AlarmCategory.DomesticViolence, Summary = story, Reporter = new ReportedReporter(reporter, "13711112222", "neighbour"),
                Location = new ReportedLocation(location, region, null, null), Indicators = new ReportedIndicators(Weapon: i % 2 == 0, ChildPresent: true),
                People =
                [
                    new ReportedPerson { Role = PartyRole.Victim, Name = personal[0], Sex = Sex.Female, Phone = personal[1], Injury = Injury.Minor },
                    new ReportedPerson { Role = PartyRole.Perpetrator, Name = $"李加{mark}", Sex = Sex.Male, RelationToVictim = "spouse" },
                    new ReportedPerson { Role = PartyRole.Child, Name = child, Sex = Sex.Male, RelationToVictim = "child" },
                ],
            },
            new Anhu.Modules.Timeline.Actor(null, "surface"), Ct);
        await app.QueryAsync(async db =>
        {
            // Some duties ended, some handed to agencies that the playbook does not name.
            var duties = await db.Duties.Where(d => d.CaseId == receipt.CaseId).OrderBy(d => d.DutyId).ToListAsync(Ct);
            var others = await db.Units.Where(u => u.Agency == Agency.Court || u.Agency == Agency.Health || u.Agency == Agency.Education || u.Agency == Agency.Justice
                || u.Agency == Agency.Press || u.Agency == Agency.CivilAffairs).Where(u => u.RegionCode.StartsWith(region.Substring(0, 6))).ToListAsync(Ct);
            for (var n = 0; n < duties.Count; n++)
            {
                var other = others.Count == 0 ? null : others[(n + salt) % others.Count];
                if (other is not null && n % 2 == 1)
                {
                    duties[n].OwnerUnitId = other.UnitId;
                    if (!await db.CaseAccess.AnyAsync(a => a.CaseId == receipt.CaseId && a.UnitId == other.UnitId, Ct) && db.CaseAccess.Local.All(a => a.UnitId != other.UnitId))
                    {
                        var known = await db.CaseAccess.AsNoTracking().FirstAsync(a => a.CaseId == receipt.CaseId, Ct);
                        db.Add(new CaseAccess { UnitId = other.UnitId, CaseId = receipt.CaseId, CaseSequence = known.CaseSequence, State = known.State, Class = known.Class, IsDirect = true });
                    }
                }

                // What workers wrote on a duty, and how it ended, tells the story, too.
                (duties[n].HandOverReason, duties[n].LastReason, duties[n].Outcome) = (story, story, $"o{mark}"[..20]);
                if (open[n % open.Length])
                {
                    (duties[n].State, duties[n].DoneAt, duties[n].NextCheckAt) = (DutyState.Verified, app.Clock.GetUtcNow(), null);
                }
            }

            if (hidden == Hidden.Block)
            {
                var person = await db.CaseParties.Where(p => p.CaseId == receipt.CaseId).Select(p => p.PersonId).FirstAsync(Ct);
                db.Add(new AccessBlock { WorkerId = worker, CaseId = receipt.CaseId, TiedWorkerId = worker, PersonId = person, Since = app.Clock.GetUtcNow() });
            }
            else if (hidden == Hidden.Seal)
            {
                await db.CaseAccess.Where(a => a.CaseId == receipt.CaseId).ExecuteDeleteAsync(Ct);
                db.ChangeTracker.Entries<CaseAccess>().ToList().ForEach(e => e.State = EntityState.Detached);
                (await db.Cases.SingleAsync(c => c.CaseId == receipt.CaseId, Ct)).IsSealed = true;
                db.Add(new SealedSeat { CaseId = receipt.CaseId, WorkerId = Guid.CreateVersion7(), Since = app.Clock.GetUtcNow() });
            }

            // That she is visited or written to is told by the type alone.
            db.Record(new Anhu.Modules.Timeline.PendingEvent($"visit.{mark}", app.Clock.GetUtcNow(), receipt.CaseId));
            return await db.SaveChangesAsync(Ct);
        });
        return new Secrets(receipt.CaseId, receipt.CaseNumber, personal, location, story, reporter, child, $"o{mark}"[..20], $"visit.{mark}", hidden == Hidden.Block, hidden == Hidden.Seal);
    }
}
