using Anhu.Common;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Modules.Intake;
using Anhu.Modules.Messages;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;
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

    /// <summary>A demo.</summary>
    Demo,
}

/// <summary>Fills an empty store with a made-up city: workers, a year of alarms, and what was done about them. All or nothing: a filling that is cut short leaves the store empty.</summary>
public sealed partial class DemoFill(
    IDbContextFactory<AnhuDbContext> contexts, OrganisationDirectory organisation, RuleBook rules, Measures.MeasureBook measures, Conflicts conflicts, IPasswordHasher<Worker> hasher, TimeProvider time,
    ILogger<DemoFill> logger)
{
    /// <summary>Event that stands at the beginning of a demo's record.</summary>
    public const string Begun = "demo.begun";

    private const string Mark = "demo";

    /// <summary>What the store is.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task<DemoStoreState> StateAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Counters.AnyAsync(c => c.Name == Mark, ct) ? DemoStoreState.Demo
            : await db.Alarms.AnyAsync(ct) || await db.Workers.AnyAsync(ct) ? DemoStoreState.Real
            : DemoStoreState.Empty;
    }

    /// <summary>Fills the store, which must be empty.</summary>
    /// <param name="options">How much.</param>
    /// <param name="templates">Texts of messages.</param>
    /// <param name="progress">Told now and then, from 0 to 1.</param>
    /// <param name="ct">Cancels; the store then stays empty.</param>
    /// <returns>Steps that the city's rules refused; none under the rules that ship.</returns>
    public async Task<IReadOnlyList<string>> FillAsync(DemoOptions options, MessageTemplates templates, Action<double>? progress, CancellationToken ct)
    {
        await AddGridsAsync(ct);
        var map = await organisation.GetAsync(ct);
        var now = time.Now;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var store = db.Store;
        IReadOnlyList<string> refused;
        using (await store.EnterAsync(ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            var work = new CaseRules(map, rules);
            var batch = new IntakeBatch(db, await db.TakeHeadAsync(0, ct), work, conflicts, time);
            db.Counters.Add(new Counter { Name = Mark, Value = options.Seed });
            refused = await FillAsync(options, new DemoBooks(batch, work), templates, db, now, progress, ct);
            await batch.SaveAsync(ct);
            await transaction.CommitAsync(ct);
            progress?.Invoke(1);
        }

        store.SignalChange();
        foreach (var step in refused.Distinct().Take(20))
        {
            LogRefused(step);
        }

        return refused;
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

    /// <summary>Cities enter their grids themselves; the demo has two, in the community where the cast work.</summary>
    private async Task AddGridsAsync(CancellationToken ct)
    {
        var community = (await organisation.GetAsync(ct)).Children(DemoCast.Street)[0].RegionCode;
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Regions.AnyAsync(r => r.ParentCode == community, ct))
        {
            return;
        }

        foreach (var (ending, name) in ((string, string)[])[("001", "第一网格"), ("002", "第二网格")])
        {
            db.Regions.Add(new Region { RegionCode = community + ending, Name = name, Level = RegionLevel.Grid, ParentCode = community, IsStatutory = false });
        }

        await OrganisationDirectory.RaiseAsync(db, ct);
        await db.SaveChangesAsync(ct);
        organisation.Invalidate();
    }

    private async Task<IReadOnlyList<string>> FillAsync(
        DemoOptions options, DemoBooks books, MessageTemplates templates, AnhuDbContext db, DateTimeOffset now, Action<double>? progress, CancellationToken ct)
    {
        var begun = books.Zone.StartOf(books.Zone.DateOf(now).AddMonths(-options.Months));
        books.Record(new PendingEvent(Begun, begun, Data: EventData.Of(("seed", options.Seed))));
        var crew = new DemoCrew(AddCast(books, db, begun, now), worker => db.Workers.Add(worker));
        var agenda = new DemoAgenda();
        var habits = new DemoHabits(books, agenda, options.Seed);
        var contacts = new DemoContacts(books, templates);
        var work = new DemoWork(books, agenda, habits, crew, contacts, new DemoLetters(books, measures, crew), new DemoOrders(books, measures), options.Seed);
        var history = new DemoHistory(books, agenda, habits, work, crew, options.Seed);
        history.Expect(new DemoStory(options.Seed, books.Map, books.Zone, now).Past(options, now));

        // What stays undone is left some days before the end, so that time can act on it.
        var ends = new DemoLooseEnds(books, history, work, crew, contacts, options.Seed);
        await history.RunAsync(now - DemoLooseEnds.Before, Tell, ct);
        ends.LeaveUndone(now - DemoLooseEnds.Before);
        await history.RunAsync(now, Tell, ct);
        ends.LeaveOpen(now);
        new DemoRosters(books).Plan(db.Workers.Local, now);
        return books.Refused;

        void Tell(DateTimeOffset at) => progress?.Invoke(Math.Clamp((at - begun) / (now - begun), 0, 1));
    }

    private List<Worker> AddCast(DemoBooks books, AnhuDbContext db, DateTimeOffset begun, DateTimeOffset now)
    {
        // One hash for all: they have one password, and hashing is meant to be slow.
        var hash = hasher.HashPassword(null!, DemoCast.Password);
        var cast = new List<Worker>();
        foreach (var member in DemoCast.Of(books.Map))
        {
            var worker = new Worker
            {
                Id = Guid.CreateVersion7(), UserName = member.UserName, NormalizedUserName = member.UserName.ToUpperInvariant(), DisplayName = member.DisplayName,
                UnitId = books.Map.Find(member.UnitCode)!.UnitId, Roles = [member.Role], RegionCode = member.RegionCode, PasswordHash = hash, PasswordSetAt = now,
                LockoutEnabled = true, SecurityStamp = Guid.CreateVersion7().ToString("N"), ConcurrencyStamp = Guid.CreateVersion7().ToString("N"),
            };
            db.Workers.Add(worker);
            cast.Add(worker);
            books.Record(new PendingEvent(OrganisationEvents.WorkerAdded, begun, UnitId: worker.UnitId, Data: EventData.Of(("workerId", worker.Id))));
        }

        return cast;
    }

    [LoggerMessage(LogLevel.Warning, "The rules refused a made-up step: {Step}")]
    private partial void LogRefused(string step);
}
