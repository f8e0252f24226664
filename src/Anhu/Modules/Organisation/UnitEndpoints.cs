using Anhu.Api;
using Anhu.Common;
using Anhu.Components.Ui;
using Anhu.Modules.Regions;
using Anhu.Modules.Security;
using Anhu.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Anhu.Modules.Organisation;

/// <summary>Units for other systems.</summary>
public static class UnitEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    /// <summary>Maps them.</summary>
    /// <param name="routes">The routes.</param>
    public static void MapOrganisation(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/units", ListAsync).RequireAuthorization(Permissions.ReadUnits)
            .WithTags("Units").WithName("ListUnits").WithSummary("Units with their jurisdictions, by code")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        routes.MapPost("/workers/{workerId:guid}/confirm", ConfirmAsync).RequireAuthorization(Permissions.ReadUnits).ExcludeFromDescription();
    }

    /// <summary>A row's button on the page of access to be confirmed.</summary>
    private static async Task<RedirectHttpResult> ConfirmAsync(
        Guid workerId, [FromForm] long version, AccessReviews reviews, CallerAccessor caller, Flash flash, IStringLocalizer<OrganisationText> text, CancellationToken ct)
    {
        if (!(await reviews.ConfirmAsync(workerId, version, caller.Required, ct)).IsOk)
        {
            return TypedResults.LocalRedirect("/workers/review?changed=1");
        }

        flash.Say(text["Review_Confirmed"]);
        return TypedResults.LocalRedirect("/workers/review");
    }

    private static async Task<Results<Ok<UnitPage>, FailureResult>> ListAsync(
        string? agency, string? region, string? after, int? limit, OrganisationDirectory organisation, CancellationToken ct)
    {
        var map = await organisation.GetAsync(ct);
        var failures = new List<Failure>();
        var wanted = default(Agency);
        if (agency is not null && !UnitCodes.TryParse(agency, out wanted))
        {
            failures.Add(new Failure(FailureKind.Invalid, "organisation.agency-unknown", "agency"));
        }

        if (region is not null && map.Region(region) is null)
        {
            failures.Add(new Failure(FailureKind.Invalid, "organisation.region-unknown", "region"));
        }

        if (limit is < 1 or > MaxLimit)
        {
            failures.Add(new Failure(FailureKind.Invalid, "paging.limit", "limit", $"1–{MaxLimit}"));
        }

        if (failures.Count > 0)
        {
            return failures.ToProblem();
        }

        var search = new UnitSearch { Agency = agency is null ? null : wanted, RegionCode = region, After = after, Limit = limit ?? DefaultLimit };
        var (units, next) = search.Run(map);
        return TypedResults.Ok(new UnitPage([.. units.Select(u => UnitItem.Of(u, map))], next));
    }

    /// <summary>A page of units.</summary>
    /// <param name="Items">The units.</param>
    /// <param name="Next">Pass it as <c>after</c> for the next page; absent on the last.</param>
    internal sealed record UnitPage(IReadOnlyList<UnitItem> Items, string? Next);

    /// <summary>A unit.</summary>
    internal sealed record UnitItem
    {
        /// <summary>Stable code.</summary>
        public required string Code { get; init; }

        /// <summary>Name in Chinese.</summary>
        public required string Name { get; init; }

        /// <summary>The agency.</summary>
        public required Agency Agency { get; init; }

        /// <summary>The level of its seat.</summary>
        public required RegionLevel Level { get; init; }

        /// <summary>The region of its seat.</summary>
        public required string RegionCode { get; init; }

        /// <summary>Code of the unit above in the same agency.</summary>
        public string? Superior { get; init; }

        /// <summary>False when dissolved.</summary>
        public required bool Active { get; init; }

        /// <summary>Duty telephone for other departments.</summary>
        public string? DutyPhone { get; init; }

        /// <summary>Codes of the regions that it answers for, including all within them that no other unit of the agency has.</summary>
        public required IReadOnlyList<string> Jurisdictions { get; init; }

        public static UnitItem Of(Unit unit, OrganisationMap map) => new()
        {
            Code = unit.Code, Name = unit.Name, Agency = unit.Agency, Level = unit.Level, RegionCode = unit.RegionCode,
            Superior = map.Superior(unit)?.Code, Active = unit.IsActive, DutyPhone = unit.DutyPhone,
            Jurisdictions = [.. map.Jurisdictions(unit).Select(RegionCodes.Full)],
        };
    }
}
