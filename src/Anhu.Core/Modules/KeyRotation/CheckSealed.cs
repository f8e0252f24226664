using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Protection;
using Anhu.Modules.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.KeyRotation;

/// <summary>What a look at all sealed values found.</summary>
/// <param name="Values">Values looked at.</param>
/// <param name="Refused">Those that can't be opened, the first ones.</param>
/// <param name="RefusedCount">How many can't be opened.</param>
public sealed record SealedCheck(long Values, IReadOnlyList<SealedValueException> Refused, long RefusedCount);

/// <summary>Finds sealed values that were changed or moved in the store past the program, and puts those into the record that anybody came upon.</summary>
public sealed class CheckSealed(IDbContextFactory<AnhuDbContext> contexts, CityKeys keys, TimeProvider time)
{
    /// <summary>A value of the store could not be opened; the record says table, column, row and why.</summary>
    public const string Found = "store.value-refused";

    private const int Portion = 1000;
    private const int Shown = 1000;

    /// <summary>Opens every sealed value of the store; takes no turn to write.</summary>
    /// <param name="progress">Told after each portion: the table and rows looked at in it.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<SealedCheck> RunAsync(Action<string, long>? progress, CancellationToken ct)
    {
        await keys.RefreshAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var values = 0L;
        var count = 0L;
        var refused = new List<SealedValueException>();
        foreach (var table in SealedTable.Of(db))
        {
            object[]? after = null;
            bool isEnd;
            do
            {
                (var rows, isEnd) = await table.ReadAsync(db, after, Portion, ct);
                foreach (var row in rows)
                {
                    for (var i = 0; i < table.Columns.Count; i++)
                    {
                        if (row.Values[i] is { } value)
                        {
                            values++;
                            if (Look(table.Columns[i].Column, row.Key, value) is { } found && ++count <= Shown)
                            {
                                refused.Add(found);
                            }
                        }
                    }
                }

                after = rows.Count > 0 ? rows[^1].Key : after;
                progress?.Invoke(table.Name, rows.Count);
            }
            while (!isEnd);
        }

        await RecordAsync(ct);
        return new SealedCheck(values, refused, count);
    }

    /// <summary>Puts into the record what was refused since the last time.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task RecordAsync(CancellationToken ct)
    {
        var refused = keys.Refused.Take();
        if (refused.Count == 0)
        {
            return;
        }

        try
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            foreach (var value in refused)
            {
                db.Record(new PendingEvent(Found, time.Now, Data: EventData.Of(("column", value.Place), ("row", value.Row), ("why", value.Why))));
            }

            await db.SaveChangesAsync(ct);
        }
        catch
        {
            keys.Refused.PutBack(refused);
            throw;
        }
    }

    private SealedValueException? Look(SealedColumn column, object[] key, byte[] value)
    {
        try
        {
            column.Open(column.RowOf(key), value);
            return null;
        }
        catch (SealedValueException e)
        {
            keys.Ring.Report(e);
            return e;
        }
    }
}
