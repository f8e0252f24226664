using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Anhu.Data;

namespace Anhu.Modules.Backup;

/// <summary>The file is not what the backup wrote.</summary>
internal sealed class DamagedBackupException(string entry, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Entry { get; } = entry;
}

/// <summary>Reads a table's entry of a backup.</summary>
internal static class TableEntry
{
    private const int MostLineBytes = 64 << 20;

    /// <summary>Checks that an entry is there and is, byte by byte, what was written.</summary>
    /// <exception cref="DamagedBackupException">It is not.</exception>
    public static async Task VerifyAsync(ZipArchive zip, BackupTable table, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            await using var stream = await OpenAsync(zip, table, ct);
            long bytes = 0, rows = 0;
            int read;
            while ((read = await stream.ReadAsync(buffer, ct)) > 0)
            {
                bytes += read;
                rows += buffer.AsSpan(0, read).Count((byte)'\n');
                hash.AppendData(buffer, 0, read);
            }

            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != table.Sha256)
            {
                throw new DamagedBackupException(table.EntryName(), $"its content was changed ({bytes} of {table.Bytes} bytes, {rows} of {table.Rows} rows)");
            }

            if (rows != table.Rows)
            {
                throw new DamagedBackupException(table.EntryName(), $"{rows} rows, not {table.Rows}");
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new DamagedBackupException(table.EntryName(), "unreadable", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads the rows, some at a time.</summary>
    /// <exception cref="DamagedBackupException">A line is not a row of the table.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<object?[]>> ReadAsync(
        ZipArchive zip, BackupTable entry, StoreTable table, int portion, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var stream = await OpenAsync(zip, entry, ct);
        var pipe = PipeReader.Create(stream);
        var rows = new List<object?[]>(portion);
        var number = 0L;
        while (true)
        {
            var result = await pipe.ReadAsync(ct);
            var rest = result.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                rows.Add(ReadLine(rest.Slice(0, end), ++number));
                rest = rest.Slice(rest.GetPosition(1, end));
                if (rows.Count == portion)
                {
                    yield return rows;
                    rows.Clear();
                }
            }

            if (rest.Length > MostLineBytes || (result.IsCompleted && !rest.IsEmpty))
            {
                throw new DamagedBackupException(entry.EntryName(), $"line {number + 1} does not end");
            }

            pipe.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        if (rows.Count > 0)
        {
            yield return rows;
        }

        object?[] ReadLine(ReadOnlySequence<byte> line, long at)
        {
            try
            {
                return table.ReadLine(line);
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidCastException)
            {
                throw new DamagedBackupException(entry.EntryName(), $"line {at} is no row of the table", e);
            }
        }
    }

    private static async Task<Stream> OpenAsync(ZipArchive zip, BackupTable table, CancellationToken ct) =>
        await (zip.GetEntry(table.EntryName()) ?? throw new DamagedBackupException(table.EntryName(), "missing")).OpenAsync(ct);
}
