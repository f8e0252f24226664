using System.Runtime.InteropServices;
using Anhu.Linkage.Comparing;
using Anhu.Linkage.Records;

namespace Anhu.Linkage.Blocking;

/// <summary>
/// Finds the pairs that a union of rules brings together, each once, and compares them. A block that is too large is
/// divided by the values of the compared fields: its pairs must agree on one of them as well, so that the work grows with
/// the records and not with their square.
/// </summary>
internal sealed class PairFinder
{
    /// <summary>Pairs that one piece of work holds, about; the pieces are the same on any number of threads.</summary>
    private const long PieceSize = 100_000;

    /// <summary>Records whose kin one piece of work looks at.</summary>
    private const int KinPiece = 1 << 15;

    /// <summary>How many units ahead memory is asked for, step by step.</summary>
    private const int Distance = 2;

    private readonly RecordTable table;
    private readonly Comparison[] comparisons;
    private readonly ulong[] strides;
    private readonly Blocks[] rules;

    /// <summary>Of each record its block under each rule, side by side: one look into memory per record.</summary>
    private readonly int[] blockOf;
    private readonly int[] dividing;
    private readonly HashSet<(int Rule, int Block, int Field, int Value)> leftOut = [];
    private readonly List<Unit> units = [];
    private readonly int split;
    private readonly int threads;

    public PairFinder(RecordTable table, int threads)
    {
        (this.table, split, this.threads) = (table, table.Split, threads);
        comparisons = [.. table.Plan.Comparisons];
        strides = table.Plan.Strides;
        var made = new Blocks[table.Plan.Rules.Count];
        blockOf = new int[checked(table.Count * made.Length)];
        Parallel.For(0, made.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new SortRoom(table.Count), (i, _, room) =>
        {
            made[i] = Blocks.Make(table, table.Plan.Rules[i], blockOf, i, made.Length, room);
            return room;
        }, static _ => { });
        rules = made;
        dividing = [.. comparisons.SelectMany(c => c.FieldsSeen()).Distinct()];
        for (var rule = 0; rule < rules.Length; rule++)
        {
            for (var block = 0; block < rules[rule].Count; block++)
            {
                Plan(rule, block);
            }
        }
    }

    /// <summary>Finds and compares all pairs.</summary>
    /// <param name="report">Is told how much is done, 0 to 1.</param>
    /// <param name="ct">Cancels.</param>
    public Candidates Find(Action<double>? report, CancellationToken ct)
    {
        var pieces = new List<(int From, int To)>();
        long size = 0;
        var from = 0;
        for (var i = 0; i < units.Count; i++)
        {
            size += (long)units[i].Count * (units[i].Count - 1) / 2;
            if (size >= PieceSize || i == units.Count - 1)
            {
                pieces.Add((from, i + 1));
                (from, size) = (i + 1, 0);
            }
        }

        var found = new Piece[pieces.Count];
        var finished = 0;
        Parallel.For(0, pieces.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = ct }, i =>
        {
            var piece = new Piece();
            for (var unit = pieces[i].From; unit < pieces[i].To; unit++)
            {
                AskFor(unit);
                Compare(units[unit], piece);
            }

            found[i] = piece;
            report?.Invoke((double)Interlocked.Increment(ref finished) / pieces.Count);
        });
        return Merge(found);
    }

    /// <summary>The patterns of pairs that must be two people: those that stand together in a report.</summary>
    /// <param name="found">Takes the share of them that the rules bring together.</param>
    public PatternTable Kin(out double found)
    {
        var counts = new Dictionary<ulong, long>();
        var (all, together) = (0L, 0L);
        foreach (var field in table.Plan.Apart)
        {
            var room = new SortRoom(table.Count);
            var known = 0;
            for (var record = 0; record < table.Count; record++)
            {
                if (table.Value(record, field) is var value && value != 0)
                {
                    room.Keys[known] = (uint)value;
                    room.Items[known++] = record;
                }
            }

            room.Sort(known);
            var pieces = new (Dictionary<ulong, long> Counts, long Together)[(known + KinPiece - 1) / KinPiece];
            Parallel.For(0, pieces.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, piece =>
                pieces[piece] = KinOf(room.Keys.AsSpan(0, known), room.Items.AsSpan(0, known), piece * KinPiece, Math.Min(known, (piece + 1) * KinPiece)));
            foreach (var piece in pieces)
            {
                together += piece.Together;
                foreach (var (pattern, count) in piece.Counts)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, pattern, out _) += count;
                    all += count;
                }
            }
        }

        found = all == 0 ? 0 : (double)together / all;
        var result = new PatternTable(comparisons.Length);
        foreach (var (number, count) in counts.OrderBy(c => c.Key))
        {
            result.Add(number, strides, [(uint.MaxValue, count)]);
        }

        return result;
    }

    /// <summary>The pairs of some records, in the order of their reports, with those that follow.</summary>
    private (Dictionary<ulong, long> Counts, long Together) KinOf(ReadOnlySpan<ulong> keys, ReadOnlySpan<int> order, int from, int to)
    {
        const int Steps = 4;
        var counts = new Dictionary<ulong, long>();
        var together = 0L;
        for (var i = from; i < to; i++)
        {
            if (i + (3 * Steps) < order.Length)
            {
                AskForRecord(order[i + (3 * Steps)]);
                table.AskForPlaces(order[i + (2 * Steps)], dividing);
                table.AskForTexts(order[i + Steps], dividing);
            }

            // A report names few; one with more says nothing of a household.
            for (var j = i + 1; j < Math.Min(order.Length, i + 8) && keys[j] == keys[i]; j++)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, PatternOf(order[i], order[j]), out _)++;
                together += FirstFoundHere(default, order[i], order[j], out var mask) && mask != 0 ? 1 : 0;
            }
        }

        return (counts, together);
    }

    private void AskForRecord(int record)
    {
        Ahead.Of(blockOf, record * rules.Length);
        Ahead.Of(blockOf, (record * rules.Length) + rules.Length - 1);
        table.AskForRow(record);
    }

    private void Plan(int rule, int block)
    {
        var blocks = rules[rule];
        var members = blocks[block];
        if (members.Length <= table.Model.MaxBlock)
        {
            units.Add(new Unit(rule, -1, blocks.Members, blocks.Starts[block], members.Length));
            return;
        }

        for (var d = 0; d < dividing.Length; d++)
        {
            var keys = new ulong[members.Length];
            var order = new int[members.Length];
            var known = 0;
            foreach (var record in members)
            {
                if (table.Value(record, dividing[d]) is var value && value != 0)
                {
                    keys[known] = (uint)value;
                    order[known++] = record;
                }
            }

            keys.AsSpan(0, known).Sort(order.AsSpan(0, known));
            for (var i = 0; i < known;)
            {
                var end = i + 1;
                while (end < known && keys[end] == keys[i])
                {
                    end++;
                }

                if (end - i > table.Model.MaxBlock)
                {
                    leftOut.Add((rule, block, d, (int)keys[i]));
                }
                else if (end - i > 1)
                {
                    order.AsSpan(i, end - i).Sort();
                    units.Add(new Unit(rule, d, order, i, end - i));
                }

                i = end;
            }
        }
    }

    /// <summary>Asks for what the units to come need: rows, then where their texts stand, then the texts.</summary>
    private void AskFor(int unit)
    {
        if (unit + (3 * Distance) >= units.Count)
        {
            return;
        }

        foreach (var record in units[unit + (3 * Distance)].Records)
        {
            AskForRecord(record);
        }

        foreach (var record in units[unit + (2 * Distance)].Records)
        {
            table.AskForPlaces(record, dividing);
        }

        foreach (var record in units[unit + Distance].Records)
        {
            table.AskForTexts(record, dividing);
        }
    }

    private void Compare(Unit unit, Piece piece)
    {
        var members = unit.Records;
        for (var i = 0; i < members.Length; i++)
        {
            var a = members[i];
            for (var j = i + 1; j < members.Length; j++)
            {
                var b = members[j];
                if (split >= 0 && (a < split) == (b < split))
                {
                    continue;
                }

                // Counted where it is found first; the rules that find it too are kept for training.
                if (FirstFoundHere(unit, a, b, out var mask) && !table.MustDiffer(table.Row(a), table.Row(b)))
                {
                    piece.Add(a, b, PatternOf(a, b), mask);
                }
            }
        }
    }

    /// <summary>Whether no rule before this one brings two records together; and all rules that do.</summary>
    private bool FirstFoundHere(Unit unit, int a, int b, out uint mask)
    {
        mask = 0;
        var blocksA = blockOf.AsSpan(a * rules.Length, rules.Length);
        var blocksB = blockOf.AsSpan(b * rules.Length, rules.Length);
        for (var rule = 0; rule < blocksA.Length; rule++)
        {
            if (blocksA[rule] != blocksB[rule] || blocksA[rule] == 0)
            {
                continue;
            }

            if ((blocksA[rule] & Blocks.Large) != 0)
            {
                // In a large block the first field in which they agree brings them together.
                var divided = DividedBy(rule, blocksA[rule] & ~Blocks.Large, a, b);
                if (divided < 0)
                {
                    continue;
                }

                if (rule == unit.Rule && unit.Members is not null && divided != unit.Divided)
                {
                    return false;
                }
            }

            if (rule < unit.Rule)
            {
                return false;
            }

            mask |= 1u << rule;
        }

        return true;
    }

    private int DividedBy(int rule, int block, int a, int b)
    {
        var rowA = table.Row(a);
        var rowB = table.Row(b);
        for (var d = 0; d < dividing.Length; d++)
        {
            var value = rowA[dividing[d]];
            if (value != 0 && value == rowB[dividing[d]] && (leftOut.Count == 0 || !leftOut.Contains((rule, block - 1, d, value))))
            {
                return d;
            }
        }

        return -1;
    }

    /// <summary>The number of a pair's pattern.</summary>
    public ulong PatternOf(int a, int b)
    {
        ulong pattern = 0;
        var rowA = table.Row(a);
        var rowB = table.Row(b);
        for (var i = 0; i < comparisons.Length; i++)
        {
            pattern += strides[i] * (uint)comparisons[i].Compare(table.Fields, rowA, rowB);
        }

        return pattern;
    }

    private Candidates Merge(Piece[] pieces)
    {
        var total = pieces.Sum(p => p.A.Count);
        var (a, b, pattern) = (new int[total], new int[total], new int[total]);
        var occurring = new Dictionary<ulong, Dictionary<uint, long>>();
        foreach (var piece in pieces)
        {
            foreach (var ((number, rulesHeld), count) in piece.Occurring)
            {
                if (!occurring.TryGetValue(number, out var counts))
                {
                    occurring.Add(number, counts = []);
                }

                CollectionsMarshal.GetValueRefOrAddDefault(counts, rulesHeld, out _) += count;
            }
        }

        var patterns = new PatternTable(comparisons.Length);
        var place = new Dictionary<ulong, int>(occurring.Count);
        foreach (var number in occurring.Keys.Order())
        {
            place.Add(number, patterns.Count);
            patterns.Add(number, strides, [.. occurring[number].Select(c => (c.Key, c.Value)).Order()]);
        }

        var at = 0;
        for (var p = 0; p < pieces.Length; p++)
        {
            // Given back as it is copied.
            var piece = pieces[p];
            pieces[p] = null!;
            var here = new int[piece.Patterns.Count];
            foreach (var (number, local) in piece.Patterns)
            {
                here[local] = place[number];
            }

            for (var i = 0; i < piece.A.Count; i++, at++)
            {
                (a[at], b[at], pattern[at]) = (piece.A[i], piece.B[i], here[piece.Pattern[i]]);
            }
        }

        return new Candidates { A = a, B = b, Pattern = pattern, Patterns = patterns };
    }

    /// <summary>Some records of which each two are compared: a block, or a part of one that is too large.</summary>
    private readonly record struct Unit(int Rule, int Divided, int[] Members, int Start, int Count)
    {
        /// <summary>The records.</summary>
        public ReadOnlySpan<int> Records => Members.AsSpan(Start, Count);
    }

    /// <summary>What one piece of work found.</summary>
    private sealed class Piece
    {
        public List<int> A { get; } = [];

        public List<int> B { get; } = [];

        public List<int> Pattern { get; } = [];

        public Dictionary<ulong, int> Patterns { get; } = [];

        public Dictionary<(ulong Pattern, uint Rules), long> Occurring { get; } = [];

        public void Add(int a, int b, ulong pattern, uint rules)
        {
            ref var local = ref CollectionsMarshal.GetValueRefOrAddDefault(Patterns, pattern, out var known);
            if (!known)
            {
                local = Patterns.Count - 1;
            }

            A.Add(a);
            B.Add(b);
            Pattern.Add(local);
            CollectionsMarshal.GetValueRefOrAddDefault(Occurring, (pattern, rules), out _)++;
        }
    }
}
