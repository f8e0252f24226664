using System.Runtime.InteropServices;

namespace Anhu.Linkage.Records;

/// <summary>
/// Records as numbers: of each record a row with the numbers of its fields' values, of each value its text once. Records are
/// added one after another: <see cref="Begin"/>, <see cref="Set"/> for what it says, <see cref="End"/>. One thread adds.
/// </summary>
public sealed class RecordTable
{
    private const int BatchSize = 4096;

    private Batch filling;
    private Batch working;
    private Task work = Task.CompletedTask;
    private TextPool ids = new();
    private TextPool? firstIds;
    private int[] rows = new int[16];
    private int done;
    private bool began;
    private bool closed;

    /// <summary>An empty table.</summary>
    /// <param name="model">What is compared.</param>
    /// <exception cref="LinkageModelException">The model can't be used.</exception>
    public RecordTable(LinkageModel model)
        : this(model, BatchSize)
    {
    }

    internal RecordTable(LinkageModel model, int batch)
    {
        Plan = new LinkagePlan(model);
        Model = model;
        Fields = [.. Plan.Fields.Select(field => new FieldColumn(field))];
        KeyColumns = [.. Plan.Keys.Select(_ => new KeyColumn())];
        filling = new Batch(Plan.Columns.Count, batch);
        working = new Batch(Plan.Columns.Count, batch);
    }

    /// <summary>The model.</summary>
    public LinkageModel Model { get; }

    /// <summary>The columns that the model reads, in the order of <see cref="Set"/>.</summary>
    public IReadOnlyList<string> Columns => Plan.Columns;

    /// <summary>How many records there are.</summary>
    public int Count { get; private set; }

    /// <summary>Where the records of the second list begin, when two lists are linked; else -1.</summary>
    public int Split { get; private set; } = -1;

    internal LinkagePlan Plan { get; }

    internal FieldColumn[] Fields { get; }

    internal KeyColumn[] KeyColumns { get; }

    /// <summary>The key of a record.</summary>
    /// <param name="record">Its place, from 0.</param>
    public ReadOnlySpan<char> Id(int record) => firstIds is null ? ids[record + 1] : record < Split ? firstIds[record + 1] : ids[record - Split + 1];

    /// <summary>Finds a record by its key, of two lists in the second; not once the records were linked.</summary>
    /// <param name="id">Its key.</param>
    /// <returns>Its place, or -1.</returns>
    public int Find(ReadOnlySpan<char> id) => ids.Find(id) is > 0 and var place ? place + Math.Max(0, Split) - 1 : -1;

    /// <summary>What follows belongs to the second of two lists: only pairs across them are looked at, and keys may be those of the first list again.</summary>
    public void BeginSecondList()
    {
        if (firstIds is not null)
        {
            throw new InvalidOperationException("Two lists are linked, not three.");
        }

        (firstIds, ids, Split) = (ids, new TextPool(), Count);
    }

    /// <summary>Begins a record.</summary>
    /// <param name="id">Its key.</param>
    /// <returns>False when a record of this key is there already; nothing has begun then.</returns>
    /// <exception cref="InvalidOperationException">The records were linked already.</exception>
    public bool Begin(ReadOnlySpan<char> id)
    {
        if (closed)
        {
            throw new InvalidOperationException("The records were linked already.");
        }

        return began = ids.Intern(id) == Count + 1 - Math.Max(0, Split);
    }

    /// <summary>Begins a record whose key is kept elsewhere.</summary>
    internal void BeginNameless() => began = true;

    /// <summary>Says a column of the record that has begun.</summary>
    /// <param name="column">Place in <see cref="Columns"/>.</param>
    /// <param name="value">The value as it came; empty is missing. What is longer than 4,096 characters is cut.</param>
    public void Set(int column, ReadOnlySpan<char> value) => filling.Set(column, value.Length > TextPool.LongestText ? value[..TextPool.LongestText] : value);

    /// <summary>Ends the record: it is in the table.</summary>
    public void End()
    {
        if (!began)
        {
            throw new InvalidOperationException("No record has begun.");
        }

        began = false;
        filling.Next();
        Count++;
        if (filling.IsFull)
        {
            Flush();
        }
    }

    /// <summary>The numbers of a record's values by field; 0 is missing.</summary>
    internal ReadOnlySpan<int> Row(int record) => rows.AsSpan(record * Fields.Length, Fields.Length);

    /// <summary>Asks for a row.</summary>
    internal void AskForRow(int record)
    {
        Ahead.Of(rows, record * Fields.Length);
        Ahead.Of(rows, (record * Fields.Length) + Fields.Length - 1);
    }

    /// <summary>Asks for where the texts of some of a record's values stand; its row was asked for before.</summary>
    internal void AskForPlaces(int record, int[] fields)
    {
        var row = Row(record);
        foreach (var field in fields)
        {
            Fields[field].Texts.AskForPlace(row[field]);
        }
    }

    /// <summary>Asks for the texts of some of a record's values; their places were asked for before.</summary>
    internal void AskForTexts(int record, int[] fields)
    {
        var row = Row(record);
        foreach (var field in fields)
        {
            Fields[field].Texts.AskForText(row[field]);
        }
    }

    /// <summary>Whether two records are known to be two people: they stand in one report.</summary>
    internal bool MustDiffer(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        foreach (var field in Plan.Apart)
        {
            if (a[field] != 0 && a[field] == b[field])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The number of one value of a record.</summary>
    internal int Value(int record, int field) => rows[(record * Fields.Length) + field];

    /// <summary>Waits until all records that were added are in rows.</summary>
    internal void Finish()
    {
        Flush();
        work.GetAwaiter().GetResult();
        work = Task.CompletedTask;
    }

    /// <summary>Takes no more records, and gives back what only adding them needs.</summary>
    internal void Close()
    {
        Finish();
        MakeKeys();
        closed = true;
        filling = working = new Batch(0, 0);
        ids.Close();
        firstIds?.Close();
        foreach (var field in Fields)
        {
            field.Texts.Close();
        }

        foreach (var keys in KeyColumns)
        {
            keys.Close();
        }
    }

    /// <summary>Makes keys for the values that have come since the last time.</summary>
    /// <param name="threads">Threads to use; -1 for all cores.</param>
    internal void MakeKeys(int threads = -1)
    {
        void Make(int i) => KeyColumns[i].Make(Fields[Plan.Keys[i].Field].Texts, Plan.Keys[i].Maker);
        if (threads == 1)
        {
            for (var i = 0; i < KeyColumns.Length; i++)
            {
                Make(i);
            }

            return;
        }

        Parallel.For(0, KeyColumns.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, Make);
    }

    /// <summary>The key of a record under a rule; 0 when one of its parts is missing.</summary>
    internal ulong KeyOf(Rule rule, ReadOnlySpan<int> row)
    {
        var parts = rule.Parts;
        ulong result = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var value = row[parts[i].Field];
            value = parts[i].Key < 0 ? value : KeyColumns[parts[i].Key].KeyOfValue[value];
            if (value == 0)
            {
                return 0;
            }

            result = i switch { 0 => (uint)value, 1 => (result << 32) | (uint)value, _ => TextPool.Mix(result ^ TextPool.Mix((uint)value)) };
        }

        return result;
    }

    /// <summary>
    /// The values of a record that is only looked for. They count for nothing; <see cref="Withdraw"/> takes them out again
    /// before anything else happens to the table.
    /// </summary>
    /// <param name="values">By column.</param>
    /// <param name="row">Takes the numbers of the values.</param>
    /// <returns>What to withdraw.</returns>
    internal Tried Try(ReadOnlySpan<string?> values, Span<int> row)
    {
        for (var column = 0; column < values.Length; column++)
        {
            Set(column, values[column]);
        }

        filling.Next();
        var tried = new Tried(new int[Fields.Length], new int[KeyColumns.Length]);
        for (var field = 0; field < Fields.Length; field++)
        {
            tried.Values[field] = Fields[field].Texts.Count;
            row[field] = Fields[field].Try(filling);
        }

        for (var i = 0; i < KeyColumns.Length; i++)
        {
            tried.Keys[i] = KeyColumns[i].Reserve();
            KeyColumns[i].Make(Fields[Plan.Keys[i].Field].Texts, Plan.Keys[i].Maker);
        }

        filling.Clear();
        return tried;
    }

    /// <summary>Takes out what was only looked for.</summary>
    internal void Withdraw(Tried tried)
    {
        for (var i = 0; i < KeyColumns.Length; i++)
        {
            KeyColumns[i].Withdraw(tried.Values[Plan.Keys[i].Field], tried.Keys[i]);
        }

        for (var field = 0; field < Fields.Length; field++)
        {
            Fields[field].Withdraw(tried.Values[field]);
        }
    }

    /// <summary>The records that are wanted as they are kept, without their keys.</summary>
    /// <param name="wanted">Places of records, rising.</param>
    internal TableSnapshot Snapshot(List<int> wanted)
    {
        Finish();
        return new TableSnapshot(this, wanted, [.. Fields.Select(field => field.Snapshot())]);
    }

    /// <summary>Makes room for what was written, in an empty table.</summary>
    /// <exception cref="InvalidDataException">It was written with other fields.</exception>
    internal void LoadSizes(BinaryReader from)
    {
        done = Count = from.ReadInt32();
        if (from.ReadInt32() != Fields.Length)
        {
            throw new InvalidDataException("The snapshot was made with another model.");
        }

        foreach (var field in Fields)
        {
            field.LoadSizes(from);
        }
    }

    /// <summary>Reads what was written; nothing is looked at yet.</summary>
    internal void Load(Stream from)
    {
        foreach (var field in Fields)
        {
            field.Load(from);
        }

        rows = new int[Math.Max(16, Count * Fields.Length)];
        from.ReadExactly(MemoryMarshal.AsBytes(rows.AsSpan(0, Count * Fields.Length)));
    }

    /// <summary>Makes the records that were read findable.</summary>
    internal void Build()
    {
        Parallel.ForEach(Fields, field => field.Build());
        MakeKeys();
    }

    /// <summary>Takes a record's values away; its place stays, and is in no block.</summary>
    internal void Forget(int record)
    {
        var row = rows.AsSpan(record * Fields.Length, Fields.Length);
        for (var field = 0; field < row.Length; field++)
        {
            Fields[field].Remove(row[field]);
            row[field] = 0;
        }
    }

    /// <summary>Hands what was said to the fields, and goes on reading meanwhile.</summary>
    private void Flush()
    {
        // Computing on another core, nothing asynchronous: the caller would only compute the same itself.
        work.GetAwaiter().GetResult();
        if (filling.Count == 0)
        {
            return;
        }

        (filling, working) = (working, filling);
        if ((long)Count * Fields.Length > rows.Length)
        {
            Array.Resize(ref rows, checked((int)Math.Max((long)Count * Fields.Length, Math.Min(rows.Length * 2L, Array.MaxLength))));
        }

        var first = done;
        done += working.Count;
        if (working.Count == 1)
        {
            Take(first);
            return;
        }

        work = Task.Run(() => Take(first));
    }

    private void Take(int first)
    {
        var batch = working;
        if (batch.Count == 1)
        {
            for (var field = 0; field < Fields.Length; field++)
            {
                Fields[field].Take(batch, rows, (first * Fields.Length) + field, Fields.Length);
            }
        }
        else
        {
            Parallel.For(0, Fields.Length, field => Fields[field].Take(batch, rows, (first * Fields.Length) + field, Fields.Length));
        }

        batch.Clear();
    }
}

/// <summary>How many values and keys there were before a record was only looked for.</summary>
internal readonly record struct Tried(int[] Values, int[] Keys);

/// <summary>Records as they are kept.</summary>
internal sealed record TableSnapshot(RecordTable Table, List<int> Wanted, FieldSnapshot[] Fields)
{
    /// <summary>Writes how much there is.</summary>
    public void SaveSizes(BinaryWriter to)
    {
        to.Write(Wanted.Count);
        to.Write(Fields.Length);
        foreach (var field in Fields)
        {
            field.SaveSizes(to);
        }
    }

    /// <summary>Writes the records.</summary>
    public void Save(Stream to)
    {
        foreach (var field in Fields)
        {
            field.Save(to);
        }

        Span<int> row = stackalloc int[Fields.Length];
        foreach (var record in Wanted)
        {
            Table.Row(record).CopyTo(row);
            for (var field = 0; field < row.Length; field++)
            {
                row[field] = Fields[field].Numbers is { } changed ? changed[row[field]] : row[field];
            }

            to.Write(MemoryMarshal.AsBytes(row));
        }
    }
}
