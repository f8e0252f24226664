using Anhu.Modules.Grading;
using Anhu.Modules.Playbooks;
using Anhu.Modules.Time;

namespace Anhu.Tests.Playbooks;

/// <summary>The documents that ship, as the program finds them.</summary>
internal static class Shipped
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "data");

    public static CityClock HefeiClock { get; } = new(CityZone.Of(), WorkCalendar.Load(Path.Combine(Folder, "calendar")));

    public static string PolicyText { get; } = File.ReadAllText(Path.Combine(Folder, "policies", "hefei.yaml"));

    public static string PlaybookText { get; } = File.ReadAllText(Path.Combine(Folder, "playbooks", "hefei.yaml"));

    public static GradingPolicy HefeiPolicy { get; } = GradingPolicy.Parse(PolicyText, "policies/hefei.yaml");

    public static Playbook Hefei { get; } = Playbook.Parse(PlaybookText, "playbooks/hefei.yaml", HefeiClock);

    /// <summary>A moment by the city's clock.</summary>
    public static DateTimeOffset Local(int year, int month, int day, int hour = 0, int minute = 0) => new(year, month, day, hour, minute, 0, TimeSpan.FromHours(8));
}
