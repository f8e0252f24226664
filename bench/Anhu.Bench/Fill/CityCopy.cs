using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.RegularExpressions;
using Anhu.Modules.Alarms;

namespace Anhu.Bench.Fill;

/// <summary>The base from which copies are made: when it happened, and what in it stays the same.</summary>
/// <param name="From">Its first instant.</param>
/// <param name="Until">Its last instant.</param>
/// <param name="Fixed">Ids that copies share: units.</param>
/// <param name="Numbers">Highest case number of each area.</param>
internal sealed record CityBase(DateTimeOffset From, DateTimeOffset Until, IReadOnlySet<Guid> Fixed, IReadOnlyDictionary<string, int> Numbers);

/// <summary>
/// The n-th copy of the base: the same families and stories with other ids, numbers, phones, and at another time. Ids keep their order in time, so that
/// copies made in the order of time lie in the store as if they had come in one by one.
/// </summary>
/// <param name="origin">The base.</param>
/// <param name="n">Which copy.</param>
/// <param name="start">When the copy begins.</param>
/// <param name="length">How long it lasts.</param>
internal sealed partial class CityCopy(CityBase origin, int n, DateTimeOffset start, TimeSpan length)
{
    private static readonly ConcurrentDictionary<Type, Action<object, CityCopy>> Changers = new();
    private static readonly Func<object, object> Clone =
        typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    private readonly double stretch = length / (origin.Until - origin.From);
    private readonly int year = start.Year;

    /// <summary>Copies a row.</summary>
    /// <typeparam name="T">Its entity.</typeparam>
    /// <param name="row">The row of the base.</param>
    public T Of<T>(T row)
        where T : class
    {
        var copy = (T)Clone(row);
        Changers.GetOrAdd(typeof(T), Changer)(copy, this);
        return copy;
    }

    /// <summary>The instant of the copy that stands for one of the base; what lies behind the base's end moves with its start.</summary>
    /// <param name="at">In the base.</param>
    public DateTimeOffset At(DateTimeOffset at)
    {
        var moved = at <= origin.Until ? start + ((at - origin.From) * stretch) : start + (at - origin.From);
        return moved.AddTicks(-(moved.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <inheritdoc cref="At(DateTimeOffset)" />
    public DateTimeOffset? At(DateTimeOffset? at) => at is { } known ? At(known) : null;

    /// <summary>The id of the copy that stands for one of the base.</summary>
    /// <param name="id">In the base.</param>
    public Guid Id(Guid id)
    {
        if (origin.Fixed.Contains(id))
        {
            return id;
        }

        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16);
        var moved = (start + ((at - origin.From) * stretch)).ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteInt64BigEndian(bytes, (moved << 16) | (BinaryPrimitives.ReadInt64BigEndian(bytes) & 0xffff));
        return new Guid(bytes, bigEndian: true);
    }

    /// <inheritdoc cref="Id(Guid)" />
    public Guid? Id(Guid? id) => id is { } known ? Id(known) : null;

    /// <summary>A text of the copy: ids, case numbers, citizen ids, phones and the source's names in it are the copy's.</summary>
    /// <param name="text">In the base.</param>
    public string? Text(string? text)
    {
        if (text is null || text.Length < 6)
        {
            return text;
        }

        var tokens = Tokens.GetOrAdd(text, static t => [.. Token().Matches(t).Select(m => (m.Index, m.Length))]);
        if (tokens.Length == 0)
        {
            return text;
        }

        return string.Create(text.Length, (Copy: this, Text: text, Tokens: tokens), static (to, s) =>
        {
            s.Text.CopyTo(to);
            foreach (var (index, length) in s.Tokens)
            {
                s.Copy.Change(to.Slice(index, length));
            }
        });
    }

    /// <summary>Looked at once per text of the base; texts are the same objects in each copy.</summary>
    private static readonly ConcurrentDictionary<string, (int Index, int Length)[]> Tokens = new(ReferenceEqualityComparer<string>.Instance);

    private void Change(Span<char> token)
    {
        if (token[0] == 'D' && token[1] == 'V')
        {
            // DV340104-2026-000123
            var number = int.Parse(token[^6..], CultureInfo.InvariantCulture) + (n * origin.Numbers[token[2..8].ToString()]);
            year.TryFormat(token[^11..], out _, "0000", CultureInfo.InvariantCulture);
            number.TryFormat(token[^6..], out _, "000000", CultureInfo.InvariantCulture);
        }
        else if (token[0] == 'c')
        {
            n.TryFormat(token[1..], out _, "0000", CultureInfo.InvariantCulture);
        }
        else if (token.Length == CitizenId.Length)
        {
            (340_000 + n).TryFormat(token, out _, "000000", CultureInfo.InvariantCulture);
            token[17] = CitizenId.CheckOf(token[..17])!.Value;
        }
        else if (token.Length == 11)
        {
            var number = (int.Parse(token[3..], CultureInfo.InvariantCulture) + (n * 1_984_91L)) % 100_000_000;
            number.TryFormat(token[3..], out _, "00000000", CultureInfo.InvariantCulture);
        }
        else
        {
            Id(Guid.Parse(token)).TryFormat(token, out _, "D");
        }
    }

    private static Action<object, CityCopy> Changer(Type type)
    {
        var row = Expression.Parameter(typeof(object));
        var copy = Expression.Parameter(typeof(CityCopy));
        var steps = new List<Expression> { Expression.Empty() };
        foreach (var property in type.GetProperties().Where(p => p.CanWrite))
        {
            var name = property.PropertyType == typeof(string) ? nameof(Text)
                : property.PropertyType == typeof(Guid) || property.PropertyType == typeof(Guid?) ? nameof(Id)
                : property.PropertyType == typeof(DateTimeOffset) || property.PropertyType == typeof(DateTimeOffset?) ? nameof(At) : null;
            if (name is not null)
            {
                var member = Expression.Property(Expression.Convert(row, type), property);
                steps.Add(Expression.Assign(member, Expression.Call(copy, typeof(CityCopy).GetMethod(name, [property.PropertyType])!, member)));
            }
        }

        return Expression.Lambda<Action<object, CityCopy>>(Expression.Block(steps), row, copy).Compile();
    }

    [GeneratedRegex(
        @"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|(?<!\d)3401\d{13}[\dX](?!\d)|(?<!\d)139\d{8}(?!\d)|DV\d{6}-\d{4}-\d{6}|c0000(?=-)", RegexOptions.ExplicitCapture)]
    private static partial Regex Token();

    /// <summary>Compares by identity.</summary>
    /// <typeparam name="T">What.</typeparam>
    private sealed class ReferenceEqualityComparer<T> : IEqualityComparer<T>
        where T : class
    {
        public static ReferenceEqualityComparer<T> Instance { get; } = new();

        public bool Equals(T? x, T? y) => ReferenceEquals(x, y);

        public int GetHashCode(T obj) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj);
    }
}
