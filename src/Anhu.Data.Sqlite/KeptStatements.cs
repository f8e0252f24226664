using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Anhu.Data.Sqlite;

/// <summary>
/// The connections of one store that are kept open, each with the queries that stay prepared on it, by their text. Writes are few and differ;
/// they are prepared each time.
/// </summary>
internal sealed class KeptStatements : DbCommandInterceptor, IDisposable
{
    /// <summary>More than the program has queries; what has more makes texts of its own, and is begun anew.</summary>
    private const int Most = 500;

    private readonly ConcurrentDictionary<SqliteConnection, Dictionary<string, KeptCommand>> connections = new();
    private readonly ConcurrentDictionary<SqliteConnection, bool> resting = new();
    private volatile bool hasEnded;

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result) =>
        Find((SqliteCommand)command) is { } kept ? InterceptionResult<DbDataReader>.SuppressWithResult(kept.Read((SqliteCommand)command)) : result;

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(ReaderExecuting(command, eventData, result));
    }

    /// <summary>A connection is used again.</summary>
    public void Use(SqliteConnection connection) => resting.TryRemove(connection, out _);

    /// <summary>Whether a connection stays open while nobody uses it. One on which a query was left in the middle does not: it would hold the store as it was.</summary>
    public bool Rest(SqliteConnection connection)
    {
        if (connection.State == ConnectionState.Open && connections.TryGetValue(connection, out var commands) && !commands.Values.Any(c => c.IsReading))
        {
            resting[connection] = true;
            if (!hasEnded || !resting.TryRemove(connection, out _))
            {
                return true;
            }
        }

        Forget(connection);
        return false;
    }

    /// <summary>A connection is closed for good; its prepared queries end with it.</summary>
    public void Forget(SqliteConnection connection)
    {
        Use(connection);
        connections.TryRemove(connection, out _);
    }

    /// <summary>Closes those that rest: a pool of contexts that ends leaves its contexts as they are. Whoever still works is left alone.</summary>
    public void Dispose()
    {
        hasEnded = true;
        foreach (var connection in resting.Keys)
        {
            if (resting.TryRemove(connection, out _))
            {
                Forget(connection);
                connection.Dispose();
            }
        }
    }

    private KeptCommand? Find(SqliteCommand command)
    {
        var text = command.CommandText;
        if (!text.StartsWith("SELECT", StringComparison.Ordinal) || command.Connection is not { } connection)
        {
            return null;
        }

        var commands = connections.GetOrAdd(connection, static _ => new Dictionary<string, KeptCommand>(StringComparer.Ordinal));
        if (commands.TryGetValue(text, out var kept))
        {
            // The same query within itself goes without.
            return kept.IsReading ? null : kept;
        }

        if (commands.Count >= Most)
        {
            foreach (var (name, each) in commands.Where(c => !c.Value.IsReading).ToList())
            {
                commands.Remove(name);
                each.Dispose();
            }
        }

        kept = new KeptCommand(text, connection);
        commands.Add(text, kept);
        return kept;
    }

    private sealed class KeptCommand(string text, SqliteConnection connection) : SqliteCommand(text, connection)
    {
        public bool IsReading => DataReader is not null;

        public SqliteDataReader Read(SqliteCommand command)
        {
            (Transaction, CommandTimeout) = (command.Transaction, command.CommandTimeout);
            foreach (SqliteParameter parameter in command.Parameters)
            {
                Parameters.Add(parameter);
            }

            try
            {
                return ExecuteReader();
            }
            finally
            {
                // Bound by now.
                Parameters.Clear();
            }
        }
    }
}
