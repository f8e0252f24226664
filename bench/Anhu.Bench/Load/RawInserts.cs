using System.Diagnostics;
using Anhu.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SQLitePCL;

namespace Anhu.Bench.Load;

/// <summary>What raw inserts cost.</summary>
internal sealed record RawRun(long Rows, double Seconds, double CpuMilliseconds);

/// <summary>
/// Inserts the rows that the platform wrote into an empty store of the same schema, as fast as the database takes them: SQLite by prepared statements on
/// the native connection, PostgreSQL by binary COPY of bytes that it gave out itself. Same settings, same indexes, as many transactions as the platform's.
/// </summary>
internal static class RawInserts
{
    public static async Task<RawRun> RunAsync(Site from, Site to, int commits)
    {
        var tables = await TablesAsync(from);
        return from.Postgres is null ? await SqliteAsync(from, to, tables, commits) : await PostgresAsync(from.Postgres, from.Database!, to.Database!, tables, commits);
    }

    /// <summary>The tables that alarms fill.</summary>
    internal static IReadOnlyList<Type> Entities { get; } =
    [
        typeof(Modules.Alarms.Alarm), typeof(Modules.Alarms.AlarmRevision), typeof(Modules.People.Person), typeof(Modules.People.PersonKey),
        typeof(Modules.People.PersonRecord),
        typeof(Modules.Cases.DvCase), typeof(Modules.Cases.CaseParty), typeof(Modules.Cases.Incident), typeof(Modules.Cases.IncidentParty),
        typeof(Modules.Cases.CaseAccess), typeof(Modules.Grading.Grade), typeof(Modules.Duties.Duty), typeof(Modules.Timeline.TimelineEvent),
    ];

    private static async Task<List<string>> TablesAsync(Site site)
    {
        await using var services = await site.OpenAsync();
        await using var db = await services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync();
        return [.. Entities.Select(e => db.Model.FindEntityType(e)!.GetTableName()!)];
    }

    /// <summary>The share of a table that the n-th of so many transactions takes.</summary>
    private static Range Part(int count, int n, int of) => (int)((long)count * n / of)..(int)((long)count * (n + 1) / of);

    private static async Task<RawRun> SqliteAsync(Site from, Site to, List<string> tables, int commits)
    {
        var rows = new List<(string Table, int Columns, List<object?[]> Rows)>();
        await using (var services = await from.OpenAsync())
        await using (var db = await services.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync())
        {
            await db.Database.OpenConnectionAsync();
            foreach (var table in tables)
            {
                rows.Add(Read(((SqliteConnection)db.Database.GetDbConnection()).Handle!, table));
            }
        }

        await using var target = await to.OpenAsync();
        await using var own = await target.GetRequiredService<IDbContextFactory<AnhuDbContext>>().CreateDbContextAsync();

        // Opened through the platform, the connection has the platform's settings.
        await own.Database.OpenConnectionAsync();
        var handle = ((SqliteConnection)own.Database.GetDbConnection()).Handle!;
        foreach (var table in tables)
        {
            Check(handle, raw.sqlite3_exec(handle, $"DELETE FROM \"{table}\""));
        }

        var statements = rows.ConvertAll(t =>
        {
            Check(handle, raw.sqlite3_prepare_v2(handle, $"INSERT INTO \"{t.Table}\" VALUES ({string.Join(",", Enumerable.Repeat("?", t.Columns))})", out var statement));
            return statement;
        });
        GC.Collect();
        var cpu = Machine.Cpu(Environment.ProcessId);
        var watch = Stopwatch.StartNew();
        for (var n = 0; n < commits; n++)
        {
            Check(handle, raw.sqlite3_exec(handle, "BEGIN IMMEDIATE"));
            for (var t = 0; t < rows.Count; t++)
            {
                var part = Part(rows[t].Rows.Count, n, commits);
                for (var i = part.Start.Value; i < part.End.Value; i++)
                {
                    Insert(handle, statements[t], rows[t].Rows[i]);
                }
            }

            Check(handle, raw.sqlite3_exec(handle, "COMMIT"));
        }

        var run = new RawRun(rows.Sum(t => (long)t.Rows.Count), watch.Elapsed.TotalSeconds, Machine.Cpu(Environment.ProcessId) - cpu);
        statements.ForEach(s => s.Dispose());
        return run;
    }

    private static (string Table, int Columns, List<object?[]> Rows) Read(sqlite3 db, string table)
    {
        var rows = new List<object?[]>();
        // In the order of writing. Tables that lie in the tree of their key have no row number: ids sort by time of making.
        var order = table switch
        {
            "people_key" => "\"PersonId\"",
            "cases_party" or "cases_access" => "\"CaseId\"",
            "cases_incident_party" => "\"IncidentId\"",
            _ => "rowid",
        };
        Check(db, raw.sqlite3_prepare_v2(db, $"SELECT * FROM \"{table}\" ORDER BY {order}", out var statement));
        var columns = raw.sqlite3_column_count(statement);
        while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
        {
            var row = new object?[columns];
            for (var i = 0; i < columns; i++)
            {
                row[i] = raw.sqlite3_column_type(statement, i) switch
                {
                    raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, i),
                    raw.SQLITE_FLOAT => raw.sqlite3_column_double(statement, i),
                    raw.SQLITE_TEXT => System.Text.Encoding.UTF8.GetBytes(raw.sqlite3_column_text(statement, i).utf8_to_string()).AsMemory(),
                    raw.SQLITE_BLOB => raw.sqlite3_column_blob(statement, i).ToArray(),
                    _ => null,
                };
            }

            rows.Add(row);
        }

        statement.Dispose();
        return (table, columns, rows);
    }

    private static void Insert(sqlite3 db, sqlite3_stmt statement, object?[] row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            _ = row[i] switch
            {
                null => raw.sqlite3_bind_null(statement, i + 1),
                long number => raw.sqlite3_bind_int64(statement, i + 1, number),
                Memory<byte> text => raw.sqlite3_bind_text(statement, i + 1, text.Span),
                byte[] bytes => raw.sqlite3_bind_blob(statement, i + 1, bytes),
                var number => raw.sqlite3_bind_double(statement, i + 1, (double)number),
            };
        }

        var result = raw.sqlite3_step(statement);
        raw.sqlite3_reset(statement);
        Check(db, result);
    }

    private static void Check(sqlite3 db, int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
        {
            throw new SqliteException(raw.sqlite3_errmsg(db).utf8_to_string(), result);
        }
    }

    private static async Task<RawRun> PostgresAsync(PostgresServer server, string from, string to, List<string> tables, int commits)
    {
        var dumps = new List<CopyRows>();
        await using (var source = await server.OpenAsync(from))
        {
            foreach (var table in tables)
            {
                dumps.Add(await CopyRows.ReadAsync(source, table));
            }
        }

        await using var target = await server.OpenAsync(to);
        foreach (var table in tables)
        {
            await using var clear = new NpgsqlCommand($"TRUNCATE \"{table}\"", target);
            await clear.ExecuteNonQueryAsync();
        }

        GC.Collect();
        double Cost() => Machine.Cpu(Environment.ProcessId) + Machine.CpuOfFamily(server.ProcessId);
        var cpu = Cost();
        var watch = Stopwatch.StartNew();
        for (var n = 0; n < commits; n++)
        {
            await using var transaction = await target.BeginTransactionAsync();
            foreach (var dump in dumps)
            {
                await dump.WriteAsync(target, Part(dump.Count, n, commits));
            }

            await transaction.CommitAsync();
        }

        return new RawRun(dumps.Sum(d => (long)d.Count), watch.Elapsed.TotalSeconds, Cost() - cpu);
    }
}
