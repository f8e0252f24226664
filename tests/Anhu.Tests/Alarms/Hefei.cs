using System.Text;
using Anhu.Modules.Alarms;

namespace Anhu.Tests.Alarms;

/// <summary>A little of Hefei, and reports from it. ID numbers use area 340199, which was never given out.</summary>
internal sealed class Hefei : IAlarmVocabulary
{
    public static readonly Hefei Instance = new();

    public static readonly DateTimeOffset Now = new(2026, 11, 23, 4, 0, 0, TimeSpan.Zero);

    /// <summary>The contract's example.</summary>
    public const string Example = """
        {
          "revision": 1,
          "receivedAt": "2026-11-22T20:15:03+08:00",
          "channel": "phone",
          "category": "domestic-violence",
          "summary": "报警人称在家中被丈夫殴打",
          "reporter": { "name": "王某", "phone": "13900000000", "relation": "self" },
          "location": { "address": "三里庵街道某小区3栋1单元", "regionCode": "340104001000", "longitude": 117.25, "latitude": 31.85 },
          "people": [
            { "role": "victim", "name": "王小芳", "sex": "female", "birthDate": "1990-01-01", "idNumber": "340199199001010021",
              "phone": "13900000000", "address": "…", "injury": "minor" },
            { "role": "perpetrator", "name": "李大强", "sex": "male", "idNumber": "340199198803030011", "relationToVictim": "spouse" },
            { "role": "child", "name": "李小宝", "sex": "male", "birthDate": "2018-06-01", "relationToVictim": "child" }
          ],
          "indicators": { "weapon": false, "threatToKill": true, "strangulation": false, "childPresent": true, "pregnant": false, "alcohol": true },
          "dispatch": { "unit": "340104001-police", "dispatchedAt": "2026-11-22T20:16:10+08:00" }
        }
        """;

    public bool RegionExists(string code) => code is "340100000000" or "340104000000" or "340104001000" or "340104001001" or "340104001001003";

    public bool UnitExists(string code) => code is "340104001-police" or "340100-police";

    public bool IsStatisticalZone(ReadOnlySpan<char> countyPrefix) => countyPrefix is "340176" or "340177" or "340178";

    public static AlarmReadResult Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    public static AlarmReadResult Read(byte[] json) => AlarmReportReader.Read(json, "hefei-110", "A1", Instance, Now);
}
