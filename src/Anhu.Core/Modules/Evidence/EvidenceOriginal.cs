using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Anhu.Data;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Evidence;

/// <summary>Puts originals together again.</summary>
internal static class EvidenceOriginal
{
    /// <summary>Pieces that are read at once: 1 MiB. No reading of the store stays open while a slow receiver takes them.</summary>
    private const int PiecesAtOnce = 16;

    /// <summary>The bytes of an original.</summary>
    /// <param name="db">The context.</param>
    /// <param name="file">The file.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null while pieces are missing.</returns>
    public static async Task<byte[]?> ReadAsync(AnhuDbContext db, EvidenceFile file, CancellationToken ct)
    {
        var content = new byte[file.Length];
        var at = 0;
        await foreach (var piece in PiecesAsync(db, file.EvidenceFileId, ct))
        {
            if (at + piece.Length > content.Length)
            {
                return null;
            }

            piece.CopyTo(content, at);
            at += piece.Length;
        }

        return at == content.Length ? content : null;
    }

    /// <summary>The bytes of an original that is kept, checked against the hash that was made where it was made.</summary>
    /// <param name="db">The context.</param>
    /// <param name="file">The file.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when it is no longer what it was.</returns>
    public static async Task<byte[]?> CheckedAsync(AnhuDbContext db, EvidenceFile file, CancellationToken ct) =>
        await ReadAsync(db, file, ct) is { } content && Convert.ToHexStringLower(SHA256.HashData(content)) == file.Sha256 ? content : null;

    /// <summary>Whether an original is still what was hashed where it was made, without holding all of it.</summary>
    /// <param name="db">The context.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="sha256">Its hash, hexadecimal.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<bool> IsSameAsync(AnhuDbContext db, Guid fileId, string sha256, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var piece in PiecesAsync(db, fileId, ct))
        {
            hash.AppendData(piece);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == sha256;
    }

    /// <summary>The pieces of an original in order, as far as none is missing.</summary>
    /// <param name="db">The context.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="ct">Cancels.</param>
    public static async IAsyncEnumerable<byte[]> PiecesAsync(AnhuDbContext db, Guid fileId, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var next = 0; ;)
        {
            var from = next;
            var pieces = await db.EvidenceChunks.AsNoTracking().Where(c => c.EvidenceFileId == fileId && c.Number >= from && c.Number < from + PiecesAtOnce).OrderBy(c => c.Number).ToListAsync(ct);
            foreach (var piece in pieces)
            {
                if (piece.Number != next)
                {
                    yield break;
                }

                next++;
                yield return piece.Content;
            }

            if (pieces.Count < PiecesAtOnce)
            {
                yield break;
            }
        }
    }
}
