#pragma warning disable EF1001 // The generators are internal; SealedColumnTests.Queries_OfEveryForm_OpenWhatTheyRead tells when an upgrade changes them.
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Sqlite.Query.Internal;

namespace Anhu.Data.Sqlite;

/// <summary>Makes generators that read sealed columns with their row.</summary>
internal sealed class RowQuerySqlGeneratorFactory(QuerySqlGeneratorDependencies dependencies) : IQuerySqlGeneratorFactory
{
    /// <inheritdoc />
    public QuerySqlGenerator Create() => new RowQuerySqlGenerator(dependencies);
}

/// <summary>Reads sealed columns with the key of their row behind the value (<see cref="SealedColumn"/>).</summary>
internal sealed class RowQuerySqlGenerator(QuerySqlGeneratorDependencies dependencies) : SqliteQuerySqlGenerator(dependencies)
{
    private readonly SealedReads reads = new();

    /// <inheritdoc />
    protected override Expression VisitSelect(SelectExpression selectExpression)
    {
        reads.Enter(selectExpression);
        return base.VisitSelect(selectExpression);
    }

    /// <inheritdoc />
    protected override Expression VisitProjection(ProjectionExpression projectionExpression)
    {
        base.VisitProjection(projectionExpression);
        if (projectionExpression.Expression is ColumnExpression column && column.Name == projectionExpression.Alias && reads.RowOf(column).Count > 0)
        {
            Sql.Append(AliasSeparator).Append(Dependencies.SqlGenerationHelper.DelimitIdentifier(column.Name));
        }

        return projectionExpression;
    }

    /// <inheritdoc />
    protected override Expression VisitColumn(ColumnExpression columnExpression)
    {
        var row = reads.RowOf(columnExpression);
        if (row.Count == 0)
        {
            return base.VisitColumn(columnExpression);
        }

        // Bytes put together are text to SQLite, whatever is in them.
        Sql.Append("CAST(");
        base.VisitColumn(columnExpression);
        foreach (var part in row)
        {
            var name = $"{Dependencies.SqlGenerationHelper.DelimitIdentifier(columnExpression.TableAlias)}.{Dependencies.SqlGenerationHelper.DelimitIdentifier(part.Name)}";
            Sql.Append(" || ").Append(part.Kind switch
            {
                RowPartKind.Id => name,
                RowPartKind.Number => $"printf('%016x', {name})",
                RowPartKind.Text => $"{name} || printf('%04d', length(CAST({name} AS BLOB)))",
            });
        }

        Sql.Append(" AS BLOB)");
        return columnExpression;
    }
}
