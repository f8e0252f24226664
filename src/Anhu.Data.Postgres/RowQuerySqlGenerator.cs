#pragma warning disable EF1001 // The generators are internal; SealedColumnTests.Queries_OfEveryForm_OpenWhatTheyRead tells when an upgrade changes them.
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Query.Internal;

namespace Anhu.Data.Postgres;

/// <summary>Makes generators that read sealed columns with their row.</summary>
internal sealed class RowQuerySqlGeneratorFactory(
    QuerySqlGeneratorDependencies dependencies, IRelationalTypeMappingSource mappings, INpgsqlSingletonOptions options) : IQuerySqlGeneratorFactory
{
    /// <inheritdoc />
    public QuerySqlGenerator Create() => new RowQuerySqlGenerator(dependencies, mappings, options);
}

/// <summary>Reads sealed columns with the key of their row behind the value (<see cref="SealedColumn"/>).</summary>
internal sealed class RowQuerySqlGenerator(QuerySqlGeneratorDependencies dependencies, IRelationalTypeMappingSource mappings, INpgsqlSingletonOptions options)
    : NpgsqlQuerySqlGenerator(dependencies, mappings, options.ReverseNullOrderingEnabled, options.PostgresVersion)
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

        Sql.Append("(");
        base.VisitColumn(columnExpression);
        foreach (var part in row)
        {
            var name = $"{Dependencies.SqlGenerationHelper.DelimitIdentifier(columnExpression.TableAlias)}.{Dependencies.SqlGenerationHelper.DelimitIdentifier(part.Name)}";
            Sql.Append(" || ").Append(part.Kind switch
            {
                RowPartKind.Id => $"uuid_send({name})",
                RowPartKind.Number => $"convert_to(lpad(to_hex({name}::bigint), 16, '0'), 'UTF8')",
                RowPartKind.Text => $"convert_to({name}, 'UTF8') || convert_to(lpad(octet_length(convert_to({name}, 'UTF8'))::text, 4, '0'), 'UTF8')",
            });
        }

        Sql.Append(")");
        return columnExpression;
    }
}
