using System.Buffers.Binary;
using Npgsql;

namespace Anhu.Bench.Load;

/// <summary>A PostgreSQL table in the bytes of COPY BINARY, row by row.</summary>
internal sealed class CopyRows
{
    /// <summary>Signature, flags and the length of no extension.</summary>
    private const int HeadLength = 19;

    private readonly string table;
    private readonly byte[] bytes;
    private readonly List<int> starts = [];

    private CopyRows(string table, byte[] bytes)
    {
        this.table = table;
        this.bytes = bytes;
        var at = HeadLength;
        while (BinaryPrimitives.ReadInt16BigEndian(bytes.AsSpan(at)) is >= 0 and var fields)
        {
            starts.Add(at);
            at += 2;
            for (var i = 0; i < fields; i++)
            {
                at += 4 + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at)));
            }
        }

        starts.Add(at);
    }

    /// <summary>Number of rows.</summary>
    public int Count => starts.Count - 1;

    /// <summary>Reads a table in the order in which it was written.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="table">The table.</param>
    public static async Task<CopyRows> ReadAsync(NpgsqlConnection connection, string table)
    {
        using var memory = new MemoryStream();
        await using (var copy = await connection.BeginRawBinaryCopyAsync($"COPY (SELECT * FROM \"{table}\" ORDER BY ctid) TO STDOUT (FORMAT BINARY)"))
        {
            await copy.CopyToAsync(memory);
        }

        return new CopyRows(table, memory.ToArray());
    }

    /// <summary>Writes some rows into the same table elsewhere.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="rows">Which.</param>
    public async Task WriteAsync(NpgsqlConnection connection, Range rows)
    {
        if (rows.Start.Value == rows.End.Value)
        {
            return;
        }

        await using var copy = await connection.BeginRawBinaryCopyAsync($"COPY \"{table}\" FROM STDIN (FORMAT BINARY)");
        await copy.WriteAsync(bytes.AsMemory(0, HeadLength));
        await copy.WriteAsync(bytes.AsMemory(starts[rows.Start.Value]..starts[rows.End.Value]));
        await copy.WriteAsync((byte[])[0xff, 0xff]);
    }
}
