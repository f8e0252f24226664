using CsvHelper;

namespace Anhu.Common;

/// <summary>The rows of a CSV file as agencies send it (<see cref="TextContent"/>). A quote that is opened and never closed ends the reading with its line: nothing after it could be trusted.</summary>
public sealed class CsvRows : IDisposable
{
    private readonly string path;
    private readonly TextContent text;
    private CsvMalformedReason? malformed;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">A name such as <c>gb18030</c>, or <c>auto</c>.</param>
    /// <param name="hasHeader">Whether its first row names the columns.</param>
    /// <param name="largest">Most bytes of a row; null for the reader's own limit.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    public CsvRows(string path, string encoding, bool hasHeader, int? largest = null)
    {
        this.path = path;
        var known = TextContent.EncodingOf(path, encoding);
        text = TextContent.Open(path);
        var options = CsvReaderOptions.Default with
        {
            Encoding = known,
            HasHeader = hasHeader,
            TrackLineNumbers = true,
            IncludeValuesInExceptions = false,
            OnMalformedRecord = record => malformed = record.Reason,
        };
        Reader = CsvReader.Create(text.Content, largest is null ? options : options with { MaxRecordSize = largest }, leaveOpen: false);
        if (hasHeader)
        {
            Read(header: true);
        }
    }

    /// <summary>The row that was read last.</summary>
    public CsvReader Reader { get; }

    /// <summary>How much of the file has been read, 0 to 1.</summary>
    public double Progress => text.Progress;

    /// <summary>Reads the next row.</summary>
    /// <returns>False after the last.</returns>
    /// <exception cref="FormatException">A quote is never closed, or a row is too large; the message names file and line.</exception>
    public bool Read() => Read(header: false);

    /// <summary>Says what is wrong with the present row.</summary>
    /// <param name="what">What.</param>
    public FormatException Fault(string what) => new($"{path}, line {Reader.LineNumber}: {what}");

    /// <inheritdoc/>
    public void Dispose() => Reader.Dispose();

    private bool Read(bool header)
    {
        var there = true;
        try
        {
            if (header)
            {
                Reader.ReadHeader();
            }
            else
            {
                there = Reader.Read();
            }
        }
        catch (CsvFormatException fault)
        {
            throw Fault(fault.Message);
        }

        return malformed == CsvMalformedReason.UnterminatedQuote ? throw Fault("a quote is opened and never closed.") : there;
    }
}
