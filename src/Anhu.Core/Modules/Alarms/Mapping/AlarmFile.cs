using System.Globalization;
using System.Text;
using System.Text.Json;
using Anhu.Common;
using CsvHelper;

namespace Anhu.Modules.Alarms.Mapping;

/// <summary>A row of a file: left out by the mapping's filter, an alarm, or wrong.</summary>
/// <param name="Line">The line on which it starts, from 1.</param>
/// <param name="Cells">What it contains: cells of a CSV row, or the one line of NDJSON.</param>
/// <param name="Report">The alarm, or null.</param>
/// <param name="Errors">What is wrong, or null.</param>
public sealed record AlarmFileRow(long Line, IReadOnlyList<string> Cells, AlarmReport? Report, FieldErrors? Errors)
{
    /// <summary>True when the filter left it out.</summary>
    public bool IsSkipped => Report is null && Errors is null;
}

/// <summary>A file of alarms: CSV by a mapping, or NDJSON of the contract; gzip, byte order marks and GB18030 are recognised.</summary>
public sealed class AlarmFile
{
    private readonly string path;
    private readonly string source;
    private readonly IAlarmVocabulary vocabulary;
    private readonly DateTimeOffset now;
    private readonly AlarmMapping? mapping;
    private readonly AlarmRowMapper? mapper;
    private readonly Encoding encoding;
    private readonly bool isJson;
    private TextContent? current;

    /// <summary>Opens a file, recognises what it is and binds the mapping to its columns.</summary>
    /// <param name="path">The file.</param>
    /// <param name="source">The source under which its alarms are filed.</param>
    /// <param name="mapping">The mapping; null when the file uses the contract's own field names.</param>
    /// <param name="vocabulary">Regions and units that exist.</param>
    /// <param name="communitiesWithin">Codes of the communities within a region, for mappings that spread.</param>
    /// <param name="now">The present instant.</param>
    /// <exception cref="FormatException">File and mapping don't go together.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public AlarmFile(string path, string source, AlarmMapping? mapping, IAlarmVocabulary vocabulary, Func<string, IReadOnlyList<string>> communitiesWithin, DateTimeOffset now)
    {
        this.path = path;
        this.source = source;
        this.vocabulary = vocabulary;
        this.now = now;
        using (var stream = OpenContent())
        {
            isJson = IsJson(stream);
        }

        encoding = isJson ? Encoding.UTF8 : TextContent.EncodingOf(path, mapping?.Encoding ?? "auto");
        if (isJson)
        {
            this.mapping = mapping;
            Columns = mapping is null ? ["content"] : [.. ColumnsOf(mapping)];
        }
        else
        {
            using var csv = OpenCsv(mapping, static _ => { });
            Columns = mapping?.Columns ?? Header(csv);
            this.mapping = mapping ?? AlarmMapping.ForContractColumns(Columns);
        }

        mapper = this.mapping is null ? null : new AlarmRowMapper(this.mapping, Columns, communitiesWithin);
    }

    /// <summary>The names of the cells.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>How much of the file has been read in the present pass, 0 to 1.</summary>
    public double Progress => current?.Progress ?? 1;

    /// <summary>Reads the file from the start, row by row.</summary>
    public IEnumerable<AlarmFileRow> Rows() => isJson ? JsonRows() : CsvRows();

    private IEnumerable<AlarmFileRow> CsvRows()
    {
        CsvMalformedReason? malformed = null;
        using var csv = OpenCsv(mapping, reason => malformed = reason);
        if (mapping!.Columns is null)
        {
            csv.ReadHeader();
        }

        while (true)
        {
            malformed = null;
            AlarmFileRow row;
            try
            {
                if (!csv.Read())
                {
                    yield break;
                }

                row = CsvRow(csv, malformed);
            }
            catch (CsvFormatException)
            {
                row = Wrong(csv.LineNumber, [], FieldFault.UnclosedQuote);
            }

            yield return row;
            if (row.Cells.Count == 0)
            {
                yield break; // A quote swallowed the rest of the file: nothing after it can be trusted.
            }
        }
    }

    private AlarmFileRow CsvRow(CsvReader csv, CsvMalformedReason? malformed)
    {
        var cells = new string[csv.FieldCount];
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = csv.GetString(i);
        }

        if (malformed == CsvMalformedReason.UnterminatedQuote)
        {
            return Wrong(csv.LineNumber, cells, FieldFault.UnclosedQuote);
        }

        if (cells is ["\u001A"])
        {
            return new AlarmFileRow(csv.LineNumber, cells, null, null); // The end mark of old systems.
        }

        if (cells.Length < Columns.Count || cells.AsSpan(Columns.Count).ContainsAnyExcept(""))
        {
            return Wrong(csv.LineNumber, cells, FieldFault.WrongColumnCount, $"{cells.Length} / {Columns.Count}");
        }

        return Map(csv.LineNumber, cells);
    }

    private AlarmFileRow Map(long line, IReadOnlyList<string> cells)
    {
        if (!mapper!.Keeps(cells))
        {
            return new AlarmFileRow(line, cells, null, null);
        }

        var result = AlarmReportReader.Read(mapper.ToJson(cells), source, null, vocabulary, now);
        return new AlarmFileRow(line, cells, result.Report, result.Errors);
    }

    private IEnumerable<AlarmFileRow> JsonRows()
    {
        using var stream = OpenContent();
        var lines = new LineReader(stream);
        for (long line = 1; lines.Read(); line++)
        {
            if (lines.IsTooLong)
            {
                yield return Wrong(line, [""], FieldFault.TooLong, AlarmLimits.Bytes.ToString(CultureInfo.InvariantCulture));
            }
            else if (lines.Line.AsSpan().ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r'))
            {
                yield return JsonRow(line, lines.Line);
            }
        }
    }

    private AlarmFileRow JsonRow(long line, ArraySegment<byte> utf8)
    {
        string[] content = [Encoding.UTF8.GetString(utf8)];
        if (mapping is null)
        {
            var result = AlarmReportReader.Read(utf8, source, null, vocabulary, now);
            return new AlarmFileRow(line, content, result.Report, result.Errors);
        }

        try
        {
            using var document = JsonDocument.Parse(utf8);
            return Map(line, [.. Columns.Select(column => Cell(document.RootElement, column))]);
        }
        catch (JsonException)
        {
            return Wrong(line, content, FieldFault.NotJson, "1:1");
        }
    }

    private static string Cell(JsonElement element, string column)
    {
        foreach (var step in column.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(step, out element))
            {
                return "";
            }
        }

        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString() ?? "",
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
            _ => "",
        };
    }

    private static AlarmFileRow Wrong(long line, IReadOnlyList<string> cells, FieldFault fault, string? detail = null)
    {
        var errors = new FieldErrors();
        errors.Add(FieldErrors.Document, fault, detail);
        return new AlarmFileRow(line, cells, null, errors);
    }

    private CsvReader OpenCsv(AlarmMapping? mapping, Action<CsvMalformedReason> onMalformed) => CsvReader.Create(
        OpenContent(),
        CsvReaderOptions.Default with
        {
            Encoding = encoding,
            HasHeader = mapping?.Columns is null,
            Separator = mapping is null or { Delimiter: "auto" } ? null : mapping.Delimiter[0],
            TrackLineNumbers = true,
            IncludeValuesInExceptions = false,
            MaxRecordSize = AlarmLimits.Bytes,
            OnMalformedRecord = record => onMalformed(record.Reason),
        },
        leaveOpen: false);

    private static IReadOnlyList<string> Header(CsvReader csv)
    {
        csv.ReadHeader();
        return csv.Headers is { Count: > 0 } headers ? [.. headers.Select(h => h.Trim())] : throw new FormatException("The file is empty.");
    }

    /// <summary>The columns that a mapping asks of a JSON line.</summary>
    private static SortedSet<string> ColumnsOf(AlarmMapping mapping)
    {
        SortedSet<string> columns = new(StringComparer.Ordinal);
        var rules = mapping.Fields.Values.Concat(mapping.People.SelectMany(p => p.Values)).Concat(mapping.Spread is { } spread ? [spread.By] : []).ToList();
        foreach (var rule in rules)
        {
            columns.UnionWith([.. rule.Columns ?? [], .. rule.FirstOf ?? [], .. rule.Template is { } template ? MappingCheck.ColumnsIn(template)! : []]);
        }

        columns.UnionWith(rules.Select(r => r.Column).Concat(mapping.Keep.Concat(mapping.Drop).Concat(rules.SelectMany(r => r.When)).Select(c => c.Column)).OfType<string>());
        return columns;
    }

    private Stream OpenContent() => (current = TextContent.Open(path)).Content;

    private static bool IsJson(Stream content)
    {
        int first;
        do
        {
            first = content.ReadByte();
        }
        while (first is ' ' or '\t' or '\r' or '\n');
        return first == '{';
    }
}
