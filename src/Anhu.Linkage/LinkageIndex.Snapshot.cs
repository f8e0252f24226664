using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Anhu.Linkage.Live;

namespace Anhu.Linkage;

/// <content>Keeping an index, and reading it again.</content>
public sealed partial class LinkageIndex
{
    /// <summary>What a snapshot begins with: "anhulnk" and the form's version.</summary>
    private const ulong Mark = 0x01_6B6E6C75686E61;

    /// <summary>Writes a snapshot, from which <see cref="Load"/> makes the same index. It holds the records in the clear: whoever keeps it seals it.</summary>
    /// <param name="to">Where to.</param>
    public void Save(Stream to)
    {
        lock (gate)
        {
            var wanted = new List<int>(places.Count);
            for (var record = 0; record < ids.Count; record++)
            {
                if (ids[record] != default)
                {
                    wanted.Add(record);
                }
            }

            // First how much there is, with its own hash: a reader makes no room for what a fault would have it make.
            var snapshot = table.Snapshot(wanted);
            var sizes = new MemoryStream();
            using (var writer = new BinaryWriter(sizes, Encoding.UTF8, leaveOpen: true))
            {
                writer.Write(Mark);
                writer.Write(ModelHash());
                snapshot.SaveSizes(writer);
            }

            Span<byte> length = stackalloc byte[sizeof(int)];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, (int)sizes.Length);
            to.Write(length);
            to.Write(sizes.GetBuffer().AsSpan(0, (int)sizes.Length));
            to.Write(SHA256.HashData(sizes.GetBuffer().AsSpan(0, (int)sizes.Length)));
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using (var through = new BufferedStream(new HashingStream(to, hash), 1 << 20))
            {
                snapshot.Save(through);
                foreach (var record in wanted)
                {
                    through.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(ids).Slice(record, 1)));
                }
            }

            to.Write(hash.GetHashAndReset());
        }
    }

    /// <summary>Reads a snapshot.</summary>
    /// <param name="from">Where from.</param>
    /// <param name="model">The model it was made with.</param>
    /// <exception cref="InvalidDataException">It is no snapshot, is damaged, or was made with another model.</exception>
    public static LinkageIndex Load(Stream from, LinkageModel model)
    {
        const int LongestSizes = 1 << 16;
        var index = new LinkageIndex(model);
        try
        {
            var length = new byte[sizeof(int)];
            from.ReadExactly(length);
            var sizes = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(length) is > 0 and <= LongestSizes and var size
                ? new byte[size]
                : throw new InvalidDataException("This is no snapshot of an index.");
            from.ReadExactly(sizes);
            CheckHash(from, SHA256.HashData(sizes));
            using var reader = new BinaryReader(new MemoryStream(sizes));
            if (reader.ReadUInt64() != Mark)
            {
                throw new InvalidDataException("This is no snapshot of an index.");
            }

            if (!reader.ReadBytes(SHA256.HashSizeInBytes).AsSpan().SequenceEqual(index.ModelHash()))
            {
                throw new InvalidDataException("The snapshot was made with another model.");
            }

            index.table.LoadSizes(reader);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var through = new HashingStream(from, hash);
            index.table.Load(through);
            CollectionsMarshal.SetCount(index.ids, index.table.Count);
            through.ReadExactly(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(index.ids)));
            CheckHash(from, hash.GetHashAndReset());
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("The snapshot is cut short.");
        }

        index.table.Build();
        index.places.EnsureCapacity(index.ids.Count);
        Parallel.Invoke(
            () =>
            {
                for (var record = 0; record < index.ids.Count; record++)
                {
                    index.places.Add(index.ids[record], record);
                }
            },
            () => Parallel.ForEach(index.postings, posting => posting.Build()));
        return index;
    }

    private static void CheckHash(Stream from, byte[] computed)
    {
        var written = new byte[SHA256.HashSizeInBytes];
        from.ReadExactly(written);
        if (!written.AsSpan().SequenceEqual(computed))
        {
            throw new InvalidDataException("The snapshot is damaged.");
        }
    }

    private byte[] ModelHash() => SHA256.HashData(Encoding.UTF8.GetBytes(Model.ToJson()));
}
