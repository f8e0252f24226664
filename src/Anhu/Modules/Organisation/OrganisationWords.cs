using Anhu.Components.Ui;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Microsoft.Extensions.Localization;

namespace Anhu.Modules.Organisation;

/// <summary>Words for agencies, levels and roles in the reader's language.</summary>
public sealed class OrganisationWords(IStringLocalizer<OrganisationText> text)
{
    /// <summary>An agency's short name.</summary>
    /// <param name="agency">The agency.</param>
    public string Of(Agency agency) => text[$"Agency_{agency}"];

    /// <summary>A level's name.</summary>
    /// <param name="level">The level.</param>
    public string Of(RegionLevel level) => text[$"Level_{level}"];

    /// <summary>A role's name.</summary>
    /// <param name="role">The role.</param>
    public string Of(WorkerRole role) => text[$"Role_{role}"];

    /// <summary>Several roles.</summary>
    /// <param name="roles">The roles.</param>
    public string Of(IReadOnlyCollection<WorkerRole> roles) => roles.Count == 0 ? text["Role_None"] : string.Join(text["ListSeparator"], roles.Select(Of));

    /// <summary>Agencies to choose from.</summary>
    public IReadOnlyList<Choice<Agency?>> Agencies => [.. Enum.GetValues<Agency>().Select(a => new Choice<Agency?>(a, Of(a)))];
}
