using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Anhu.Linkage.Records;

/// <summary>Asks the processor for memory that is needed soon: with millions of records most of the time is waiting for it. Changes no result, and does nothing where the processor can't be asked.</summary>
internal static class Ahead
{
    /// <summary>Asks for an entry of an array; one outside of it is not asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Of<T>(ReadOnlySpan<T> array, int index)
        where T : unmanaged
    {
        if (Sse.IsSupported && (uint)index < (uint)array.Length)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in array[index])));
        }
    }

    /// <inheritdoc cref="Of{T}(ReadOnlySpan{T}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of<T>(T[] array, int index)
        where T : unmanaged => Of((ReadOnlySpan<T>)array, index);
}
