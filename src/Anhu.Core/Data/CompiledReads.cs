using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Anhu.Data;

/// <summary>
/// Queries that are compiled once, for reads that everything waits on: EF Core else takes a query's expression apart each
/// time, which costs more than the read. A compiled query belongs to one model, and each store has its own.
/// </summary>
/// <typeparam name="T">Holds the queries.</typeparam>
internal sealed class CompiledReads<T>
    where T : class, new()
{
    private readonly ConditionalWeakTable<IModel, T> models = [];

    /// <summary>The queries for a context.</summary>
    /// <param name="db">The context.</param>
    public T Of(AnhuDbContext db) => models.GetValue(db.Model, static _ => new T());
}
