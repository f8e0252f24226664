using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.KeyRotation;
using Anhu.Modules.People;
using Anhu.Modules.Protection;
using Anhu.Modules.Timeline;
using Anhu.Testing;
using Anhu.Tests.Operations;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Protection;

public sealed class SealedColumnTests
{
    private static int made;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Every column of free text or of somebody's data; a new one has to be sealed, or named here with its reason.</summary>
    [Fact]
    public async Task TextColumns_AreSealed_OrHoldNoPersonalData()
    {
        await using var city = await OpenCity.CreateAsync(filled: true);
        await using var db = await city.OpenAsync();
        string[] open =
        [
            // Codes, numbers, names of rules and clients, staff and units.
            "alarms_alarm", "alarms_mandatory_report.Number", "alarms_mandatory_report.OriginClientId", "alarms_mandatory_report.Outcome", "reports_omission.BodyKind", "reports_omission.Outcome",
            "cases_case.CaseNumber", "cases_case.RegionCode", "cases_incident.RegionCode", "cases_incident_party.RelationToVictim", "cases_worker_tie_key",
            "cases_party.RelationToVictim", "cases_sharing_consent.Purpose", "people_list.Name", "people_pair.ModelVersion", "people_record.ModelVersion", "people_record.RelationToVictim", "people_record.Source", "people_statement.ModelVersion", "cases_case.Before", "alarms_revision.ClientId", "data_", "duties_duty.Basis", "duties_duty.Kind", "duties_duty.Outcome", "duties_duty.PlaybookVersion",
            "duties_duty.RuleId", "grading_grade.PolicyVersion", "grading_grade.Missing", "messages_outbox.GatewayReference", "messages_outbox.LastError", "messages_outbox.TemplateId", "dispositions_disposition.Outcome", "dispositions_disposition.Suggested", "dispositions_disposition.RuleIds", "dispositions_disposition.Additions", "dispositions_disposition.RulesVersion", "dispositions_letter_due.GroundIds", "measures_act.Action", "measures_act.NumberKey", "measures_court_notice.Event", "measures_court_notice.OrderKey", "measures_court_notice.Reason", "measures_court_notice.Source", "measures_court_notice.SourceId", "measures_court_notice.State", "measures_measure.Kind", "measures_measure.State", "measures_measure.Number", "measures_measure.DeadlineKey", "measures_measure.RulesVersion", "measures_measure.Overlays", "cases_incident.Disposition",
            "organisation_", "regions_", "playbooks_", "scene_entry.ClientId", "scene_entry.Item", "scene_entry.ListVersion", "evidence_file.Item", "evidence_file.MediaType", "evidence_file.Wound", "visits_return_visit.DisputeSettled", "visits_return_visit.FamilyRelations", "visits_return_visit.PoliceHandling",
            "documents_template.", "documents_issued.Kind", "documents_issued.Number", "documents_key.Algorithm", "visits_form_draft.FormKey", "OpenIddict", "AspNet", "DataProtectionKeys.FriendlyName", "security_", "protection_", "timeline_event", "timeline_head.Algorithm",
            "retention_deletion.", "audit_key.Algorithm", "audit_view.", "audit_view_archive.",
        ];

        var plain = db.Model.GetEntityTypes().SelectMany(t => t.GetProperties())
            .Where(p => p.ClrType == typeof(string) && !p.IsSealed() && p.GetTypeMapping().Converter is not HexBytes)
            .Select(p => Sealing.PlaceOf(p))
            .Where(name => !open.Any(o => name.StartsWith(o, StringComparison.Ordinal)));

        Assert.Empty(plain);
    }

    [Fact]
    public async Task Person_GoesThroughEveryWayIn_AndComesOutAsItWas()
    {
        await using var city = await OpenCity.CreateAsync(filled: true);
        await Gen.Select(Gen.String[0, 80], Gen.String[0, 300], Gen.Bool, Gen.Date).SampleAsync(
            async (name, address, bulk, born) =>
            {
                (name, address) = (Storable(name), Storable(address));
                var person = new Person { PersonId = Guid.CreateVersion7(), Sex = Sex.Female, CreatedAt = DateTimeOffset.UnixEpoch, Name = name, Address = address, BirthDate = DateOnly.FromDateTime(born) };
                await using (var db = await city.OpenAsync())
                {
                    if (bulk)
                    {
                        using var turn = await city.Store.EnterAsync(Ct);
                        await using var transaction = await db.Database.BeginTransactionAsync(Ct);
                        await city.Store.Provider.InsertAsync(db, [[person]], Ct);
                        await transaction.CommitAsync(Ct);
                    }
                    else
                    {
                        db.Add(person);
                        await db.SaveChangesAsync(Ct);
                    }
                }

                await using var again = await city.OpenAsync();
                var read = await again.People.Where(p => p.PersonId == person.PersonId)
                    .Select(p => new { p.Name, Of = new { p.Address, p.BirthDate, p.Phone } }).SingleAsync(Ct);
                Assert.Equal((name, address, person.BirthDate, null), (read.Name, read.Of.Address, read.Of.BirthDate, read.Of.Phone));
            },
            iter: 40, threads: 1);
    }

    [Fact]
    public async Task Query_ThatComparesASealedColumn_IsStopped()
    {
        await using var city = await OpenCity.CreateAsync(filled: true);
        await using var db = await city.OpenAsync();
        var name = "王小芳";

        await Assert.ThrowsAsync<InvalidOperationException>(() => db.People.Where(p => p.Name == name).ToListAsync(Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.People.OrderBy(p => p.Phone).ToListAsync(Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.People.AnyAsync(p => p.Name!.StartsWith('王'), Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.People.Select(p => p.Name!.Substring(0, 1)).ToListAsync(Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.Incidents.GroupBy(i => i.PlaceKey).Select(g => g.Count()).ToListAsync(Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => db.CaseParties.Where(p => db.People.Any(x => x.PersonId == p.PersonId && x.Phone == name)).ToListAsync(Ct));
        Assert.Empty(await db.People.Where(p => p.Name != null).Select(p => p.Name).ToListAsync(Ct));
    }

    [Fact]
    public async Task Value_MovedToAnotherColumnInTheStore_IsNotShown()
    {
        await using var city = await OpenCity.CreateAsync(filled: true);
        await using var db = await city.OpenAsync();
        db.Add(SomebodyAt("王小芳", "安居小区3栋"));
        await db.SaveChangesAsync(Ct);
        await city.TamperAsync($"UPDATE people_person SET \"Name\" = \"Address\"");

        await using var again = await city.OpenAsync();
        Assert.All(await again.People.Select(p => p.Name).ToListAsync(Ct), n => Assert.Equal(Sealing.Unreadable, n));
    }

    /// <summary>Two families' addresses swapped by somebody who can write to the store: neither is shown, all others are, and the record names both rows.</summary>
    [Fact]
    public async Task Values_SwappedBetweenRows_AreNotShown_AndTheRecordNamesThem()
    {
        // Keys of its own: cities that share keys share the ring, and what it refuses is told to the one that was opened last.
        await using var store = await TestStore.CreateAsync(filled: false, ownKey: true);
        await using var city = await OpenCity.CreateAsync(store.Configuration);
        var people = new[] { SomebodyAt("王小芳", "安居小区3栋"), SomebodyAt("李晓梅", "平安里7号"), SomebodyAt("陈静", "和谐路1号") };
        await using (var db = await city.OpenAsync())
        {
            db.AddRange(people);
            await db.SaveChangesAsync(Ct);
        }

        await SwapAsync(city, "people_person", "Address", people[0].PersonId, people[1].PersonId);
        await SwapAsync(city, "people_person", "BirthDate", people[0].PersonId, people[1].PersonId);

        await using var read = await city.OpenAsync();
        var ids = people.Select(p => p.PersonId).ToList();
        var mine = read.People.Where(p => ids.Contains(p.PersonId)).OrderBy(p => p.CreatedAt);
        string?[] expected = [Sealing.Unreadable, Sealing.Unreadable, "和谐路1号"];
        Assert.Equal(expected, await mine.Select(p => p.Address).ToListAsync(Ct));
        Assert.Equal(expected, (await mine.AsNoTracking().ToListAsync(Ct)).Select(p => p.Address));
        Assert.Equal(expected, await mine.Take(3).Select(p => new { p.PersonId, p.Address, p.CreatedAt }).Take(3).OrderBy(p => p.CreatedAt).Select(p => p.Address).ToListAsync(Ct));
        Assert.Equal([null, null, new DateOnly(1990, 5, 6)], await mine.Select(p => p.BirthDate).ToListAsync(Ct));
        Assert.Equal(["王小芳", "李晓梅", "陈静"], await mine.Select(p => p.Name).ToListAsync(Ct));

        var found = await city.Services.GetRequiredService<CheckSealed>().RunAsync(null, Ct);
        Assert.Equal(4, found.RefusedCount);
        Assert.Contains(found.Refused, r => r.Message.StartsWith($"The value of people_person.Address in row {people[0].PersonId} can't be opened", StringComparison.Ordinal));
        var events = await read.Timeline.Where(e => e.Type == CheckSealed.Found).Select(e => e.Data).ToListAsync(Ct);
        Assert.Equal(4, events.Count);
        Assert.All(people[..2], p => Assert.Equal(2, events.Count(e => e.Contains(p.PersonId.ToString(), StringComparison.Ordinal))));
    }

    /// <summary>Rows whose key is more than an id: a part that differs is enough.</summary>
    [Fact]
    public async Task Values_SwappedBetweenRowsOfALongerKey_AreNotShown()
    {
        await using var city = await OpenCity.CreateAsync(filled: true);
        var worker = Guid.CreateVersion7();
        await using (var db = await city.OpenAsync())
        {
            db.AddRange(Draft(worker, "visit:甲"), Draft(worker, "visit:乙乙"));
            await db.SaveChangesAsync(Ct);
        }

        await using (var db = await city.OpenAsync())
        {
            Assert.Equal(["visit:乙乙", "visit:甲"], (await db.FormDrafts.Where(d => d.WorkerId == worker).Select(d => d.Content).ToListAsync(Ct)).Order(StringComparer.Ordinal));
            var table = SealedTable.Of(db).Single(t => t.Name == "visits_form_draft");
            var rows = (await table.ReadAsync(db, null, 1000, Ct)).Rows;
            Assert.Equal(2, rows.Count);
            Assert.True(await table.ReplaceAsync(db, table.Columns[0], rows[0].Key, rows[0].Values[0]!, rows[1].Values[0]!, Ct));
        }

        await using var read = await city.OpenAsync();
        var contents = await read.FormDrafts.Where(d => d.WorkerId == worker).Select(d => d.Content).ToListAsync(Ct);
        Assert.Single(contents, Sealing.Unreadable);
        Assert.Single(contents, c => c != Sealing.Unreadable);

        static Anhu.Modules.Visits.FormDraft Draft(Guid worker, string key) => new() { WorkerId = worker, FormKey = key, Content = key, Edit = 1, SavedAt = DateTimeOffset.UnixEpoch };
    }

    /// <summary>Queries of every form give sealed columns with their row: from the table, out of a query within, beside a missing row, put together from two queries.</summary>
    [Fact]
    public async Task Queries_OfEveryForm_OpenWhatTheyRead()
    {
        await using var city = await OpenCity.CreateAsync(filled: true);
        var people = new[] { SomebodyAt("王小芳", "安居小区3栋"), SomebodyAt("李晓梅", "平安里7号") };
        await using (var db = await city.OpenAsync())
        {
            db.AddRange(people);
            await db.SaveChangesAsync(Ct);
        }

        var (a, b) = (people[0].PersonId, people[1].PersonId);
        await using var read = await city.OpenAsync();
        var both = read.People.Where(p => p.PersonId == a || p.PersonId == b);
        Assert.Equal(["李晓梅", "王小芳"], (await both.Select(p => p.Name).Distinct().ToListAsync(Ct)).Order(StringComparer.Ordinal));
        Assert.Equal(["王小芳", "李晓梅"], await read.People.Where(p => p.PersonId == a).Select(p => p.Name).Concat(read.People.Where(p => p.PersonId == b).Select(p => p.Name)).ToListAsync(Ct));
        Assert.Equal(2, (await read.People.Where(p => p.PersonId == a).Union(read.People.Where(p => p.PersonId == b)).ToListAsync(Ct)).Count(p => p.Address != null && p.Address != Sealing.Unreadable));
        Assert.Equal("平安里7号", await both.OrderBy(p => p.CreatedAt).Skip(1).Take(1).Select(p => p.Address).SingleAsync(Ct));
        Assert.Equal(
            [("王小芳", "平安里7号")],
            (await both.Where(p => p.PersonId == a).Select(p => new { p.Name, Other = both.Where(o => o.PersonId == b).Select(o => o.Address).FirstOrDefault() }).ToListAsync(Ct))
                .Select(r => (r.Name, r.Other)));
        Assert.Equal(
            [("王小芳", null), ("李晓梅", "李晓梅")],
            (await both.OrderBy(p => p.CreatedAt).LeftJoin(read.People.Where(o => o.PersonId == b), p => p.PersonId, o => o.PersonId, (p, o) => new { p.Name, Other = o!.Name }).ToListAsync(Ct))
                .Select(r => (r.Name!, r.Other)));
        Assert.Equal(["有", "有"], await both.Select(p => p.Name != null ? "有" : "无").ToListAsync(Ct));
        Assert.Equal(["王小芳", null], await both.OrderBy(p => p.CreatedAt).Select(p => p.PersonId == a ? p.Name : null).ToListAsync(Ct));

        var tracked = await both.OrderBy(p => p.CreatedAt).FirstAsync(Ct);
        tracked.Address = null;
        tracked.Name = "王芳";
        await read.SaveChangesAsync(Ct);
        Assert.Equal([("王芳", null)], (await both.Where(p => p.PersonId == a).AsNoTracking().ToListAsync(Ct)).Select(p => (p.Name!, p.Address)));
        await Assert.ThrowsAnyAsync<Exception>(() => both.ExecuteUpdateAsync(p => p.SetProperty(x => x.Address, "搬走了"), Ct));
        Assert.Equal(2, await both.ExecuteUpdateAsync(p => p.SetProperty(x => x.Address, (string?)null), Ct));
    }

    [Fact]
    public async Task Reason_InTheRecord_IsSealed_AndTheChainHoldsWithoutKeys()
    {
        await using var city = await OpenCity.CreateAsync(filled: true);
        var caseId = Guid.CreateVersion7();
        await using (var db = await city.OpenAsync())
        {
            db.Record(new PendingEvent("duty.returned", DateTimeOffset.UnixEpoch, caseId, Data: EventData.Of(("kind", "x"), ("reason", "她搬到了安居小区"), ("to", "assigned"))));
            db.Record(new PendingEvent("duty.accepted", DateTimeOffset.UnixEpoch, caseId, Data: EventData.Of(("kind", "x"))));
            await db.SaveChangesAsync(Ct);
        }

        await using var read = await city.OpenAsync();
        var stored = await read.Timeline.AsNoTracking().Where(e => e.CaseId == caseId).OrderBy(e => e.Sequence).ToListAsync(Ct);
        var opened = await EventTexts.OpenAsync(read, stored, Ct);

        Assert.DoesNotContain("安居", stored[0].Data, StringComparison.Ordinal);
        Assert.Equal("""{"kind":"x","reason":"她搬到了安居小区","to":"assigned"}""", opened[0].Data);
        Assert.Equal(stored[1].Data, opened[1].Data);
        await read.EventTextKeys.ExecuteDeleteAsync(Ct);
        var forgotten = await EventTexts.OpenAsync(read, stored, Ct);
        Assert.Equal("""{"kind":"x","to":"assigned"}""", forgotten[0].Data);
        Assert.Empty((await city.Services.GetRequiredService<VerifyTimeline>().RunAsync(null, Ct)).Faults);
    }

    [Fact]
    public async Task Search_ByIdNumberPhoneOrName_FindsByBlindIndex()
    {
        await using var city = await OpenCity.CreateAsync(filled: true);
        await using var db = await city.OpenAsync();
        var person = Guid.CreateVersion7();
        db.AddRange(PersonKeys.All(db.Keys, "王 小芳", "+86 139-0000-1234", "340104199003074524").Select(v => new PersonKey { Value = v, PersonId = person, RecordId = person }));
        await db.SaveChangesAsync(Ct);

        async Task<bool> FindsAsync(string words)
        {
            var (from, to) = Assert.Single(CaseQueries.SearchRange(db.Keys, words));
            return await db.PersonKeys.AnyAsync(k => string.Compare(k.Value, from) >= 0 && string.Compare(k.Value, to) <= 0 && k.PersonId == person, Ct);
        }

        Assert.True(await FindsAsync("王小芳"));
        Assert.True(await FindsAsync("139 0000 1234"));
        Assert.True(await FindsAsync("340104199003074524"));
        Assert.False(await FindsAsync("王小"));
        Assert.False(await FindsAsync("13900001235"));
        Assert.False(await FindsAsync("1390000123"));
    }

    private static Person SomebodyAt(string name, string address) => new()
    {
        PersonId = Guid.CreateVersion7(), Sex = Sex.Female, CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(Interlocked.Increment(ref made)), Name = name, Address = address,
        BirthDate = new DateOnly(1990, 5, 6),
    };

    /// <summary>As somebody would who can write to the store and has no key.</summary>
    private static async Task SwapAsync(OpenCity city, string table, string column, Guid one, Guid other)
    {
        await using var db = await city.OpenAsync();
        var sealedTable = SealedTable.Of(db).Single(t => t.Name == table);
        var at = sealedTable.Columns.Index().Single(c => c.Item.Name == column);
        var rows = (await sealedTable.ReadAsync(db, null, 10_000, Ct)).Rows.ToDictionary(r => new Guid(at.Item.Column.RowOf(r.Key), bigEndian: true));
        Assert.True(await sealedTable.ReplaceAsync(db, at.Item, rows[one].Key, rows[one].Values[at.Index]!, rows[other].Values[at.Index]!, Ct));
        Assert.True(await sealedTable.ReplaceAsync(db, at.Item, rows[other].Key, rows[other].Values[at.Index]!, rows[one].Values[at.Index]!, Ct));
    }

    private static string Storable(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
