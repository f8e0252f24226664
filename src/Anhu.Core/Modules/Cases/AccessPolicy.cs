using Anhu.Data;
using Anhu.Modules.Duties;
using Anhu.Modules.Organisation;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;

namespace Anhu.Modules.Cases;

/// <summary>How much of a case a caller sees (design §7: views by need). Each holds all that those before it hold.</summary>
public enum CaseView
{
    /// <summary>Nothing; the case does not exist for the caller.</summary>
    None,

    /// <summary>That the case exists: number, class, state, region, dates and who has duties.</summary>
    Existence,

    /// <summary>Also who is concerned, by family name: for a task without the story.</summary>
    Card,

    /// <summary>What an accepted or offered duty needs: people, places, danger signs and needs; neither story nor reporter.</summary>
    Working,

    /// <summary>The whole file.</summary>
    Full,
}

/// <summary>What ties the caller's unit to a case.</summary>
public enum CaseRelation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A duty was handed to it without the victim's consent, and no law replaces her word; nothing else ties it to the case.</summary>
    Handed,

    /// <summary>It stands above a unit that is involved.</summary>
    Above,

    /// <summary>It received the alarm, was told, or had a duty.</summary>
    Involved,

    /// <summary>It has an open duty, was offered one, or has to decide on one.</summary>
    Working,
}

/// <summary>Classes of fields by whom they can hurt.</summary>
public enum FieldClass
{
    /// <summary>Number, class, state, region, dates, duties.</summary>
    Plain,

    /// <summary>Names in full, ID numbers, phones, birth dates, danger signs.</summary>
    Personal,

    /// <summary>Addresses and coordinates.</summary>
    Location,

    /// <summary>What happened, in words; reasons and notes; messages.</summary>
    Story,

    /// <summary>Injuries, pregnancy and sexual violence.</summary>
    Health,

    /// <summary>Who the children are.</summary>
    Minors,

    /// <summary>Who reported (handbook §4.15: the receiving police only).</summary>
    Reporter,
}

/// <summary>
/// The one decision about access. A worker or system sees the cases of the unit's jurisdiction in which its agency is
/// involved; units above see those of the units below them. What may not be seen is not found. Pages, API, feed, search
/// and counts all ask here.
/// </summary>
public static class AccessPolicy
{
    /// <summary>The cases that a caller may find: those of the unit, and sealed ones in which the worker has a seat; none from which the worker is shut out.</summary>
    /// <param name="cases">All cases.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="db">The context of the query.</param>
    public static IQueryable<DvCase> VisibleTo(this IQueryable<DvCase> cases, Caller caller, AnhuDbContext db)
    {
        var unit = UnitOf(caller);
        if (caller.WorkerId is not { } worker)
        {
            return cases.Where(c => db.CaseAccess.Any(a => a.CaseId == c.CaseId && a.UnitId == unit));
        }

        var mayRead = caller.May(Permissions.ReadCases);

        // A sealed case has no rows in CaseAccess. The first half of each pair is asked once, and mostly ends it.
        return cases.Where(c =>
            (db.CaseAccess.Any(a => a.CaseId == c.CaseId && a.UnitId == unit) || (mayRead && db.SealedSeats.Any(s => s.WorkerId == worker && s.CaseId == c.CaseId)))
            && !(db.AccessBlocks.Any(b => b.WorkerId == worker) && db.AccessBlocks.Any(b => b.WorkerId == worker && b.CaseId == c.CaseId)));
    }

    /// <summary>The same decision about one case of which is known what ties the caller to it, and that the worker is not shut out.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="hasAccess">The caller's unit has a row in <see cref="CaseAccess"/>.</param>
    /// <param name="hasSeat">The worker has a seat in the sealed case.</param>
    public static bool Finds(Caller caller, bool hasAccess, bool hasSeat) =>
        caller.May(Permissions.ReadCases) && ((hasAccess && caller.UnitId is not null) || (hasSeat && caller.WorkerId is not null));

    /// <summary>The rows of <see cref="CaseAccess"/> that a caller may read: one per visible case that is not sealed.</summary>
    /// <param name="access">All rows.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="db">The context of the query.</param>
    public static IQueryable<CaseAccess> VisibleTo(this IQueryable<CaseAccess> access, Caller caller, AnhuDbContext db)
    {
        var unit = UnitOf(caller);
        return caller.WorkerId is not { } worker
            ? access.Where(a => a.UnitId == unit)
            : access.Where(a => a.UnitId == unit
                && !(db.AccessBlocks.Any(b => b.WorkerId == worker) && db.AccessBlocks.Any(b => b.WorkerId == worker && b.CaseId == a.CaseId)));
    }

    /// <summary>The duties that a caller may see: those of visible cases, and those offered to the caller's unit.</summary>
    /// <param name="duties">All duties.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="db">The context of the query.</param>
    public static IQueryable<Duty> VisibleTo(this IQueryable<Duty> duties, Caller caller, AnhuDbContext db)
    {
        var unit = UnitOf(caller);
        return duties.NotShut(caller, db).Where(d => d.OwnerUnitId == unit || d.HandOverToUnitId == unit
            || db.CaseAccess.Any(a => a.CaseId == d.CaseId && a.UnitId == unit));
    }

    /// <summary>Without the duties of sealed cases in which the caller has no seat, and of cases from which the worker is shut out.</summary>
    private static IQueryable<Duty> NotShut(this IQueryable<Duty> duties, Caller caller, AnhuDbContext db)
    {
        var worker = caller.WorkerId ?? Guid.Empty;
        return duties.Where(d =>
            !(db.SealedSeats.Any() && db.SealedSeats.Any(s => s.CaseId == d.CaseId) && !db.SealedSeats.Any(s => s.CaseId == d.CaseId && s.WorkerId == worker))
            && !(db.AccessBlocks.Any(b => b.WorkerId == worker) && db.AccessBlocks.Any(b => b.WorkerId == worker && b.CaseId == d.CaseId)));
    }

    /// <summary>
    /// The tasks of a field worker: duties of the own unit in the own grid or community, whatever their state. A case whose
    /// place is known to the community but not to the grid is a task of each of the community's grids. Says nothing of the case itself.
    /// </summary>
    /// <param name="duties">All duties.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="db">The context of the query.</param>
    public static IQueryable<Duty> TasksOf(this IQueryable<Duty> duties, Caller caller, AnhuDbContext db)
    {
        if (!caller.May(Permissions.FieldTasks) || caller.UnitId is not { } unit || caller.RegionCode is not { Length: > 0 } place)
        {
            return duties.Where(d => false);
        }

        var prefix = RegionCodes.Prefix(place);
        var community = prefix.Length > 12 ? prefix[..12] : prefix;
        return duties.NotShut(caller, db).Where(d => d.OwnerUnitId == unit
            && db.Cases.Any(c => c.CaseId == d.CaseId && (c.RegionCode.StartsWith(prefix) || c.RegionCode == community)));
    }

    /// <summary>The duties on which a caller may take steps, as far as seeing goes: a field worker's tasks, else what the caller may see.</summary>
    /// <param name="duties">All duties.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="db">The context of the query.</param>
    public static IQueryable<Duty> WorkableBy(this IQueryable<Duty> duties, Caller caller, AnhuDbContext db) =>
        IsFieldWorker(caller) ? duties.TasksOf(caller, db) : duties.VisibleTo(caller, db);

    /// <summary>Whether a caller works on tasks only: may record visits, but neither sees cases nor decides over duties.</summary>
    /// <param name="caller">Who asks.</param>
    public static bool IsFieldWorker(Caller caller) => caller.May(Permissions.FieldTasks) && !caller.May(Permissions.WorkDuties);

    /// <summary>How much of a case a caller sees (handbook §3.2).</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="agency">The agency of the caller's unit.</param>
    /// <param name="relation">What ties the unit to the case. The units below an agency's system are its own: it stands for them.</param>
    /// <param name="grant">A leave of the worker on this case; null when there is none.</param>
    public static CaseView ViewOf(Caller caller, Agency agency, CaseRelation relation, GrantKind? grant)
    {
        if (!caller.May(Permissions.ReadCases))
        {
            return CaseView.None;
        }

        if (grant == GrantKind.Emergency && agency != Agency.Press)
        {
            return CaseView.Full;
        }

        if (relation == CaseRelation.Above && caller.ClientId is not null)
        {
            relation = CaseRelation.Involved;
        }

        // Enough to take the duty or to give it back. A reason does not stand in for her consent.
        if (relation == CaseRelation.Handed)
        {
            return agency is Agency.Police or Agency.WomensFederation or Agency.StreetOffice or Agency.CommunityOffice ? CaseView.Card : CaseView.Existence;
        }

        var stated = grant is not null;
        return relation == CaseRelation.None ? CaseView.None : agency switch
        {
            Agency.Police or Agency.WomensFederation => relation >= CaseRelation.Involved || stated ? CaseView.Full : CaseView.Card,
            Agency.Procuratorate or Agency.Court => relation == CaseRelation.Working ? CaseView.Full
                : relation == CaseRelation.Involved ? (stated ? CaseView.Full : CaseView.Card) : CaseView.Existence,
            Agency.Justice or Agency.CivilAffairs => relation == CaseRelation.Working ? CaseView.Working
                : relation == CaseRelation.Involved ? (stated ? CaseView.Working : CaseView.Card) : CaseView.Existence,
            Agency.Health or Agency.Education or Agency.TradeUnion or Agency.YouthLeague or Agency.DisabledPersonsFederation =>
                relation == CaseRelation.Working ? CaseView.Working : CaseView.Existence,
            Agency.StreetOffice or Agency.CommunityOffice => CaseView.Card,
            Agency.PoliticalLegalCommittee => relation == CaseRelation.Working ? CaseView.Working : CaseView.Existence,

            // Enough to give a duty back that was handed to it.
            Agency.Press => relation == CaseRelation.Working ? CaseView.Existence : CaseView.None,
        };
    }

    /// <summary>Whether a view shows a class of fields.</summary>
    /// <param name="view">The view.</param>
    /// <param name="agency">The agency of the caller's unit.</param>
    /// <param name="relation">What ties the unit to the case.</param>
    /// <param name="field">The class.</param>
    public static bool Shows(CaseView view, Agency agency, CaseRelation relation, FieldClass field) => field switch
    {
        FieldClass.Plain => view >= CaseView.Existence,
        FieldClass.Personal or FieldClass.Location => view >= CaseView.Working,
        FieldClass.Story => view == CaseView.Full,
        FieldClass.Health => view == CaseView.Full || (view == CaseView.Working && agency == Agency.Health),
        FieldClass.Minors => view == CaseView.Full
            || (view == CaseView.Working && agency is Agency.Education or Agency.CivilAffairs or Agency.YouthLeague),
        FieldClass.Reporter => view == CaseView.Full && agency == Agency.Police && relation >= CaseRelation.Involved,
    };

    /// <summary>Whether the mere type of an event tells of the story: that she is visited, written to, or lives elsewhere now.</summary>
    /// <param name="type">Type of an event.</param>
    public static bool TellsStory(string type) => StoryTypes.Any(t => type.StartsWith(t, StringComparison.Ordinal));

    /// <summary>First parts of the types of such events.</summary>
    public static IReadOnlyList<string> StoryTypes { get; } = ["visit.", "scene.", "evidence.", EventTypes.MessagePrefix, "contact.", "address.", "access.", "household.", "letter.", "order.", "penalty.", "crime.", "disposition.", "document.", "report.", "consent.", "leak."];

    /// <summary>Events without those whose type <see cref="TellsStory"/>.</summary>
    /// <param name="events">Events.</param>
    public static IQueryable<TimelineEvent> WithoutStory(this IQueryable<TimelineEvent> events)
    {
        foreach (var type in StoryTypes)
        {
            events = events.Where(e => !e.Type.StartsWith(type));
        }

        return events;
    }

    /// <summary>Whether an agency can ever see a case in full, and so hears of its story in the live feed.</summary>
    /// <param name="agency">The agency.</param>
    public static bool HearsStory(Agency agency) => agency is Agency.Police or Agency.WomensFederation or Agency.Procuratorate or Agency.Court;

    /// <summary>Whether stating a reason would show a caller more.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="agency">The agency of the caller's unit.</param>
    /// <param name="relation">What ties the unit to the case.</param>
    /// <param name="grant">A leave of the worker on this case.</param>
    public static bool AsksReason(Caller caller, Agency agency, CaseRelation relation, GrantKind? grant) =>
        grant is null && caller.WorkerId is not null
        && ViewOf(caller, agency, relation, GrantKind.Purpose) > ViewOf(caller, agency, relation, null);

    /// <summary>Whether a search for a person (name, phone, ID number) may find a case by it: only where the names are shown anyway.</summary>
    /// <param name="access">Rows of the caller's unit.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="agency">The agency of the caller's unit.</param>
    /// <param name="db">The context of the query.</param>
    public static IQueryable<CaseAccess> FoundByPerson(this IQueryable<CaseAccess> access, Caller caller, Agency agency, AnhuDbContext db)
    {
        var unit = UnitOf(caller);
        if (Shows(ViewOf(caller, agency, CaseRelation.Above, null), agency, CaseRelation.Above, FieldClass.Personal))
        {
            return access;
        }

        if (Shows(ViewOf(caller, agency, CaseRelation.Involved, null), agency, CaseRelation.Involved, FieldClass.Personal))
        {
            return access.Where(a => a.IsDirect);
        }

        return Shows(ViewOf(caller, agency, CaseRelation.Working, null), agency, CaseRelation.Working, FieldClass.Personal)
            ? access.Where(a => db.Duties.Any(d => d.CaseId == a.CaseId && d.OwnerUnitId == unit && !d.WithoutConsent && Duty.OpenStates.Contains(d.State)))
            : access.Where(a => false);
    }

    /// <summary>Whether a caller may decide over what a unit does: a supervisor of that unit or of one above it, or of the political-legal committee over its region.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="unitId">The unit.</param>
    /// <param name="map">Units as of now.</param>
    public static bool MaySupervise(Caller caller, Guid unitId, OrganisationMap map) =>
        map.Find(unitId) is { } unit
        && (AdministrationScope.Supervises(map, caller, unit)
            || (caller.May(Permissions.Supervise) && caller.UnitId is { } own && map.Find(own) is { Agency: Agency.PoliticalLegalCommittee } committee
                && RegionCodes.Contains(committee.RegionCode, unit.RegionCode)));

    /// <summary>Whether a caller may decide over a case: a supervisor of a unit that works on it; over a sealed one, each supervisor who finds it.</summary>
    /// <param name="caller">Who asks; must find the case.</param>
    /// <param name="file">The case.</param>
    /// <param name="map">Units as of now.</param>
    public static bool MaySupervise(Caller caller, CaseFile file, OrganisationMap map) => caller.May(Permissions.Supervise)
        && (file.Case.IsSealed || file.Access.Values.Any(a => a.IsDirect && MaySupervise(caller, a.UnitId, map)));

    private static Guid UnitOf(Caller caller) => caller.May(Permissions.ReadCases) && caller.UnitId is { } unit ? unit : Guid.Empty;
}
