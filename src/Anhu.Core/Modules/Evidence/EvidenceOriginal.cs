using System.Security.Cryptography;
using Anhu.Data;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Evidence;

/// <summary>Puts originals together again.</summary>
internal static class EvidenceOriginal
{
    /// <summary>The bytes of an original.</summary>
    /// <param name="db">The context.</param>
    /// <param name="file">The file.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null while pieces are missing.</returns>
    public static async Task<byte[]?> ReadAsync(AnhuDbContext db, EvidenceFile file, CancellationToken ct)
    {
        var content = new byte[file.Length];
        var (at, next) = (0, 0);
        var id = file.EvidenceFileId;
        await foreach (var chunk in db.EvidenceChunks.AsNoTracking().Where(c => c.EvidenceFileId == id).OrderBy(c => c.Number).AsAsyncEnumerable().WithCancellation(ct))
        {
            if (chunk.Number != next || at + chunk.Content.Length > content.Length)
            {
                return null;
            }

            chunk.Content.CopyTo(content, at);
            (at, next) = (at + chunk.Content.Length, next + 1);
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
}
