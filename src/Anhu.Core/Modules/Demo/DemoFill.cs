using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Timeline;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Anhu.Modules.Demo;

/// <summary>What a store is, seen from the demo.</summary>
public enum DemoStoreState
{
    /// <summary>Nobody and nothing in it yet.</summary>
    Empty,

    /// <summary>Real data: no demo goes in here.</summary>
    Real,

    /// <summary>A demo that was stopped while it was being filled.</summary>
    Unfinished,

    /// <summary>A demo.</summary>
    Demo,
}

/// <summary>Fills an empty store with a made-up city: workers, a year of alarms, and what was done about them.</summary>
public sealed partial class DemoFill(
    IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, RuleBook rules, IPasswordHasher<Worker> hasher, TimeProvider time,
    ILogger<DemoFill> logger)
{
    /// <summary>Event that stands at the beginning of a demo's record.</summary>
    public const string Begun = "demo.begun";

    private const string BegunCounter = "demo";
    private const string FilledCounter = "demo-filled";

    /// <summary>What the store is.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task<DemoStoreState> StateAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var marks = await db.Counters.AsNoTracking().Where(c => c.Name == BegunCounter || c.Name == FilledCounter).Select(c => c.Name).ToListAsync(ct);
        return marks.Contains(FilledCounter) ? DemoStoreState.Demo
            : marks.Contains(BegunCounter) ? DemoStoreState.Unfinished
            : await db.Alarms.AnyAsync(ct) || await db.Workers.AnyAsync(ct) ? DemoStoreState.Real
            : DemoStoreState.Empty;
    }

    /// <summary>Fills the store, which must be empty.</summary>
    /// <param name="options">How much.</param>
    /// <param name="progress">Told now and then, from 0 to 1.</param>
    /// <param name="ct">Cancels; the store is then unfinished.</param>
    public async Task FillAsync(DemoOptions options, Action<double>? progress, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        var now = time.Now;
        var start = now.AddMonths(-options.Months);
        await MarkAsync(BegunCounter, options.Seed, start, ct);
        await AddCastAsync(map, start, now, ct);
        var story = new DemoStory(options.Seed, map, rules.Clock.Zone, now);
        var history = new DemoHistory(contexts, organisation, rules, map, story, options);
        await history.RunAsync(now, progress, ct);
        foreach (var refused in history.Refused.Distinct().Take(20))
        {
            LogRefused(refused);
        }

        await MarkAsync(FilledCounter, options.Seed, now, ct);
    }

    /// <summary>Makes the passwords of the sign-ins young again: a demo that is started after months asks nobody for a new one.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task RefreshPasswordsAsync(CancellationToken ct)
    {
        var now = time.Now;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var old = now - TimeSpan.FromDays(60);
        foreach (var worker in await db.Workers.Where(w => w.PasswordSetAt != null && w.PasswordSetAt < old).ToListAsync(ct))
        {
            worker.PasswordSetAt = now;
        }

        await db.SaveChangesAsync(ct);
    }

    private async Task MarkAsync(string name, int seed, DateTimeOffset at, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Counters.Add(new Counter { Name = name, Value = seed });
        if (name == BegunCounter)
        {
            db.Record(new PendingEvent(Begun, at, Data: EventData.Of(("seed", seed))));
        }

        await db.SaveChangesAsync(ct);
    }

    private async Task AddCastAsync(OrganisationMap map, DateTimeOffset start, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);

        // One hash for all: they have one password, and hashing is meant to be slow.
        var hash = hasher.HashPassword(null!, DemoCast.Password);
        foreach (var member in DemoCast.Of(map))
        {
            var worker = new Worker
            {
                Id = Guid.CreateVersion7(), UserName = member.UserName, NormalizedUserName = member.UserName.ToUpperInvariant(), DisplayName = member.DisplayName,
                UnitId = map.Find(member.UnitCode)!.UnitId, Roles = [member.Role], RegionCode = member.RegionCode, PasswordHash = hash, PasswordSetAt = now,
                LockoutEnabled = true, SecurityStamp = Guid.CreateVersion7().ToString("N"), ConcurrencyStamp = Guid.CreateVersion7().ToString("N"),
            };
            db.Workers.Add(worker);
            db.Record(new PendingEvent(OrganisationEvents.WorkerAdded, start, UnitId: worker.UnitId, Data: EventData.Of(("workerId", worker.Id))));
        }

        await db.SaveChangesAsync(ct);
    }

    [LoggerMessage(LogLevel.Warning, "The rules refused a made-up step: {Step}")]
    private partial void LogRefused(string step);
}
