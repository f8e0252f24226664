using System.Text;
using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Recognition;
using Anhu.Testing;
using Anhu.Tests.Intake;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MiniExcelLibs;
using Xunit;

namespace Anhu.Tests.Recognition;

/// <summary>Another agency's list: read in every form, reported on without a change, and taken in once.</summary>
public sealed class PersonListTests(AnhuFixture app) : IClassFixture<AnhuFixture>
{
    private const string Heading = "姓名,性别,出生日期,身份证号,电话,住址\r\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("utf-8")]
    [InlineData("gb18030")]
    public void Csv_IsReadInBothEncodings(string encoding)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var path = Write(".csv", Encoding.GetEncoding(encoding).GetBytes(Heading + "王小芳,女,1990/3/7,340104199003074524,139 0000 1234,三里庵路1号\r\n,,,,,\r\n,男,,,,没有姓名\r\n李强,男,三月,,,\r\n"));

        var rows = Read(path);

        Assert.Equal(("王小芳", Sex.Female, new DateOnly(1990, 3, 7), "340104199003074524"), (rows[0].Person!.Name, rows[0].Person!.Sex, rows[0].Person!.BirthDate, rows[0].Person!.IdNumber));
        Assert.Equal([2, 4, 5], rows.Select(r => r.Line));
        Assert.All(rows.Skip(1), r => Assert.NotNull(r.Fault));
    }

    [Fact]
    public void Xlsx_IsReadAsCsvIs()
    {
        var path = Path.Combine(Path.GetTempPath(), $"anhu-list-{Guid.CreateVersion7():N}.xlsx");
        MiniExcel.SaveAs(path, new[] { new Dictionary<string, object?> { ["姓名"] = "赵敏", ["性别"] = "女", ["出生日期"] = new DateTime(1988, 5, 6, 0, 0, 0, DateTimeKind.Unspecified), ["电话"] = "13800001111" } });

        var row = Assert.Single(Read(path));

        Assert.Equal(("赵敏", new DateOnly(1988, 5, 6), "13800001111"), (row.Person!.Name, row.Person.BirthDate, row.Person.Phone));
        File.Delete(path);
    }

    [Fact]
    public void Mapping_ThatNamesNoColumnOfTheFile_SaysWhich()
    {
        var path = Write(".csv", Encoding.UTF8.GetBytes("名字\r\n王小芳\r\n"));

        var fault = Assert.Throws<FormatException>(() => Read(path));

        Assert.Contains("姓名", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_WithAQuoteThatIsNeverClosed_IsRefusedWithItsLine()
    {
        var path = Write(".csv", Encoding.UTF8.GetBytes(Heading + "王小芳,女,,,13900001234,\r\n\"李强,男,,,13900001235,\r\n赵敏,女,,,13900001236,\r\n"));

        var fault = Assert.Throws<FormatException>(() => Read(path));

        Assert.Contains("quote", fault.Message, StringComparison.Ordinal);
        Assert.Contains("line", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_IsReportedOnWithoutAChange_ThenTakenOnce()
    {
        var alarm = await app.SubmitAsync(Reports.Of(app, couple: 7301));
        var known = (await app.RecordsAsync(alarm.AlarmId))[1];
        var people = new List<ReportedPerson>
        {
            Reports.Person(7301, PartyRole.Other) with { Name = "李强", Sex = Sex.Male, IdNumber = known.IdNumber, Phone = null, RelationToVictim = null },
            new() { Role = PartyRole.Other, Name = "百里守约", Phone = "15500001111", Sex = Sex.Male },
        };
        var handler = app.Services.GetRequiredService<LinkPersonListHandler>();
        var hash = Guid.CreateVersion7().ToByteArray();
        var records = await app.QueryAsync(db => db.PersonRecords.CountAsync(Ct));

        await handler.PrepareAsync(null, Ct);
        var report = await handler.LookAsync(people, null, Ct);

        Assert.Equal((2, 1, 1), (report.Rows, report.ByNumber, report.Unknown));
        Assert.Equal(records, await app.QueryAsync(db => db.PersonRecords.CountAsync(Ct)));
        Assert.StartsWith("<svg", ListPicture.Svg(report), StringComparison.Ordinal);

        Assert.Equal(2, await handler.TakeAsync("民政局名单", Agency.CivilAffairs, hash, people, null, Ct));
        Assert.Equal(0, await handler.TakeAsync("民政局名单", Agency.CivilAffairs, hash, people, null, Ct));

        var rows = await app.QueryAsync(db => db.PersonRecords.AsNoTracking().Where(r => r.Source == "民政局名单").OrderBy(r => r.RecordSequence).ToListAsync(Ct));
        Assert.Equal([(known.PersonId, FoundBy.IdNumber), (rows[1].RecordId, FoundBy.Nothing)], rows.Select(r => (r.PersonId, r.FoundBy)));
        Assert.True(await app.QueryAsync(db => db.Timeline.AnyAsync(e => e.CaseId == alarm.CaseId && e.Type == "person.joined", Ct)));
    }

    private static List<PersonListRow> Read(string path) =>
        new PersonListFile(path, PersonListMapping.Load(Path.Combine(AppContext.BaseDirectory, "data", "lists", "people-list.json"))).Read();

    private static string Write(string ending, byte[] content)
    {
        var path = Path.Combine(Path.GetTempPath(), $"anhu-list-{Guid.CreateVersion7():N}{ending}");
        File.WriteAllBytes(path, content);
        return path;
    }
}
