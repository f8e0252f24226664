using System.Text.Json;

namespace Anhu.Modules.Alarms;

/// <summary>The fields of the contract, in the order in which the canonical form writes them.</summary>
internal static class AlarmFields
{
    public static readonly JsonEncodedText[] Alarm =
        Encode("source", "sourceId", "revision", "receivedAt", "channel", "category", "summary", "reporter", "location", "people", "indicators", "dispatch", "policeOpinion");

    public static readonly JsonEncodedText[] Reporter = Encode("name", "phone", "relation");

    public static readonly JsonEncodedText[] Location = Encode("address", "regionCode", "longitude", "latitude");

    public static readonly JsonEncodedText[] Person = Encode("role", "name", "sex", "birthDate", "idNumber", "phone", "address", "injury", "relationToVictim");

    public static readonly JsonEncodedText[] Indicators = Encode("weapon", "threatToKill", "strangulation", "childPresent", "pregnant", "alcohol", "sexualViolence", "separation");

    public static readonly JsonEncodedText[] Dispatch = Encode("unit", "dispatchedAt");

    private static JsonEncodedText[] Encode(params string[] names) => [.. names.Select(name => JsonEncodedText.Encode(name))];
}
