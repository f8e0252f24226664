using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Anhu.Bench.Load;

/// <summary>A PostgreSQL server in a folder, with the settings of a real one: what it acknowledges survives a power cut.</summary>
internal sealed class PostgresServer : IDisposable
{
    private readonly string folder;

    private PostgresServer(string folder, string address)
    {
        this.folder = folder;
        Address = address;
    }

    /// <summary>Address of the database <c>postgres</c>.</summary>
    public string Address { get; }

    /// <summary>The parent of all its processes.</summary>
    public int ProcessId => int.Parse(File.ReadLines(Path.Combine(folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>The project's folder.</summary>
    public static string ProjectFolder
    {
        get
        {
            foreach (var start in (string[])[AppContext.BaseDirectory, Environment.CurrentDirectory])
            {
                for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                {
                    if (File.Exists(Path.Combine(folder.FullName, "Anhu.slnx")))
                    {
                        return folder.FullName;
                    }
                }
            }

            throw new InvalidOperationException("Run it from the project's folder.");
        }
    }

    /// <summary>Starts it, makes it first if need be.</summary>
    /// <param name="folder">Its folder.</param>
    public static PostgresServer Start(string folder) => new(folder, Run("start", folder, "durable"));

    /// <summary>The address of a database.</summary>
    /// <param name="database">Its name.</param>
    public string AddressOf(string database) => new UriBuilder(Address) { Path = database }.Uri.AbsoluteUri;

    /// <summary>Runs a statement on a database.</summary>
    /// <param name="database">Its name.</param>
    /// <param name="sql">The statement.</param>
    public async Task<object?> RunAsync(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Opens a connection that no pool keeps.</summary>
    /// <param name="database">The database's name.</param>
    public async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var address = new Uri(AddressOf(database));
        var user = address.UserInfo.Split(':', 2);
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = address.Host, Port = address.Port, Database = database, Username = user[0], Password = user[1], Pooling = false,
        }.ToString());
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Stops it in order: everything is on disk afterwards.</summary>
    public void Dispose() => Run("stop", folder, "fast");

    private static string Run(params string[] args)
    {
        // The server keeps what it inherits open: its answer comes through a file, not through a pipe that never ends.
        var answer = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
            foreach (var arg in (string[])["-c", "out=$1; shift; exec \"$@\" >\"$out\" </dev/null", "sh", answer, Path.Combine(ProjectFolder, "tests", "postgres"), .. args])
            {
                start.ArgumentList.Add(arg);
            }

            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0 ? File.ReadAllText(answer).Trim() : throw new InvalidOperationException($"PostgreSQL: {File.ReadAllText(answer)}");
        }
        finally
        {
            File.Delete(answer);
        }
    }
}
