using System.Globalization;
using System.Text;
using Anhu.Modules.Alarms;
using Anhu.Modules.Alarms.Mapping;
using Xunit;

namespace Anhu.Tests.Alarms;

[Trait("Store", "none")]
public sealed class AlarmMappingTests : IDisposable
{
    private static readonly string Files = Path.Combine(AppContext.BaseDirectory, "Alarms", "Files");
    private static readonly string Mappings = Path.Combine(AppContext.BaseDirectory, "data", "mappings");
    private static readonly string[] Communities = ["340102001001", "340103006001", "340104001001", "340111003001"];

    private readonly string folder = Directory.CreateTempSubdirectory("anhu-mapping-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("milwaukee.csv.gz", "milwaukee", 43, 23)]
    [InlineData("orlando.csv", "orlando", 15, 42)]
    [InlineData("seattle.csv", "seattle", 10, 24)]
    [InlineData("chicago.csv", "chicago", 18, 12)]
    public void RealExports_GoThroughWithNothingRefused(string file, string mapping, int taken, int skipped)
    {
        var rows = Read(file, mapping);

        Assert.Empty(rows.Where(r => r.Errors is not null).Select(Reasons));
        Assert.Equal((taken, skipped), (rows.Count(r => r.Report is not null), rows.Count(r => r.IsSkipped)));
        Assert.All(rows.Where(r => r.Report is not null), row =>
        {
            Assert.Contains(row.Report!.Location!.RegionCode, Communities);
            Assert.NotEmpty(row.Report.Summary!);
        });
        Assert.Equal(taken, rows.Where(r => r.Report is not null).Select(r => r.Report!.SourceId).Distinct().Count());
    }

    [Fact]
    public void Milwaukee_FaultsOfTheSource_StayVisibleAndHarmless()
    {
        var reports = Read("milwaukee.csv.gz", "milwaukee").Select(r => r.Report).OfType<AlarmReport>().ToList();

        var far = reports.Single(r => r.SourceId == "1223971");
        Assert.Equal((42.222, -83.054), (far.Location!.Latitude, far.Location.Longitude));
        Assert.All(reports.Where(r => r.Channel == AlarmChannel.WalkIn), r => Assert.Null(r.Location!.Address));
        Assert.Contains(reports, r => r.Channel == AlarmChannel.WalkIn);
        Assert.Contains(reports, r => r.Category == AlarmCategory.ProtectionOrderBreach);
        Assert.Contains(reports, r => r.Category == AlarmCategory.FamilyDispute);
        Assert.Contains(reports, r => r.Summary!.StartsWith("BATTERY/DV", StringComparison.Ordinal));
        Assert.Contains(reports, r => r.Indicators.Weapon == true);
        Assert.Contains(reports, r => r.Indicators.Weapon is null);
        Assert.NotEqual(reports.Select(r => r.ReceivedAt).Order(), reports.Select(r => r.ReceivedAt));
        Assert.All(reports, r => Assert.False(r.Location!.Address?.EndsWith(",MKE", StringComparison.Ordinal) == true && r.Location.Address.Length < 5));
    }

    [Fact]
    public void Orlando_RestrictedAddress_IsNoPlaceAndSpreadsWide()
    {
        var reports = Read("orlando.csv", "orlando").Select(r => r.Report).OfType<AlarmReport>().ToList();

        Assert.All(reports, r => Assert.Equal((null, "Restricted Address"), (r.Location!.Address, r.Location.AddressPlaceholder)));
        Assert.True(reports.Select(r => r.Location!.RegionCode).Distinct().Count() > 1);
        Assert.Contains(reports, r => r.ReceivedAt == new DateTimeOffset(2022, 1, 26, 20, 4, 0, TimeSpan.FromHours(-5)));
    }

    [Fact]
    public void Seattle_BothDateStylesAndTheFinalTypeCount()
    {
        var reports = Read("seattle.csv", "seattle").Select(r => r.Report).OfType<AlarmReport>().ToDictionary(r => r.SourceId);

        Assert.Equal(new DateTimeOffset(2014, 4, 5, 13, 55, 29, TimeSpan.FromHours(-7)), reports["2014000103845"].ReceivedAt);
        Assert.Equal(new DateTimeOffset(2023, 2, 14, 19, 35, 37, TimeSpan.FromHours(-8)), reports["2023000043570"].ReceivedAt);
        Assert.False(reports.ContainsKey("2018000018852")); // NOT DV
        Assert.False(reports.ContainsKey("2018000191328")); // domestic at first, not in the end
        Assert.True(reports.ContainsKey("2018000381360")); // not at first, domestic in the end
        Assert.Equal(AlarmCategory.ProtectionOrderBreach, reports["2018000381360"].Category);
    }

    [Fact]
    public void Chicago_WordsBecomeFacts()
    {
        var reports = Read("chicago.csv", "chicago").Select(r => r.Report).OfType<AlarmReport>().ToList();

        Assert.Equal(Injury.Death, Assert.Single(reports, r => r.People.Count > 0).People[0].Injury);
        Assert.Contains(reports, r => r.Indicators.Weapon == true);
        Assert.Contains(reports, r => r.Indicators.Weapon == false);
        Assert.Contains(reports, r => r.Indicators.ChildPresent == true);
        Assert.Contains(reports, r => r.Category == AlarmCategory.ProtectionOrderBreach);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hefei110_Gb18030OrUtf8_SaysTheSame(bool utf8)
    {
        var file = Path.Combine(Files, "hefei-110.csv");
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        if (utf8)
        {
            var text = File.ReadAllText(file, Encoding.GetEncoding("gb18030"));
            file = Path.Combine(folder, "utf8.csv");
            File.WriteAllText(file, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        }

        var rows = Read(file, "hefei-110");

        var reports = rows.Select(r => r.Report).OfType<AlarmReport>().ToList();
        Assert.Equal(["101/1", "090/1", "120/1", "101/2", "141/1"], reports.Select(r => $"{r.SourceId[^3..]}/{r.Revision}"));
        var first = reports[0];
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 20, 15, 3, TimeSpan.FromHours(8)), first.ReceivedAt);
        Assert.Equal("报警人称在家中被丈夫殴打", first.Summary);
        Assert.Equal([(PartyRole.Victim, "王小芳"), (PartyRole.Perpetrator, "李大强"), (PartyRole.Child, "李小宝")], first.People.Select(p => (p.Role, p.Name!)));
        Assert.Equal(("spouse", Injury.Minor), (first.People[1].RelationToVictim, first.People[0].Injury));
        Assert.Equal(new ReportedIndicators(Weapon: false, ThreatToKill: true, ChildPresent: true, Alcohol: true), first.Indicators);
        Assert.Equal("340104001-police", first.Dispatch!.Unit);
        Assert.Equal((null, "保密"), (reports[1].Location!.Address, reports[1].Location!.AddressPlaceholder));
        Assert.Contains('\n', reports[1].Summary!);
        Assert.Equal(("阿依古丽·买买提", "𬱖某"), (reports[2].People[0].Name, reports[2].People[1].Name));
        Assert.Equal((Injury.Light, 1), (reports[3].People[0].Injury, reports[3].PoliceOpinion));
        Assert.Equal(AlarmCategory.ProtectionOrderBreach, reports[4].Category);
        Assert.Equal(2, rows.Count(r => r.IsSkipped)); // another dispute, and a secret one
        Assert.Equal(
            [
                "9 location.regionCode:no-such-region people[0].idNumber:id-number-check",
                "11 indicators.childPresent:not-true-or-false",
                "12 $:wrong-column-count",
            ],
            rows.Where(r => r.Errors is not null).Select(Reasons));
    }

    [Fact]
    public void ContractColumns_NeedNoMapping()
    {
        var file = Write("""
            sourceId,revision,receivedAt,channel,category,location.longitude,people[0].role,people[0].name,people[1].role,people[1].sex,indicators.weapon
            A1,1,2026-11-22T20:15:03+08:00,phone,domestic-violence,117.2,victim,王小芳,perpetrator,male,true
            A2,1,2026-11-22T20:15:03,phone,domestic-violence,,victim,王小芳,,,maybe
            """);

        var rows = Read(file, null);

        Assert.Equal([PartyRole.Victim, PartyRole.Perpetrator], rows[0].Report!.People.Select(p => p.Role));
        Assert.True(rows[0].Report!.Indicators.Weapon);
        Assert.Equal(["3 indicators.weapon:not-true-or-false receivedAt:no-offset"], rows.Where(r => r.Errors is not null).Select(Reasons));
        Assert.Contains("nature", Assert.Throws<FormatException>(() => Read(Write("id,nature\n1,x\n"), null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ndjson_WithAndWithoutMapping()
    {
        var line = """{"sourceId":"A1","revision":1,"receivedAt":"2026-11-22T20:15:03+08:00","channel":"phone","category":"other","summary":"吵架"}""";
        var long1 = $$"""{"sourceId":"A2","summary":"{{new string('x', AlarmLimits.Bytes)}}"}""";
        var plain = Read(Write($"{line}\n\n{line[..^9]}\n{long1}\n{line}", gzip: true), null);

        Assert.Equal(["3 $:truncated", "4 $:too-long"], plain.Where(r => r.Errors is not null).Select(Reasons));
        Assert.Equal([1L, 5L], plain.Where(r => r.Report is not null).Select(r => r.Line));

        var mapping = """
            { "timeZone": "UTC", "fields": { "sourceId": { "column": "call.id" }, "receivedAt": { "column": "call.at", "formats": ["unix"] },
              "channel": { "value": "phone" }, "category": { "value": "other" }, "summary": { "column": "text" } } }
            """;
        var mapped = Assert.Single(ReadBy(Write("""{"call":{"id":7,"at":1700000000},"text":"x","more":[1]}"""), AlarmMapping.Parse(mapping, "map")));

        Assert.Equal(("7", DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)), (mapped.Report!.SourceId, mapped.Report.ReceivedAt));
    }

    [Theory]
    [InlineData("2018-11-04 00:59:59", "-05:00")]
    [InlineData("2018-11-04 01:30:00", "-05:00")] // twice: taken for the first
    [InlineData("2018-11-04 02:00:00", "-06:00")]
    [InlineData("2018-03-11 01:59:59", "-06:00")]
    [InlineData("2018-03-11 02:30:00", "-06:00")] // never: a clock that was not set
    [InlineData("2018-03-11 03:00:00", "-05:00")]
    public void TimesOfAZone_AreReadOverTheChangeOfClocks(string local, string offset)
    {
        var file = Write($"id,time,location,latitude,longitude,district,nature,status\n1,{local},A ST,,,1,BATTERY DV,x\n");

        var report = Assert.Single(Read(file, "milwaukee")).Report!;

        Assert.Equal(DateTimeOffset.Parse(local + offset, CultureInfo.InvariantCulture), report.ReceivedAt);
    }

    [Fact]
    public void Spread_IsTheSameForTheSameBlockWhateverTheHouse()
    {
        var file = Write("id,time,location,latitude,longitude,district,nature,status\n"
            + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},2018-05-01 00:00:00,\"{5200 + i}-A N 35TH ST,MKE\",,,1,BATTERY DV,x\n")));

        Assert.Single(Read(file, "milwaukee").Select(r => r.Report!.Location!.RegionCode).Distinct());
    }

    [Fact]
    public void UnclosedQuote_IsRefusedAndEndsTheFile()
    {
        var file = Write("sourceId,revision,receivedAt,channel,category,summary\nA1,1,2026-11-22T20:15:03+08:00,phone,other,x\nA2,1,2026-11-22T20:15:03+08:00,phone,other,\"x\nA3,1,2026-11-22T20:15:03+08:00,phone,other,x\n");

        var rows = Read(file, null);

        Assert.Equal("A1", rows[0].Report!.SourceId);
        Assert.Equal(["3 $:unclosed-quote"], rows.Skip(1).Select(Reasons));
    }

    [Theory]
    [InlineData("{", "map(1,2):")]
    [InlineData("null", "An object is needed")]
    [InlineData("{ \"colums\": [] }", "'colums'")]
    [InlineData("{ \"fields\": { \"sourceId\": { \"column\": 5 } } }", "map(1,")]
    [InlineData("{}", "fields.receivedAt: An alarm needs this field.")]
    [InlineData("{ \"fields\": { \"location.adress\": { \"column\": \"a\" } } }", "fields.location.adress: An alarm has no such field. Fields: sourceId, ")]
    [InlineData("{ \"fields\": { \"summary\": { \"column\": \"a\", \"value\": \"b\" } } }", "fields.summary: Exactly one of")]
    [InlineData("{ \"fields\": { \"channel\": { \"value\": \"pigeon\" } } }", "fields.channel: 'pigeon' is not allowed here. Allowed: phone, app")]
    [InlineData("{ \"fields\": { \"channel\": { \"column\": \"a\", \"values\": { \"x\": \"pigeon\" } } } }", "'pigeon' is not allowed")]
    [InlineData("{ \"fields\": { \"indicators.weapon\": { \"column\": \"a\", \"otherwise\": \"no\" } } }", "'no' is neither true nor false")]
    [InlineData("{ \"fields\": { \"summary\": { \"template\": \"{a\" } } }", "fields.summary.template: Columns are written in braces")]
    [InlineData("{ \"fields\": { \"summary\": { \"column\": \"a\", \"replace\": [ { \"pattern\": \"(\" } ] } } }", "fields.summary.replace[0].pattern: Invalid pattern")]
    [InlineData("{ \"fields\": { \"summary\": { \"column\": \"a\", \"replace\": [ { \"pattern\": \"(?=a)\" } ] } } }", "fields.summary.replace[0].pattern:")]
    [InlineData("{ \"fields\": { \"summary\": { \"column\": \"a\", \"formats\": [\"x\"] } } }", "Only times and dates have formats")]
    [InlineData("{ \"keep\": [ { \"contains\": \"a\" } ] }", "keep[0].column: A column is needed")]
    [InlineData("{ \"drop\": [ { \"column\": \"a\" } ] }", "drop[0]: At least one of")]
    [InlineData("{ \"timeZone\": \"Asia/Hefei\" }", "timeZone: There is no time zone 'Asia/Hefei'.")]
    [InlineData("{ \"encoding\": \"gbk2\" }", "encoding: There is no encoding 'gbk2'.")]
    [InlineData("{ \"delimiter\": \"||\" }", "delimiter: One ASCII character")]
    [InlineData("{ \"people\": [ { \"name\": { \"column\": \"a\" } } ] }", "people[0].role: A person needs a role.")]
    [InlineData("{ \"spread\": { \"by\": { \"column\": \"a\" }, \"within\": \"Hefei\" } }", "spread.within: A region code is needed")]
    [InlineData("{ \"spread\": { \"by\": { \"column\": \"a\" } } }", "within")]
    public void Mapping_ThatIsWrong_IsRefusedWithWhatAndWhere(string json, string message)
    {
        var refused = Assert.Throws<FormatException>(() => AlarmMapping.Parse(json, "map"));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith("map", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mapping_ThatDoesNotFitTheFile_NamesBothSides()
    {
        var refused = Assert.Throws<FormatException>(() => Read("orlando.csv", "chicago"));

        Assert.Contains("has not: block, domestic, id", refused.Message, StringComparison.Ordinal);
        Assert.Contains("The file has: , Date, Description, Location", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mappings_ThatShip_AreAllValid() =>
        Assert.All(Directory.GetFiles(Mappings, "*.json"), file => Assert.NotNull(AlarmMapping.Load(file).Name));

    private static string Reasons(AlarmFileRow row) =>
        $"{row.Line} {string.Join(' ', row.Errors?.All.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}:{e.Value[0].Code}") ?? [])}";

    private static List<AlarmFileRow> Read(string file, string? mapping) =>
        ReadBy(file, mapping is null ? null : AlarmMapping.Load(Path.Combine(Mappings, mapping + ".json")));

    private static List<AlarmFileRow> ReadBy(string file, AlarmMapping? mapping) =>
        [.. new AlarmFile(Path.Combine(Files, file), "test", mapping, new Anywhere(), within => within == "340100" ? Communities : [], Hefei.Now).Rows()];

    private string Write(string content, bool gzip = false)
    {
        var path = Path.Combine(folder, "file");
        using Stream file = File.Create(path);
        using var stream = gzip ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Fastest) : file;
        stream.Write(Encoding.UTF8.GetBytes(content));
        return path;
    }

    /// <summary>Every region but those that end in 999, and every unit.</summary>
    private sealed class Anywhere : IAlarmVocabulary
    {
        public bool RegionExists(string code) => !code.EndsWith("999000", StringComparison.Ordinal);

        public bool UnitExists(string code) => code.EndsWith("-police", StringComparison.Ordinal);
    }
}
