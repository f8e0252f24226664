using System.Buffers.Binary;
using System.Text;
using Anhu.Modules.Protection;

namespace Anhu.Modules.Timeline;

/// <summary>The hash that chains the record. Every field but the hash itself goes in, each with its length, so that no two events share an encoding.</summary>
public static class TimelineHash
{
    /// <summary>The hash before the first event: 32 zero bytes.</summary>
    public static byte[] Genesis => new byte[32];

    /// <summary>Computes the hash of an event.</summary>
    /// <param name="function">The chain's hash function.</param>
    /// <param name="previous">The hash of the event before, 32 bytes.</param>
    /// <param name="sequence">Position.</param>
    /// <param name="type">Type.</param>
    /// <param name="at">Instant, to the microsecond.</param>
    /// <param name="caseId">Case.</param>
    /// <param name="dutyId">Duty.</param>
    /// <param name="workerId">Worker.</param>
    /// <param name="clientId">Client.</param>
    /// <param name="unitId">Unit.</param>
    /// <param name="class">Class.</param>
    /// <param name="data">Canonical JSON.</param>
    /// <returns>32 bytes.</returns>
    public static byte[] Compute(
        ChainHash function, ReadOnlySpan<byte> previous, long sequence, string type, DateTimeOffset at, Guid? caseId, Guid? dutyId,
        Guid? workerId, string? clientId, Guid? unitId, int? @class, string data)
    {
        var size = 32 + 8 + 8 + (4 * 17) + 8 + 12
            + Encoding.UTF8.GetMaxByteCount(type.Length + (clientId?.Length ?? 0) + data.Length);
        var rented = size <= 1024 ? null : System.Buffers.ArrayPool<byte>.Shared.Rent(size);
        var buffer = rented ?? stackalloc byte[size];
        var at0 = 0;
        previous.CopyTo(buffer);
        at0 += 32;
        at0 += Number(buffer[at0..], sequence);
        at0 += Number(buffer[at0..], at.UtcTicks / TimeSpan.TicksPerMicrosecond);
        at0 += Id(buffer[at0..], caseId);
        at0 += Id(buffer[at0..], dutyId);
        at0 += Id(buffer[at0..], workerId);
        at0 += Id(buffer[at0..], unitId);
        at0 += Number(buffer[at0..], @class ?? -1);
        at0 += Text(buffer[at0..], type);
        at0 += Text(buffer[at0..], clientId);
        at0 += Text(buffer[at0..], data);
        var hash = function.Compute(buffer[..at0]);
        if (rented is not null)
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }

    /// <summary>Computes the hash that a stored event should have.</summary>
    /// <param name="function">The chain's hash function.</param>
    /// <param name="e">The event.</param>
    /// <returns>32 bytes.</returns>
    public static byte[] Compute(ChainHash function, ChainedEvent e) =>
        Compute(function, e.PreviousHash, e.Sequence, e.Type, e.At, e.CaseId, e.DutyId, e.WorkerId, e.ClientId, e.UnitId, e.Class, e.Data);

    private static int Number(Span<byte> to, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(to, value);
        return 8;
    }

    private static int Id(Span<byte> to, Guid? value)
    {
        if (value is not { } id)
        {
            to[0] = 0;
            return 1;
        }

        to[0] = 1;
        id.TryWriteBytes(to[1..], bigEndian: true, out _);
        return 17;
    }

    private static int Text(Span<byte> to, string? value)
    {
        var length = value is null ? -1 : Encoding.UTF8.GetBytes(value, to[4..]);
        BinaryPrimitives.WriteInt32BigEndian(to, length);
        return 4 + Math.Max(length, 0);
    }
}
