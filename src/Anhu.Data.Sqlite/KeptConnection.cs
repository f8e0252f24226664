using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using Microsoft.EntityFrameworkCore.Storage;

namespace Anhu.Data.Sqlite;

/// <summary>
/// The connection of a pooled context, which stays open while the context waits for its next use, and with it the queries that were prepared on it
/// (<see cref="KeptStatements"/>). EF Core else opens it for each query, registers its functions anew, and has each query parsed and planned again.
/// </summary>
[SuppressMessage("Usage", "EF1001:Internal EF Core API usage.", Justification = "The only place where it is decided whether a connection closes.")]
internal sealed class KeptConnection(
    RelationalConnectionDependencies dependencies, IRawSqlCommandBuilder commands, IDiagnosticsLogger<DbLoggerCategory.Infrastructure> logger)
    : SqliteRelationalConnection(dependencies, commands, logger)
{
    private readonly KeptStatements kept = dependencies.ContextOptions.FindExtension<CoreOptionsExtension>()!.Interceptors!.OfType<KeptStatements>().Single();

    public override bool Open(bool errorsExpected = false)
    {
        kept.Use((SqliteConnection)DbConnection);
        return base.Open(errorsExpected);
    }

    public override Task<bool> OpenAsync(CancellationToken cancellationToken, bool errorsExpected = false)
    {
        kept.Use((SqliteConnection)DbConnection);
        return base.OpenAsync(cancellationToken, errorsExpected);
    }

    protected override void CloseDbConnection()
    {
        if (!kept.Rest((SqliteConnection)DbConnection))
        {
            base.CloseDbConnection();
        }
    }

    protected override Task CloseDbConnectionAsync()
    {
        CloseDbConnection();
        return Task.CompletedTask;
    }

    protected override void DisposeDbConnection()
    {
        kept.Forget((SqliteConnection)DbConnection);
        base.DisposeDbConnection();
    }

    protected override ValueTask DisposeDbConnectionAsync()
    {
        DisposeDbConnection();
        return ValueTask.CompletedTask;
    }
}
