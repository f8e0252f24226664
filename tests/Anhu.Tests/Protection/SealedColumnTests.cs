using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
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
            "alarms_alarm", "cases_case.CaseNumber", "cases_case.RegionCode", "cases_incident.RegionCode", "cases_incident_party.RelationToVictim", "cases_worker_tie_key",
            "cases_party.RelationToVictim", "people_list.Name", "people_pair.ModelVersion", "people_record.ModelVersion", "people_record.RelationToVictim", "people_record.Source", "people_statement.ModelVersion", "cases_case.Before", "alarms_revision.ClientId", "data_", "duties_duty.Basis", "duties_duty.Kind", "duties_duty.Outcome", "duties_duty.PlaybookVersion",
            "duties_duty.RuleId", "grading_grade.PolicyVersion", "grading_grade.Missing", "messages_outbox.GatewayReference", "messages_outbox.LastError", "messages_outbox.TemplateId",
            "organisation_", "regions_", "playbooks_", "visits_return_visit.DisputeSettled", "visits_return_visit.FamilyRelations", "visits_return_visit.PoliceHandling",
            "visits_form_draft.FormKey", "OpenIddict", "AspNet", "DataProtectionKeys.FriendlyName", "security_", "protection_", "timeline_event", "timeline_head.Algorithm",
            "audit_key.Algorithm", "audit_view.", "audit_view_archive.",
        ];

        var plain = db.Model.GetEntityTypes().SelectMany(t => t.GetProperties())
            .Where(p => p.ClrType == typeof(string) && !p.IsSealed() && p.GetTypeMapping().Converter is not HexBytes)
            .Select(p => System.Text.Encoding.UTF8.GetString(Sealing.PlaceOf(p)))
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
        db.Add(new Person { PersonId = Guid.CreateVersion7(), Sex = Sex.Female, CreatedAt = DateTimeOffset.UnixEpoch, Name = "王小芳", Address = "安居小区3栋" });
        await db.SaveChangesAsync(Ct);
        await city.TamperAsync($"UPDATE people_person SET \"Name\" = \"Address\"");

        await using var again = await city.OpenAsync();
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => again.People.Select(p => p.Name).ToListAsync(Ct));

        Assert.IsType<SealedValueException>(refused.GetBaseException());
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
            var (from, to) = CaseQueries.SearchRange(db.Keys, words);
            return await db.PersonKeys.AnyAsync(k => string.Compare(k.Value, from) >= 0 && string.Compare(k.Value, to) <= 0 && k.PersonId == person, Ct);
        }

        Assert.True(await FindsAsync("王小芳"));
        Assert.True(await FindsAsync("139 0000 1234"));
        Assert.True(await FindsAsync("340104199003074524"));
        Assert.False(await FindsAsync("王小"));
        Assert.False(await FindsAsync("13900001235"));
        Assert.False(await FindsAsync("1390000123"));
    }

    private static string Storable(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
