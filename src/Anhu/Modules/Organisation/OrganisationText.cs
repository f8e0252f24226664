namespace Anhu.Modules.Organisation;

/// <summary>Texts of units, workers and rosters; also the words for agencies (<c>Agency_…</c>), levels (<c>Level_…</c>) and roles (<c>Role_…</c>).</summary>
public sealed class OrganisationText;
