using System.Text.RegularExpressions;
using Anhu.Data;
using Anhu.Modules.Alarms;
using Anhu.Modules.Shield;
using Microsoft.EntityFrameworkCore;

namespace Anhu.Modules.Cases;

/// <summary>
/// What the other party must not read in a copy of court papers (Opinions 2022, no. 4; Anti-Domestic Violence Law 5, 14; victim-safety C6, G4): the case's secrets, who reported,
/// and who the witnesses are. Known values are found; what else a text tells only a person can see.
/// </summary>
public sealed class OtherPartyGuard
{
    private const int ShortestName = 2;
    private readonly LeakGuard values;
    private readonly Regex? names;

    private OtherPartyGuard(LeakGuard values, IReadOnlyCollection<string> names)
    {
        this.values = values;
        // A name may be written with spaces or dots between its characters.
        this.names = names.Count == 0 ? null : new Regex(
            string.Join('|', names.OrderByDescending(n => n.Length).Select(n => string.Join(@"[\s·•．.]*", n.Where(c => !char.IsWhiteSpace(c)).Select(c => Regex.Escape(c.ToString()))))),
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    /// <summary>Loads it.</summary>
    /// <param name="db">The store.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="more">What else must not be told, such as her address for service.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<OtherPartyGuard> LoadAsync(AnhuDbContext db, Guid caseId, IReadOnlyCollection<ShieldedValue> more, CancellationToken ct)
    {
        var secrets = await CaseSecrets.ValuesAsync(db, caseId, ct);
        var parties = await (
            from p in db.CaseParties.AsNoTracking()
            join person in db.People.AsNoTracking() on p.PersonId equals person.PersonId
            where p.CaseId == caseId
            select new { p.Role, person.PersonId, person.Name, person.Phone, person.Address }).ToListAsync(ct);
        var stored = await (
            from a in db.Alarms.AsNoTracking()
            join r in db.AlarmRevisions.AsNoTracking() on a.AlarmId equals r.AlarmId
            where a.CaseId == caseId
            select r.Content).ToListAsync(ct);
        var reports = stored.ConvertAll(AlarmReportReader.ReadStored);
        var reporters = await (
            from a in db.Alarms.AsNoTracking()
            join r in db.AlarmReporters.AsNoTracking() on a.AlarmId equals r.AlarmId
            where a.CaseId == caseId
            select r).ToListAsync(ct);

        // The two of them and their children are named in the paper anyway, also where one of them reported.
        var shown = parties.Where(p => p.Role is PartyRole.Victim or PartyRole.Perpetrator or PartyRole.Child).ToList();
        var others = parties.Where(p => p.Role is PartyRole.Witness or PartyRole.Other).ToList();
        HashSet<string> own = [.. shown.Select(p => p.Name).OfType<string>()];
        HashSet<string> perpetrators = [.. shown.Where(p => p.Role == PartyRole.Perpetrator).SelectMany(p => new[] { p.Phone, p.Address }).OfType<string>()];
        var names = reporters.Select(r => r.Name)
            .Concat(reports.SelectMany(r => r.People).Where(p => p.Role is PartyRole.Witness or PartyRole.Other).Select(p => p.Name)).Concat(others.Select(p => p.Name))
            .OfType<string>().Select(n => n.Trim()).Where(n => n.Length >= ShortestName && !own.Contains(n)).Distinct().ToList();
        List<ShieldedValue> values =
        [
            .. secrets, .. more, .. reporters.Select(r => r.Phone).OfType<string>().Select(p => new ShieldedValue(ShieldKind.Phone, p, Guid.Empty)),
            .. others.Where(p => p.Phone is not null).Select(p => new ShieldedValue(ShieldKind.Phone, p.Phone!, p.PersonId)),
            .. others.Where(p => p.Address is not null).Select(p => new ShieldedValue(ShieldKind.Address, p.Address!, p.PersonId)),
        ];
        return new OtherPartyGuard(new LeakGuard(values.Where(v => secrets.Contains(v) || !perpetrators.Contains(v.Value))), names);
    }

    /// <summary>Whether a text tells any of it, also across the ends of lines.</summary>
    /// <param name="text">The text.</param>
    public bool Tells(string? text) =>
        text is not null && (values.Find(("", text), ("", text.ReplaceLineEndings(""))).Count > 0 || names?.IsMatch(text) == true);

    /// <summary>The text with all of it hidden.</summary>
    /// <param name="text">The text.</param>
    public string Mask(string text)
    {
        var masked = values.Mask(text);
        return names?.Replace(masked, LeakGuard.Hidden) ?? masked;
    }
}
