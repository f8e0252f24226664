using Anhu.Linkage.Chinese;
using Anhu.Linkage.Records;

namespace Anhu.Linkage.Tests;

/// <summary>Made-up people and their records, damaged as agencies damage them; the same for the same seed.</summary>
internal static class People
{
    /// <summary>What tests link with.</summary>
    public const string Model = """
        {
          "id": "id",
          "derived": { "birth": ["idNumber:id-birth", "birthDate"] },
          "comparisons": [
            { "name": "identity", "column": "idNumber", "comparator": "citizen-id", "otherwise": { "column": "birth", "comparator": "birth-date" } },
            { "column": "name", "comparator": "chinese-name" },
            { "column": "phone", "comparator": "mobile" },
            { "column": "sex", "comparator": "sex" }
          ],
          "apart": ["report"],
          "blocking": ["idNumber:id15", "phone", "name:sound + birth:year", "name + sex", "birth"]
        }
        """;

    private const string Surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗";

    private const string Given = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红鹏宇婷辉琳佳欣";

    /// <summary>The columns of a made-up record.</summary>
    public static readonly string[] Columns = ["idNumber", "birthDate", "name", "phone", "sex", "report"];

    /// <summary>Makes records: of each household a couple, in one to four reports that name one of them or both.</summary>
    /// <param name="households">How many households.</param>
    /// <param name="seed">Seed.</param>
    /// <returns>Of each record its values by <see cref="Columns"/> and who it is.</returns>
    public static List<(string[] Values, int Person)> Make(int households, int seed)
    {
        var random = new Random(seed);
        var records = new List<(string[], int)>();
        string Pick(string from) => from[random.Next(from.Length)].ToString();
        for (var household = 0; household < households; household++)
        {
            var home = "13" + random.Next(100_000_000, 999_999_999);
            var couple = Enumerable.Range(0, 2).Select(female =>
            {
                var born = new DateOnly(1955, 1, 1).AddDays(random.Next(15_000));
                var body = $"3401{random.Next(1, 80):00}{born:yyyyMMdd}{(random.Next(100, 999) / 2 * 2) + (female == 0 ? 1 : 0):000}";
                return (Name: Pick(Surnames) + Pick(Given) + (random.Next(4) == 0 ? "" : Pick(Given)), Born: born, Number: body + CitizenIdNumber.CheckCharacter(body),
                    Phone: random.Next(5) == 0 ? home : "15" + random.Next(100_000_000, 999_999_999), Sex: female == 1 ? "女" : "男", Person: (household * 2) + female);
            }).ToArray();
            for (var report = random.Next(1, 5); report > 0; report--)
            {
                foreach (var person in couple)
                {
                    if (random.Next(5) == 0)
                    {
                        continue;
                    }

                    var name = random.Next(20) == 0 ? person.Name[..1] + "某" : person.Name;
                    var number = random.Next(3) switch { 0 => "", 1 when random.Next(8) == 0 => Slip(person.Number, random), _ => person.Number };
                    records.Add((
                        [number, random.Next(4) == 0 ? "" : $"{person.Born:yyyy-MM-dd}", name, random.Next(4) == 0 ? "" : person.Phone, person.Sex, $"{household}-{report}"],
                        person.Person));
                }
            }
        }

        return records;
    }

    /// <summary>Puts records into a table.</summary>
    public static RecordTable Table(IReadOnlyList<(string[] Values, int Person)> records, LinkageModel? model = null)
    {
        var table = new RecordTable(model ?? LinkageModel.Parse(Model));
        for (var i = 0; i < records.Count; i++)
        {
            Add(table, $"r{i}", records[i].Values);
        }

        return table;
    }

    /// <summary>Links a table.</summary>
    public static LinkageResult Link(RecordTable table, int? threads = null) => Linker.Link(table, threads, ct: TestContext.Current.CancellationToken);

    /// <summary>Puts a record into a table.</summary>
    public static void Add(RecordTable table, string id, string[] values)
    {
        Assert.True(table.Begin(id));
        for (var column = 0; column < table.Columns.Count; column++)
        {
            table.Set(column, values[Array.IndexOf(Columns, table.Columns[column])]);
        }

        table.End();
    }

    /// <summary>A record's values in the order of an index.</summary>
    public static string?[] For(LinkageIndex index, string[] values) => [.. index.Columns.Select(column => values[Array.IndexOf(Columns, column)])];

    private static string Slip(string number, Random random)
    {
        var at = random.Next(6, 16);
        return number[..at] + number[at + 1] + number[at] + number[(at + 2)..];
    }
}
