using System.IO.Compression;
using System.Xml;
using MiniExcelLibs;

namespace Anhu.Modules.People;

/// <summary>Reads XLSX that others made: first what it unpacks to, so that no small file fills the machine.</summary>
internal static class ExcelFile
{
    /// <summary>Most bytes that a file unpacks to: a million rows and more.</summary>
    public const long Most = 512L << 20;

    /// <summary>Longest text without a tag, in bytes; a cell holds 32,767 characters at most.</summary>
    public const int LongestText = 1 << 20;

    private const int MostParts = 1_000;

    /// <summary>The rows of the first sheet.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">It is no XLSX, or unpacks to too much.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static IEnumerable<ICollection<object?>> Rows(string path)
    {
        Check(path, Most);
        using var rows = MiniExcel.Query(path, useHeaderRow: false).Cast<IDictionary<string, object?>>().GetEnumerator();
        while (Next(rows))
        {
            yield return rows.Current.Values;
        }
    }

    /// <summary>Unpacks a file once without keeping anything; what its directory says of sizes is not believed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Most bytes.</param>
    /// <exception cref="FormatException">It is no XLSX, or unpacks to too much.</exception>
    internal static void Check(string path, long most)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            if (zip.Entries.Count > MostParts)
            {
                throw new FormatException("The file has too many parts.");
            }

            var buffer = new byte[81_920];
            var left = most;
            foreach (var part in zip.Entries)
            {
                left = Check(part, buffer, left);
            }
        }
        catch (InvalidDataException e)
        {
            throw new FormatException("The file is no XLSX.", e);
        }
    }

    private static long Check(ZipArchiveEntry part, byte[] buffer, long left)
    {
        using var content = part.Open();
        var text = 0;
        while (content.Read(buffer) is > 0 and var read)
        {
            left -= read;
            var tag = buffer.AsSpan(0, read).LastIndexOf((byte)'<');
            var first = buffer.AsSpan(0, read).IndexOf((byte)'<');
            if (left < 0 || (part.Name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) && text + (first < 0 ? read : first) > LongestText))
            {
                throw new FormatException("The file unpacks to more than it may.");
            }

            text = tag < 0 ? text + read : read - tag;
        }

        return left;
    }

    private static bool Next(IEnumerator<IDictionary<string, object?>> rows)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (Exception e) when (e is XmlException or InvalidDataException or InvalidOperationException or KeyNotFoundException or NullReferenceException or ArgumentException)
        {
            // Whatever the library makes of what is no sheet.
            throw new FormatException("The file is no XLSX that can be read.", e);
        }
    }
}
