using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Anhu.Components.Ui;
using Anhu.Hosting;
using Anhu.Modules.Organisation;
using Anhu.Web;
using Microsoft.Extensions.Localization;

namespace Anhu.Modules.Alarms;

/// <summary>Takes an entry through the same reader as every other alarm, and puts what is wrong beside the fields of the form.</summary>
internal sealed class EntryDraft(CityFormat format, TimeProvider time, IStringLocalizer<AlarmText> text)
{
    /// <summary>How far a worker's watch may be ahead.</summary>
    private static readonly TimeSpan Watch = TimeSpan.FromMinutes(5);

    /// <summary>Reads an entry.</summary>
    /// <param name="input">The entry.</param>
    /// <param name="source">The source that it is filed under.</param>
    /// <param name="revision">Its revision.</param>
    /// <param name="map">The city.</param>
    /// <returns>The report when nothing is wrong; else what is.</returns>
    public (AlarmReport? Report, IReadOnlyList<FieldProblem> Problems) Read(EntryInput input, string source, int revision, OrganisationMap map)
    {
        List<FieldProblem> problems = [];
        var region = Region(input.Location.Region, map, problems);
        if (input is { ReceivedOn: { } on, ReceivedAt: { } at } && format.FromCity(on, at) > time.GetUtcNow() + Watch)
        {
            problems.Add(new FieldProblem("ReceivedAt", text["Entry_InTheFuture"]));
        }

        var people = input.People.Index().Where(p => !p.Item.IsBlank).ToList();
        var result = AlarmReportReader.Read(ToJson(input, revision, region, people.Select(p => p.Item)), source, input.SourceId, new CityVocabulary(map), time.GetUtcNow());
        foreach (var (path, errors) in result.Errors?.All ?? [])
        {
            problems.AddRange(errors.Select(error => new FieldProblem(FormPath(path, input, people.ConvertAll(p => p.Index)), Words(error))));
        }

        return (problems.Count == 0 ? result.Report : null, problems);
    }

    private string Words(FieldError error) =>
        error.Fault == FieldFault.NotOneOf ? text["Entry_Choose"] : error.Text(CultureInfo.CurrentUICulture);

    private string? Region(string? words, OrganisationMap map, List<FieldProblem> problems)
    {
        if (string.IsNullOrWhiteSpace(words))
        {
            return null;
        }

        var found = EntryRegions.Resolve(map, words, out var candidates);
        if (found is null)
        {
            problems.Add(new FieldProblem(
                "Location.Region",
                candidates.Count == 0 ? text["Entry_RegionUnknown"] : text["Entry_RegionWhich", string.Join(text["Entry_Separator"], candidates.Select(c => EntryRegions.Name(map, c)))]));
        }

        return found?.RegionCode;
    }

    /// <summary>The field of the form that a path of the contract belongs to.</summary>
    private static string FormPath(string path, EntryInput input, List<int> people)
    {
        if (path.StartsWith("people[", StringComparison.Ordinal) && path.IndexOf(']', StringComparison.Ordinal) is var end
            && int.TryParse(path.AsSpan(7, end - 7), CultureInfo.InvariantCulture, out var index) && index < people.Count)
        {
            return $"People[{people[index]}]{path[(end + 1)..]}";
        }

        return path switch
        {
            "receivedAt" => input.ReceivedOn is null ? "ReceivedOn" : "ReceivedAt",
            "location.regionCode" => "Location.Region",
            "people" or "source" or "sourceId" or "revision" => "",
            _ => path,
        };
    }

    private byte[] ToJson(EntryInput input, int revision, string? region, IEnumerable<EntryPerson> people)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("revision", revision);
            if (input is { ReceivedOn: { } on, ReceivedAt: { } at })
            {
                json.WriteString("receivedAt", format.FromCity(on, at));
            }

            Choice(json, "channel", input.Channel);
            Choice(json, "category", input.Category);
            json.WriteString("summary", input.Summary);
            json.WriteStartObject("location");
            json.WriteString("address", input.Location.Address);
            json.WriteString("regionCode", region);
            Number(json, "longitude", input.Location.Longitude);
            Number(json, "latitude", input.Location.Latitude);
            json.WriteEndObject();
            json.WriteStartArray("people");
            foreach (var person in people)
            {
                Person(json, person);
            }

            json.WriteEndArray();
            Indicators(json, input.Indicators);
            json.WriteStartObject("reporter");
            json.WriteString("name", input.Reporter.Name);
            json.WriteString("phone", input.Reporter.Phone);
            Choice(json, "relation", input.Reporter.Relation);
            json.WriteEndObject();
            json.WriteStartObject("dispatch");
            json.WriteString("unit", input.Dispatch.Unit);
            json.WriteEndObject();
            Number(json, "policeOpinion", input.PoliceOpinion);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Person(Utf8JsonWriter json, EntryPerson person)
    {
        json.WriteStartObject();
        Choice(json, "role", person.Role);
        json.WriteString("name", person.Name);
        Choice(json, "sex", person.Sex);
        json.WriteString("birthDate", person.BirthDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        json.WriteString("idNumber", person.IdNumber);
        json.WriteString("phone", person.Phone);
        json.WriteString("address", person.Address);
        Choice(json, "injury", person.Injury);
        Choice(json, "relationToVictim", person.RelationToVictim);
        json.WriteEndObject();
    }

    private static void Indicators(Utf8JsonWriter json, EntryIndicators indicators)
    {
        json.WriteStartObject("indicators");
        Answer(json, "weapon", indicators.Weapon);
        Answer(json, "threatToKill", indicators.ThreatToKill);
        Answer(json, "strangulation", indicators.Strangulation);
        Answer(json, "childPresent", indicators.ChildPresent);
        Answer(json, "pregnant", indicators.Pregnant);
        Answer(json, "alcohol", indicators.Alcohol);
        Answer(json, "sexualViolence", indicators.SexualViolence);
        Answer(json, "separation", indicators.Separation);
        json.WriteEndObject();
    }

    private static void Answer(Utf8JsonWriter json, string name, bool? answer)
    {
        if (answer is { } known)
        {
            json.WriteBoolean(name, known);
        }
    }

    /// <summary>A select that was left alone posts an empty text: no answer.</summary>
    private static void Choice(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            json.WriteString(name, value);
        }
    }

    private static void Number(Utf8JsonWriter json, string name, string? value)
    {
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            json.WriteNumber(name, whole);
        }
        else if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            Choice(json, name, value);
        }
    }
}
