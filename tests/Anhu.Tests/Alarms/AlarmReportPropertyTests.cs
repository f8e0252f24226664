using System.Text;
using System.Text.Json.Nodes;
using Anhu.Modules.Alarms;
using CsCheck;
using Xunit;

namespace Anhu.Tests.Alarms;

[Trait("Store", "none")]
public sealed class AlarmReportPropertyTests
{
    private static readonly Gen<string> Word = Gen.OneOf(
        Gen.String[Gen.Char['a', 'z'], 1, 12],
        Gen.String[Gen.Char['一', '龥'], 1, 12],
        Gen.Const("\"quoted\" <b>&\\/ 'x' 😀 \u00A0y"),
        Gen.Const("保密"));

    private static readonly Gen<string?> Text = Gen.Bool.Select(Word, (there, text) => there ? text : null);

    private static readonly Gen<bool?> Answer = Gen.Int[0, 2].Select(i => i switch { 0 => false, 1 => true, _ => (bool?)null });

    private static readonly Gen<DateTimeOffset> Time = Gen.Long[new DateTime(1990, 1, 1).Ticks, new DateTime(2026, 11, 1).Ticks]
        .Select(ticks => new DateTimeOffset(ticks - (ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero));

    private static readonly Gen<DateOnly> Birth = Gen.Int[0, 40_000].Select(days => new DateOnly(1910, 1, 1).AddDays(days));

    private static readonly Gen<ReportedPerson> Person =
        Gen.Select(Gen.Enum<PartyRole>(), Text, Gen.Enum<Sex>(), Birth, Gen.Enum<Injury>(), Gen.Int[0, 999], Gen.Int[0, 3]).Select((role, name, sex, birth, injury, order, which) =>
        {
            order = sex == Sex.Unknown ? order : (order / 2 * 2) + (sex == Sex.Male ? 1 : 0);
            var address = which == 1 ? name : null;
            var withheld = address is not null && AddressPlaceholders.IsPlaceholder(address);
            return new ReportedPerson
            {
                Role = role,
                Name = name,
                Sex = sex,
                BirthDate = which == 0 ? null : birth,
                IdNumber = which == 2 ? null : CitizenId.Complete($"340199{birth:yyyyMMdd}{order:000}"),
                Phone = which == 3 ? "+86 139-0000-0000" : null,
                Address = withheld ? null : address,
                AddressPlaceholder = withheld ? address : null,
                Injury = injury,
                RelationToVictim = which == 2 ? "spouse" : null,
            };
        });

    private static readonly Gen<AlarmReport> Report =
        from revision in Gen.Int[1, int.MaxValue]
        from receivedAt in Time
        from channel in Gen.Enum<AlarmChannel>()
        from category in Gen.Enum<AlarmCategory>()
        from summary in Word
        from reporter in Gen.Select(Text, Text, Text)
        from place in Gen.Select(Text, Gen.Double[-180, 180], Gen.Double[-90, 90], Gen.Int[0, 3])
        from people in Person.List[0, 5]
        from answers in Answer.Array[6]
        from opinion in Gen.Int[0, 3]
        let withheld = place.Item1 is not null && AddressPlaceholders.IsPlaceholder(place.Item1)
        select new AlarmReport
        {
            Source = "hefei-110",
            SourceId = "A1",
            Revision = revision,
            ReceivedAt = receivedAt,
            Channel = channel,
            Category = category,
            Summary = summary,
            Reporter = reporter is (null, null, null) ? null : new ReportedReporter(reporter.Item1, reporter.Item2, reporter.Item3),
            Location = place.Item4 == 0 ? null : new ReportedLocation(withheld ? null : place.Item1, place.Item4 == 1 ? null : "340104001001", place.Item2, place.Item3) { AddressPlaceholder = withheld ? place.Item1 : null },
            People = people,
            Indicators = new ReportedIndicators(answers[0], answers[1], answers[2], answers[3], answers[4], answers[5]),
            Dispatch = opinion == 0 ? null : new ReportedDispatch(opinion == 1 ? null : "340100-police", receivedAt),
            PoliceOpinion = opinion == 0 ? null : opinion,
        };

    [Fact]
    public void Read_OfWhatWasWritten_GivesTheSameReport() => Report.Sample(report =>
    {
        var read = Hefei.Read(AlarmReportWriter.ToCanonicalJson(report)).Report;

        Assert.NotNull(read);
        Assert.Equal(report.People, read.People);
        Assert.Equal(report with { People = [] }, read with { People = [] });
        Assert.Empty(AlarmReportDiff.Between(report, read));
    });

    [Fact]
    public void CanonicalForm_DoesNotDependOnOrderSpaceEscapesNullsOrOffset() => Report.Select(Gen.Int[0, int.MaxValue]).Sample((report, seed) =>
    {
        var canonical = AlarmReportWriter.ToCanonicalJson(report);
        var random = new Random(seed);
        var shuffled = Shuffle(JsonNode.Parse(canonical)!, random).ToJsonString(new() { WriteIndented = seed % 2 == 0 }); // This writer escapes all Chinese.

        var read = Hefei.Read(shuffled);

        Assert.Null(read.Errors);
        Assert.Equal(Encoding.UTF8.GetString(canonical), Encoding.UTF8.GetString(AlarmReportWriter.ToCanonicalJson(read.Report!)));
    });

    [Fact]
    public void Read_OfMutatedInput_NeverThrowsAndNeverTakesWhatItCanNotRepeat() => Gen.Select(Report, Gen.Select(Gen.Int[0, 5000], Gen.Byte, Gen.Int[0, 3]).Array[1, 4]).Sample((report, changes) =>
    {
        var bytes = AlarmReportWriter.ToCanonicalJson(report).ToList();
        foreach (var (place, value, kind) in changes)
        {
            var at = place % bytes.Count;
            switch (kind)
            {
                case 0: bytes[at] = value; break;
                case 1: bytes.Insert(at, value); break;
                case 2 when bytes.Count > 1: bytes.RemoveAt(at); break;
                default: bytes[at] = (byte)"{}[]\",:0-\\"[value % 10]; break;
            }
        }

        var result = Hefei.Read([.. bytes]);

        Assert.True(result.IsOk ^ result.Errors is { Count: > 0 });
        if (result.IsOk)
        {
            var written = AlarmReportWriter.ToCanonicalJson(result.Report);
            Assert.Equal(written, AlarmReportWriter.ToCanonicalJson(Hefei.Read(written).Report!));
        }
    }, iter: 5_000);

    [Fact]
    public void Read_OfAnyBytes_NeverThrows() =>
        Gen.Byte.Array[0, 200].Sample(bytes => Assert.False(Hefei.Read(bytes).IsOk), iter: 5_000);

    [Fact]
    public void Read_OfEveryBeginning_IsRefusedAsTruncated()
    {
        var bytes = Encoding.UTF8.GetBytes(Hefei.Example);
        for (var length = 0; length < bytes.Length; length++)
        {
            var errors = Hefei.Read(bytes[..length]).Errors;

            Assert.NotNull(errors);
            Assert.Contains(errors[FieldErrors.Document], e => e.Fault is FieldFault.Truncated or FieldFault.NotUtf8);
        }
    }

    [Fact]
    public void ReadStored_OfContentWhoseRegionIsGone_StillReads() => Report.Sample(report =>
    {
        var gone = report with { Location = new ReportedLocation("x", "349999999999", null, null), Dispatch = new ReportedDispatch("gone", null) };

        Assert.Empty(AlarmReportDiff.Between(gone, AlarmReportReader.ReadStored(AlarmReportWriter.ToContent(gone).Content)));
    }, iter: 100);

    [Fact]
    public void CitizenId_AnyOneWrongDigit_IsFound() => Gen.Select(Birth, Gen.Int[0, 999], Gen.Int[0, 16], Gen.Int[1, 9]).Sample((birth, order, place, shift) =>
    {
        var right = CitizenId.Complete($"340199{birth:yyyyMMdd}{order:000}");
        var wrong = right.ToCharArray();
        wrong[place] = (char)('0' + ((wrong[place] - '0' + shift) % 10));

        Assert.True(CitizenId.HasRightCheck(right) && CitizenId.HasRightCheck(right.ToLowerInvariant()));
        Assert.False(CitizenId.HasRightCheck(wrong));
        Assert.True(CitizenId.TryGetBirthDate(right, out var read) && read == birth);
        Assert.Equal(order % 2 == 1 ? Sex.Male : Sex.Female, CitizenId.SexOf(right));
    });

    private static JsonNode Shuffle(JsonNode node, Random random)
    {
        if (node is JsonArray array)
        {
            return new JsonArray([.. array.Select(n => Shuffle(n!.DeepClone(), random))]);
        }

        if (node is not JsonObject from)
        {
            return node.DeepClone();
        }

        var fields = from.ToArray();
        random.Shuffle(fields);
        var to = new JsonObject();
        foreach (var (name, value) in fields)
        {
            to[name] = name is "receivedAt" or "dispatchedAt"
                ? DateTimeOffset.Parse(value!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).ToOffset(TimeSpan.FromHours(random.Next(-11, 13))).ToString("yyyy-MM-ddTHH:mm:ss.fffffffzzz", System.Globalization.CultureInfo.InvariantCulture)
                : Shuffle(value!, random);
        }

        if (!to.ContainsKey("reporter") && to.ContainsKey("revision"))
        {
            to["reporter"] = random.Next(2) == 0 ? null : new JsonObject { ["name"] = "", ["phone"] = null };
        }

        return to;
    }
}
