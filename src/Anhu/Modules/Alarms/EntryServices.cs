namespace Anhu.Modules.Alarms;

/// <summary>What the entry page needs.</summary>
internal static class EntryServices
{
    public static IServiceCollection AddAlarmEntry(this IServiceCollection services) => services.AddScoped<EntryDraft>();
}
