using Anhu.Common;
using Anhu.Data;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Visits;

/// <summary>Keeps forms while they are typed: on the server only, never on the device.</summary>
public sealed class FormDrafts(IDbContextFactory<AnhuDbContext> contexts, TimeProvider time)
{
    /// <summary>The largest draft, characters.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>The longest key.</summary>
    public const int KeyMaxLength = 80;

    /// <summary>The key of a duty's form.</summary>
    /// <param name="dutyId">The duty.</param>
    public static string KeyOf(Guid dutyId) => $"duty:{dutyId:N}";

    /// <summary>A worker's draft of a form; null when there is none.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="formKey">The form.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<FormDraft?> FindAsync(Guid workerId, string formKey, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.FormDrafts.AsNoTracking().SingleOrDefaultAsync(d => d.WorkerId == workerId && d.FormKey == formKey, ct);
    }

    /// <summary>Saves a draft, unless a newer one is there: saves may overtake each other on a bad line.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="formKey">The form.</param>
    /// <param name="content">The fields as JSON.</param>
    /// <param name="edit">The browser's counter.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The counter of the draft that is now kept: the given one, or the newer one's.</returns>
    public async Task<long> SaveAsync(Guid workerId, string formKey, string content, long edit, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.ExclusivelyAsync(
            async () =>
            {
                var draft = await db.FormDrafts.SingleOrDefaultAsync(d => d.WorkerId == workerId && d.FormKey == formKey, ct);
                if (draft is null)
                {
                    db.Add(new FormDraft { WorkerId = workerId, FormKey = formKey, Content = content, Edit = edit, SavedAt = time.Now });
                    return edit;
                }

                if (draft.Edit < edit)
                {
                    (draft.Content, draft.Edit, draft.SavedAt) = (content, edit, time.Now);
                }

                return draft.Edit;
            },
            ct);
    }

    /// <summary>Forgets a draft, once the form is sent.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="formKey">The form.</param>
    /// <param name="ct">Cancels.</param>
    public async Task ForgetAsync(Guid workerId, string formKey, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.ExclusivelyAsync(
            async () =>
            {
                db.RemoveRange(await db.FormDrafts.Where(d => d.WorkerId == workerId && d.FormKey == formKey).ToListAsync(ct));
                return true;
            },
            ct);
    }
}
