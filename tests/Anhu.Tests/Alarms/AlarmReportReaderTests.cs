using System.Text;
using System.Text.Json.Nodes;
using Anhu.Modules.Alarms;
using Xunit;

namespace Anhu.Tests.Alarms;

[Trait("Store", "none")]
public sealed class AlarmReportReaderTests
{
    [Fact]
    public void Read_TheContractsExample_GivesEveryFact()
    {
        var report = Hefei.Read(Hefei.Example).Report;

        Assert.NotNull(report);
        Assert.Equal(("hefei-110", "A1", 1), (report.Source, report.SourceId, report.Revision));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 12, 15, 3, TimeSpan.Zero), report.ReceivedAt);
        Assert.Equal((AlarmChannel.Phone, AlarmCategory.DomesticViolence), (report.Channel, report.Category));
        Assert.Equal(new ReportedReporter("王某", "13900000000", "self"), report.Reporter);
        Assert.Equal(new ReportedLocation("三里庵街道某小区3栋1单元", "340104001000", 117.25, 31.85), report.Location);
        Assert.Equal([PartyRole.Victim, PartyRole.Perpetrator, PartyRole.Child], report.People.Select(p => p.Role));
        Assert.Equal(("340199199001010021", Injury.Minor, new DateOnly(1990, 1, 1)), (report.People[0].IdNumber, report.People[0].Injury, report.People[0].BirthDate));
        Assert.Null(report.People[0].Address);
        Assert.Equal("…", report.People[0].AddressPlaceholder);
        Assert.Equal(new ReportedIndicators(false, true, false, true, false, true), report.Indicators);
        Assert.Equal(new ReportedDispatch("340104001-police", new DateTimeOffset(2026, 11, 22, 12, 16, 10, TimeSpan.Zero)), report.Dispatch);
    }

    [Theory]
    [InlineData("""{"revision":1,"receivedAt":"2026-11-22T20:15:03+08:00","channel":"phone","category":"other","summary":"x"}""")]
    [InlineData("""{"revision":1,"receivedAt":"2026-11-22T20:15:03+08:00","channel":"walk-in","category":"family-dispute","people":[{"role":"victim"}]}""")]
    [InlineData("""{"revision":2147483647,"receivedAt":"2026-11-22T12:15:03.123456789z","channel":"mandatory-report","category":"missing-person","summary":"a\nb\tc","reporter":null,"location":{},"people":[],"indicators":null,"dispatch":{}}""")]
    [InlineData("""{"source":"hefei-110","sourceId":"A1","revision":1,"receivedAt":"2026-11-22T20:15:03-00:00","channel":"\u0070hone","c\u0061tegory":"other","summary":"😀","policeOpinion":3}""")]
    [InlineData("""{"revision":1,"receivedAt":"2026-11-23T11:59:00+08:00","channel":"sms","category":"protection-order-breach","summary":"x","people":[{"role":"victim","idNumber":"34019919880229009x","birthDate":"1988-02-29","sex":"male"}]}""")]
    [InlineData("\uFEFF{\"revision\":1,\"receivedAt\":\"2026-11-22T20:15:03+08:00\",\"channel\":\"app\",\"category\":\"other\",\"summary\":\"x\"}")]
    public void Read_WhatIsIncompleteButRight_IsTaken(string json)
    {
        var result = Hefei.Read(json);

        Assert.Null(result.Errors);
        Assert.NotNull(result.Report);
    }

    /// <summary>One change to the example, and the one path and fault that must come of it.</summary>
    public static TheoryData<string, string, string, FieldFault> WrongFields => new()
    {
        // path to set, JSON value to put there, path blamed, fault
        { "revision", "0", "revision", FieldFault.OutOfRange },
        { "revision", "-1", "revision", FieldFault.OutOfRange },
        { "revision", "1.0", "revision", FieldFault.NotAWholeNumber },
        { "revision", "1e3", "revision", FieldFault.NotAWholeNumber },
        { "revision", "99999999999", "revision", FieldFault.OutOfRange },
        { "revision", "\"1\"", "revision", FieldFault.NotAWholeNumber },
        { "revision", "[1]", "revision", FieldFault.NotAWholeNumber },
        { "revision", "null", "revision", FieldFault.Required },
        { "receivedAt", "null", "receivedAt", FieldFault.Required },
        { "receivedAt", "1700000000", "receivedAt", FieldFault.NotText },
        { "receivedAt", "\"\"", "receivedAt", FieldFault.NotATime },
        { "receivedAt", "\"yesterday\"", "receivedAt", FieldFault.NotATime },
        { "receivedAt", "\"2026-11-22\"", "receivedAt", FieldFault.NotATime },
        { "receivedAt", "\"2026-11-22T20:15:03\"", "receivedAt", FieldFault.NoOffset },
        { "receivedAt", "\"2026-11-22T20:15:03.5\"", "receivedAt", FieldFault.NoOffset },
        { "receivedAt", "\"2026-11-22 20:15:03+08:00\"", "receivedAt", FieldFault.NotATime },
        { "receivedAt", "\"2026-11-22T20:15:03+0800\"", "receivedAt", FieldFault.NotATime },
        { "receivedAt", "\"2026-11-22T20:15:03+15:00\"", "receivedAt", FieldFault.NotATime },
        { "receivedAt", "\"2026-11-22T24:00:00+08:00\"", "receivedAt", FieldFault.NotATime },
        { "receivedAt", "\"2026-02-29T20:15:03+08:00\"", "receivedAt", FieldFault.NotATime },
        { "receivedAt", "\"2026-11-22T20:15:03.+08:00\"", "receivedAt", FieldFault.NotATime },
        { "receivedAt", "\"0000-00-00T00:00:00Z\"", "receivedAt", FieldFault.NotATime },
        { "receivedAt", "\"0001-01-01T00:00:00+08:00\"", "receivedAt", FieldFault.NotATime },
        { "receivedAt", "\"1970-01-01T00:00:00Z\"", "receivedAt", FieldFault.TooLongAgo },
        { "receivedAt", "\"2026-11-24T12:00:01+08:00\"", "receivedAt", FieldFault.TooFarAhead },
        { "receivedAt", "\"2062-11-22T20:15:03+08:00\"", "receivedAt", FieldFault.TooFarAhead },
        { "channel", "\"Phone\"", "channel", FieldFault.NotOneOf },
        { "channel", "\"walk_in\"", "channel", FieldFault.NotOneOf },
        { "channel", "0", "channel", FieldFault.NotText },
        { "channel", "null", "channel", FieldFault.Required },
        { "category", "\"\"", "category", FieldFault.NotOneOf },
        { "category", "{}", "category", FieldFault.NotText },
        { "summary", "5", "summary", FieldFault.NotText },
        { "summary", "[\"a\"]", "summary", FieldFault.NotText },
        { "summary", "\"a\\u0000b\"", "summary", FieldFault.ControlCharacter },
        { "summary", "\"a\\u001bb\"", "summary", FieldFault.ControlCharacter },
        { "summary", "\"a\\u202eb\"", "summary", FieldFault.ControlCharacter },
        { "summary", "\"a\\ud83db\"", "summary", FieldFault.BrokenText },
        { "reporter", "\"王某\"", "reporter", FieldFault.NotAnObject },
        { "reporter", "[]", "reporter", FieldFault.NotAnObject },
        { "reporter.name", "true", "reporter.name", FieldFault.NotText },
        { "reporter.name", "\"王\\n某\"", "reporter.name", FieldFault.ControlCharacter },
        { "reporter.mobile", "\"1\"", "reporter.mobile", FieldFault.UnknownField },
        { "location", "\"三里庵\"", "location", FieldFault.NotAnObject },
        { "location.regionCode", "\"340104\"", "location.regionCode", FieldFault.NotARegionCode },
        { "location.regionCode", "340104001000", "location.regionCode", FieldFault.NotText },
        { "location.regionCode", "\"34010400100O\"", "location.regionCode", FieldFault.NotARegionCode },
        { "location.regionCode", "\"999999999999\"", "location.regionCode", FieldFault.NoSuchRegion },
        { "location.longitude", "181", "location.longitude", FieldFault.OutOfRange },
        { "location.longitude", "1e400", "location.longitude", FieldFault.OutOfRange },
        { "location.longitude", "\"117.25\"", "location.longitude", FieldFault.NotANumber },
        { "location.latitude", "-90.0001", "location.latitude", FieldFault.OutOfRange },
        { "people", "{}", "people", FieldFault.NotAList },
        { "people", "\"\"", "people", FieldFault.NotAList },
        { "people[1]", "\"李大强\"", "people[1]", FieldFault.NotAnObject },
        { "people[1]", "null", "people[1]", FieldFault.NotAnObject },
        { "people[1].role", "null", "people[1].role", FieldFault.Required },
        { "people[1].role", "\"husband\"", "people[1].role", FieldFault.NotOneOf },
        { "people[0].sex", "\"f\"", "people[0].sex", FieldFault.NotOneOf },
        { "people[0].sex", "\"male\"", "people[0].idNumber", FieldFault.IdNumberContradictsSex },
        { "people[0].birthDate", "\"1990-01-02\"", "people[0].idNumber", FieldFault.IdNumberContradictsBirthDate },
        { "people[0].birthDate", "\"1990-02-30\"", "people[0].birthDate", FieldFault.NotADate },
        { "people[0].birthDate", "\"1990/01/01\"", "people[0].birthDate", FieldFault.NotADate },
        { "people[0].birthDate", "\"1990-1-1\"", "people[0].birthDate", FieldFault.NotADate },
        { "people[0].birthDate", "19900101", "people[0].birthDate", FieldFault.NotText },
        { "people[2].birthDate", "\"2026-11-25\"", "people[2].birthDate", FieldFault.ImpossibleBirthDate },
        { "people[2].birthDate", "\"1700-01-01\"", "people[2].birthDate", FieldFault.ImpossibleBirthDate },
        { "people[0].idNumber", "\"340199199001010022\"", "people[0].idNumber", FieldFault.IdNumberCheck },
        { "people[0].idNumber", "\"34019919900101002X\"", "people[0].idNumber", FieldFault.IdNumberCheck },
        { "people[0].idNumber", "\"340199900101002\"", "people[0].idNumber", FieldFault.IdNumberOf15Digits },
        { "people[0].idNumber", "\"34019919900101002\"", "people[0].idNumber", FieldFault.NotAnIdNumber },
        { "people[0].idNumber", "\"34019919900101002A\"", "people[0].idNumber", FieldFault.NotAnIdNumber },
        { "people[0].idNumber", "\"３40199199001010021\"", "people[0].idNumber", FieldFault.NotAnIdNumber },
        { "people[0].idNumber", "340199199001010021", "people[0].idNumber", FieldFault.NotText },
        { "people[0].idNumber", "\"340199199002300020\"", "people[0].idNumber", FieldFault.IdNumberBirthDate },
        { "people[0].idNumber", "\"340199187001010023\"", "people[0].idNumber", FieldFault.IdNumberBirthDate },
        { "people[0].idNumber", "\"340199209901010023\"", "people[0].idNumber", FieldFault.IdNumberBirthDate },
        { "people[0].idNumber", "\"340176199001010027\"", "people[0].idNumber", FieldFault.IdNumberArea },
        { "people[0].injury", "\"slight\"", "people[0].injury", FieldFault.NotOneOf },
        { "people[0].age", "30", "people[0].age", FieldFault.UnknownField },
        { "indicators", "[]", "indicators", FieldFault.NotAnObject },
        { "indicators.weapon", "\"false\"", "indicators.weapon", FieldFault.NotTrueOrFalse },
        { "indicators.weapon", "0", "indicators.weapon", FieldFault.NotTrueOrFalse },
        { "indicators.knife", "true", "indicators.knife", FieldFault.UnknownField },
        { "dispatch", "true", "dispatch", FieldFault.NotAnObject },
        { "dispatch.unit", "\"340104001-fire\"", "dispatch.unit", FieldFault.NoSuchUnit },
        { "dispatch.dispatchedAt", "\"2026-11-22T20:16\"", "dispatch.dispatchedAt", FieldFault.NotATime },
        { "policeOpinion", "4", "policeOpinion", FieldFault.OutOfRange },
        { "sumary", "\"x\"", "sumary", FieldFault.UnknownField },
        { "Summary", "{\"a\":[1,{\"b\":2}]}", "Summary", FieldFault.UnknownField },
        { "source", "\"other-110\"", "source", FieldFault.DiffersFromAddress },
        { "sourceId", "\"A2\"", "sourceId", FieldFault.DiffersFromAddress },
    };

    [Theory]
    [MemberData(nameof(WrongFields))]
    public void Read_OneWrongField_IsNamedAlone(string path, string value, string blamed, FieldFault fault)
    {
        var json = Set(Hefei.Example, path, value);

        var errors = Hefei.Read(json).Errors;

        Assert.NotNull(errors);
        var (at, found) = Assert.Single(errors.All);
        Assert.Equal(blamed, at);
        Assert.Equal(fault, Assert.Single(found).Fault);
        Assert.DoesNotContain("340199", found[0].English, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyWrongFields_NamesThemAll()
    {
        var json = """
            { "revision": 0, "channel": "pigeon", "summary": 5, "summary": "again", "location": { "regionCode": "1", "latitude": 100 },
              "people": [ { "role": "victim", "sex": "x", "idNumber": "1" }, 7, { "name": "a\u0007" } ], "indicators": { "alcohol": "yes" }, "extra": { "deep": [ {} ] } }
            """;

        var errors = Hefei.Read(json).Errors;

        Assert.NotNull(errors);
        Assert.Equal(
            ["category", "channel", "extra", "indicators.alcohol", "location.latitude", "location.regionCode", "people[0].idNumber", "people[0].sex",
             "people[1]", "people[2].name", "people[2].role", "receivedAt", "revision", "summary"],
            errors.All.Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Equal([FieldFault.NotText, FieldFault.DuplicateField], errors["summary"].Select(e => e.Fault));
    }

    [Theory]
    [InlineData("", FieldFault.Truncated)]
    [InlineData("   ", FieldFault.Truncated)]
    [InlineData("{", FieldFault.Truncated)]
    [InlineData("{\"revision\":1,\"summary\":\"half a sen", FieldFault.Truncated)]
    [InlineData("{\"revision\":1,\"summary\":\"x\"", FieldFault.Truncated)]
    [InlineData("nonsense", FieldFault.NotJson)]
    [InlineData("{'revision':1}", FieldFault.NotJson)]
    [InlineData("{\"revision\":1,}", FieldFault.NotJson)]
    [InlineData("{\"revision\":1}{}", FieldFault.NotJson)]
    [InlineData("{\"revision\":01}", FieldFault.NotJson)]
    [InlineData("{/**/}", FieldFault.NotJson)]
    [InlineData("[]", FieldFault.NotAnObject)]
    [InlineData("null", FieldFault.NotAnObject)]
    [InlineData("\"x\"", FieldFault.NotAnObject)]
    [InlineData("{\"x\":[[[[[[[[[[1]]]]]]]]]]}", FieldFault.TooDeep)]
    public void Read_WhatIsNoAlarmAtAll_IsRefusedAsAWhole(string json, FieldFault fault)
    {
        var errors = Hefei.Read(json).Errors;

        Assert.NotNull(errors);
        Assert.Equal(fault, Assert.Single(errors[FieldErrors.Document]).Fault);
        Assert.Equal(1, errors.Count);
    }

    [Theory]
    [InlineData(new byte[] { 0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D })]
    [InlineData(new byte[] { 0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xB1, 0xA8, 0xBE, 0xAF, 0x22, 0x7D })] // 报警 in GB18030
    [InlineData(new byte[] { 0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x7D })] // a surrogate written as UTF-8
    public void Read_OtherThanUtf8_IsRefused(byte[] json)
    {
        var errors = Hefei.Read(json).Errors;

        Assert.Equal(FieldFault.NotUtf8, Assert.Single(errors![FieldErrors.Document]).Fault);
    }

    [Theory]
    [InlineData(0x1D800, true)]
    [InlineData(0xD800, false)]
    public void Read_AFieldNamedStrangely_IsUnknownWithoutEcho(int codePoint, bool whole)
    {
        var name = whole ? char.ConvertFromUtf32(codePoint) : "\\ud800";

        var errors = Hefei.Read(Set(Hefei.Example, "xxx", "1").Replace("\"xxx\"", $"\"{name}\"", StringComparison.Ordinal)).Errors;

        Assert.Equal(FieldFault.UnknownField, Assert.Single(errors![whole ? name : "?"]).Fault);
    }

    [Theory]
    [InlineData("", "1", "source", FieldFault.Required)]
    [InlineData("a/b", "1", "source", FieldFault.NotAName)]
    [InlineData("合肥", "1", "source", FieldFault.NotAName)]
    [InlineData("s", "", "sourceId", FieldFault.Required)]
    [InlineData("s", "a\u0001", "sourceId", FieldFault.ControlCharacter)]
    [InlineData("s", "half", "sourceId", FieldFault.BrokenText)]
    public void Read_AWrongNameInTheAddress_IsNamed(string source, string sourceId, string path, FieldFault fault)
    {
        sourceId = sourceId == "half" ? "a\uD800" : sourceId; // An attribute can't hold half a character.

        var errors = AlarmReportReader.Read(Encoding.UTF8.GetBytes(Hefei.Example), source, sourceId, Hefei.Instance, Hefei.Now).Errors;

        Assert.Equal(fault, Assert.Single(errors![path]).Fault);
        Assert.Equal(1, errors.Count);
    }

    [Fact]
    public void Read_TheBatchForm_TakesItsNamesFromTheObject()
    {
        var line = Set(Set(Hefei.Example, "source", "\"school\""), "sourceId", "\"2026/7\"");

        var there = AlarmReportReader.Read(Encoding.UTF8.GetBytes(line), null, null, Hefei.Instance, Hefei.Now);
        var missing = AlarmReportReader.Read(Encoding.UTF8.GetBytes(Hefei.Example), null, null, Hefei.Instance, Hefei.Now);

        Assert.Equal(("school", "2026/7"), (there.Report!.Source, there.Report.SourceId));
        Assert.Equal(["source", "sourceId"], missing.Errors!.All.Select(e => e.Key));
    }

    [Theory]
    [InlineData("summary", AlarmLimits.Summary)]
    [InlineData("reporter.name", AlarmLimits.Name)]
    [InlineData("reporter.phone", AlarmLimits.Phone)]
    [InlineData("reporter.relation", AlarmLimits.Relation)]
    [InlineData("location.address", AlarmLimits.Address)]
    [InlineData("people[0].name", AlarmLimits.Name)]
    [InlineData("people[0].relationToVictim", AlarmLimits.Relation)]
    public void Read_TextAtItsLimit_IsTakenAndOneMoreIsNot(string path, int limit)
    {
        Assert.True(Hefei.Read(Set(Hefei.Example, path, $"\"{new string('长', limit)}\"")).IsOk);

        var errors = Hefei.Read(Set(Hefei.Example, path, $"\"{new string('长', limit + 1)}\"")).Errors;

        Assert.Equal(new FieldError(FieldFault.TooLong, limit.ToString(System.Globalization.CultureInfo.InvariantCulture)), Assert.Single(errors![path]));
    }

    [Fact]
    public void Read_ANameWhoseKeyIsTooLong_IsRefused()
    {
        var json = Set(Hefei.Example, "people[0].name", $"\"{new string('\uFDFA', 10)}\""); // One character, eighteen when normalised.

        Assert.Equal(FieldFault.TooLong, Hefei.Read(json).Errors!["people[0].name"][0].Fault);
    }

    [Fact]
    public void Read_FiftyPeople_AreTakenAndOneMoreIsNot()
    {
        static string Of(int count) => Set(Hefei.Example, "people", $"[{string.Join(',', Enumerable.Repeat("""{"role":"witness"}""", count))}]");

        Assert.Equal(50, Hefei.Read(Of(50)).Report!.People.Count);
        Assert.Equal(new FieldError(FieldFault.TooMany, "50"), Assert.Single(Hefei.Read(Of(51)).Errors!["people"]));
    }

    [Fact]
    public void Read_EndlessFaults_GiveABoundedAnswer()
    {
        var json = "{" + string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"x{i}\":1")) + "}";

        var errors = Hefei.Read(json).Errors;

        Assert.InRange(errors!.Count, FieldErrors.MaxPaths, FieldErrors.MaxPaths + 1);
        Assert.Equal(FieldFault.TooManyFaults, Assert.Single(errors[FieldErrors.Document]).Fault);
    }

    [Theory]
    [InlineData("Restricted Address")]
    [InlineData("1 BLOCK")]
    [InlineData("NOT AVAILABLE")]
    [InlineData(" n/a ")]
    [InlineData("保密")]
    [InlineData("（地址不详）")]
    [InlineData("ｕｎｋｎｏｗｎ")]
    [InlineData("***")]
    [InlineData("-")]
    public void Read_APlaceholder_IsNoAddressButStaysInTheContent(string address)
    {
        var report = Hefei.Read(Set(Hefei.Example, "location.address", $"\"{address}\"")).Report!;

        Assert.Null(report.Location!.Address);
        Assert.Equal(address.Trim(), report.Location.AddressPlaceholder);
        Assert.Contains(address.Trim(), AlarmReportWriter.ToContent(report).Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("11 BLOCK STREET")]
    [InlineData("保密局宿舍3栋")]
    [InlineData("无为路1号")]
    [InlineData("未知路5号")]
    [InlineData("8")]
    public void Read_AnAddressThatLooksLikeOne_IsKept(string address) =>
        Assert.Equal(address, Hefei.Read(Set(Hefei.Example, "location.address", $"\"{address}\"")).Report!.Location!.Address);

    [Fact]
    public void Faults_AllHaveTextsInBothLanguages()
    {
        foreach (var fault in Enum.GetValues<FieldFault>())
        {
            var error = new FieldError(fault, "1");

            Assert.NotEmpty(error.English);
            Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", error.Chinese);
            Assert.Matches("^[a-z0-9-]+$", error.Code);
        }
    }

    /// <summary>Sets one value by a path such as <c>people[1].role</c>; the value is raw JSON, so it can be wrong in any way.</summary>
    internal static string Set(string json, string path, string value)
    {
        const string mark = "\"@@@\"";
        var root = JsonNode.Parse(json)!;
        JsonNode node = root;
        var steps = path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        foreach (var step in steps[..^1])
        {
            node = (int.TryParse(step, out var i) ? node[i] : node[step])!;
        }

        if (int.TryParse(steps[^1], out var last))
        {
            node[last] = "@@@";
        }
        else
        {
            node[steps[^1]] = "@@@";
        }

        return root.ToJsonString().Replace(mark, value, StringComparison.Ordinal);
    }
}
