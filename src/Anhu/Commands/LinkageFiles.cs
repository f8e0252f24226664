using System.Text;
using Anhu.Common;
using Anhu.Linkage;
using Anhu.Linkage.Records;
using CsvHelper;

namespace Anhu.Commands;

/// <summary>Files of records that are linked, and files of what was found.</summary>
internal static class LinkageFiles
{
    /// <summary>Records after which progress is reported.</summary>
    private const int ReportEvery = 1 << 16;

    /// <summary>Reads a file into a table.</summary>
    /// <param name="path">CSV in UTF-8 or GB18030, also packed with gzip.</param>
    /// <param name="table">Takes the records.</param>
    /// <param name="truth">Takes of each record who it is in truth; null when nothing is to be scored.</param>
    /// <param name="report">Is told how much of the file has been read, 0 to 1.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="FormatException">The file lacks a column, or a record its key, or two records have one key.</exception>
    public static void Read(string path, RecordTable table, TruthColumn? truth, Action<double>? report, CancellationToken ct)
    {
        using var rows = new CsvRows(path, "auto", hasHeader: true);
        var csv = rows.Reader;
        int Column(string name) => csv.TryGetFieldIndex(name, out var at)
            ? at
            : throw new FormatException($"{path} has no column '{name}'. It has: {string.Join(", ", csv.Headers)}.");
        var id = Column(table.Model.Id);
        var columns = table.Columns.Select(Column).ToArray();
        var truthAt = truth is null ? -1 : Column(truth.Name);
        var width = columns.Append(id).Append(truthAt).Max() + 1;
        var room = new char[1 << 12];
        for (var read = 0; rows.Read(); read++)
        {
            if (csv.FieldCount < width)
            {
                throw rows.Fault($"{csv.FieldCount} columns where the header has {csv.Headers.Count}.");
            }

            var key = Field(csv, id, ref room);
            if (key.IsEmpty)
            {
                throw rows.Fault($"'{table.Model.Id}' is empty.");
            }

            if (!table.Begin(key))
            {
                throw rows.Fault($"a record before has the same '{table.Model.Id}'.");
            }

            for (var i = 0; i < columns.Length; i++)
            {
                table.Set(i, Field(csv, columns[i], ref room));
            }

            table.End();
            truth?.Add(Field(csv, truthAt, ref room));
            if (read % ReportEvery == 0)
            {
                ct.ThrowIfCancellationRequested();
                report?.Invoke(rows.Progress);
            }
        }
    }

    /// <summary>Writes of each record its group, which is named by the key of its first record.</summary>
    public static void WriteClusters(string path, LinkageResult result) => Write(path, csv =>
    {
        csv.WriteField("id");
        csv.WriteField("cluster");
        csv.EndRecord();
        for (var record = 0; record < result.Table.Count; record++)
        {
            csv.WriteField(result.Table.Id(record));
            csv.WriteField(result.Table.Id(result.Clusters[record]));
            csv.EndRecord();
        }
    });

    /// <summary>Writes the pairs that were joined.</summary>
    /// <returns>How many.</returns>
    public static long WritePairs(string path, LinkageResult result)
    {
        var count = 0L;
        Write(path, csv =>
        {
            foreach (var column in (string[])["left", "right", "probability", "weight"])
            {
                csv.WriteField(column);
            }

            csv.EndRecord();
            foreach (var link in result.Links())
            {
                csv.WriteField(result.Table.Id(link.Left));
                csv.WriteField(result.Table.Id(link.Right));
                csv.WriteField(link.Probability.ToString("0.000000", System.Globalization.CultureInfo.InvariantCulture));
                csv.WriteField(link.Weight.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture));
                csv.EndRecord();
                count++;
            }
        });
        return count;
    }

    /// <summary>A file appears under its name only when it is whole.</summary>
    private static void Write(string path, Action<CsvWriter> content)
    {
        var part = path + ".part";
        using (var csv = CsvWriter.Create(new StreamWriter(part, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16)))
        {
            content(csv);
        }

        File.Move(part, path, overwrite: true);
    }

    private static ReadOnlySpan<char> Field(CsvReader csv, int at, ref char[] room)
    {
        // No text has more characters than bytes.
        var bytes = csv.GetSpan(at).Length;
        if (bytes > room.Length)
        {
            room = new char[bytes * 2];
        }

        return room.AsSpan(0, csv.GetChars(at, room));
    }
}

/// <summary>The column that says who is who in truth.</summary>
/// <param name="name">Its name.</param>
internal sealed class TruthColumn(string name)
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Of each record a number that stands for who it is.</summary>
    public List<int> Values { get; } = [];

    /// <summary>Says who the next record is.</summary>
    public void Add(ReadOnlySpan<char> who)
    {
        var known = numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(who, out var number))
        {
            known[who] = number = numbers.Count;
        }

        Values.Add(number);
    }
}
