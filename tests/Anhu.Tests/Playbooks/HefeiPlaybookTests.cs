using Anhu.Modules.Alarms;
using Anhu.Modules.Organisation;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Regions;
using static Anhu.Tests.Playbooks.Shipped;

namespace Anhu.Tests.Playbooks;

public sealed class HefeiPlaybookTests
{
    private static readonly DateTimeOffset Evening = Local(2026, 11, 20, 20, 15);

    [Fact]
    public void Alarm_OfClass3_AsksPoliceAndFederationByTheEndOfTheNextDay()
    {
        var plan = Hefei.Plan(PlaybookEvent.AlarmReceived, Alarm(3));

        Assert.Equal(["police-first-contact", "police-disposition", "caring-message", "phone-return-visit"], plan.Duties.Select(d => d.Kind));
        var visit = plan.Duties.Single(d => d.Kind == "phone-return-visit");
        Assert.Equal((Agency.WomensFederation, RegionLevel.County), (visit.Agency, visit.Level));
        Assert.Equal(Local(2026, 11, 21, 23, 59).AddSeconds(59), visit.DueAt);
        Assert.Equal(Local(2026, 11, 23, 21), plan.Duties.Single(d => d.Kind == "police-disposition").DueAt);
        Assert.Contains(plan.Notices, n => n is { Agency: Agency.StreetOffice, Level: RegionLevel.Township });
        Assert.Contains(plan.Notices, n => n is { Agency: Agency.CommunityOffice, Level: RegionLevel.Community });
    }

    private static PlaybookFacts Alarm(int @class) => new()
    {
        At = Evening, Class = @class, Category = AlarmCategory.DomesticViolence, IncidentCount = 1, HasVictim = true,
    };
}
