using System.Globalization;
using System.Text;
using Anhu.Linkage;
using Anhu.Modules.Protection;

namespace Anhu.Modules.People;

/// <summary>What a file of the index holds.</summary>
/// <param name="UpTo">Sequence of the last record in it.</param>
/// <param name="LastId">That record.</param>
/// <param name="Forgotten">How often records had been deleted when it was written.</param>
internal sealed record IndexFileHead(long UpTo, Guid LastId, long Forgotten)
{
    /// <summary>Generation of the keys that it is sealed with.</summary>
    public int Generation { get; init; }
}

/// <summary>
/// The index of people on disk, so that a start need not open every record of the store. It holds names and ID numbers: sealed under a key of its own, which the store's data key
/// wraps, so that it opens with the city key and the store together only, and no longer once that generation is destroyed. It is a copy: whatever is wrong with it, it is made anew.
/// </summary>
internal static class PersonIndexFile
{
    private const int Form = 1;
    private static readonly byte[] Place = "people index file"u8.ToArray();

    /// <summary>Writes it.</summary>
    /// <param name="path">The file; is replaced when the new one is whole on disk.</param>
    /// <param name="ring">The store's keys.</param>
    /// <param name="head">What it holds.</param>
    /// <param name="index">The index.</param>
    public static Task SaveAsync(string path, KeyRing ring, IndexFileHead head, LinkageIndex index)
    {
        var generation = ring.Generation.ToString(CultureInfo.InvariantCulture);
        return SealedFile.SaveAsync(
            path, ring.Suite, key => [new FileEntrance("store", generation, ring.Seal(Place, key))], overwrite: true,
            file =>
            {
                using (var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true))
                {
                    writer.Write(Form);
                    writer.Write(head.UpTo);
                    writer.Write(head.LastId.ToByteArray());
                    writer.Write(head.Forgotten);
                }

                index.Save(file);
                return Task.FromResult(true);
            });
    }

    /// <summary>Reads it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ring">The store's keys.</param>
    /// <param name="model">The model of the index.</param>
    /// <exception cref="IOException">It is damaged, or sealed with other keys.</exception>
    /// <exception cref="InvalidDataException">It was made with another model, or by another version of the program.</exception>
    /// <exception cref="SealedValueException">Its key is not this store's.</exception>
    public static (IndexFileHead Head, LinkageIndex Index) Load(string path, KeyRing ring, LinkageModel model)
    {
        using var file = File.OpenRead(path);
        var generation = 0;
        using var opened = new BufferedStream(SealedFile.Read(file, Unwrap), 1 << 16);
        using var reader = new BinaryReader(opened, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadInt32() != Form)
        {
            throw new InvalidDataException("It was written by another version of the program.");
        }

        var head = new IndexFileHead(reader.ReadInt64(), new Guid(reader.ReadBytes(16)), reader.ReadInt64()) { Generation = generation };
        return (head, LinkageIndex.Load(opened, model));

        byte[]? Unwrap(CipherSuite suite, IReadOnlyList<FileEntrance> ways)
        {
            if (suite.Name != ring.Suite.Name || ways is not [{ Kind: "store" } way])
            {
                return null;
            }

            generation = ring.GenerationOf(way.Wrapped);
            return ring.Generations.Contains(generation) ? ring.Open(Place, way.Wrapped) : null;
        }
    }

    /// <summary>Takes it from the disk, as far as that is possible.</summary>
    /// <param name="path">The file.</param>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It fits nothing any more: the next one replaces it.
        }
    }
}
