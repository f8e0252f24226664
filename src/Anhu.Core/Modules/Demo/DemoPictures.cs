using System.Security.Cryptography;
using System.Text;
using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Cases;
using Anhu.Modules.Duties;
using Anhu.Modules.Evidence;
using Anhu.Modules.Security;
using Microsoft.EntityFrameworkCore;
using SkiaSharp;

namespace Anhu.Modules.Demo;

/// <summary>A few harmless pictures and exported messages of the made-up scenes, drawn here and sent as a phone sends them.</summary>
public sealed class DemoPictures(IDbContextFactory<AnhuDbContext> contexts, ReceiveEvidenceHandler handler, TimeProvider time)
{
    private const int Scenes = 3;
    private const int Width = 960;
    private const int Height = 720;

    /// <summary>Adds them to the newest open cases.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task AddAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var scenes = await (
            from d in db.Duties.AsNoTracking()
            join c in db.Cases.AsNoTracking() on d.CaseId equals c.CaseId
            join w in db.Workers.AsNoTracking() on d.WorkerId equals w.Id
            where d.Kind == "police-first-contact" && d.State == DutyState.Done && c.State == CaseState.Open && w.UnitId == d.OwnerUnitId
            orderby d.CreatedAt descending
            select new { d.DutyId, d.CreatedAt, Worker = w }).Take(Scenes).ToListAsync(ct);
        foreach (var (i, scene) in scenes.Index())
        {
            var caller = new Caller { WorkerId = scene.Worker.Id, UnitId = scene.Worker.UnitId, Roles = scene.Worker.Roles, RegionCode = scene.Worker.RegionCode };
            await SendAsync(caller, scene.DutyId, "scene-photos", "打翻的椅子", Picture(i), scene.CreatedAt.AddMinutes(9), ct);
            await SendAsync(caller, scene.DutyId, "messages", "受害人手机导出的聊天记录", Encoding.UTF8.GetBytes("（演示）\n他：你敢回娘家试试。\n她：我害怕。\n"), scene.CreatedAt.AddMinutes(14), ct);
        }
    }

    private async Task SendAsync(Caller caller, Guid duty, string item, string caption, byte[] content, DateTimeOffset at, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(time.Now);
        var begun = await handler.BeginAsync(
            new BeginEvidence { Id = id, DutyId = duty, Item = item, Caption = caption, MadeAt = at, Length = content.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)) }, caller, ct);
        if (begun.IsOk)
        {
            await handler.PartAsync(id, 0, content, caller, ct);
            await handler.FinishAsync(id, caller, ct);
        }
    }

    /// <summary>A room with a chair that was knocked over.</summary>
    private static byte[] Picture(int number)
    {
        using var bitmap = new SKBitmap(Width, Height);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(new SKColor(0xE8, 0xE2, 0xD6));
            using var floor = new SKPaint { Color = new SKColor(0xB9, 0x9B, 0x72) };
            using var wall = new SKPaint { Color = new SKColor(0xC9, 0xD6, (byte)(0xD0 + (number * 12))) };
            using var wood = new SKPaint { Color = new SKColor(0x6B, 0x43, 0x2A), StrokeWidth = 16, IsStroke = true, IsAntialias = true };
            canvas.DrawRect(0, 470, Width, Height - 470, floor);
            canvas.DrawRect(90 + (number * 60), 90, 220, 170, wall);
            canvas.Translate(520, 480);
            canvas.RotateDegrees(70 + (number * 15));
            canvas.DrawRect(-70, -60, 140, 120, wood);
            canvas.DrawLine(-70, -60, -70, -220, wood);
            canvas.DrawLine(70, -60, 70, -220, wood);
            canvas.DrawLine(-70, 60, -90, 190, wood);
            canvas.DrawLine(70, 60, 90, 190, wood);
        }

        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 88);
        return jpeg.ToArray();
    }
}
