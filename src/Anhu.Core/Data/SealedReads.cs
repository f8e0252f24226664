using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Anhu.Data;

/// <summary>
/// Which columns of a query are sealed and come straight from a table. There the providers' query generators put the key of the row behind the value;
/// further out, in a query around that one, it is there already.
/// </summary>
public sealed class SealedReads
{
    private readonly HashSet<string> tables = new(StringComparer.Ordinal);

    /// <summary>Notes the tables of a SELECT before its columns are written. Names of tables are unique in a query.</summary>
    /// <param name="select">The SELECT.</param>
    public void Enter(SelectExpression select)
    {
        foreach (var table in select.Tables)
        {
            if ((table is JoinExpressionBase join ? join.Table : table) is TableExpression { Alias: { } alias })
            {
                tables.Add(alias);
            }
        }
    }

    /// <summary>The row's columns that have to stand behind a value; empty for other columns.</summary>
    /// <param name="column">A column of the query.</param>
    public IReadOnlyList<RowPart> RowOf(ColumnExpression column) =>
        tables.Contains(column.TableAlias) && column.TypeMapping.SealedColumnOf() is { } found ? found.Row : [];
}
