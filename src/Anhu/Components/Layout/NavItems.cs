using System.Collections.Frozen;
using Anhu.Hosting;
using Anhu.Modules.Security;
using Anhu.Web;

namespace Anhu.Components.Layout;

/// <summary>One entry of the main navigation.</summary>
/// <param name="Path">Path of the page, without parameters.</param>
/// <param name="TextKey">Key in <c>SharedText</c>.</param>
/// <param name="Icon">Name in the sprite.</param>
/// <param name="Permission">Who sees it; null: everyone who is signed in.</param>
public sealed record NavItem(string Path, string TextKey, string Icon, string? Permission = null);

/// <summary>The main navigation, in its order. An entry shows as soon as a page of that path exists.</summary>
public static class NavItems
{
    /// <summary>All entries.</summary>
    public static IReadOnlyList<NavItem> All { get; } =
    [
        new("/", "Nav_Home", "home"),
        new("/board", "Nav_Board", "layout-dashboard", Permissions.ReadFeed),
        new("/cases", "Nav_Cases", "folders", Permissions.ReadCases),
        new("/duties", "Nav_Duties", "checklist", Permissions.WorkDuties),
        new("/visits", "Nav_Visits", "phone-call", Permissions.WorkDuties),
        new("/measures", "Nav_Measures", "clipboard-text", Permissions.WorkDuties),
        new("/reports", "Nav_Reports", "file-text", Permissions.ReadCases),
        new("/dispositions", "Nav_Dispositions", "checklist", Permissions.WorkDuties),
        new("/people/links", "Nav_Links", "git-merge", Permissions.LinkPeople),
        new("/alarms/new", "Nav_AlarmNew", "plus", Permissions.WriteAlarms),
        new("/units", "Nav_Units", "building", Permissions.ReadUnits),
        new("/workers", "Nav_Workers", "users", Permissions.ReadUnits),
        new("/security/second-step", "Nav_SecondStep", "shield-check", Permissions.AdministerSecurity),
        new("/security/clients", "Nav_Clients", "arrows-exchange", Permissions.AdministerSecurity),
        new("/access", "Nav_Access", "eye", Permissions.ReviewAccess),
        new("/rules", "Nav_Rules", "book", Permissions.ReadRules),
    ];
}

/// <summary>What of the navigation a caller sees.</summary>
public sealed class NavMenu(IServiceProvider services)
{
    private FrozenSet<string>? pages;

    /// <summary>Entries whose page exists and that the caller may open.</summary>
    /// <param name="caller">The caller of the request.</param>
    public IEnumerable<NavItem> For(CallerAccessor caller)
    {
        pages ??= services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => "/" + e.RoutePattern.RawText?.Trim('/')).ToFrozenSet(StringComparer.Ordinal);
        return NavItems.All.Where(item => pages.Contains(item.Path) && (item.Permission is null || caller.May(item.Permission)));
    }
}
